package simtest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// The services that a process calls.
const (
	DynamoDB = "dynamodb"
	SQS      = "sqs"
	Secrets  = "secrets"
	Bank     = "bank"
)

// Effect is one call that leaves a process.
type Effect struct {
	Service   string
	Operation string // TransactWriteItems, SendMessageBatch, token, statement, …
	N         int    // its number within the process, from 0
}

func (e Effect) String() string { return e.Service + "." + e.Operation }

// Writes reports whether the effect changes something.
func (e Effect) Writes() bool {
	return e.Service != Bank && !slices.ContainsFunc([]string{"Get", "Query", "Scan", "BatchGet", "Describe", "List", "TransactGet"},
		func(verb string) bool { return strings.HasPrefix(e.Operation, verb) })
}

// Flight is an effect on its way, as a fault meets it.
type Flight struct {
	Effect
	Process *Process
	Account *Account // the process's, nil where it has none
	Request *http.Request
	Rand    *rand.Rand
	send    func() (*http.Response, error)
}

// Send lets the effect happen.
func (f *Flight) Send() (*http.Response, error) { return f.send() }

// Kill ends the process here and now.
func (f *Flight) Kill(by string) {
	f.Process.Kill(by)
	f.Process.dieIfKilled()
}

// Sleep lets virtual time pass, or the caller lose its patience.
func (f *Flight) Sleep(d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-f.Request.Context().Done():
		return f.Request.Context().Err()
	}
}

// Armed is a fault that waits for an effect of one process.
type Armed struct {
	Kind  *Kind
	Match func(Effect) bool
	Past  int // effects that match and are let through first
	Times int // effects it meets then; 0 is 1
	Act   func(*Flight) (*http.Response, error)
	// Gate, in place of Act, holds the process before the effect while
	// lambda.go lets the same message run in another process.
	Gate bool
	// Meanwhile, with Gate, is what happens in place of that.
	Meanwhile func(*World, *Account, []types.Message)
	Rand      *rand.Rand
	ends      int // the firing from which on it waits no longer
	left      int // of Past, in the present process
	met       int
	at        []int // the numbers of the effects that it met
}

// meets counts an effect and reports whether the fault is its own. The
// process's lock is held.
func (a *Armed) meets(e Effect) bool {
	switch {
	case a.Gate || a.met >= max(1, a.Times) || !a.Match(e):
		return false
	case a.left > 0:
		a.left--
		return false
	}
	a.met++
	a.at = append(a.at, e.N)
	return true
}

// Wire stands between the product and everything else.
type Wire struct{ w *World }

// pass lets one call through, or what a fault makes of it.
func (n *Wire) pass(service, operation string, r *http.Request, send func() (*http.Response, error)) (*http.Response, error) {
	p := processOf(r.Context())
	if p == nil {
		return send()
	}
	e, fault := p.enter(service, operation)
	n.w.count(func(f *Figures) { f.Effects++ })
	n.w.checkScope(p, e, r)
	var resp *http.Response
	var err error
	how := ""
	if fault != nil {
		how = " met by " + fault.Kind.Name
		if fault.met == 1 {
			n.w.count(func(f *Figures) { f.Faults[fault.Kind.Name]++ })
		}
		f := &Flight{Effect: e, Process: p, Account: n.w.byRef[p.May], Request: r, Rand: fault.Rand, send: send}
		resp, err = fault.Act(f)
	} else {
		resp, err = send()
	}
	p.dieIfKilled()
	switch {
	case err != nil:
		n.w.Trace("%s: %s%s: no answer", p.Name, e, how)
	default:
		n.w.Trace("%s: %s%s: %d", p.Name, e, how, resp.StatusCode)
	}
	return resp, err
}

// errLost is what a caller sees of a reply that never came.
var errLost = errors.New("connection reset by peer")

// lost drops a reply.
func lost(resp *http.Response, err error) (*http.Response, error) {
	if err == nil {
		_ = resp.Body.Close()
	}
	return nil, errLost
}

// answer makes a response of a status and a body.
func answer(status int, contentType string, body []byte) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}
