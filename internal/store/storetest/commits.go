package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// committed returns the entries of a commit as they must read back: positions
// after lastSeq in the order of the commit, which is by date already.
func committed(c statement.Commit, lastSeq int64) []statement.Entry {
	var entries []statement.Entry
	for i, change := range c.Changes {
		e := change.Entry
		e.Seq = lastSeq + int64(i) + 1
		e.FirstSeq = e.Seq
		entries = append(entries, e)
	}
	return entries
}

// brings commits n entries, seven a day, and checks everything that can be read.
func brings(n int) func(*testing.T, *store.Store) {
	return func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		c := Additions("2026-09-01", n, 7)
		got, err := s.Commit(t.Context(), a, c)
		must(t, err)
		want := a
		want.Version, want.LastSeq = got.Version, int64(n)
		want.CoveredFrom, want.ReadThrough, want.LastRun = "2026-09-01", c.ReadThrough, &c.Run
		for _, change := range c.Changes {
			want.Total += change.Delta
		}
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
		if most := int64(n/90 + 1); got.Version < 1 || got.Version > most {
			t.Errorf("version %d after one commit of %d entries: want 1 to %d transactions", got.Version, n, most)
		}
		same(t, "entries", window(t, s, Ref()), committed(c, 0))
		days, err := s.Days(t.Context(), Ref(), "", "")
		must(t, err)
		same(t, "days", days, c.Days)
	}
}

// fails commits what must be refused, and wants nothing written.
func fails(c statement.Commit, text string) func(*testing.T, *store.Store) {
	return func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		_, err := s.Commit(t.Context(), a, c)
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want an error that says %q", err, text)
		}
		same(t, "account", head(t, s, Ref()), a)
		same(t, "entries", window(t, s, Ref()), nil)
	}
}

