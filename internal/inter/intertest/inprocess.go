package intertest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// RoundTripper calls the bank without a socket, with an integration's
// certificate: for tests that play long histories or that run on a clock of
// their own. Whatever the host of the URL is, this bank answers. A certificate
// that the handshake would refuse gives the same alert; an answer is complete
// before it is returned, so Slow delays it as a whole.
func (b *Bank) RoundTripper(i *Integration) http.RoundTripper { return inProcess{b, i} }

type inProcess struct {
	bank        *Bank
	integration *Integration
}

// RoundTrip answers from the bank's handler.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	block, _ := pem.Decode([]byte(t.integration.certificate))
	if block == nil {
		return nil, errors.New("intertest: certificate is not PEM")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	if err := t.bank.VerifyPeer(c); err != nil {
		return nil, &net.OpError{Op: "remote error", Err: err}
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := &memory{header: http.Header{}}
	aborted := w.serve(t.bank, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if aborted && w.status == 0 {
		return nil, fmt.Errorf("intertest: connection ended without an answer: %w", io.ErrUnexpectedEOF)
	}
	body := io.Reader(&w.body)
	if aborted {
		body = io.MultiReader(body, broken{})
	}
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(body), ContentLength: -1, Request: r, TLS: in.TLS,
	}, nil
}

// memory is a ResponseWriter that keeps all.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header             { return m.header }
func (m *memory) WriteHeader(status int)          { m.status = status }
func (m *memory) Write(b []byte) (n int, _ error) { return m.body.Write(b) }

// serve reports whether the handler broke off.
func (m *memory) serve(b *Bank, r *http.Request) (aborted bool) {
	defer func() {
		if v := recover(); v == http.ErrAbortHandler {
			aborted = true
		} else if v != nil {
			panic(v)
		}
	}()
	b.serve(m, r)
	return false
}

// broken is the rest of a body that never comes.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
