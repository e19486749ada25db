package fanout

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"extrato/internal/statement"
)

const (
	shards  = 16
	pageLen = 7
)

// index is an Index of n accounts spread evenly over 16 shards.
type index struct {
	n      int
	fails  map[int]error // by shard, after its first page
	yields func(int)     // told how many accounts a page has, where set
}

func (x index) EnabledFrom(_ context.Context, shard int, at float64, yield func([]statement.Ref) error) error {
	var all []statement.Ref
	for i := shard; i < x.n; i += shards {
		all = append(all, ref(i))
	}
	before := int(at * float64(len(all)))
	all = append(all[before:], all[:before]...)
	for len(all) > 0 {
		page := all[:min(pageLen, len(all))]
		all = all[len(page):]
		if x.yields != nil {
			x.yields(len(page))
		}
		if err := yield(page); err != nil {
			return err
		}
		if err := x.fails[shard]; err != nil {
			return err
		}
	}
	return nil
}

func ref(i int) statement.Ref {
	return statement.Ref{Tenant: "t", Account: statement.AccountID(fmt.Sprint("a", i))}
}

// queue is a Sender that remembers.
type queue struct {
	takes time.Duration                         // of every batch, or until its context ends
	fails func(batch []statement.Message) error // queues none of it

	mu       sync.Mutex
	got      map[statement.AccountID][]statement.Message
	delays   map[statement.AccountID]time.Duration
	sizes    map[int]int // of batches
	underWay int
	most     int // batches under way
	begun    []time.Time
}

func (q *queue) SendDelayed(ctx context.Context, batch []statement.Message, delay func(statement.Message) time.Duration) (int, error) {
	q.mu.Lock()
	q.underWay++
	q.most = max(q.most, q.underWay)
	q.sizes[len(batch)]++
	q.begun = append(q.begun, time.Now())
	q.mu.Unlock()
	var err error
	if q.takes > 0 {
		select {
		case <-time.After(q.takes):
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.underWay--
	if q.fails != nil && err == nil {
		err = q.fails(batch)
	}
	if err != nil {
		return 0, err
	}
	for _, m := range batch {
		q.got[m.Account] = append(q.got[m.Account], m)
		q.delays[m.Account] = delay(m)
	}
	return len(batch), nil
}

// counts is what was counted, by metric.
type counts map[string]int

func newFanout(n int) (*Fanout, *queue, counts) {
	q := &queue{got: map[statement.AccountID][]statement.Message{}, delays: map[statement.AccountID]time.Duration{}, sizes: map[int]int{}}
	c := counts{}
	return &Fanout{
		Index: index{n: n}, Queue: q, Shards: shards, Concurrency: 16, Log: slog.New(slog.DiscardHandler),
		Count: func(metric string, n int) { c[metric] += n },
	}, q, c
}

var monday = Event{"2026-11-23T09:00:00Z"}

// once wants every one of n accounts to have exactly one message.
func (q *queue) once(t *testing.T, n int) {
	t.Helper()
	if len(q.got) != n {
		t.Errorf("%d accounts have a message, want %d", len(q.got), n)
	}
	for account, got := range q.got {
		if len(got) != 1 {
			t.Errorf("%s has %d messages, want 1", account, len(got))
		}
	}
}
