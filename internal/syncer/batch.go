package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"extrato/internal/statement"
)

// Delivery is one message as the queue delivered it.
type Delivery struct {
	ID       string // the queue's id of the message, by which failures are reported
	Receipt  string // handle to change its visibility
	Body     string
	Receives int // how often it was received, this time included
}

// Queue is what a batch does to its messages besides succeeding.
type Queue interface {
	// Delay makes the delivery visible again after d.
	Delay(ctx context.Context, receipt string, d time.Duration) error
	// Reject puts a copy of the body into the dead-letter queue.
	Reject(ctx context.Context, body, why string) error
}

// Retry limits, section 7 of the design: a temporary failure is tried again
// after 1, 2, 4, 8 and 16 minutes; the sixth receive gives up until the next
// firing of the schedule.
const (
	firstDelay   = time.Minute
	maxReceives  = 6
	accountLimit = 60 * time.Second // of its own time, not of waiting for its turn
)

// Where the invocation's time ends before the work: lastWords is what is kept
// to change visibilities and answer which messages are done, so that these are
// deleted and not delivered again when the process is killed; soon is when the
// others come again. It is not now: what took the time may still be there.
const (
	lastWords = 10 * time.Second
	soon      = 5 * time.Second
)

// Batch runs the messages of one invocation: those of one account one after
// another, accounts side by side.
type Batch struct {
	Sync        *Syncer
	Queue       Queue
	Concurrency int    // accounts at once
	Turns       *Turns // of the process, not of the invocation; nil: answers of any size side by side
}

// item is a delivery and the message in it.
type item struct {
	Delivery
	m statement.Message
}

// Run returns the ids of the deliveries that must come again. It never fails
// as a whole: one account's trouble is its own. It returns lastWords before the
// context's deadline, with what was not reached or not done by then among those
// that come again; what such an account committed stays.
func (b *Batch) Run(ctx context.Context, deliveries []Delivery) []string {
	byAccount := map[statement.Ref][]item{}
	var again []string
	for _, d := range deliveries {
		m, err := statement.ParseMessage([]byte(d.Body))
		if err != nil {
			if !b.reject(ctx, d, err) {
				again = append(again, d.ID)
			}
			continue
		}
		byAccount[m.Ref()] = append(byAccount[m.Ref()], item{d, m})
	}
	work := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		work, cancel = context.WithDeadline(ctx, end.Add(-lastWords))
		defer cancel()
	}
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		slots = make(chan struct{}, max(1, b.Concurrency))
	)
	for _, items := range byAccount {
		wg.Go(func() {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
			case <-work.Done(): // then none of them is begun
			}
			for _, it := range items {
				done := false
				// After a panic here rather than in the sync itself the message comes
				// again when its visibility ends.
				_ = b.guarded(ctx, it.m, func() error { done = b.one(ctx, work, it.Delivery, it.m); return nil })
				if !done {
					mu.Lock()
					again = append(again, it.ID)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return again
}

// guarded turns a panic into an error, so that it fails one message only. What
// runs below it starts no goroutine; of our code only the dialling of the bank's
// client runs in one of net/http's.
func (b *Batch) guarded(ctx context.Context, m statement.Message, run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.Sync.Count("Panics", 1)
			b.Sync.Log.ErrorContext(ctx, "panic", "tenant", m.Tenant, "account", m.Account,
				"type", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			err = fmt.Errorf("sync %s: panic", m.Ref())
		}
	}()
	return run()
}

// one runs one message within work, and does what follows within ctx.
func (b *Batch) one(ctx, work context.Context, d Delivery, m statement.Message) bool {
	err := work.Err()
	if err == nil {
		err = b.guarded(ctx, m, func() error { return b.alone(work, m) })
	}
	if err == nil {
		return true
	}
	if errors.Is(err, statement.ErrMessage) {
		return b.reject(ctx, d, err)
	}
	log := b.Sync.Log.With("tenant", m.Tenant, "account", m.Account, "receives", d.Receives)
	if work.Err() != nil {
		// Our own time ended: that says nothing of the account, and is no failure
		// to be told on it, however often the message came.
		log.WarnContext(ctx, "sync cut off: the invocation's time ends", "error", err)
		return b.later(ctx, log, d, soon)
	}
	code, wait := statement.CodeOf(err)
	if errors.Is(err, statement.ErrConflict) {
		code = statement.Conflict
	}
	if code != "" && d.Receives >= maxReceives {
		if err := b.Sync.tell(ctx, m, code, err); err == nil {
			return true
		}
	}
	delay := firstDelay << min(max(d.Receives-1, 0), 4)
	delay = max(delay, wait)
	log.WarnContext(ctx, "sync failed, to be tried again", "code", code, "in", delay.String(), "error", err)
	return b.later(ctx, log, d, delay)
}

// later has the delivery come again after a while; where that fails it does
// when its visibility ends.
func (b *Batch) later(ctx context.Context, log *slog.Logger, d Delivery, delay time.Duration) (done bool) {
	b.Sync.Count("AccountsRetried", 1)
	if err := b.Queue.Delay(ctx, d.Receipt, delay); err != nil {
		log.WarnContext(ctx, "visibility not changed", "error", err)
	}
	return false
}

// alone runs a message within the account's own time and with a turn of its
// own, which ends with it, however it ends.
func (b *Batch) alone(ctx context.Context, m statement.Message) error {
	ctx, account, cancel := allowed(ctx, accountLimit)
	defer cancel()
	if b.Turns != nil {
		t := &turn{of: b.Turns, account: account}
		defer t.give()
		ctx = statement.WithTurn(ctx, t.take)
	}
	return b.settled(ctx, m)
}

// How often one delivery meets somebody else's commit, and how long it waits
// for the other: a first import is several transactions.
const (
	maxTries  = 6
	firstWait = 200 * time.Millisecond
)

// settled runs a message, and soon again where somebody else committed first:
// by then that commit mostly covers the day, and one look ends it. Two messages
// of one account are ordinary: it is enabled just before a firing.
func (b *Batch) settled(ctx context.Context, m statement.Message) error {
	for try := 0; ; try++ {
		err := b.Sync.Sync(ctx, m)
		if !errors.Is(err, statement.ErrConflict) || try == maxTries-1 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(statement.Jitter(ctx, firstWait<<try, rand.N[time.Duration])):
		}
	}
}

// reject sends a message that no retry can help to the dead-letter queue and
// reports whether it may be deleted. A crash between the copy and the delete
// leaves it in both; a second copy is harmless.
func (b *Batch) reject(ctx context.Context, d Delivery, why error) bool {
	b.Sync.Log.ErrorContext(ctx, "message rejected", "id", d.ID, "error", why)
	if err := b.Queue.Reject(ctx, d.Body, why.Error()); err != nil {
		b.Sync.Log.ErrorContext(ctx, "message not put into the dead-letter queue", "id", d.ID, "error", err)
		return false
	}
	b.Sync.Count("MessagesRejected", 1)
	return true
}

// tell writes a temporary failure that outlived all retries on the account.
func (s *Syncer) tell(ctx context.Context, m statement.Message, code statement.Code, cause error) error {
	head, err := s.Heads.Account(ctx, m.Ref())
	if errors.Is(err, statement.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.giveUp(ctx, head, s.begin(m), code, cause)
}
