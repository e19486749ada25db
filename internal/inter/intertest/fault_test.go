package intertest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAnswersInPlace: faults that answer, once, and then the bank is well.
func TestAnswersInPlace(t *testing.T) {
	t.Parallel()
	b, _, w := ready(t, Options{})
	good := w.get(Balance, "dataSaldo", "2026-03-18").body
	for _, tc := range []struct {
		name   string
		fault  Fault
		status int
		body   string
		kind   string
	}{
		{"503", Status(503), 503, `{"title":"Serviço Indisponível","status":"503","detail":"Serviço não está disponível no momento. Serviço solicitado pode estar em manutenção ou fora da janela de funcionamento."}`, "application/json"},
		{"401", Empty(401), 401, "", "application/json"},
		{"429", Status(429), 429, `{"message":"Too Many Requests"}`, "application/json"},
		{"HTML", HTML(502), 502, "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n", "text/html"},
		{"empty 200", Empty(200), 200, "", "application/json"},
		{"own body", Body(200, "text/plain", "no"), 200, "no", "text/plain"},
		{"wrong content type", ContentType("text/html"), 200, good, "text/html"},
		{"cut", Cut(), 200, good[:len(good)/2], "application/json"},
		{"oversized", Oversized(3 << 20), 200, strings.Repeat(" ", 3<<20) + good, "application/json"},
		{"redirect", Redirect("https://127.0.0.1:1/"), 302, "", "application/json"},
	} {
		b.FailNext(Balance, 1, tc.fault)
		r := w.get(Balance, "dataSaldo", "2026-03-18")
		if r.status != tc.status || r.body != tc.body || r.header.Get("Content-Type") != tc.kind {
			t.Errorf("%s: %d, %d bytes, %s", tc.name, r.status, len(r.body), r.header.Get("Content-Type"))
		}
		if r := w.get(Balance, "dataSaldo", "2026-03-18"); r.status != 200 || r.body != good {
			t.Errorf("after %s: %d %s", tc.name, r.status, r.body)
		}
	}
	b.FailNext(Balance, 1, Redirect("https://127.0.0.1:1/"))
	if got := w.get(Balance).header.Get("Location"); got != "https://127.0.0.1:1/" {
		t.Errorf("Location %q", got)
	}
	b.FailNext(Balance, 1, Status(429).With("Retry-After", "5"))
	if got := w.get(Balance).header.Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After %q", got)
	}
}

// TestBrokenConnections: faults that leave no whole answer.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	b, _, w := ready(t, Options{})
	for _, tc := range []struct {
		name  string
		fault Fault
		want  error
	}{{"truncated", Truncated(), io.ErrUnexpectedEOF}, {"reset", Reset(), syscall.ECONNRESET}} {
		b.FailNext(Balance, 2, tc.fault) // the transport asks twice where a kept connection ends
		_, err := w.try(Balance)
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		b.ClearFaults()
	}
	for name, f := range map[string]Fault{"hang": Hang(), "hang in the body": HangBody()} {
		b.FailNext(Balance, 1, f)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL()+string(Balance), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+w.bearer)
		if _, err := w.do(r); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	b.FailNext(Balance, 1, Slow(50*time.Millisecond))
	if r := w.get(Balance); r.status != 200 || !json.Valid([]byte(r.body)) {
		t.Errorf("slow: %d %s", r.status, r.body)
	}
}

// TestCloseEndsHangingAnswers: nothing that hangs keeps Close or the client.
func TestCloseEndsHangingAnswers(t *testing.T) {
	t.Parallel()
	b, _, w := ready(t, Options{})
	b.Fail(Balance, Hang())
	done := make(chan error)
	go func() {
		_, err := w.try(Balance)
		done <- err
	}()
	for b.Counters().Requests[Balance] == 0 {
		time.Sleep(time.Millisecond)
	}
	b.Close()
	b.Close()
	if err := <-done; err == nil {
		t.Error("the hanging call succeeded")
	}
}

func TestWhichCallsFail(t *testing.T) {
	t.Parallel()
	c := newClock("2026-03-20 10:00")
	b, a, w := ready(t, Options{Clock: c.now})
	other := dial(t, b, b.Issue("other", a)).authenticate()
	expect := func(name string, w *wire, e Endpoint, want ...int) {
		t.Helper()
		for i, want := range want {
			if r := w.get(e, "dataInicio", "2026-03-18", "dataFim", "2026-03-18"); r.status != want {
				t.Errorf("%s: call %d: %d, want %d", name, i, r.status, want)
			}
		}
	}
	b.FailNext(Statement, 2, Status(503))
	expect("another endpoint", w, Balance, 200)
	expect("next two", w, Statement, 503, 503, 200)
	b.FailAfter(Statement, 1, 1, Status(500))
	expect("after one", w, Statement, 200, 500, 200)
	b.FailFor(Any, time.Minute, Status(503))
	expect("for a minute", w, Balance, 503, 503)
	if r := w.ask(w.form("extrato.read")); r.status != 503 {
		t.Errorf("token within the minute: %d", r.status)
	}
	c.add(time.Minute)
	expect("after the minute", w, Balance, 200)
	b.Fail(Simple, Status(504))
	expect("until cleared", w, Simple, 504, 504, 504)
	b.ClearFaults()
	expect("cleared", w, Simple, 200)
	w.with.FailNext(Balance, 1, Status(503))
	expect("another client", other, Balance, 200)
	expect("this client", w, Balance, 503, 200)
	w.with.Fail(Balance, Status(403))
	expect("another client", other, Balance, 200)
	expect("this client", w, Balance, 403, 403)
}

func TestErrorStyles(t *testing.T) {
	t.Parallel()
	b, _, w := ready(t, Options{})
	for style, want := range map[ErrorStyle]string{ErrorsEmpty: "", ErrorsHTML: htmlPage(400)} {
		b.Behave(func(v *Behaviour) { v.Errors = style })
		if r := w.get(Balance, "dataSaldo", "x"); r.status != 400 || r.body != want {
			t.Errorf("style %d: %d %q", style, r.status, r.body)
		}
	}
}

func TestSandboxHours(t *testing.T) {
	t.Parallel()
	c := newClock("2026-03-20 08:00") // a Friday
	b, _, w := ready(t, Options{Clock: c.now})
	b.Behave(func(v *Behaviour) { v.SandboxHours, v.TokenLifetime = true, 100*time.Hour })
	w.authenticate()
	for _, tc := range []struct {
		after time.Duration
		want  int
	}{{0, 200}, {12*time.Hour - time.Second, 200}, {12 * time.Hour, 503}, {28 * time.Hour, 503}, {52 * time.Hour, 503}, {72 * time.Hour, 200}} {
		c.mu.Lock()
		c.t = At("2026-03-20", 8, 0, 0, 0).Add(tc.after)
		c.mu.Unlock()
		if r := w.get(Balance); r.status != tc.want {
			t.Errorf("%v after Friday 8 h: %d, want %d", tc.after, r.status, tc.want)
		}
	}
}
