package simtest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// bankWire carries one session's calls to the simulated bank, as the handshake
// would with its certificate. What the handshake verifies is verified once for
// each certificate, but for its time.
type bankWire struct {
	w    *World
	leaf *x509.Certificate
}

func (w *World) bankTransport(pair tls.Certificate) http.RoundTripper { return bankWire{w, pair.Leaf} }

// RoundTrip implements http.RoundTripper.
func (t bankWire) RoundTrip(r *http.Request) (*http.Response, error) {
	operation := map[string]string{"/oauth/v2/token": "token", "/banking/v2/extrato/completo": "statement", "/banking/v2/saldo": "balance"}[r.URL.Path]
	return t.w.wire.pass(Bank, operation, r, func() (*http.Response, error) { return t.send(r, operation) })
}

func (t bankWire) send(r *http.Request, operation string) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if alert := t.w.handshake(t.leaf); alert != nil {
		return nil, &net.OpError{Op: "remote error", Err: alert}
	}
	in := r.Clone(r.Context())
	in.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{t.leaf}}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if a := t.w.behind(t.leaf); a != nil && a.pageSize != "" && operation == "statement" {
		q := in.URL.Query()
		q.Set("tamanhoPagina", a.pageSize)
		in.URL.RawQuery = q.Encode()
	}
	rec := httptest.NewRecorder()
	if !served(t.w.bank.Handler(), rec, in) {
		return nil, fmt.Errorf("the bank ended the connection: %w", io.ErrUnexpectedEOF)
	}
	if operation == "token" {
		t.w.journal.token(rec.Body.Bytes())
	}
	resp := rec.Result()
	resp.Request = r
	return resp, r.Context().Err()
}

// served reports whether the handler gave an answer rather than breaking off.
func served(h http.Handler, w http.ResponseWriter, r *http.Request) (ok bool) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	return true
}

// handshake returns the alert by which the bank refuses a certificate, or nil.
func (w *World) handshake(leaf *x509.Certificate) error {
	if now := time.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return tls.AlertError(45)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, known := range w.verified {
		if bytes.Equal(known.Raw, leaf.Raw) {
			return nil
		}
	}
	if err := w.bank.VerifyPeer(leaf); err != nil {
		return err
	}
	w.verified = append(w.verified[max(0, len(w.verified)-2*len(w.accounts)):], leaf)
	return nil
}

// behind returns the account that a certificate's integration was issued for.
func (w *World) behind(leaf *x509.Certificate) *Account {
	if len(leaf.Subject.OrganizationalUnit) == 0 {
		return nil
	}
	return w.clients[strings.ToLower(leaf.Subject.OrganizationalUnit[0])]
}
