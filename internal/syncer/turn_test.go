package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"extrato/internal/statement"
)

// manyAccounts are accounts of one tenant, and a delivery for each.
func manyAccounts(t *testing.T, n int) (refs []statement.Ref, ds []Delivery) {
	t.Helper()
	for i := range n {
		r := statement.Ref{Tenant: "t1", Account: statement.AccountID(fmt.Sprintf("a%02d", i))}
		m := message("2026-11-22", statement.ReasonEnabled)
		m.Account = r.Account
		refs, ds = append(refs, r), append(ds, delivery(t, string(r.Account), 1, m))
	}
	return refs, ds
}

// largely is a session whose answers are all large, and take a second.
type largely struct {
	Session
	told func()
}

func (l largely) Statement(ctx context.Context, from, to statement.Date) (statement.Read, error) {
	if err := statement.TurnFrom(ctx)(ctx); err != nil {
		return statement.Read{}, err
	}
	if l.told != nil {
		l.told()
	}
	time.Sleep(time.Second)
	return l.Session.Statement(ctx, from, to)
}

// slowly is a ledger that takes a while to commit, as a large first sync does,
// and counts who does so at once.
type slowly struct {
	Ledger
	takes time.Duration

	mu        sync.Mutex
	now, most int
}

func (s *slowly) Commit(ctx context.Context, head statement.Account, c statement.Commit) (statement.Account, error) {
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.now--; s.mu.Unlock() }()
	select {
	case <-time.After(s.takes):
		return s.Ledger.Commit(ctx, head, c)
	case <-ctx.Done():
		return head, ctx.Err()
	}
}

// A batch of ten first syncs of ten thousand entries: 28 s each, two at once,
// within the function's 300 s. The last pair has waited for 112 s, which is not
// its own time.
func TestTenFirstSyncsTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refs, ds := manyAccounts(t, 10)
		w := newWorld(refs...)
		ledger := &slowly{Ledger: w.table, takes: 27 * time.Second}
		w.Ledger, w.Concurrency, w.Turns = ledger, 10, NewTurns(LargeAtOnce)
		w.Open = func(c statement.Credential, number string) (Session, error) {
			s, err := w.bank.open(c, number)
			return largely{Session: s}, err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Second)
		defer cancel()
		began := time.Now()
		if again := w.Run(ctx, ds); len(again) != 0 {
			t.Errorf("to come again: %v", again)
		}
		if took, want := time.Since(began), 5*28*time.Second; took != want {
			t.Errorf("took %s, want %s", took, want)
		}
		if ledger.most != LargeAtOnce {
			t.Errorf("%d large answers at once, want %d", ledger.most, LargeAtOnce)
		}
		for _, r := range refs {
			if w.table.heads[r].ReadThrough != "2026-11-22" {
				t.Errorf("%s was not synced", r)
			}
		}
	})
}

func TestWithoutTurnsAllAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refs, ds := manyAccounts(t, 10)
		w := newWorld(refs...)
		ledger := &slowly{Ledger: w.table, takes: 27 * time.Second}
		w.Ledger, w.Concurrency = ledger, 10
		if again := w.Run(t.Context(), ds); len(again) != 0 || ledger.most != 10 {
			t.Errorf("to come again %v, %d at once", again, ledger.most)
		}
	})
}

// The account's own minute is over although it waited for nobody.
func TestAnAccountsOwnTimeEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refs, ds := manyAccounts(t, 3)
		w := newWorld(refs...)
		w.Ledger = &slowly{Ledger: w.table, takes: 61 * time.Second}
		w.Turns = NewTurns(1)
		began := time.Now()
		if again := w.Run(t.Context(), ds); len(again) != 3 {
			t.Errorf("to come again: %v", again)
		}
		if took := time.Since(began); took != accountLimit {
			t.Errorf("took %s", took)
		}
	})
}

