package inter

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"extrato/internal/statement"
)

// errClosed answers calls after Close.
var errClosed = errors.New("bank session is closed")

// Session is one run's conversation with the bank about one account. It is
// safe for use by several goroutines, whose calls wait for each other: there is
// one connection.
type Session struct {
	client  *Client
	account string // for x-conta-corrente; "" where the integration has one account
	cred    statement.Credential
	leaf    *x509.Certificate
	wire    http.RoundTripper // onlyReads above the transport
	idle    func()            // closes idle connections

	closed     atomic.Bool
	statements atomic.Int64  // bytes of the statements read so far
	roomy      atomic.Bool   // its turn for large answers has come, and is kept
	turn       chan struct{} // holds one element, which the caller of the token endpoint takes

	mu      sync.Mutex
	held    token
	secrets []statement.Secret // what must not appear in errors: client secret, every token
	counted statement.Requests
}

// Open prepares a session; the connection is made by its first call.
// bankAccount is "" or the account's number, digits only, with the check digit.
//
// Errors are *Error: CertificateExpired where the certificate's time is over,
// CertificateRejected where certificate and key cannot be used, and
// BankAccountRequired where bankAccount is no account number.
func (c *Client) Open(cred statement.Credential, bankAccount string) (*Session, error) {
	s := &Session{
		client:  c,
		cred:    cred,
		turn:    make(chan struct{}, 1),
		secrets: []statement.Secret{cred.ClientSecret},
	}
	if bankAccount != "" {
		if s.account = strings.TrimLeft(bankAccount, "0"); !isAccount(s.account) {
			return nil, s.fail(callOpen, statement.BankAccountRequired, "bank account must be digits only")
		}
	}
	pair, err := tls.X509KeyPair([]byte(cred.Certificate), []byte(cred.Key.Reveal()))
	if err != nil {
		// The cause is not told: it speaks about the inside of a private key.
		return nil, s.fail(callOpen, statement.CertificateRejected, "certificate and key are not a usable pair")
	}
	if s.leaf = pair.Leaf; s.expired() {
		return nil, s.fail(callOpen, statement.CertificateExpired, "certificate ended "+s.leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST"))
	}
	if c.config.Transport != nil {
		s.wire = onlyReads{base: c.base, next: &carried{by: c.config.Transport(pair), connected: sync.OnceFunc(s.connected)}}
		s.idle = func() {}
		return s, nil
	}
	transport := c.transport(pair, s.connected)
	s.wire = onlyReads{base: c.base, next: transport}
	s.idle = transport.CloseIdleConnections
	return s, nil
}

// isAccount reports whether s is what the bank takes in x-conta-corrente. The
// bound is ours; the bank's numbers have 9 digits.
func isAccount(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	return strings.Trim(s, "0123456789") == "" && s[0] != '0'
}

// expired reports whether the certificate's time is over, by our clock.
func (s *Session) expired() bool { return s.client.config.Now().After(s.leaf.NotAfter) }

// Requests tells what the session asked of the bank so far, repeated and
// failed calls included.
func (s *Session) Requests() statement.Requests {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counted
}

func (s *Session) connected() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted.Connections++
}

// Format writes no content under any verb: a session holds secrets.
func (*Session) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[bank session]")) }

// Close ends the connection and forgets the token. Calls after it fail.
func (s *Session) Close() {
	s.closed.Store(true)
	s.mu.Lock()
	s.held = token{}
	s.mu.Unlock()
	s.idle()
}
