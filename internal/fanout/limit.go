package fanout

import (
	"context"
	"errors"
	"time"
)

// margin is how long before an invocation's end no batch begins. It holds a
// batch that SQS answers slowly and entry by entry, with every retry. A tenth of
// the time is enough where that is less.
const margin = 30 * time.Second

// errLate says that there was no time.
var errLate = errors.New("out of time")

// limit is when a firing must come to its end. The zero value is never.
type limit struct {
	last time.Time // no batch begins later
	cut  time.Time // what is still under way is cut off, so that there is an answer
}

// limitOf divides the time that ctx has left. Lambda ends a process whose time is
// over without asking it, and tries the invocation again from its beginning; so
// a firing must end before.
func limitOf(ctx context.Context) limit {
	deadline, ok := ctx.Deadline()
	if !ok {
		return limit{}
	}
	m := min(margin, time.Until(deadline)/10)
	return limit{last: deadline.Add(-m), cut: deadline.Add(-m / 10)}
}

// late reports whether no batch may begin any more.
func (l limit) late() bool { return !l.last.IsZero() && !time.Now().Before(l.last) }

// bound returns a context that ends, because of errLate, when what is under way
// is to be cut off.
func (l limit) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.cut.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, l.cut, errLate)
}
