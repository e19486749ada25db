package inter_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

// One run: token, statement, balance over one connection, compressed or not,
// with exactly the requests that the bank documents.
func TestOneConnection(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.statement = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Error("gzip is not offered")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, fixture(t, "recorded2023_completo_2023-03-17_2023-03-18.json"))
		_ = z.Close()
	}
	b.start(t)
	s := b.openWith(t, inter.Config{UserAgent: "extrato/test"}, b.credential(t, time.Now().Add(time.Hour)), "0123456789")
	ctx := context.Background()
	scope, err := s.Authenticate(ctx)
	if err != nil || scope != "extrato.read" {
		t.Fatalf("Authenticate: %q, %v", scope, err)
	}
	got, err := s.Statement(ctx, "2023-03-17", "2023-03-18")
	if err != nil {
		t.Fatal(err)
	}
	if got.From != "2023-03-17" || got.To != "2023-03-18" || len(got.Rows) != 4 {
		t.Errorf("read %s to %s with %d rows, want 2023-03-17 to 2023-03-18 with 4", got.From, got.To, len(got.Rows))
	}
	balance, err := s.Balance(ctx, "2023-03-18")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(statement.Balance{Date: "2023-03-18", Amount: 1050}, balance); diff != "" {
		t.Errorf("balance (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(statement.Requests{Token: 1, Statement: 1, Balance: 1, Connections: 1}, s.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if n := b.connected(); n != 1 {
		t.Errorf("the bank saw %d connections, want 1", n)
	}
	var seen []string
	for _, r := range b.seen {
		seen = append(seen, fmt.Sprintf("%s %s %s %q %q %q", r.Proto, r.Method, r.RequestURI,
			r.Header.Get("User-Agent"), r.Header.Get("Authorization"), r.Header.Get("x-conta-corrente")))
	}
	bearer := "Bearer " + accessToken
	want := []string{
		`HTTP/1.1 POST /oauth/v2/token "extrato/test" "" ""`,
		`HTTP/1.1 GET /banking/v2/extrato/completo?dataFim=2023-03-18&dataInicio=2023-03-17&pagina=0&tamanhoPagina=10000 "extrato/test" "` + bearer + `" "123456789"`,
		`HTTP/1.1 GET /banking/v2/saldo?dataSaldo=2023-03-18 "extrato/test" "` + bearer + `" "123456789"`,
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}
	wantForm := map[string][]string{"client_id": {clientID}, "client_secret": {clientSecret},
		"grant_type": {"client_credentials"}, "scope": {"extrato.read"}}
	if diff := cmp.Diff(wantForm, map[string][]string(b.seen[0].PostForm)); diff != "" {
		t.Errorf("token form (-want +got):\n%s", diff)
	}
}

func TestTokenIsShared(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	s := b.open(t, inter.Config{})
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			var err error
			if i%2 == 0 {
				_, err = s.Authenticate(context.Background())
			} else {
				_, err = s.Balance(context.Background(), "2023-03-17")
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if diff := cmp.Diff(statement.Requests{Token: 1, Balance: 3, Connections: 1}, s.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// A token is kept until a minute before its end. The clock is the test's.
func TestTokenIsKeptUntilAMinuteBeforeItsEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		after  time.Duration
		want   int // token calls in all
	}{
		"a minute and a second left":   {`{"access_token":"a","expires_in":3600}`, 3539 * time.Second, 1},
		"a minute left":                {`{"access_token":"a","expires_in":3600}`, 3540 * time.Second, 2},
		"as text":                      {`{"access_token":"a","expires_in":"3600"}`, 3539 * time.Second, 1},
		"short life, first half":       {`{"access_token":"a","expires_in":60}`, 29 * time.Second, 1},
		"short life, second half":      {`{"access_token":"a","expires_in":60}`, 30 * time.Second, 2},
		"end not told":                 {`{"access_token":"a"}`, 239 * time.Second, 1},
		"end not told, later":          {`{"access_token":"a"}`, 240 * time.Second, 2},
		"absurdly long, within a day":  {`{"access_token":"a","expires_in":1e30}`, 23 * time.Hour, 1},
		"absurdly long, beyond a day":  {`{"access_token":"a","expires_in":1e30}`, 24 * time.Hour, 2},
		"negative, taken as not told":  {`{"access_token":"a","expires_in":-5}`, 239 * time.Second, 1},
		"not a number, as not told":    {`{"access_token":"a","expires_in":{"x":1}}`, 239 * time.Second, 1},
		"unknown fields do not matter": {`{"access_token":"a","expires_in":3600,"scope":"extrato.read","jti":[1]}`, time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.token = answer(200, test.answer)
			b.start(t)
			now := time.Now()
			cred := b.credential(t, now.Add(1000*time.Hour))
			s := b.openWith(t, inter.Config{Now: func() time.Time { return now }}, cred, "")
			for range 2 {
				if _, err := s.Authenticate(context.Background()); err != nil {
					t.Fatal(err)
				}
				now = now.Add(test.after)
			}
			if got := s.Requests().Token; got != test.want {
				t.Errorf("%d token calls, want %d", got, test.want)
			}
		})
	}
}

func TestScopeAsGranted(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"access_token":"a","scope":"extrato.read pagamento-pix.write"}`: "extrato.read pagamento-pix.write",
		`{"access_token":"a"}`: "extrato.read", // not told means as asked
	} {
		b := newBank(t)
		b.token = answer(200, body)
		s := b.start(t).open(t, inter.Config{})
		if got, err := s.Authenticate(context.Background()); err != nil || got != want {
			t.Errorf("scope %q, %v, want %q", got, err, want)
		}
	}
}

// A token that the bank no longer takes is renewed once and the call repeated
// once; what the second refusal says is the error.
func TestRevokedToken(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	issued := 0
	b.token = func(w http.ResponseWriter, _ *http.Request) {
		issued++
		_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","expires_in":3600}`, issued)
	}
	valid := "Bearer token-2"
	b.balance = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != valid {
			w.WriteHeader(401)
			return
		}
		_, _ = io.WriteString(w, `{"disponivel":1}`)
	}
	s := b.start(t).open(t, inter.Config{})
	if _, err := s.Balance(context.Background(), "2023-03-17"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(statement.Requests{Token: 2, Balance: 2, Connections: 1}, s.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	valid = "none"
	_, err := s.Balance(context.Background(), "2023-03-17")
	wantCode(t, err, statement.CredentialsRejected)
	if diff := cmp.Diff(statement.Requests{Token: 3, Balance: 4, Connections: 1}, s.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	// The bank counts token calls by the minute: the session stops at four.
	for range 2 {
		_, err = s.Balance(context.Background(), "2023-03-17")
	}
	wantCode(t, err, statement.BankRateLimited)
	if got := s.Requests().Token; got != 4 {
		t.Errorf("%d token calls, want 4", got)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	s := b.open(t, inter.Config{})
	if _, err := s.Authenticate(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s.Close()
	if _, err := s.Authenticate(context.Background()); err == nil {
		t.Error("a closed session authenticates")
	}
	if got := len(b.calls()); got != 1 {
		t.Errorf("%d calls, want 1", got)
	}
}

func TestSessionPrintsNothing(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	s := b.open(t, inter.Config{})
	if _, err := s.Authenticate(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, s); strings.Contains(text, "marked") || strings.Contains(text, "PRIVATE") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
