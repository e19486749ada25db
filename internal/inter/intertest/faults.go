package intertest

import (
	"net/http"
	"slices"
	"time"
)

// rule says which calls a fault meets.
type rule struct {
	endpoint Endpoint // Any is all
	client   string   // "" is all
	skip     int      // matching calls that are let through first
	left     int      // -1 is without end
	until    time.Time
	fault    Fault
}

// FailNext meets the next n calls of an endpoint with a fault.
func (b *Bank) FailNext(e Endpoint, n int, f Fault) { b.rule(&rule{endpoint: e, left: n, fault: f}) }

// FailAfter lets skip calls of an endpoint through and meets the next n.
func (b *Bank) FailAfter(e Endpoint, skip, n int, f Fault) {
	b.rule(&rule{endpoint: e, skip: skip, left: n, fault: f})
}

// FailFor meets every call of an endpoint for a time of the bank's clock.
func (b *Bank) FailFor(e Endpoint, d time.Duration, f Fault) {
	b.rule(&rule{endpoint: e, left: -1, until: b.now().Add(d), fault: f})
}

// Fail meets every call of an endpoint until ClearFaults.
func (b *Bank) Fail(e Endpoint, f Fault) { b.rule(&rule{endpoint: e, left: -1, fault: f}) }

// FailNext is the bank's, for this integration only.
func (i *Integration) FailNext(e Endpoint, n int, f Fault) {
	i.bank.rule(&rule{endpoint: e, client: i.client.id, left: n, fault: f})
}

// Fail is the bank's, for this integration only.
func (i *Integration) Fail(e Endpoint, f Fault) {
	i.bank.rule(&rule{endpoint: e, client: i.client.id, left: -1, fault: f})
}

// ClearFaults ends every fault of these setters, hanging answers aside. What
// accounts and integrations were told to do stays.
func (b *Bank) ClearFaults() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = nil
}

func (b *Bank) rule(r *rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rules = append(b.rules, r)
}

// fault takes what meets a call: the first rule that is due.
func (b *Bank) fault(c *call) Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.rules = slices.DeleteFunc(b.rules, func(r *rule) bool {
		return r.left == 0 || !r.until.IsZero() && !now.Before(r.until)
	})
	for _, r := range b.rules {
		if r.endpoint != Any && r.endpoint != c.endpoint || r.client != "" && r.client != c.clientID {
			continue
		}
		if r.skip > 0 {
			r.skip--
			continue
		}
		if r.left > 0 {
			r.left--
		}
		return r.fault
	}
	return Fault{}
}

// Fault is one way in which an answer goes wrong. The zero value is none.
type Fault struct {
	kind        faultKind
	status      int
	contentType string
	body        string
	header      http.Header
	duration    time.Duration
	size        int64
}

type faultKind int

const (
	none      faultKind = iota
	instead             // another answer in place of the right one
	bodyless            // the right answer without its body
	mistyped            // the right answer under another content type
	cut                 // half the body, as if it were all
	truncated           // half the body, then the end of the connection
	slow                // the right answer, a piece at a time
	hang                // no answer until the client leaves
	hangBody            // headers and half the body, then nothing until the client leaves
	reset               // the connection is reset
	oversized           // white space before the right answer
)

// Status answers with a status and the body that the bank gives with it.
func Status(code int) Fault { return Fault{kind: instead, status: code} }

// Body answers with a status and a body of your own.
func Body(code int, contentType, body string) Fault {
	return Fault{kind: instead, status: code, contentType: contentType, body: body}
}

// HTML answers with a status and a gateway's page.
func HTML(code int) Fault { return Body(code, "text/html", htmlPage(code)) }

// Empty answers with a status and no body.
func Empty(code int) Fault { return Fault{kind: bodyless, status: code} }

// Redirect answers 302 to a location.
func Redirect(location string) Fault {
	return Fault{kind: bodyless, status: http.StatusFound}.With("Location", location)
}

// ContentType gives the right answer another content type.
func ContentType(contentType string) Fault { return Fault{kind: mistyped, contentType: contentType} }

// Cut sends half the body as if that were all.
func Cut() Fault { return Fault{kind: cut} }

// Truncated announces the whole body, sends half and ends the connection.
func Truncated() Fault { return Fault{kind: truncated} }

// Slow sends the headers at once and the body in ten pieces over a time. It
// waits in real time, whatever the bank's clock is.
func Slow(over time.Duration) Fault { return Fault{kind: slow, duration: over} }

// Hang never answers; it ends when the client leaves or the bank closes.
func Hang() Fault { return Fault{kind: hang} }

// HangBody sends headers and half the body and then nothing more.
func HangBody() Fault { return Fault{kind: hangBody} }

// Reset ends the connection with a TCP reset before any answer.
func Reset() Fault { return Fault{kind: reset} }

// Oversized puts size bytes of white space before the right body, which is
// valid JSON still.
func Oversized(size int64) Fault { return Fault{kind: oversized, size: size} }

// With adds a header to the fault's answer: Status(429).With("Retry-After", "5").
func (f Fault) With(name, value string) Fault {
	f.header = f.header.Clone()
	if f.header == nil {
		f.header = http.Header{}
	}
	f.header.Set(name, value)
	return f
}

// answer makes the answer that the fault is about.
func (f Fault) answer(b *Bank, c *call) answer {
	var a answer
	switch {
	case f.kind == instead && f.body == "":
		a = b.status(c, f.status)
	case f.kind == instead:
		a = answer{status: f.status, contentType: f.contentType, body: []byte(f.body)}
	case f.kind == bodyless:
		a = answer{status: f.status}
	case f.kind == hang || f.kind == reset:
		return a
	default:
		a = b.respond(c)
	}
	switch f.kind {
	case mistyped:
		a.contentType = f.contentType
	case cut:
		a.body = a.body[:len(a.body)/2]
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	for name, values := range f.header {
		a.header[name] = values
	}
	return a
}
