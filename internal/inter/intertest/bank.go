package intertest

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"extrato/internal/statement"
)

// Options of a bank. The zero value works.
type Options struct {
	Seed             int64            // of generated statements and of the shuffled order
	Clock            func() time.Time // of tokens, limits, scrolls, hours and the undated balance; nil is the real one
	CertificateClock func() time.Time // of issuing and verifying certificates; nil is the real one
	Limits           Limits           // zero is none; RealLimits() is the bank's
	Key              KeyKind          // of the keys that Issue makes
	Realtime         bool             // entries booked after Clock's time are not there yet
	ErrorLog         *log.Logger      // where the TLS server tells of refused handshakes; nil discards
}

// Bank is the simulator. All methods are safe for concurrent use.
type Bank struct {
	options Options
	closing chan struct{}
	counter counter

	mu           sync.Mutex
	ca           *authority
	behaviour    Behaviour
	limits       Limits
	calls        map[callKey][]time.Time // what the limits count
	rules        []*rule
	tokens       map[string]*token
	clients      []*client
	integrations []*Integration
	accounts     []*Account
	server       *http.Server
	url          string
}

// New makes a bank with a CA of its own, no account and no integration.
func New(o Options) (*Bank, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.CertificateClock == nil {
		o.CertificateClock = time.Now
	}
	ca, err := newAuthority(o.CertificateClock())
	if err != nil {
		return nil, err
	}
	return &Bank{
		options: o, closing: make(chan struct{}), ca: ca, limits: o.Limits,
		calls: map[callKey][]time.Time{}, tokens: map[string]*token{},
	}, nil
}

func (b *Bank) now() time.Time { return b.options.Clock() }

// Listen serves on addr, "127.0.0.1:0" for any free port, until Close. It
// speaks HTTP/1.1 over TLS 1.2 and 1.3 and demands a certificate of its CA.
func (b *Bank) Listen(addr string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server != nil {
		return errors.New("intertest: already listening on " + b.url)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	certificate, err := b.ca.server(b.options.CertificateClock(), host)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	errorLog := b.options.ErrorLog
	if errorLog == nil {
		errorLog = log.New(io.Discard, "", 0)
	}
	b.server = &http.Server{
		Handler:           b.Handler(),
		ErrorLog:          errorLog,
		ReadHeaderTimeout: 10 * time.Second,
		ConnState:         b.counter.connState,
		Protocols:         new(http.Protocols),
		TLSConfig: &tls.Config{
			MinVersion:       tls.VersionTLS12,
			Certificates:     []tls.Certificate{certificate},
			ClientAuth:       tls.RequireAndVerifyClientCert,
			ClientCAs:        b.ca.pool(),
			Time:             b.options.CertificateClock,
			VerifyConnection: b.counter.handshake,
		},
	}
	b.server.Protocols.SetHTTP1(true)
	b.url = "https://" + l.Addr().String()
	go func(s *http.Server) { _ = s.ServeTLS(l, "", "") }(b.server) // ends with ErrServerClosed
	return nil
}

// URL returns https://host:port, "" before Listen.
func (b *Bank) URL() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.url
}

// CAPEM returns the certificate that signs the server's and the clients'.
func (b *Bank) CAPEM() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ca.pem
}

// Close ends the server at once, hanging answers too. It may be called again.
func (b *Bank) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.closing:
		return
	default:
	}
	close(b.closing)
	if b.server != nil {
		_ = b.server.Close()
	}
}

// AddAccount opens an account without entries; its opening balance is zero. The number
// is digits with the check digit and without leading zeros. An account that
// exists is returned as it is.
func (b *Bank) AddAccount(number string) *Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a := b.find(number); a != nil {
		return a
	}
	a := &Account{
		bank: b, number: number, seqs: map[Seq]*line{}, ids: map[string]bool{}, days: map[statement.Date]bool{},
	}
	a.company = newPersona(b.options.Seed, number).self.name
	b.accounts = append(b.accounts, a)
	return a
}

// Account returns the account with a number, nil where there is none.
func (b *Bank) Account(number string) *Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.find(number)
}

func (b *Bank) find(number string) *Account {
	for _, a := range b.accounts {
		if a.number == number {
			return a
		}
	}
	return nil
}

// Accounts returns all accounts in the order they were opened.
func (b *Bank) Accounts() []*Account {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*Account(nil), b.accounts...)
}
