package syncer

import (
	"context"
	"time"
)

// LargeAtOnce is how many large answers a process holds: ten thousand entries
// take some 40 MB from the reading to the last commit, twice that until the
// collector comes round, and the function has 256 MB for all that it does.
// A first sync of that size is 25 s of paced writing, so the ten messages of a
// batch that all are such are done in 140 s of the function's 300.
const LargeAtOnce = 2

// Turns lets so many accounts at once hold a large answer. What is large the
// bank's client decides; whoever holds a small one waits for nobody.
//
// An account that has its turn keeps it until its message is over, since plan
// and entries live until the last transaction, and waits for nothing that
// another account could hold: so turns always come.
type Turns struct{ free chan struct{} }

// NewTurns returns turns for n accounts at once.
func NewTurns(n int) *Turns { return &Turns{make(chan struct{}, max(1, n))} }

// turn is one account's. The account's one goroutine uses it.
type turn struct {
	of      *Turns
	account *allowance
	held    bool
}

// take is a statement.Turn. The wait is not the account's own time.
func (t *turn) take(ctx context.Context) error {
	if t.held {
		return nil
	}
	defer t.account.pause()()
	select {
	case t.of.free <- struct{}{}:
		t.held = true
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// give ends the turn, if it was taken.
func (t *turn) give() {
	if t.held {
		<-t.of.free
		t.held = false
	}
}

// allowance is time that an account may take, which can stand still.
type allowance struct {
	end   *time.Timer
	until time.Time
}

// allowed returns a context that ends after d of the account's own time. Its
// cause is then context.DeadlineExceeded, as that of a deadline.
func allowed(ctx context.Context, d time.Duration) (context.Context, *allowance, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	a := &allowance{
		end:   time.AfterFunc(d, func() { cancel(context.DeadlineExceeded) }),
		until: time.Now().Add(d),
	}
	return ctx, a, func() { a.end.Stop(); cancel(nil) }
}

// pause stops the clock until what it returns is called.
func (a *allowance) pause() (resume func()) {
	left := time.Until(a.until)
	a.end.Stop()
	return func() {
		a.until = time.Now().Add(left)
		a.end.Reset(left)
	}
}
