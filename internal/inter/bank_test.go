package inter_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

const (
	clientID     = "0a1b2c3d-0000-4000-8000-000000000001"
	clientSecret = "marked-client-secret+/=&\"<x>"
	accessToken  = "marked-access-token-0001"
)

// authority is a certificate authority for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}
}

// issue makes a leaf for servers and clients, as PEM.
func (a authority) issue(t testing.TB, notAfter time.Time) (certificate, private string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf", OrganizationalUnit: []string{clientID}},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: notAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

// credential returns what the bank would issue.
func (a authority) credential(t testing.TB, notAfter time.Time) statement.Credential {
	t.Helper()
	certificate, private := a.issue(t, notAfter)
	return statement.Credential{
		Certificate: certificate, Key: statement.NewSecret(private),
		ClientID: clientID, ClientSecret: statement.NewSecret(clientSecret),
	}
}

// bank is a TLS server that wants a client certificate of its authority and
// answers with the handlers, which are set before start.
type bank struct {
	authority
	URL                       string
	token, statement, balance http.HandlerFunc
	tls                       tls.Config

	mu          sync.Mutex
	seen        []*http.Request // in order; forms are parsed
	connections int
}

func newBank(t testing.TB) *bank {
	return &bank{
		authority: newAuthority(t, "authority"),
		token: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"access_token": %q,"token_type": "Bearer", "expires_in": 3600, "scope": "extrato.read"}`, accessToken)
		},
		statement: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, emptyPage) },
		balance:   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"disponivel":10.5}`) },
	}
}

const emptyPage = `{"totalPaginas":0,"totalElementos":0,"ultimaPagina":true,"primeiraPagina":true,"tamanhoPagina":10000,"numeroDeElementos":0,"transacoes":[]}`

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	b.mu.Lock()
	b.seen = append(b.seen, r)
	b.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/oauth/v2/token":
		b.token(w, r)
	case "/banking/v2/extrato/completo":
		b.statement(w, r)
	case "/banking/v2/saldo":
		b.balance(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (b *bank) start(t testing.TB) *bank {
	t.Helper()
	certificate, private := b.issue(t, time.Now().Add(time.Hour))
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(private))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(b)
	server.TLS = &b.tls
	server.TLS.Certificates = []tls.Certificate{pair}
	server.TLS.ClientAuth = tls.RequireAndVerifyClientCert
	server.TLS.ClientCAs = x509.NewCertPool()
	server.TLS.ClientCAs.AddCert(b.cert)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			b.mu.Lock()
			b.connections++
			b.mu.Unlock()
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	b.URL = server.URL
	return b
}

func (b *bank) open(t testing.TB, c inter.Config) *inter.Session {
	t.Helper()
	return b.openWith(t, c, b.credential(t, time.Now().Add(time.Hour)), "")
}

func (b *bank) openWith(t testing.TB, c inter.Config, cred statement.Credential, account string) *inter.Session {
	t.Helper()
	c.BaseURL, c.CAPEM = b.URL, b.pem
	if c.Timeout == 0 { // generous: noisy machines, and nothing is to be learnt from it
		c.Timeout = 30 * time.Second
	}
	client, err := inter.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Open(cred, account)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// calls lists what the bank was asked, as "GET /path".
func (b *bank) calls() (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.seen {
		list = append(list, r.Method+" "+r.URL.Path)
	}
	return list
}

func (b *bank) connected() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connections
}

// answer returns a handler that gives the same answer to every call.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantCode fails unless err is a statement.Coded with the code.
func wantCode(t *testing.T, err error, want statement.Code) {
	t.Helper()
	if code, _ := statement.CodeOf(err); code != want || err == nil {
		t.Errorf("error %v has code %q, want %q", err, code, want)
	}
}

// read asks for a range of a week.
func read(s *inter.Session) (statement.Read, error) {
	return s.Statement(context.Background(), "2023-03-17", "2023-03-23")
}
