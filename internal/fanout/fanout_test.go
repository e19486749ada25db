package fanout

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

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
		f, q, counted := newFanout(3)
		got, err := f.Run(t.Context(), Event{tt.time})
		if err != nil {
			t.Errorf("%s: %v", tt.time, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.time, d)
		}
		q.once(t, int(tt.want.Enqueued))
		want := counts{"Firings": 1}
		if tt.want.BankingDay {
			want = counts{"Firings": 1, "AccountsEnqueued": 3, "ShardsUnfinished": 0}
		}
		if d := cmp.Diff(want, counted); d != "" {
			t.Errorf("%s: metrics (-want +got):\n%s", tt.time, d)
		}
	}
}

func TestBadEvents(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "yesterday", "2026-11-23"} {
		f, q, counted := newFanout(1)
		if _, err := f.Run(t.Context(), Event{bad}); err == nil || len(q.got) != 0 || len(counted) != 0 {
			t.Errorf("time %q: error %v, %d messages, metrics %v", bad, err, len(q.got), counted)
		}
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	f, q, _ := newFanout(1)
	f.Count = nil // need not be set
	if _, err := f.Run(t.Context(), monday); err != nil {
		t.Fatal(err)
	}
	want := []statement.Message{{V: 1, Tenant: "t", Account: "a0", Through: "2026-11-22", Reason: statement.ReasonSchedule}}
	if d := cmp.Diff(want, q.got["a0"]); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
}

// Every shard has 312 or 313 accounts: 31 batches of ten and one of two or three.
func TestFullBatches(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{0, 1, 4, 16, 64} {
		synctest.Test(t, func(t *testing.T) {
			f, q, _ := newFanout(5001)
			f.Concurrency = concurrency
			q.takes = 20 * time.Millisecond
			got, err := f.Run(t.Context(), monday)
			if err != nil || got.Enqueued != 5001 {
				t.Errorf("enqueued %d, error %v; want 5001", got.Enqueued, err)
			}
			q.once(t, 5001)
			if d := cmp.Diff(map[int]int{10: 16 * 31, 3: 9, 2: 7}, q.sizes); d != "" {
				t.Errorf("batches by size (-want +got):\n%s", d)
			}
			if q.most != max(1, concurrency) {
				t.Errorf("%d batches under way at once, want %d", q.most, max(1, concurrency))
			}
		})
	}
}

// What was read and is not yet queued fits into a page and two batches of every
// shard, and the batches under way.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, q, _ := newFanout(20_000)
		f.Concurrency = 8
		q.takes = time.Second
		var mu sync.Mutex
		read, most := 0, 0
		f.Index = index{n: 20_000, yields: func(n int) {
			q.mu.Lock()
			queued := len(q.got)
			q.mu.Unlock()
			mu.Lock()
			defer mu.Unlock()
			read += n
			most = max(most, read-queued)
		}}
		if _, err := f.Run(t.Context(), monday); err != nil {
			t.Fatal(err)
		}
		if limit := shards*(pageLen+2*batchSize) + 8*batchSize; most > limit || read != 20_000 {
			t.Errorf("%d of %d accounts held at once, want at most %d", most, read, limit)
		}
	})
}

func TestOneShardDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	f, q, counted := newFanout(1600)
	f.Index = index{n: 1600, fails: map[int]error{3: down, 12: down}}
	got, err := f.Run(t.Context(), monday)
	if !errors.Is(err, down) || strings.Count(err.Error(), "shard ") != 2 ||
		!strings.Contains(err.Error(), "shard 3: down") || !strings.Contains(err.Error(), "shard 12: down") {
		t.Errorf("error %v, want that shards 3 and 12 are down", err)
	}
	q.once(t, 1400)
	if d := cmp.Diff(counts{"Firings": 1, "AccountsEnqueued": 1400, "ShardsUnfinished": 0}, counted); d != "" || got.Enqueued != 1400 {
		t.Errorf("enqueued %d, metrics (-want +got):\n%s", got.Enqueued, d)
	}
}

// A message that the queue refuses fails its batch alone, and some of them do
// not pass for an outage.
func TestOneBatchDoesNotHoldUpItsShard(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	f, q, _ := newFanout(6400)
	bad := []statement.AccountID{"a80", "a1040", "a2000", "a2960", "a3920"} // of shard 0, six batches apart
	q.fails = func(batch []statement.Message) error {
		if slices.ContainsFunc(batch, func(m statement.Message) bool { return slices.Contains(bad, m.Account) }) {
			return refused
		}
		return nil
	}
	if _, err := f.Run(t.Context(), monday); !errors.Is(err, refused) || strings.Count(err.Error(), "shard ") != 1 || !strings.Contains(err.Error(), "shard 0") {
		t.Errorf("error %v, want that of shard 0", err)
	}
	q.once(t, 6400-10*len(bad))
}

// An outage is not asked of for every batch of a million accounts.
func TestAnOutageEndsEveryShard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("down")
		f, q, _ := newFanout(16_000)
		q.takes = time.Second
		q.fails = func([]statement.Message) error { return down }
		_, err := f.Run(t.Context(), monday)
		if !errors.Is(err, down) || strings.Count(err.Error(), "shard ") != shards || strings.Contains(err.Error(), errPatience.Error()) {
			t.Errorf("error %v, want that of every shard, and no other", err)
		}
		if want := 3 * shards; q.sizes[10] != want {
			t.Errorf("%d batches tried, want %d: three in a row of each shard", q.sizes[10], want)
		}
	})
}
