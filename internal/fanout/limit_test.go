package fanout

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// invoke runs a firing as Lambda would, with a time limit, and returns how long
// it took.
func invoke(t *testing.T, f *Fanout, e Event, limit time.Duration) (Answer, time.Duration, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	start := time.Now()
	got, err := f.Run(ctx, e)
	return got, time.Since(start), err
}

// A million accounts at two seconds a batch would take hours.
func TestNoBatchBeginsTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, q, counted := newFanout(100_000)
		q.takes = 2 * time.Second
		start := time.Now()
		got, took, err := invoke(t, f, monday, 900*time.Second)
		if err != nil {
			t.Errorf("error %v, want none: the invocation would be tried again", err)
		}
		// Sixteen batches every two seconds, the last at 868 s; 870 s is too late.
		want := Answer{Date: "2026-11-23", BankingDay: true, Through: "2026-11-22", Enqueued: 435 * 16 * 10, Unfinished: 16}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("answer (-want +got):\n%s", d)
		}
		if took != 870*time.Second {
			t.Errorf("took %v, want 870 s", took)
		}
		for _, at := range q.begun {
			if at.Sub(start) >= 870*time.Second {
				t.Errorf("a batch began at %v", at.Sub(start))
			}
		}
		q.once(t, 69_600)
		if d := cmp.Diff(counts{"Firings": 1, "AccountsEnqueued": 69_600, "ShardsUnfinished": 16}, counted); d != "" {
			t.Errorf("metrics (-want +got):\n%s", d)
		}
	})
}

// What SQS does not answer is cut off while there is time for an answer of ours.
func TestWhatHangsIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, q, _ := newFanout(1600)
		q.takes = time.Hour
		got, took, err := invoke(t, f, monday, 900*time.Second)
		if err != nil || got.Unfinished != 16 || got.Enqueued != 0 {
			t.Errorf("answer %+v, error %v; want 16 shards unfinished", got, err)
		}
		if took != 897*time.Second {
			t.Errorf("took %v, want 897 s of 900", took)
		}
	})
}

// A shard that failed is told of, even where others had no time.
func TestFailureIsNotTakenForLackOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("down")
		f, q, _ := newFanout(16_000)
		f.Index = index{n: 16_000, fails: map[int]error{5: down}}
		q.takes = 2 * time.Second
		got, _, err := invoke(t, f, monday, 60*time.Second)
		if !errors.Is(err, down) || got.Unfinished != 15 {
			t.Errorf("answer %+v, error %v; want 15 shards unfinished and one down", got, err)
		}
	})
}

// The schedule's firings of some weeks, each with time for three accounts in
// ten: wherever the first falls, nobody waits for more than two days.
func TestEveryAccountHasItsTurn(t *testing.T) {
	t.Parallel()
	const accounts, each = 16 * 400, 16 * 120
	for first := range 12 {
		synctest.Test(t, func(t *testing.T) {
			f, q, _ := newFanout(accounts)
			q.takes = time.Second
			firings := 0
			for _, due := range schedule("2026-11-16", 28, 6, 10, 14, 18)[first:] {
				before := total(q)
				got, _, err := invoke(t, f, Event{due.Format(time.RFC3339)}, 13200*time.Millisecond)
				if err != nil {
					t.Fatal(err)
				}
				if now := total(q) - before; now != each || got.Enqueued != each || got.Unfinished != shards {
					t.Fatalf("%s queued %d, want %d: the test does not test what it says", due, now, each)
				}
				if firings++; len(q.got) == accounts {
					break
				}
			}
			if len(q.got) != accounts || firings > 8 {
				t.Errorf("from firing %d on: %d of %d accounts reached after %d firings, want all after at most 8", first, len(q.got), accounts, firings)
			}
		})
	}
}

func total(q *queue) (n int) {
	for _, got := range q.got {
		n += len(got)
	}
	return n
}

// schedule returns the firings of banking days at hours of São Paulo.
func schedule(from statement.Date, days int, hours ...int) (all []time.Time) {
	first, err := time.Parse(time.DateOnly, string(from))
	if err != nil {
		panic(err)
	}
	for day := range days {
		d := first.AddDate(0, 0, day)
		if !bankday.IsBankingDay(statement.Date(d.Format(time.DateOnly))) {
			continue
		}
		for _, hour := range hours {
			all = append(all, time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, statement.SaoPaulo))
		}
	}
	return all
}
