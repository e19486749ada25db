package intertest

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"sync"
)

// Counters tell what the bank was asked since it was made or reset.
type Counters struct {
	Accepted int // TCP connections accepted, also those refused in the handshake
	Counts
	Clients map[string]Counts // by client id
}

// Counts of a client, or of all.
type Counts struct {
	Handshakes int              // TLS connections completed
	Requests   map[Endpoint]int // by endpoint; "" are unknown paths
	Statuses   map[int]int      // by status; 0 where the answer had none
}

type counter struct {
	mu sync.Mutex
	c  Counters
}

// Counters returns a copy of the counts.
func (b *Bank) Counters() Counters {
	k := &b.counter
	k.mu.Lock()
	defer k.mu.Unlock()
	copied := Counters{Accepted: k.c.Accepted, Counts: k.c.Counts.clone(), Clients: map[string]Counts{}}
	for id, c := range k.c.Clients {
		copied.Clients[id] = c.clone()
	}
	return copied
}

// ResetCounters sets every count to zero.
func (b *Bank) ResetCounters() {
	b.counter.mu.Lock()
	defer b.counter.mu.Unlock()
	b.counter.c = Counters{}
}

func (c Counts) clone() Counts {
	c.Requests, c.Statuses = maps.Clone(c.Requests), maps.Clone(c.Statuses)
	return c
}

func (k *counter) connState(_ net.Conn, s http.ConnState) {
	if s == http.StateNew {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.c.Accepted++
	}
}

func (k *counter) handshake(s tls.ConnectionState) error {
	k.count(unitOf(&s), func(c *Counts) { c.Handshakes++ })
	return nil
}

func (k *counter) request(client string, e Endpoint) {
	k.count(client, func(c *Counts) { c.Requests[e]++ })
}

func (k *counter) status(client string, status int) {
	k.count(client, func(c *Counts) { c.Statuses[status]++ })
}

// count applies f to the total and to the client's counts.
func (k *counter) count(client string, f func(*Counts)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.c.Clients == nil {
		k.c.Clients = map[string]Counts{}
	}
	apply := func(c Counts) Counts {
		if c.Requests == nil {
			c.Requests, c.Statuses = map[Endpoint]int{}, map[int]int{}
		}
		f(&c)
		return c
	}
	k.c.Counts = apply(k.c.Counts)
	k.c.Clients[client] = apply(k.c.Clients[client])
}

// unitOf returns the OU of the peer's certificate, "" without one.
func unitOf(s *tls.ConnectionState) string {
	if s == nil || len(s.PeerCertificates) == 0 || len(s.PeerCertificates[0].Subject.OrganizationalUnit) == 0 {
		return ""
	}
	return s.PeerCertificates[0].Subject.OrganizationalUnit[0]
}
