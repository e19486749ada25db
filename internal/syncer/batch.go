package syncer

import (
	"context"
	"errors"
	"fmt"
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
	accountLimit = 60 * time.Second
)

// Batch runs the messages of one invocation: those of one account one after
// another, accounts side by side.
type Batch struct {
	Sync        *Syncer
	Queue       Queue
	Concurrency int // accounts at once
}

// Run returns the ids of the deliveries that must come again. It never fails
// as a whole: one account's trouble is its own.
func (b *Batch) Run(ctx context.Context, deliveries []Delivery) []string {
	type item struct {
		Delivery
		m statement.Message
	}
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
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		slots = make(chan struct{}, max(1, b.Concurrency))
	)
	for _, items := range byAccount {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, it := range items {
				if !b.one(ctx, it.Delivery, it.m) {
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

// one runs one message and reports whether it is done with.
func (b *Batch) one(ctx context.Context, d Delivery, m statement.Message) bool {
	syncCtx, cancel := context.WithTimeout(ctx, accountLimit)
	err := b.settled(syncCtx, m)
	cancel()
	if err == nil {
		return true
	}
	if errors.Is(err, statement.ErrMessage) {
		return b.reject(ctx, d, err)
	}
	log := b.Sync.Log.With("tenant", m.Tenant, "account", m.Account, "receives", d.Receives)
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
	if err := b.Queue.Delay(ctx, d.Receipt, delay); err != nil {
		// The message then comes again when its visibility ends.
		log.WarnContext(ctx, "visibility not changed", "error", err)
	}
	return false
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
		err := b.guarded(ctx, m)
		if !errors.Is(err, statement.ErrConflict) || try == maxTries-1 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(firstWait << try)):
		}
	}
}

// guarded turns a panic into an error, so that it fails this message only.
func (b *Batch) guarded(ctx context.Context, m statement.Message) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.Sync.Log.ErrorContext(ctx, "panic", "tenant", m.Tenant, "account", m.Account,
				"type", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			err = fmt.Errorf("sync %s: panic", m.Ref())
		}
	}()
	return b.Sync.Sync(ctx, m)
}

// reject sends a message that no retry can help to the dead-letter queue and
// reports whether it may be deleted. A crash between the copy and the delete
// leaves it in both; a second copy is harmless.
func (b *Batch) reject(ctx context.Context, d Delivery, why error) bool {
	b.Sync.Log.ErrorContext(ctx, "message rejected", "message", d.ID, "error", why)
	if err := b.Queue.Reject(ctx, d.Body, why.Error()); err != nil {
		b.Sync.Log.ErrorContext(ctx, "message not put into the dead-letter queue", "message", d.ID, "error", err)
		return false
	}
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
