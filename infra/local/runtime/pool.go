package runtime

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Function is what a Pool runs.
type Function struct {
	Name    string
	ARN     string
	Timeout time.Duration // of one invocation
	Max     int           // processes at once, at least 1
	Start   Starter
}

// Starter starts a process that asks the Runtime API at address (host:port)
// for work.
type Starter func(address string) (Process, error)

// Process is a running function process.
type Process interface {
	// Kill ends the process. It does not wait, and may be called again.
	Kill()
	// Exited is closed when the process has ended.
	Exited() <-chan struct{}
}

// ErrClosed says that the pool no longer takes invocations.
var ErrClosed = errors.New("the function's processes are stopped")

// Pool is the processes of one function. Make one with NewPool.
type Pool struct {
	function Function
	slots    chan struct{} // held by whoever may run an invocation
	running  atomic.Int64
	closed   chan struct{}

	mu    sync.Mutex
	idle  []*sandbox // last used at the end, as Lambda prefers warm ones
	all   map[*sandbox]bool
	ended bool
}

// NewPool returns a pool without processes: the first invocation starts one.
func NewPool(f Function) *Pool {
	return &Pool{
		function: f, slots: make(chan struct{}, max(f.Max, 1)),
		closed: make(chan struct{}), all: map[*sandbox]bool{},
	}
}

// Running returns the number of invocations that run or wait for a process.
func (p *Pool) Running() int { return int(p.running.Load()) }

// Invoke runs the function once and returns its answer. It waits for a free
// process until ctx ends; an invocation that has begun is not interrupted by
// ctx, as in Lambda. The error is *Error where the function failed, timed out
// or crashed.
func (p *Pool) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	p.running.Add(1)
	defer p.running.Add(-1)
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, ErrClosed
	}
	defer func() { <-p.slots }()
	for {
		s, err := p.take()
		if err != nil {
			return nil, err
		}
		answer, err := s.invoke(payload)
		if err == errEndedIdle {
			p.drop(s) // it had not seen the invocation: another may
			continue
		}
		p.giveBack(s)
		return answer, err
	}
}

// take returns an idle process or starts one. The caller holds a slot, so
// there are never more than Max.
func (p *Pool) take() (*sandbox, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return nil, ErrClosed
	}
	for n := len(p.idle); n > 0; n = len(p.idle) {
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		if s.alive() {
			return s, nil
		}
		s.stop()
		delete(p.all, s)
	}
	s, err := startSandbox(p.function)
	if err != nil {
		return nil, err
	}
	p.all[s] = true
	return s, nil
}

func (p *Pool) giveBack(s *sandbox) {
	if !s.alive() {
		p.drop(s)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, s)
}

func (p *Pool) drop(s *sandbox) {
	p.mu.Lock()
	delete(p.all, s)
	p.mu.Unlock()
	s.stop()
}

// Close kills every process and waits until all have ended. What was running
// fails, as in a crash.
func (p *Pool) Close() {
	p.mu.Lock()
	if !p.ended {
		p.ended = true
		close(p.closed)
	}
	all := p.all
	p.all, p.idle = map[*sandbox]bool{}, nil
	p.mu.Unlock()
	for s := range all {
		s.process.Kill()
	}
	for s := range all {
		s.stop()
	}
}
