package inter

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Production is the base URL of the bank.
const Production = "https://cdpj.partners.bancointer.com.br"

// Config says where the bank is and how long to wait for it. Its zero value is
// production.
type Config struct {
	// BaseURL is https, with an optional path before the bank's own. Default
	// Production.
	BaseURL string
	// CAPEM has root certificates to trust beside the system's, for a simulator
	// or a test bank. Default none: the bank's certificate is a public one.
	CAPEM string
	// UserAgent goes out with every call. Default "extrato".
	UserAgent string
	// Timeout bounds each token and balance call, connecting included. Default
	// 8 s: three of them fit the 29 s that a person's request may take.
	Timeout time.Duration
	// StatementTimeout bounds each statement call. Default 30 s: 10,000 rows are
	// up to 15 MB, which the bank collects before it answers. Where a person
	// waits for the answer, set it to what Timeout is.
	StatementTimeout time.Duration
	// Now tells the time, for the end of tokens and certificates. Default
	// time.Now.
	Now func() time.Time
	// Observe is told of every request sent, once its answer is read or lost:
	// "token", "statement" or "balance", how long it took, connecting included,
	// and nil or what went wrong, which holds no secret. It is called by several
	// goroutines where there are several sessions. Default: nobody is told.
	Observe func(call string, took time.Duration, err error)
	// Transport carries the calls of one session instead of a connection of its
	// own, for a bank without a socket; pair is what it would show in the
	// handshake. It sees what passed the guard only. Default none: mutual TLS.
	Transport func(pair tls.Certificate) http.RoundTripper
}

// Client holds what all sessions of a process share. It is safe for use by
// several goroutines.
type Client struct {
	base   *url.URL
	roots  *x509.CertPool
	config Config
}

// New checks the configuration. It opens no connection.
func New(c Config) (*Client, error) {
	if c.BaseURL == "" {
		c.BaseURL = Production
	}
	if c.UserAgent == "" {
		c.UserAgent = "extrato"
	}
	if c.Timeout <= 0 {
		c.Timeout = 8 * time.Second
	}
	if c.StatementTimeout <= 0 {
		c.StatementTimeout = 30 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observe == nil {
		c.Observe = func(string, time.Duration, error) {}
	}
	base, err := parseBase(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("bank base URL: %w", err)
	}
	roots, err := rootPool(c.CAPEM)
	if err != nil {
		return nil, fmt.Errorf("bank root certificates: %w", err)
	}
	return &Client{base: base, roots: roots, config: c}, nil
}

// parseBase accepts nothing but https: without TLS there is no client
// certificate. The text is not repeated in errors, as it might hold a password.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("not a URL")
	case u.Scheme != "https":
		return nil, errors.New("must begin with https://")
	case u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("must be https://host[:port][/path] and nothing more")
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

// rootPool returns the system's roots and those in the PEM text. Without a text
// it returns nil, which crypto/tls takes for the system's own: to read them costs
// more than all else before the first event, and the first handshake does it where
// there is one. Text around the blocks is allowed; a block that is no certificate,
// or text without any, is an error, since a root left out shows only as an
// untrusted bank.
func rootPool(text string) (*x509.CertPool, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("system roots: %w", err)
	}
	found := 0
	for rest := []byte(text); ; found++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("block %d is not a CERTIFICATE", found)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", found, err)
		}
		pool.AddCert(cert)
	}
	if found == 0 {
		return nil, errors.New("no PEM block in the text given")
	}
	return pool, nil
}
