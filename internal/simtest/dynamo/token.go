package dynamo

import (
	"hash/maphash"
	"maps"
	"slices"
	"time"
)

// tokenKept is how long a transaction's token is known after it was done.
const tokenKept = 10 * time.Minute

// memory is what is known of a token.
type memory struct {
	digest  uint64
	running bool
	done    time.Time
	replay  []tableUnits // what telling it again consumes
}

// tokens are the client request tokens that are known.
type tokens struct {
	known map[string]*memory // a memory that is done is never changed
	order []string           // of those done, the oldest first
}

func newTokens() tokens { return tokens{known: map[string]*memory{}} }

func (t tokens) clone() tokens { return tokens{maps.Clone(t.known), slices.Clone(t.order)} }

// begin returns what is known of a token: the transaction that it was done
// with. nil says that it is new, and marks it as under way.
func (t *tokens) begin(token string, digest uint64, now time.Time) (*memory, *fault) {
	for len(t.order) > 0 && !now.Before(t.known[t.order[0]].done.Add(tokenKept)) {
		delete(t.known, t.order[0])
		t.order = t.order[1:]
	}
	if token == "" {
		return nil, nil
	}
	m := t.known[token]
	switch {
	case m == nil:
		t.known[token] = &memory{digest: digest, running: true}
	case m.digest != digest:
		return nil, refuse("IdempotentParameterMismatchException", "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical")
	case m.running:
		return nil, refuse("TransactionInProgressException", "The transaction with the given request token is already in progress")
	}
	return m, nil
}

// forget makes a token new again: its transaction was cancelled.
func (t *tokens) forget(token string) { delete(t.known, token) }

func (t *tokens) done(token string, replay []tableUnits, now time.Time) {
	if token == "" {
		return
	}
	t.known[token] = &memory{digest: t.known[token].digest, done: now, replay: replay}
	t.order = append(t.order, token)
}

var seed = maphash.MakeSeed()

// digest tells transactions apart that do something else. The order in which a
// client wrote the members of maps does nothing, nor does it to ask for capacity.
func (t *transaction) digest() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	part := func(text string) {
		_, _ = h.WriteString(text)
		_ = h.WriteByte(0xff) // in no UTF-8
	}
	var buf []byte
	for _, p := range t.ready {
		part(string(p.verb))
		part(p.write.table)
		if p.row != nil {
			part(p.row.text)
		}
		part(p.condition)
		part(p.update)
		part(p.onFailure)
		buf = appendItem(buf[:0], p.key)
		buf = appendItem(buf, p.values)
		for _, s := range p.names {
			buf = appendText(appendText(buf, s.name), s.attribute)
		}
		part(string(buf))
	}
	return h.Sum64()
}
