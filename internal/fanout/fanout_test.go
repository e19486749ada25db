package fanout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// index is an Index of n accounts spread over 16 shards, in pages of 7.
type index struct {
	n    int
	fail error
}

func (x index) Enabled(_ context.Context, shard int, yield func([]statement.Ref) error) error {
	var page []statement.Ref
	for i := shard; i < x.n; i += 16 {
		page = append(page, statement.Ref{Tenant: "t", Account: statement.AccountID(fmt.Sprintf("a%d", i))})
		if len(page) == 7 {
			if err := yield(page); err != nil {
				return err
			}
			page = nil
		}
	}
	if x.fail != nil {
		return x.fail
	}
	return yield(page)
}

type queue struct {
	mu   sync.Mutex
	got  map[statement.AccountID]statement.Message
	max  int
	fail error
}

func (q *queue) Send(_ context.Context, ms []statement.Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return q.fail
	}
	q.max = max(q.max, len(ms))
	for _, m := range ms {
		q.got[m.Account] = m
	}
	return nil
}

func newFanout(n int) (*Fanout, *queue) {
	q := &queue{got: map[statement.AccountID]statement.Message{}}
	return &Fanout{Index: index{n: n}, Queue: q, Shards: 16, Concurrency: 4, Log: slog.New(slog.DiscardHandler)}, q
}

func TestDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		time string
		want Answer
	}{
		{"2026-11-23T09:00:00Z", Answer{Date: "2026-11-23", BankingDay: true, Through: "2026-11-22", Enqueued: 3}},
		{"2026-11-20T09:00:00Z", Answer{Date: "2026-11-20", Reason: "Black Consciousness Day"}},
		{"2026-11-21T09:00:00Z", Answer{Date: "2026-11-21", Reason: "Saturday"}},
		{"2026-02-16T09:00:00Z", Answer{Date: "2026-02-16", Reason: "Carnival Monday"}},
		// 01:00 UTC is still the evening before in São Paulo: a Friday that is a holiday.
		{"2026-11-21T01:00:00Z", Answer{Date: "2026-11-20", Reason: "Black Consciousness Day"}},
		{"2026-11-19T22:00:00-03:00", Answer{Date: "2026-11-19", BankingDay: true, Through: "2026-11-18", Enqueued: 3}},
	} {
		f, q := newFanout(3)
		got, err := f.Run(t.Context(), Event{tt.time})
		if err != nil {
			t.Errorf("%s: %v", tt.time, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.time, d)
		}
		if len(q.got) != int(tt.want.Enqueued) {
			t.Errorf("%s: %d messages on the queue, want %d", tt.time, len(q.got), tt.want.Enqueued)
		}
	}
}

func TestEveryAccountOnce(t *testing.T) {
	t.Parallel()
	f, q := newFanout(5000)
	got, err := f.Run(t.Context(), Event{"2026-11-23T09:00:00Z"})
	if err != nil || got.Enqueued != 5000 || len(q.got) != 5000 {
		t.Fatalf("enqueued %d, on the queue %d, error %v; want 5000 once each", got.Enqueued, len(q.got), err)
	}
	want := statement.Message{V: 1, Tenant: "t", Account: "a4999", Through: "2026-11-22", Reason: statement.ReasonSchedule}
	if d := cmp.Diff(want, q.got["a4999"]); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
	if q.max > sendAtOnce {
		t.Errorf("a Send of %d messages, want at most %d", q.max, sendAtOnce)
	}
}

func TestTroubleIsReported(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	f, q := newFanout(40)
	q.fail = down
	if _, err := f.Run(t.Context(), Event{"2026-11-23T09:00:00Z"}); !errors.Is(err, down) {
		t.Errorf("queue down: error %v", err)
	}
	f, _ = newFanout(40)
	f.Index = index{n: 40, fail: down}
	if _, err := f.Run(t.Context(), Event{"2026-11-23T09:00:00Z"}); !errors.Is(err, down) {
		t.Errorf("index down: error %v", err)
	}
	for _, bad := range []string{"", "yesterday", "2026-11-23"} {
		f, q := newFanout(1)
		if _, err := f.Run(t.Context(), Event{bad}); err == nil || len(q.got) != 0 {
			t.Errorf("time %q: error %v, %d messages", bad, err, len(q.got))
		}
	}
}
