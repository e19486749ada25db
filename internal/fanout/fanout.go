// Package fanout is the job behind the schedule: on a banking day it queues one
// sync message for every enabled account; on any other day it says why not.
package fanout

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Index lists the accounts to be synced.
type Index interface {
	// Enabled calls yield with every page of one shard; an error of yield ends
	// it and is returned.
	Enabled(ctx context.Context, shard int, yield func([]statement.Ref) error) error
}

// Sender queues messages, all of them or an error.
type Sender interface {
	Send(context.Context, []statement.Message) error
}

// Event is what the schedule sends: the time it was due, which may be earlier
// than now. A run's dates come from it alone, never from a clock.
type Event struct {
	Time string `json:"time"` // RFC 3339
}

// Answer says what a firing did.
type Answer struct {
	Date       statement.Date `json:"date"` // the run's date in São Paulo
	BankingDay bool           `json:"banking_day"`
	Reason     string         `json:"reason,omitempty"` // why it is no banking day
	Through    statement.Date `json:"through,omitempty"`
	Enqueued   int64          `json:"enqueued"`
}

// Fanout queues messages.
type Fanout struct {
	Index       Index
	Queue       Sender
	Shards      int // shards of the index
	Concurrency int // shards read at once
	Log         *slog.Logger
}

// sendAtOnce is how many messages one Send gets: several batches of ten, so
// that memory stays bounded whatever the number of accounts.
const sendAtOnce = 100

// Run carries out one firing. Where it fails midway some accounts have their
// message and the firing is tried again; a second message finds the account
// covered and ends after one read.
func (f *Fanout) Run(ctx context.Context, e Event) (Answer, error) {
	due, err := time.Parse(time.RFC3339, e.Time)
	if err != nil {
		return Answer{}, fmt.Errorf("schedule event: time %.40q is not RFC 3339", e.Time)
	}
	date := statement.DateOf(due)
	answer := Answer{Date: date, BankingDay: bankday.IsBankingDay(date), Reason: bankday.Why(date)}
	if !answer.BankingDay {
		f.Log.InfoContext(ctx, "no banking day, nothing queued", "date", date, "why", answer.Reason)
		return answer, nil
	}
	answer.Through = bankday.Through(date)

	var sent atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, f.Concurrency))
	for shard := range f.Shards {
		group.Go(func() error { return f.shard(ctx, shard, answer.Through, &sent) })
	}
	err = group.Wait()
	answer.Enqueued = sent.Load()
	if err != nil {
		return answer, fmt.Errorf("fan out %s after %d messages: %w", date, answer.Enqueued, err)
	}
	f.Log.InfoContext(ctx, "queued", "date", date, "through", answer.Through, "accounts", answer.Enqueued)
	return answer, nil
}

// shard queues the accounts of one shard.
func (f *Fanout) shard(ctx context.Context, shard int, through statement.Date, sent *atomic.Int64) error {
	var batch []statement.Message
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := f.Queue.Send(ctx, batch); err != nil {
			return err
		}
		sent.Add(int64(len(batch)))
		batch = batch[:0]
		return nil
	}
	err := f.Index.Enabled(ctx, shard, func(refs []statement.Ref) error {
		for _, ref := range refs {
			batch = append(batch, statement.Message{
				V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account,
				Through: through, Reason: statement.ReasonSchedule,
			})
			if len(batch) == sendAtOnce {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("shard %d: %w", shard, err)
	}
	return flush()
}
