package inter_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

// Answers that are no answers, over the wire.
func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	const unavailable, incomplete = statement.BankUnavailable, statement.IncompleteAnswer
	for name, test := range map[string]struct {
		statement http.HandlerFunc
		want      statement.Code
		detail    string
	}{
		"HTML":            {answer(200, "\n<html><body>Manutenção</body></html>"), incomplete, "HTML"},
		"empty":           {answer(200, ""), incomplete, "empty"},
		"blank":           {answer(200, " \n"), incomplete, "empty"},
		"list":            {answer(200, "[]"), incomplete, "not a JSON object"},
		"null":            {answer(200, "null"), incomplete, "not a JSON object"},
		"no content":      {answer(204, ""), unavailable, "no explanation"},
		"out of service":  {answer(503, "<html>"), unavailable, "HTML"},
		"unknown path":    {answer(404, ""), unavailable, ""},
		"rate limited":    {answer(429, ""), statement.BankRateLimited, ""},
		"missing scope":   {answer(403, `{"message":"Faltando escopos necessários."}`), statement.PermissionMissing, "Faltando escopos"},
		"malformed row":   {answer(200, `{"totalElementos":1,"transacoes":[{"idTransacao":"ID7","dataTransacao":"2023-03-17","tipoOperacao":"C","valor":"x"}]}`), incomplete, "ID7"},
		"JSON cut":        {answer(200, `{"totalElementos":0,"transacoes":[`), incomplete, ""},
		"connection cut":  {cut, unavailable, "EOF"},
		"compression cut": {compressed(`{"totalElementos":0,"transacoes":[]}`, 20), unavailable, ""},
		"not compressed":  {notCompressed, unavailable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.statement = test.statement
			s := b.start(t).open(t, inter.Config{})
			got, err := read(s)
			wantCode(t, err, test.want)
			if err != nil && !strings.Contains(err.Error(), test.detail) {
				t.Errorf("%v does not speak of %q", err, test.detail)
			}
			if len(got.Rows) != 0 {
				t.Errorf("%d rows beside the error", len(got.Rows))
			}
		})
	}
}

func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "5000")
	_, _ = io.WriteString(w, `{"totalElementos":0,"transacoes":[`)
	panic(http.ErrAbortHandler)
}

// compressed sends all but the last bytes of a compressed text.
func compressed(text string, missing int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		var packed strings.Builder
		z := gzip.NewWriter(&packed)
		_, _ = io.WriteString(z, text)
		_ = z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, packed.String()[:packed.Len()-missing])
	}
}

func notCompressed(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = io.WriteString(w, emptyPage)
}

// The small answers have a bound of 1 MB, after decompression (the statement's
// of 32 MB: TestStatementBound). What goes beyond is an error, though all that was read
// up to there made sense.
func TestLargeAnswers(t *testing.T) {
	t.Parallel()
	large := strings.Repeat(" ", 1<<20)
	b := newBank(t)
	b.balance = answer(200, `{"disponivel":1}`+large)
	s := b.start(t).open(t, inter.Config{})
	_, err := s.Balance(context.Background(), "2023-03-17")
	wantLarge(t, err)

	b = newBank(t)
	b.balance = compressed(`{"disponivel":1}`+large, 0)
	s = b.start(t).open(t, inter.Config{})
	_, err = s.Balance(context.Background(), "2023-03-17")
	wantLarge(t, err)

	b = newBank(t)
	b.token = answer(200, `{"access_token":"a"}`+large)
	s = b.start(t).open(t, inter.Config{})
	_, err = s.Authenticate(context.Background())
	wantLarge(t, err)
}

func wantLarge(t *testing.T, err error) {
	t.Helper()
	if wantCode(t, err, statement.IncompleteAnswer); err != nil && !strings.Contains(err.Error(), "larger") {
		t.Errorf("%v does not speak of the size", err)
	}
}

func TestBrokenTokens(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty": ``, "HTML": `<html>`, "list": `[]`, "none": `{}`, "null": `{"access_token":null}`, "number": `{"access_token":5}`,
		"error in a 200": `{"error":"invalid_client"}`, "line break": `{"access_token":"a\nX-Evil: 1"}`, "cut": `{"access_token":"abc`,
	} {
		b := newBank(t)
		b.token = answer(200, body)
		s := b.start(t).open(t, inter.Config{})
		_, err := read(s)
		if wantCode(t, err, statement.IncompleteAnswer); s.Requests().Statement != 0 {
			t.Errorf("%s: the statement was asked for", name)
		}
	}
}