// Whatever becomes of an account that has its turn, the next one gets it.
func TestTurnsEnd(t *testing.T) {
	t.Parallel()
	for name, told := range map[string]func(){
		"panic": func() { panic("boom") },
		"error": func() {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				refs, ds := manyAccounts(t, 4)
				w := newWorld(refs...)
				w.Concurrency, w.Turns = 4, NewTurns(1)
				if name == "error" {
					w.bank.fail = []error{refusal{code: statement.BankUnavailable}, errors.New("another"), nil}
				}
				var once sync.Once
				w.Open = func(c statement.Credential, number string) (Session, error) {
					s, err := w.bank.open(c, number)
					return largely{s, func() { once.Do(told) }}, err
				}
				want := map[string]int{"panic": 1, "error": 2}[name]
				if again := w.Run(t.Context(), ds); len(again) != want {
					t.Errorf("to come again: %v, want %d", again, want)
				}
				if got := w.counts.all["AccountsRetried"]; got != want {
					t.Errorf("AccountsRetried %d, want %d", got, want)
				}
				if len(w.Turns.free) != 0 {
					t.Error("a turn was never given back")
				}
			})
		})
	}
}

// The function's time ends while accounts wait, work, and are not begun.
func TestTheInvocationsTimeEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refs, ds := manyAccounts(t, 6)
		for i := range ds {
			ds[i].Receives = maxReceives // that our time ends is not told on an account
		}
		w := newWorld(refs...)
		w.Ledger, w.Concurrency, w.Turns = &slowly{Ledger: w.table, takes: 40 * time.Second}, 3, NewTurns(1)
		w.Open = func(c statement.Credential, number string) (Session, error) {
			s, err := w.bank.open(c, number)
			return largely{Session: s}, err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
		defer cancel()
		began := time.Now()
		again := w.Run(ctx, ds)
		if took, want := time.Since(began), 90*time.Second; took != want {
			t.Errorf("took %s, want %s", took, want)
		}
		if len(again) != 4 { // 41 s each, one after another
			t.Errorf("to come again: %v", again)
		}
		for _, r := range refs {
			head, late := w.table.heads[r], slices.Contains(again, string(r.Account))
			if (head.ReadThrough == "2026-11-22") == late || head.Failure != "" {
				t.Errorf("%s: to come again %v, but %+v", r, late, head.Ledger)
			}
			if d, told := w.queue.delays["receipt-"+string(r.Account)]; told != late || late && d != soon {
				t.Errorf("%s: delayed by %s", r, d)
			}
		}
		if w.bank.opens != 5 { // three at once, then one more for each that is done
			t.Errorf("%d accounts were begun, want 5", w.bank.opens)
		}
		if len(w.table.runs) != 2 || w.counts.all["AccountsRetried"] != 4 {
			t.Errorf("%d runs, metrics %v", len(w.table.runs), w.counts.all)
		}
	})
}

// What was committed when the time ended is kept, and the message that comes
// again brings the rest only.
func TestCutOffBetweenTwoSlices(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.bank.book("old", "2026-05-04", 5)
		w.bank.book("new", "2026-11-20", 7)
		m := message("2026-11-22", statement.ReasonRepair)
		m.From, m.To = "2026-05-01", "2026-11-20" // three slices
		ledger := &slowly{Ledger: w.table, takes: 40 * time.Second}
		w.Ledger = ledger
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		d := delivery(t, "1", 1, m)
		if again := w.Run(ctx, []Delivery{d}); !slices.Equal(again, []string{"1"}) {
			t.Fatalf("to come again: %v", again)
		}
		if n := len(w.table.entries[ref]); n != 1 {
			t.Fatalf("%d entries are kept, want that of the first slice", n)
		}
		ledger.takes = 0
		if again := w.Run(t.Context(), []Delivery{d}); len(again) != 0 {
			t.Errorf("to come again: %v", again)
		}
		if n := len(w.table.entries[ref]); n != 2 {
			t.Errorf("%d entries, want 2", n)
		}
	})
}

// unlucky panics where a failure is to be written on the account.
type unlucky struct{ Heads }

func (unlucky) SaveFailure(context.Context, statement.Account, statement.Code, time.Time, bool) error {
	panic("boom")
}

func TestPanicAfterTheSyncFailsOneMessage(t *testing.T) {
	t.Parallel()
	refs, ds := manyAccounts(t, 2)
	ds[0].Receives = maxReceives
	w := newWorld(refs...)
	w.Heads = unlucky{w.Heads}
	w.Concurrency = 1
	w.bank.fail = []error{refusal{code: statement.BankUnavailable}}
	one, two := w.Run(t.Context(), ds[:1]), w.Run(t.Context(), ds[1:])
	if len(one) != 1 || len(two) != 0 || w.counts.all["Panics"] != 1 {
		t.Errorf("to come again %v, then %v; metrics %v", one, two, w.counts.all)
	}
}
