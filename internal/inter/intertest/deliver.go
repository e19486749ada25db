package intertest

import (
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"time"
)

// deliver puts an answer on the wire, the way the fault wants it there.
func (b *Bank) deliver(w http.ResponseWriter, c *call, a answer, f Fault) {
	b.counter.status(c.clientID, a.status)
	switch f.kind {
	case hang:
		b.wait(c)
		panic(http.ErrAbortHandler)
	case reset:
		resetConnection(w)
		panic(http.ErrAbortHandler)
	}
	a = finish(a)
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if f.kind != oversized {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	half := len(a.body) / 2
	switch f.kind {
	case truncated, hangBody:
		_, _ = w.Write(a.body[:half])
		flush(w)
		if f.kind == hangBody {
			b.wait(c)
		}
		panic(http.ErrAbortHandler)
	case slow:
		b.trickle(w, c, a.body, f.duration)
		return
	case oversized:
		spaces := make([]byte, 1<<20)
		for i := range spaces {
			spaces[i] = ' '
		}
		for left := f.size; left > 0; {
			n, err := w.Write(spaces[:min(left, int64(len(spaces)))])
			if err != nil {
				return // the client has seen enough
			}
			left -= int64(n)
		}
	}
	_, _ = w.Write(a.body) // a client that left is none of the bank's business
}

// wait ends when the client leaves or the bank closes.
func (b *Bank) wait(c *call) {
	select {
	case <-c.http.Context().Done():
	case <-b.closing:
	}
}

// trickle writes a body in ten pieces over a time.
func (b *Bank) trickle(w http.ResponseWriter, c *call, body []byte, over time.Duration) {
	const pieces = 10
	for i := range pieces {
		flush(w)
		select {
		case <-time.After(over / pieces):
		case <-c.http.Context().Done():
			return
		case <-b.closing:
			return
		}
		_, _ = w.Write(body[len(body)*i/pieces : len(body)*(i+1)/pieces])
	}
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

// resetConnection makes the kernel send RST instead of an orderly end. Without
// a socket there is nothing to do: the aborted handler says it all.
func resetConnection(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return
	}
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn() // closing the TLS connection would say goodbye first
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = conn.Close()
}
