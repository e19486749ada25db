package runtime_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"testing"

	"extrato/infra/local/runtime"
)

// fake is a function process that lives in the test: behaviour plays it, with
// a client of its Runtime API, until it returns or is killed.
type fake struct {
	cancel context.CancelFunc
	exited chan struct{}
}

func (f *fake) Kill()                   { f.cancel() }
func (f *fake) Exited() <-chan struct{} { return f.exited }

// client speaks to the Runtime API as a runtime does.
type client struct {
	ctx  context.Context
	base string
}

// started counts the processes that a fake starter started.
type started struct {
	mu sync.Mutex
	n  int
}

func (s *started) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func processes(behaviour func(c client, nth int)) (runtime.Starter, *started) {
	s := &started{}
	return func(address string) (runtime.Process, error) {
		s.mu.Lock()
		s.n++
		nth := s.n
		s.mu.Unlock()
		ctx, cancel := context.WithCancel(context.Background())
		f := &fake{cancel: cancel, exited: make(chan struct{})}
		go func() {
			defer close(f.exited)
			behaviour(client{ctx, "http://" + address + "/2018-06-01/runtime/"}, nth)
		}()
		return f, nil
	}, s
}

// next asks for work; ok is false when the process was killed meanwhile.
func (c client) next() (h http.Header, payload string, ok bool) {
	req, _ := http.NewRequestWithContext(c.ctx, http.MethodGet, c.base+"invocation/next", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Header, string(body), err == nil
}

// post sends a body and returns the status, 0 when it could not be sent.
func (c client) post(path, body string) int {
	req, _ := http.NewRequestWithContext(c.ctx, http.MethodPost, c.base+path, bytes.NewBufferString(body))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// echo answers every invocation with its payload.
func echo(c client, _ int) {
	for {
		h, payload, ok := c.next()
		if !ok {
			return
		}
		c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", payload)
	}
}

func pool(t *testing.T, f runtime.Function) *runtime.Pool {
	t.Helper()
	f.Name = "test"
	p := runtime.NewPool(f)
	t.Cleanup(p.Close)
	return p
}
