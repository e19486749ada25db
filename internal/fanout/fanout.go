// Package fanout is the job behind the schedule: on a banking day it queues one
// sync message for every enabled account; on any other day it says why not.
//
// Run carries out one firing. It holds a page of every shard and the batches
// that are under way, whatever the number of accounts. What it does not reach in
// time is left to the next firing, which begins at another place (see Place).
package fanout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Index lists the accounts to be synced.
type Index interface {
	// EnabledFrom calls yield with every page of one shard, once round: from the
	// place that a part of its accounts lies before, at from 0 to below 1, to the
	// last, then from the first to that place. An error of yield ends it and is
	// returned.
	EnabledFrom(ctx context.Context, shard int, at float64, yield func([]statement.Ref) error) error
}

// Sender queues messages.
type Sender interface {
	// SendDelayed queues messages that are received after a delay each, and
	// returns how many it queued: all of them, or there is an error.
	SendDelayed(ctx context.Context, messages []statement.Message, delay func(statement.Message) time.Duration) (int, error)
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
	// Unfinished is how many shards the firing had no time to finish.
	Unfinished int `json:"unfinished_shards,omitempty"`
}

// Fanout queues messages.
type Fanout struct {
	Index       Index
	Queue       Sender
	Shards      int // of the index; all are read side by side
	Concurrency int // batches under way at once, over all shards
	Log         *slog.Logger
	// OneByOne does shards and batches one after another, for who must be able to
	// play a firing again. Default: side by side.
	OneByOne bool
	// Count adds to a metric. nil counts nothing.
	Count func(metric string, n int)
}

// Run carries out one firing.
//
// A firing that runs out of time stops in good order and says so in its answer,
// without an error: the invocation would be tried again from where it began,
// while the next firing begins elsewhere. A shard that fails does not hold up
// the others; the error names it when they are done, and the firing is tried
// again as a whole. A second message finds the account covered and ends after
// one read, and so does what a crash leaves behind: some accounts have theirs.
func (f *Fanout) Run(ctx context.Context, e Event) (Answer, error) {
	due, err := time.Parse(time.RFC3339, e.Time)
	if err != nil {
		return Answer{}, fmt.Errorf("schedule event: time %.40q is not RFC 3339", e.Time)
	}
	f.count("Firings", 1)
	date := statement.DateOf(due)
	answer := Answer{Date: date, BankingDay: bankday.IsBankingDay(date), Reason: bankday.Why(date)}
	if !answer.BankingDay {
		f.Log.InfoContext(ctx, "no banking day, nothing queued", "date", date, "why", answer.Reason)
		return answer, nil
	}
	answer.Through = bankday.Through(date)

	r := &run{Fanout: f, limit: limitOf(ctx), at: Place(due), through: answer.Through, slots: make(slots, max(1, f.Concurrency))}
	answer.Unfinished, err = r.all(ctx)
	answer.Enqueued = r.sent.Load()
	f.count("AccountsEnqueued", int(answer.Enqueued))
	f.count("ShardsUnfinished", answer.Unfinished)
	if err != nil {
		return answer, fmt.Errorf("fan out %s after %d messages: %w", date, answer.Enqueued, err)
	}
	level := slog.LevelInfo
	if answer.Unfinished > 0 {
		level = slog.LevelWarn
	}
	f.Log.Log(ctx, level, "queued", "date", date, "through", answer.Through, "accounts", answer.Enqueued,
		"from", r.at, "unfinished_shards", answer.Unfinished)
	return answer, nil
}

// all does every shard, and returns how many there was no time for and what
// failed.
func (r *run) all(ctx context.Context) (unfinished int, err error) {
	ctx, cancel := r.limit.bound(ctx)
	defer cancel()
	ends := make([]error, r.Shards)
	var shards sync.WaitGroup
	for shard := range r.Shards {
		r.start(&shards, func() { ends[shard] = r.shard(ctx, shard) })
	}
	shards.Wait()
	for shard, end := range ends {
		switch {
		case errors.Is(end, errLate):
			unfinished++
			ends[shard] = nil
		case end != nil:
			ends[shard] = fmt.Errorf("shard %d: %w", shard, end)
		}
	}
	return unfinished, errors.Join(ends...)
}

// start runs do beside what else runs, or, one by one, before it goes on.
func (f *Fanout) start(group *sync.WaitGroup, do func()) {
	if f.OneByOne {
		do()
		return
	}
	group.Go(do)
}

func (f *Fanout) count(metric string, n int) {
	if f.Count != nil {
		f.Count(metric, n)
	}
}
