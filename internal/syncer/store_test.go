package syncer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// These tests run the syncer on the real store.

// onStore is a world whose table is DynamoDB, behind a transport.
func onStore(t *testing.T, transport http.RoundTripper) (*world, *store.Store) {
	t.Helper()
	client := storetest.Client(t, nil)
	name := storetest.Table(t, client)
	quiet := store.New(client, name)
	a := storetest.Account(ref)
	if err := quiet.CreateAccount(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	if _, err := quiet.Enable(t.Context(), storetest.Enablement(ref, pair().ID(), "")); err != nil {
		t.Fatal(err)
	}
	w := newWorld()
	table := store.New(storetest.Client(t, transport), name)
	w.Heads, w.Ledger, w.Runs, w.Facts, w.Items = table, table, table, table, table
	return w, quiet
}

// shown is the state that a reader of the table sees, without what depends on
// the moment: positions and runs.
func shown(t *testing.T, s *store.Store) string {
	t.Helper()
	var b strings.Builder
	entries, err := s.Window(t.Context(), ref, "", "")
	if err != nil {
		t.Fatal(err)
	}
	var sum statement.Cents
	for _, e := range entries {
		fmt.Fprintln(&b, e.ID, e.Date, e.Amount, e.Description, e.Status, e.BankID, e.Aliases, len(e.Revisions))
		if e.Status == statement.Booked {
			sum += e.Amount
		}
	}
	days, err := s.Days(t.Context(), ref, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range days {
		fmt.Fprintln(&b, d.Date, d.Status, d.Entries, d.Credits, d.Debits, d.Difference, d.Balance)
		if d.Balance != nil {
			fmt.Fprintln(&b, *d.Balance)
		}
	}
	head, err := s.Account(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if head.Total != sum {
		t.Errorf("the head's total is %s, the entries sum up to %s", head.Total, sum)
	}
	l := head.Ledger
	fmt.Fprintln(&b, l.CoveredFrom, l.ReadThrough, l.ProvenThrough, l.UnprovenFrom, l.Difference, l.OpenFrom)
	return pointers(b.String())
}

// pointers blanks out addresses, which fmt prints for balances.
func pointers(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if j := strings.Index(l, " 0x"); j >= 0 {
			lines[i] = l[:j]
		}
	}
	return strings.Join(lines, "\n")
}

// replay reads the feed from the beginning and returns what its reader holds.
func replay(t *testing.T, s *store.Store) map[statement.EntryID]statement.Entry {
	t.Helper()
	held, after := map[statement.EntryID]statement.Entry{}, int64(0)
	for {
		changes, next, more, err := s.Changes(t.Context(), ref, after, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if c.Seq <= after {
				t.Fatalf("position %d after %d", c.Seq, after)
			}
			held[c.Entry.ID] = c.Entry
		}
		after = next
		if !more {
			return held
		}
	}
}

// killer ends a process at the nth write: before it, or after it with the
// reply lost. What comes later finds the process dead.
type killer struct {
	at    int
	after bool
	kill  context.CancelFunc

	mu     sync.Mutex
	writes int
	dead   bool
}

var errKilled = errors.New("the process was killed")

func (k *killer) RoundTrip(r *http.Request) (*http.Response, error) {
	_, call, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	k.mu.Lock()
	write := slices.Contains([]string{"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}, call)
	if write {
		k.writes++
	}
	hit := write && k.writes == k.at
	dead := k.dead
	k.dead = k.dead || hit
	k.mu.Unlock()
	if dead || hit && !k.after {
		k.kill()
		return nil, errKilled
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if hit && err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		k.kill()
		return nil, errKilled
	}
	return resp, err
}

// history is what the bank does between two runs, for the crash tests.
type chapter struct {
	through statement.Date
	then    func(*bank)
}

func chapters() []chapter {
	return []chapter{
		{"2026-11-15", func(b *bank) {
			for i := range 150 { // more than one transaction holds
				b.book(fmt.Sprint("id-", i), statement.Date("2026-10-01").AddDays(i/4), statement.Cents(i*10-300))
			}
		}},
		{"2026-11-17", func(b *bank) {
			b.book("new", "2026-11-16", 500)
			b.book("late", "2026-10-20", 77)
			b.rows[10].Description = "another text"
			b.rows[20].Date = "2026-10-09"
			b.rows[30].Amount += 5
		}},
		{"2026-11-18", func(b *bank) { b.rows = append(b.rows[:40:40], b.rows[41:]...) }},
		{"2026-11-19", func(*bank) {}},
	}
}

func TestKilledAtAnyWriteConverges(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, kill chapter, at int, after bool) (state string, writes int, feed map[statement.EntryID]statement.Entry) {
		k := &killer{at: at, after: after}
		w, s := onStore(t, k)
		for _, c := range chapters() {
			c.then(w.bank)
			m := message(c.through, statement.ReasonSchedule)
			ctx, cancel := context.WithCancel(t.Context())
			k.kill = cancel
			k.mu.Lock()
			k.writes = 0
			if c.through != kill.through {
				k.writes = 1 << 20
			}
			k.mu.Unlock()
			err := w.Syncer.Sync(ctx, m)
			cancel()
			if c.through == kill.through {
				writes = k.writes
			}
			if k.dead { // the queue delivers again, to another process
				k.mu.Lock()
				k.dead, k.at = false, -1
				k.mu.Unlock()
				k.kill = func() {}
				err = w.Syncer.Sync(t.Context(), m)
			}
			if err != nil {
				t.Fatalf("through %s: %v", c.through, err)
			}
		}
		return shown(t, s), writes, replay(t, s)
	}
	points := 0
	for _, c := range chapters() {
		want, writes, _ := run(t, c, -1, false)
		for at := 1; at <= writes; at++ {
			for _, after := range []bool{false, true} {
				points++
				got, _, feed := run(t, c, at, after)
				if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); d != "" {
					t.Fatalf("killed at write %d of %d through %s, after it: %v\n(-undisturbed +killed)\n%s", at, writes, c.through, after, d)
				}
				if n := strings.Count(want, "booked") + strings.Count(want, "withdrawn"); len(feed) != n {
					t.Fatalf("the feed's reader holds %d entries, the table %d", len(feed), n)
				}
			}
		}
	}
	if points < 16 {
		t.Errorf("only %d crash points were tried", points)
	}
	t.Logf("%d crash points", points)
}

func TestTwoWorkersOfOneAccount(t *testing.T) {
	t.Parallel()
	w, s := onStore(t, nil)
	for i := range 120 {
		w.bank.book(fmt.Sprint("id-", i), statement.Date("2026-10-01").AddDays(i/4), statement.Cents(i+1))
	}
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			d := delivery(t, fmt.Sprint(n), 1, message("2026-11-15", statement.ReasonManual))
			w.Run(t.Context(), []Delivery{d})
		})
	}
	wg.Wait()
	if got := len(replay(t, s)); got != 120 {
		t.Errorf("the feed holds %d entries, the bank has 120", got)
	}
	entries, err := s.Window(t.Context(), ref, "", "")
	if err != nil || len(entries) != 120 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	head, err := s.Account(t.Context(), ref)
	if err != nil || head.ProvenThrough != "2026-11-13" || head.LastSeq != 120 {
		t.Errorf("proven through %s at %d, %v", head.ProvenThrough, head.LastSeq, err)
	}
}

func TestOtherAccountsAndTenantsStayApart(t *testing.T) {
	t.Parallel()
	w, s := onStore(t, nil)
	other := statement.Ref{Tenant: "t2", Account: "a1"}
	if err := s.CreateAccount(t.Context(), storetest.Account(other), false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Enable(t.Context(), storetest.Enablement(other, pair().ID(), "")); err != nil {
		t.Fatal(err)
	}
	w.Syncer.Vault = vault{ref: pair(), other: pair()}
	w.bank.book("the same idTransacao", "2026-11-10", 5)
	for _, r := range []statement.Ref{ref, other} {
		m := message("2026-11-15", statement.ReasonSchedule)
		m.Tenant, m.Account = r.Tenant, r.Account
		if err := w.Syncer.Sync(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		entries, err := s.Window(t.Context(), r, "", "")
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %d entries, %v", r, len(entries), err)
		}
	}
}
