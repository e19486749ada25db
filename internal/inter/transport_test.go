package inter

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"extrato/internal/statement"
)

// roundTrip is a transport in one function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Below everything that makes requests, nothing passes but the token call and
// the two reads, at the bank.
func TestOnlyReads(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://bank.test:8443/v0")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{
		"POST https://bank.test:8443/v0/oauth/v2/token":             true,
		"GET https://bank.test:8443/v0/banking/v2/extrato/completo": true,
		"GET https://bank.test:8443/v0/banking/v2/saldo":            true,
	}
	passed := 0
	guard := onlyReads{base, roundTrip(func(r *http.Request) (*http.Response, error) {
		passed++
		if !allowed[r.Method+" "+r.URL.String()] {
			t.Errorf("%s %s passed", r.Method, r.URL)
		}
		return nil, io.EOF
	})}
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "get", "", "PIX"}
	hosts := []string{"https://bank.test:8443", "https://bank.test", "http://bank.test:8443", "https://other.test:8443"}
	paths := []string{"/v0/oauth/v2/token", "/v0/banking/v2/extrato/completo", "/v0/banking/v2/saldo", "/oauth/v2/token",
		"/v0/banking/v2/saldo/", "/v0/banking/v2/saldo/../pix", "/v0/banking/v2/pix", "/v0/banking/v2/pagamento", "/v0/banking/v2/extrato",
		"/v0/oauth/v2/token/revoke", "/v0/banking/v2/SALDO", "/v0//banking/v2/saldo", "/"}
	for _, method := range methods {
		for _, host := range hosts {
			for _, path := range paths {
				r, err := http.NewRequest(http.MethodGet, host+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Method = method
				if _, err := guard.RoundTrip(r); allowed[method+" "+host+path] != errors.Is(err, io.EOF) {
					t.Errorf("%s %s: %v", method, host+path, err)
				}
			}
		}
	}
	if passed != len(allowed) {
		t.Errorf("%d requests passed, want %d", passed, len(allowed))
	}
	withBody, err := http.NewRequest(http.MethodGet, "https://bank.test:8443/v0/banking/v2/saldo", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := guard.RoundTrip(withBody); !errors.Is(err, errNotARead) {
		t.Errorf("a GET with a body: %v", err)
	}
	for host, claimed := range map[string]string{"bank.test:8443": "other.test", "other.test": "bank.test:8443"} {
		disguised, err := http.NewRequest(http.MethodGet, "https://"+host+"/v0/banking/v2/saldo", nil)
		if err != nil {
			t.Fatal(err)
		}
		disguised.Host = claimed
		if _, err := guard.RoundTrip(disguised); !errors.Is(err, errNotARead) {
			t.Errorf("%s in the name of %s: %v", host, claimed, err)
		}
	}
}

func TestTransportSettings(t *testing.T) {
	t.Parallel()
	c, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	transport := c.transport(tls.Certificate{}, func() {})
	if transport.Proxy != nil {
		t.Error("a proxy of the environment would be used")
	}
	if transport.Protocols.HTTP2() || transport.Protocols.UnencryptedHTTP2() {
		t.Error("HTTP/2 is offered")
	}
	if c.base.String() != "https://cdpj.partners.bancointer.com.br" {
		t.Errorf("the zero configuration asks %s", c.base)
	}
}

// brokenPipe is a connection whose peer sent an alert and went away before the
// request was written.
type brokenPipe struct {
	net.Conn
	read error
}

func (brokenPipe) Write([]byte) (int, error)  { return 0, syscall.EPIPE }
func (c brokenPipe) Read([]byte) (int, error) { return 0, c.read }

func TestAlertOutlivesBrokenPipe(t *testing.T) {
	t.Parallel()
	alert := &net.OpError{Op: "remote error", Err: tls.AlertError(48)}
	for name, test := range map[string]struct{ read, want error }{
		"an alert waits": {alert, alert},
		"only the end":   {io.EOF, syscall.EPIPE},
		"a reset":        {syscall.ECONNRESET, syscall.EPIPE},
	} {
		c := &alertConn{Conn: brokenPipe{read: test.read}, failed: make(chan struct{})}
		go func() { _, _ = c.Read(nil) }()
		if _, err := c.Write([]byte("x")); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	silent := &alertConn{Conn: brokenPipe{}, failed: make(chan struct{})} // nobody reads
	if _, err := silent.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("without a reader: %v", err)
	}
}

// Every alert number, by its meaning in RFC 8446 section 6.
func TestAlerts(t *testing.T) {
	t.Parallel()
	ofCertificate := map[int]bool{40: true, 42: true, 43: true, 44: true, 45: true, 46: true, 48: true, 49: true, 51: true, 116: true}
	s, now := bare(t)
	for number := range 256 {
		err := &url.Error{Op: "Get", URL: "x", Err: &net.OpError{Op: "remote error", Err: tls.AlertError(uint8(number))}}
		want := statement.BankUnavailable
		if ofCertificate[number] {
			want = statement.CertificateRejected
		}
		*now = s.leaf.NotAfter
		got, _ := statement.CodeOf(s.lost(context.Background(), context.Background(), callToken, err))
		if got != want {
			t.Errorf("alert %d: %s, want %s", number, got, want)
		}
		if *now = s.leaf.NotAfter.Add(time.Second); ofCertificate[number] {
			want = statement.CertificateExpired
		}
		if got, _ := statement.CodeOf(s.lost(context.Background(), context.Background(), callToken, err)); got != want {
			t.Errorf("alert %d after the certificate's end: %s, want %s", number, got, want)
		}
	}
	// Our own alerts, as when the server's certificate is bad, are not the bank's.
	local := &net.OpError{Op: "local error", Err: tls.AlertError(42)}
	if got, _ := statement.CodeOf(s.lost(context.Background(), context.Background(), callToken, local)); got != statement.BankUnavailable {
		t.Errorf("our own alert: %s", got)
	}
}
