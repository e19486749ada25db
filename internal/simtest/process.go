package simtest

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"extrato/internal/statement"
)

// processLimit is Lambda's time limit of functions/sync.
const processLimit = 300 * time.Second

// Process is one invocation of the product's code. It runs in a goroutine of
// its own until its end or until its gate holds it at an effect.
type Process struct {
	Name string
	May  statement.Ref     // the account that it may write to; the zero one: none
	Gate func(Effect) bool // says at which effects it stops before them; nil is never

	w      *World
	begun  time.Time
	cancel context.CancelFunc
	stop   chan Effect
	resume chan struct{}
	done   chan struct{}

	mu      sync.Mutex
	armed   []*Armed
	effects []Effect
	killed  string // by what; "" while it lives
	crashed any
	idle    bool // the account was not active when it began
}

type processKey struct{}

// processOf returns the process that a call comes from, nil where it is the
// world's own.
func processOf(ctx context.Context) *Process {
	p, _ := ctx.Value(processKey{}).(*Process)
	return p
}

// Start begins a process; Wait says how far it came. The faults of armed meet
// its effects.
func (w *World) Start(name string, may statement.Ref, armed []*Armed, gate func(Effect) bool, f func(context.Context)) *Process {
	p := &Process{Name: name, May: may, Gate: gate, w: w, begun: time.Now(), armed: armed,
		stop: make(chan Effect), resume: make(chan struct{}), done: make(chan struct{})}
	ctx := statement.WithJitter(context.WithValue(context.Background(), processKey{}, p), w.jitter)
	ctx, p.cancel = context.WithTimeout(ctx, processLimit)
	w.Trace("%s begins", name)
	go func() {
		defer close(p.done)
		defer p.cancel()
		defer func() {
			if v := recover(); v != nil {
				p.crashed = fmt.Sprintf("%v\n%s", v, debug.Stack())
			}
		}()
		f(ctx)
	}()
	return p
}

// Wait returns when the process has ended, or stopped at its gate: then it
// says before which effect, and Resume lets it go on.
func (p *Process) Wait() (at Effect, stopped bool) {
	select {
	case at = <-p.stop:
		p.w.Trace("%s stops before %s", p.Name, at)
		return at, true
	case <-p.done:
		p.w.Trace("%s ends: %s", p.Name, p.ending())
		return Effect{}, false
	}
}

// Resume lets a stopped process go on.
func (p *Process) Resume() { p.resume <- struct{}{} }

// Finish waits for the end, passing every gate.
func (p *Process) Finish() {
	for {
		if _, stopped := p.Wait(); !stopped {
			return
		}
		p.Resume()
	}
}

// Kill ends the process at its next effect, or where it stands at the gate
// once it is resumed.
func (p *Process) Kill(by string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed == "" {
		p.killed = by
	}
}

// Lost reports whether the process ended without an answer: what called it
// knows nothing of what it did.
func (p *Process) Lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed != "" || p.crashed != nil
}

// Effects returns what left the process so far.
func (p *Process) Effects() []Effect {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Effect(nil), p.effects...)
}

func (p *Process) ending() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.crashed != nil:
		return "crashed"
	case p.killed != "":
		return "killed by " + p.killed
	}
	return fmt.Sprintf("%d effects", len(p.effects))
}

// dieIfKilled ends the calling goroutine where the process is dead. Lambda ends
// it, too, when its time is over.
func (p *Process) dieIfKilled() {
	p.mu.Lock()
	if p.killed == "" && time.Since(p.begun) >= processLimit {
		p.killed = "its time limit"
	}
	dead := p.killed != ""
	p.mu.Unlock()
	if dead {
		p.cancel()
		runtime.Goexit()
	}
}

// enter registers an effect, holds it at the gate, and finds the fault that
// meets it.
func (p *Process) enter(service, operation string) (Effect, *Armed) {
	p.dieIfKilled()
	p.mu.Lock()
	e := Effect{Service: service, Operation: operation, N: len(p.effects)}
	p.effects = append(p.effects, e)
	p.mu.Unlock()
	if p.Gate != nil && p.Gate(e) {
		p.stop <- e
		<-p.resume
		p.dieIfKilled()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.armed {
		if a.meets(e) {
			return e, a
		}
	}
	return e, nil
}
