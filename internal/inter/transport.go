package inter

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// errNotARead says that something other than the token call and the two reads
// was about to be sent. It is a mistake of this package.
var errNotARead = errors.New("refused: this client only asks for tokens, statements and balances")

// onlyReads is the last thing before the network, and lets pass the token call
// and the reads at the configured bank, nothing else.
type onlyReads struct {
	base *url.URL
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g onlyReads) RoundTrip(r *http.Request) (*http.Response, error) {
	there := r.URL.Scheme == "https" && r.URL.Host == g.base.Host && (r.Host == "" || r.Host == g.base.Host)
	token := r.Method == http.MethodPost && r.URL.Path == g.base.Path+tokenPath
	read := r.Method == http.MethodGet && r.Body == nil &&
		(r.URL.Path == g.base.Path+statementPath || r.URL.Path == g.base.Path+balancePath)
	if !there || !token && !read {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errNotARead
	}
	return g.next.RoundTrip(r)
}

// carried is a transport given by the configuration: its first use counts as
// the connection.
type carried struct {
	by        http.RoundTripper
	connected func()
}

// RoundTrip implements http.RoundTripper.
func (c *carried) RoundTrip(r *http.Request) (*http.Response, error) {
	c.connected()
	return c.by.RoundTrip(r)
}

// transport makes the one connection of a session. connected is called for
// every TLS connection that comes about.
func (c *Client) transport(pair tls.Certificate, connected func()) *http.Transport {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12,
		RootCAs:    c.roots,
		ServerName: c.base.Hostname(),
		// Not Certificates: that sends none where the bank's list of authorities
		// does not name the issuer, and the alert would blame the wrong thing.
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil },
	}
	only1 := new(http.Protocols)
	only1.SetHTTP1(true)
	return &http.Transport{
		Proxy:     nil, // a proxy of the environment would see which accounts are read, and when
		Protocols: only1,
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
			defer cancel()
			raw, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			conn := tls.Client(raw, config)
			if err := conn.HandshakeContext(ctx); err != nil {
				_ = raw.Close()
				return nil, err
			}
			connected()
			return &alertConn{Conn: conn, failed: make(chan struct{})}, nil
		},
		MaxConnsPerHost:        1,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        time.Minute, // a session forgotten open costs a connection no longer than this
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// alertConn keeps the reason why a server ended the connection. In TLS 1.3 the
// refusal of a client certificate arrives after our side of the handshake, when
// the request may already fail to be written: "broken pipe" then hides the
// alert that waits to be read, and a rejected certificate would look like a
// bank out of service.
type alertConn struct {
	net.Conn
	once    sync.Once
	failed  chan struct{} // closed once readErr is set
	readErr error
}

// alertGrace is how long a failed write waits for the reader, which is always
// reading, to meet the alert. What it waits for has already arrived.
const alertGrace = 250 * time.Millisecond

// Read implements net.Conn.
func (c *alertConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.once.Do(func() {
			c.readErr = err
			close(c.failed)
		})
	}
	return n, err
}

// Write implements net.Conn.
func (c *alertConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err == nil {
		return n, nil
	}
	select {
	case <-c.failed:
		if _, ok := alertOf(c.readErr); ok {
			return n, c.readErr
		}
	case <-time.After(alertGrace):
	}
	return n, err
}