var commitTests = map[string]func(*testing.T, *store.Store){
	"commit/1":   brings(1),
	"commit/96":  brings(96),
	"commit/97":  brings(97),
	"commit/98":  brings(98),
	"commit/99":  brings(99),
	"commit/100": brings(100),
	"commit/101": brings(101),
	"commit/250": brings(250),

	"commit/an entry survives as it is": func(t *testing.T, s *store.Store) {
		full := Entry("2026-11-02", 1)
		full.DocumentNumber, full.Aliases = "00042", []string{"later", "latest"}
		full.Details = json.RawMessage("{ \"a\" : \"<&>\\u00e9é\",\n\t\"n\": 1.50, \"n\":2 }" + strings.Repeat(" ", 30_000))
		full.Extra = map[string]json.RawMessage{
			"novo": json.RawMessage(`{"x" : 1E400, "s":"<b>"}`), "nulo": json.RawMessage(`null`), "a\"b": json.RawMessage(`[ 1,2 ]`),
		}
		full.Revisions = []statement.Revision{
			{Field: "amount", Old: "1.01", New: "1.02", At: time.Date(2026, 11, 3, 9, 0, 0, 7e6, time.UTC), Run: "run-2"},
			{Field: "details", New: "{ }", At: time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC), Run: "run-3"},
		}
		full.Absence = &statement.Absence{First: "2026-11-05", Last: "2026-11-06", Runs: 2, Gone: 1}
		large, small := Entry("2026-11-02", 2), Entry("2026-11-02", 3)
		large.Amount, small.Amount, small.Operation = 1<<53+1, -(1<<53 + 1), statement.Debit
		most, least := Entry("2026-11-02", 4), Entry("2026-11-02", 5)
		most.Amount, least.Amount = math.MaxInt64, math.MinInt64
		bare := statement.Entry{ID: "2026-11-02-bare", Row: statement.Row{Date: "2026-11-02"}, Revision: 1}
		c := statement.Commit{Run: Summary("r")}
		for _, e := range []statement.Entry{full, large, small, most, least, bare} {
			c.Changes = append(c.Changes, statement.Change{Kind: statement.Added, Entry: e})
		}
		_, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		same(t, "entries", window(t, s, Ref()), committed(c, 0))
	},
	"commit/positions follow the dates": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 6, 2)
		want := committed(c, 0)
		slices.Reverse(c.Changes)
		for i := 0; i < 6; i += 2 { // within a day the order is the caller's
			c.Changes[i], c.Changes[i+1] = c.Changes[i+1], c.Changes[i]
		}
		_, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		same(t, "entries", window(t, s, Ref()), want)
	},
	"commit/modified and withdrawn": func(t *testing.T, s *store.Store) {
		first := Additions("2026-11-02", 3, 3)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), first)
		must(t, err)
		want := committed(first, 0)
		want[0].Description, want[0].Revision, want[0].Seq = "outro texto", 2, 4
		want[2].Status, want[2].Revision, want[2].Seq = statement.Withdrawn, 2, 5
		a, err = s.Commit(t.Context(), a, statement.Commit{
			Changes: []statement.Change{{Kind: statement.Modified, Entry: want[0]}, {Kind: statement.Gone, Entry: want[2]}},
			Run:     Summary("run-2"),
		})
		must(t, err)
		same(t, "last position", a.LastSeq, int64(5))
		same(t, "entries", window(t, s, Ref()), want)
	},
	"commit/of two from one head one wins": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		const rivals = 6
		errs := make([]error, rivals)
		var wg sync.WaitGroup
		for i := range rivals {
			wg.Go(func() {
				e := Entry("2026-11-02", i)
				_, errs[i] = s.Commit(t.Context(), a, statement.Commit{Changes: []statement.Change{{Kind: statement.Added, Entry: e}}})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, statement.ErrConflict) {
				t.Errorf("%v, want ErrConflict", err)
			}
		}
		same(t, "winners", won, 1)
		same(t, "entries", len(window(t, s, Ref())), 1)
		same(t, "version", head(t, s, Ref()).Version, int64(1))
	},
	"commit/of two long ones from one head one begins": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				c := Additions("2026-11-02", 110, 10)
				for j := range c.Changes {
					c.Changes[j].Entry.ID += statement.EntryID("abc"[i])
				}
				if _, err := s.Commit(t.Context(), a, c); err != nil && !errors.Is(err, statement.ErrConflict) {
					t.Errorf("%v, want ErrConflict", err)
				}
			})
		}
		wg.Wait()
		reader, now := newConsumer(500), head(t, s, Ref())
		reader.poll(t, s)
		entries := window(t, s, Ref())
		reader.holds(t, entries)
		var total statement.Cents
		for _, e := range entries {
			total += e.Amount
		}
		same(t, "entries, positions, total", fmt.Sprint(len(entries), now.LastSeq, now.Total), fmt.Sprint(110, 110, total))
	},
	"commit/unknown account": func(t *testing.T, s *store.Store) {
		if _, err := s.Commit(t.Context(), Account(Ref()), Additions("2026-11-02", 1, 1)); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("%v, want ErrConflict", err)
		}
		same(t, "entries", window(t, s, Ref()), nil)
	},
	"commit/an addition never falls on an entry": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 1, 1)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		_, err = s.Commit(t.Context(), a, c)
		refused(t, s, a, err)
		same(t, "entries", window(t, s, Ref()), committed(c, 0))
	},
	"commit/a modification never makes an entry": fails(statement.Commit{
		Changes: []statement.Change{{Kind: statement.Modified, Entry: Entry("2026-11-02", 1)}},
	}, "not there"),
	"commit/a change of no kind": fails(statement.Commit{Changes: []statement.Change{{Entry: Entry("2026-11-02", 1)}}}, "kind"),
	"commit/an entry twice": fails(statement.Commit{Changes: []statement.Change{
		{Kind: statement.Added, Entry: Entry("2026-11-02", 1)}, {Kind: statement.Added, Entry: Entry("2026-11-02", 1)},
	}}, "twice"),
	"commit/a day twice": fails(statement.Commit{Days: []statement.Day{{Date: "2026-11-02"}, {Date: "2026-11-02"}}}, "twice"),
	"commit/an entry that no item can hold": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 150, 50)
		c.Changes[149].Entry.Details = json.RawMessage(`"` + strings.Repeat("x", 400<<10) + `"`)
		fails(c, string(c.Changes[149].Entry.ID))(t, s)
	},
	"commit/large entries go in transactions of their own": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 2, 2)
		for i := range c.Changes {
			c.Changes[i].Entry.Details = json.RawMessage(`"` + strings.Repeat("x", 250<<10) + `"`)
		}
		got, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		same(t, "version", got.Version, int64(2))
		for _, e := range window(t, s, Ref()) {
			same(t, "bytes", len(e.Details), 250<<10+2)
		}
	},
	"commit/claims the bank account": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "")
		c := Additions("2026-11-02", 1, 1)
		c.BankAccount = "111"
		got, err := s.Commit(t.Context(), a, c)
		must(t, err)
		same(t, "bank account", head(t, s, Ref()).BankAccount, "111")
		// Told again it changes nothing; another one is refused.
		_, err = s.Commit(t.Context(), got, statement.Commit{BankAccount: "111"})
		must(t, err)
		if _, err := s.Commit(t.Context(), head(t, s, Ref()), statement.Commit{BankAccount: "222"}); err == nil {
			t.Error("a statement went over to another bank account")
		}
		second := active(t, s, statement.Ref{Tenant: "acme", Account: "a2"}, "")
		_, err = s.Commit(t.Context(), second, c)
		taken(t, err, "a1")
		same(t, "refused account", head(t, s, second.Ref), second)
		same(t, "its entries", window(t, s, second.Ref), nil)
	},
	"commit/tenants and accounts are apart": func(t *testing.T, s *store.Store) {
		refs := []statement.Ref{{Tenant: "acme", Account: "a1"}, {Tenant: "acme", Account: "a"}, {Tenant: "acme2", Account: "a1"}, {Tenant: "acme", Account: "a1-"}}
		for i, ref := range refs {
			c := Additions("2026-11-02", 5, 5)
			for j := range c.Changes {
				c.Changes[j].Entry.Amount = statement.Cents(i)
			}
			_, err := s.Commit(t.Context(), active(t, s, ref, ""), c)
			must(t, err)
		}
		for i, ref := range refs {
			for _, e := range window(t, s, ref) {
				same(t, ref.String(), e.Amount, statement.Cents(i))
			}
			same(t, "entries of "+ref.String(), len(window(t, s, ref)), 5)
		}
	},
}
