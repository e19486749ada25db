package fanout

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"extrato/internal/statement"
)

const (
	// batchSize is how many messages one call takes at most. Only the last batch
	// of a shard has fewer.
	batchSize = 10
	// patience is how many batches of a shard may fail in a row. An outage fails
	// them all, and asking on would only be slower; a message that the queue
	// refuses fails one, and must not keep the accounts behind it waiting.
	patience = 3
	// progressEvery is how many accounts there are between two lines of log.
	progressEvery = 100_000
)

// run is one firing.
type run struct {
	*Fanout
	limit   limit
	at      float64 // where it begins in every shard
	through statement.Date
	slots   slots // of the batches under way

	taken atomic.Int64 // accounts put into batches
	sent  atomic.Int64 // messages queued
}

// shard queues the accounts of one shard. Several batches may be under way, and
// all have ended when it returns. The error is errLate where there was no time
// for the rest.
func (r *run) shard(ctx context.Context, shard int) error {
	var calls sync.WaitGroup
	var trouble trouble
	// Shards come forward alike: none takes the slots of another, or a firing
	// without enough time would not reach the same part of each.
	own := make(slots, (cap(r.slots)+r.Shards-1)/r.Shards)
	batch := make([]statement.Message, 0, batchSize)
	flush := func() error {
		if err := r.mayBegin(ctx, own, &trouble); err != nil {
			return err
		}
		full := batch
		batch = make([]statement.Message, 0, batchSize)
		r.start(&calls, func() {
			trouble.note(r.send(ctx, full))
			r.slots.leave()
			own.leave()
		})
		return nil
	}
	err := r.Index.EnabledFrom(ctx, shard, r.at, func(refs []statement.Ref) error {
		for _, ref := range refs {
			batch = append(batch, statement.Message{
				V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account,
				Through: r.through, Reason: statement.ReasonSchedule,
			})
			if len(batch) == batchSize {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	calls.Wait()
	switch cause := trouble.cause(); {
	case err == nil && cause == nil:
		return nil
	case context.Cause(ctx) == errLate: // what was cut off fails in many ways
		return errLate
	case cause != nil:
		return cause
	default:
		return err
	}
}

// mayBegin waits until a batch of a shard may go, which then has a slot of the
// shard's own and one of all. The error says why none may any more.
func (r *run) mayBegin(ctx context.Context, own slots, t *trouble) error {
	if err := own.enter(ctx); err != nil {
		return err
	}
	err := r.slots.enter(ctx)
	if err == nil && r.limit.late() {
		r.slots.leave()
		err = errLate
	}
	if err == nil && t.enough() {
		r.slots.leave()
		err = errPatience
	}
	if err != nil {
		own.leave()
	}
	return err
}

// slots bounds how many batches are under way.
type slots chan struct{}

func (s slots) enter(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s slots) leave() { <-s }

// send queues one batch.
func (r *run) send(ctx context.Context, batch []statement.Message) error {
	span := spanAfter(r.taken.Add(int64(len(batch))) - int64(len(batch)))
	n, err := r.Queue.SendDelayed(ctx, batch, func(m statement.Message) time.Duration { return delay(m.Ref(), span) })
	sent := r.sent.Add(int64(n))
	if sent/progressEvery != (sent-int64(n))/progressEvery {
		r.Log.InfoContext(ctx, "queueing", "accounts", sent, "last_delays_within", span.String())
	}
	return err
}

// errPatience says that a shard was given up. It is never seen outside.
var errPatience = errors.New("too many batches failed")

// trouble is what went wrong with the batches of one shard.
type trouble struct {
	mu    sync.Mutex
	first error
	row   int // failed since the last that did not
}

func (t *trouble) note(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.row = 0
		return
	}
	t.row++
	if t.first == nil {
		t.first = err
	}
}

func (t *trouble) enough() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.row >= patience
}

func (t *trouble) cause() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}
