package inter_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

// handed carries calls to a bank without a socket.
type handed struct{ to http.Handler }

func (h handed) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.to.ServeHTTP(w, r)
	return w.Result(), nil
}

// A transport of the configuration gets the pair that the handshake would show,
// and counts as the one connection once it is used.
func TestTransportOfTheConfiguration(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	var shown *x509.Certificate
	client, err := inter.New(inter.Config{BaseURL: "https://bank.test", Transport: func(pair tls.Certificate) http.RoundTripper {
		shown = pair.Leaf
		return handed{b}
	}})
	if err != nil {
		t.Fatal(err)
	}
	cred := b.credential(t, time.Now().Add(time.Hour))
	s, err := client.Open(cred, "")
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Requests().Connections; n != 0 {
		t.Errorf("%d connections before the first call", n)
	}
	if _, err := s.Balance(t.Context(), "2026-11-20"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Balance(t.Context(), "2026-11-19"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if d := cmp.Diff(statement.Requests{Token: 1, Balance: 2, Connections: 1}, s.Requests()); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	if shown == nil || len(shown.Subject.OrganizationalUnit) == 0 && shown.Subject.CommonName == "" {
		t.Errorf("the transport was made for %v", shown)
	}
	if _, err := s.Balance(t.Context(), "2026-11-20"); err == nil {
		t.Error("a closed session answers")
	}
}