// A redirect is a refusal; nothing goes to where it points.
func TestRedirectIsRefused(t *testing.T) {
	t.Parallel()
	elsewhere := newBank(t)
	b := newBank(t)
	elsewhere.authority = b.authority
	elsewhere.start(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		b := &bank{authority: b.authority, token: b.token, balance: b.balance}
		b.statement = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
		}
		s := b.start(t).open(t, inter.Config{})
		_, err := read(s)
		if wantCode(t, err, statement.BankUnavailable); err != nil && !strings.Contains(err.Error(), "redirect") {
			t.Errorf("%v does not speak of a redirect", err)
		}
	}
	b.token = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}
	_, err := read(b.start(t).open(t, inter.Config{}))
	wantCode(t, err, statement.BankUnavailable)
	if n := elsewhere.connected(); n != 0 {
		t.Errorf("%d connections where the redirect points", n)
	}
}

// silence never answers; it ends with the test's server. half begins to.
func silence(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
func half(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, `{"totalElementos":0,`)
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestTimeLimits(t *testing.T) {
	t.Parallel()
	short := 100 * time.Millisecond
	background := context.Background()
	for name, test := range map[string]struct {
		set  func(*bank)
		with inter.Config
		call func(*inter.Session) error
	}{
		"token": {func(b *bank) { b.token = silence }, inter.Config{Timeout: short},
			func(s *inter.Session) error { _, err := s.Authenticate(background); return err }},
		"balance": {func(b *bank) { b.balance = silence }, inter.Config{Timeout: short},
			func(s *inter.Session) error { _, err := s.Balance(background, "2023-03-17"); return err }},
		"statement": {func(b *bank) { b.statement = silence }, inter.Config{StatementTimeout: short},
			func(s *inter.Session) error { _, err := read(s); return err }},
		"slow body": {func(b *bank) { b.statement = half }, inter.Config{StatementTimeout: short},
			func(s *inter.Session) error { _, err := read(s); return err }},
		"refused, slow body": {func(b *bank) {
			b.statement = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503); half(w, r) }
		}, inter.Config{StatementTimeout: short},
			func(s *inter.Session) error { _, err := read(s); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			test.set(b)
			err := test.call(b.start(t).open(t, test.with))
			wantCode(t, err, statement.BankUnavailable)
			if errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v reads like the caller's own deadline", err)
			}
		})
	}
}

// The caller's context ends a call at once. A cancellation says nothing of the
// bank; running out of time does.
func TestCallersContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	b := newBank(t)
	b.statement = func(w http.ResponseWriter, r *http.Request) { cancel(); half(w, r) }
	s := b.start(t).open(t, inter.Config{})
	_, err := s.Statement(ctx, "2023-03-17", "2023-03-17")
	if wantCode(t, err, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
	_, err = s.Balance(ctx, "2023-03-17")
	if wantCode(t, err, ""); !errors.Is(err, context.Canceled) || s.Requests().Balance != 0 {
		t.Errorf("after the end: %v, %+v", err, s.Requests())
	}

	b = newBank(t)
	b.statement = silence
	s = b.start(t).open(t, inter.Config{})
	if _, err := s.Authenticate(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = s.Statement(ctx, "2023-03-17", "2023-03-17")
	if wantCode(t, err, statement.BankUnavailable); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is not context.DeadlineExceeded", err)
	}
}

func TestNoBank(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.tls.MinVersion, b.tls.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	_, err := b.start(t).open(t, inter.Config{}).Authenticate(context.Background())
	wantCode(t, err, statement.BankUnavailable)

	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	b = newBank(t)
	b.URL = strings.Replace(plain.URL, "http:", "https:", 1)
	_, err = b.open(t, inter.Config{}).Authenticate(context.Background())
	wantCode(t, err, statement.BankUnavailable)

	plain.Close()
	_, err = b.open(t, inter.Config{}).Authenticate(context.Background())
	wantCode(t, err, statement.BankUnavailable)
}
