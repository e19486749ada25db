package storetest

import (
	"errors"
	"strings"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// moveTo commits the entry under another date and returns it as it must read
// back.
func moveTo(t *testing.T, s *store.Store, a *statement.Account, e statement.Entry, to statement.Date) statement.Entry {
	t.Helper()
	from := e.Date
	e.Date, e.Revision = to, e.Revision+1
	e.Revisions = append(e.Revisions, statement.Revision{Field: "date", Old: string(from), New: string(to), Run: "run-2"})
	var err error
	*a, err = s.Commit(t.Context(), *a, statement.Commit{
		Changes: []statement.Change{{Kind: statement.Modified, Entry: e, Moved: from}},
		Days:    []statement.Day{{Date: from, Status: statement.DayRead}, {Date: to, Status: statement.DayRead, Entries: 1, Credits: e.Amount}},
	})
	must(t, err)
	e.Seq = a.LastSeq
	return e
}

var moveTests = map[string]func(*testing.T, *store.Store){
	"move/an entry is where its date is, and nowhere else": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 3, 3)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		total := a.Total
		rest := committed(c, 0)
		e := rest[1]
		rest = append(rest[:1], rest[2])
		// Away, on, back to the date that its id names, and away again.
		for _, to := range []statement.Date{"2026-11-04", "2026-10-30", "2026-11-02", "2026-11-05"} {
			e = moveTo(t, s, &a, e, to)
			got, err := s.Entry(t.Context(), Ref(), e.ID)
			must(t, err)
			same(t, "entry by its id", got, e)
			all := []statement.Entry{rest[0], rest[1], e}
			switch {
			case to < "2026-11-02":
				all = []statement.Entry{e, rest[0], rest[1]}
			case to == "2026-11-02":
				all = []statement.Entry{rest[0], e, rest[1]}
			}
			same(t, "entries", window(t, s, Ref()), all)
			same(t, "total", head(t, s, Ref()).Total, total)
			days, err := s.Days(t.Context(), Ref(), to, to)
			must(t, err)
			same(t, "day", days, []statement.Day{{Date: to, Status: statement.DayRead, Entries: 1, Credits: e.Amount}})
			changes, next, more, err := s.Changes(t.Context(), Ref(), a.LastSeq-1, 10)
			must(t, err)
			same(t, "feed", changes, []statement.FeedChange{{Seq: a.LastSeq, Kind: statement.Modified, Entry: e}})
			same(t, "feed goes on", next == a.LastSeq && !more, true)
		}
		old, err := s.Days(t.Context(), Ref(), "2026-11-04", "2026-11-04")
		must(t, err)
		same(t, "the day that it left", old, []statement.Day{{Date: "2026-11-04", Status: statement.DayRead}})
	},
	"move/from where the entry is not": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 2, 2)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		e := c.Changes[0].Entry
		e.Date = "2026-11-03"
		_, err = s.Commit(t.Context(), a, statement.Commit{Changes: []statement.Change{{Kind: statement.Modified, Entry: e, Moved: "2026-11-01"}}})
		refused(t, s, a, err)
		same(t, "entries", window(t, s, Ref()), committed(c, 0))
	},
	"move/to the same date is none": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 1, 1)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		e := committed(c, 0)[0]
		_, err = s.Commit(t.Context(), a, statement.Commit{Changes: []statement.Change{{Kind: statement.Modified, Entry: e, Moved: e.Date}}})
		must(t, err)
		e.Seq = 2
		same(t, "entries", window(t, s, Ref()), []statement.Entry{e})
	},
	"move/more than a transaction holds": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 120, 20)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		want := committed(c, 0)
		moving := statement.Commit{Days: c.Days, Ledger: c.Ledger}
		for i := range want { // each by a week, so that old and new days are apart
			old := want[i].Date
			want[i].Date = old.AddDays(7)
			want[i].Revision = 2
			moving.Changes = append(moving.Changes, statement.Change{Kind: statement.Modified, Entry: want[i], Moved: old})
			want[i].Seq = 120 + int64(i) + 1
		}
		moving.Days = append([]statement.Day(nil), c.Days...)
		for i, d := range c.Days {
			moving.Days[i].Entries, moving.Days[i].Credits = 0, 0
			d.Date = d.Date.AddDays(7)
			moving.Days = append(moving.Days, d)
		}
		got, err := s.Commit(t.Context(), a, moving)
		must(t, err)
		same(t, "transactions", got.Version-a.Version, int64(4)) // 372 items by 98, none torn
		same(t, "entries", window(t, s, Ref()), want)
		days, err := s.Days(t.Context(), Ref(), "", "")
		must(t, err)
		same(t, "days", days, moving.Days)
		same(t, "account", head(t, s, Ref()), got)
	},
	"note/is no change to the reader": func(t *testing.T, s *store.Store) {
		c := Additions("2026-11-02", 2, 2)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		want := committed(c, 0)
		want[0].Aliases = []string{"later"}
		want[0].Absence = &statement.Absence{First: "2026-11-04", Last: "2026-11-04", Runs: 1}
		_, err = s.Commit(t.Context(), a, statement.Commit{Changes: []statement.Change{{Kind: statement.Noted, Entry: want[0]}}})
		must(t, err)
		same(t, "entries", window(t, s, Ref()), want)
		same(t, "last position", head(t, s, Ref()).LastSeq, int64(2))
		changes, next, more, err := s.Changes(t.Context(), Ref(), 2, 10)
		must(t, err)
		same(t, "feed after the note", len(changes) == 0 && next == 2 && !more, true)
	},
	"note/never makes an entry": fails(statement.Commit{
		Changes: []statement.Change{{Kind: statement.Noted, Entry: Entry("2026-11-02", 1)}},
	}, "not there"),
	"entry/absent is not found": func(t *testing.T, s *store.Store) {
		filled(t, s)
		for _, id := range []statement.EntryID{
			"", "x", "2026-11-02", "2026-13-02-0", "2026-11-02-0", "2026-11-02#2026-11-02-00000000000000000000",
			statement.EntryID("2026-11-02-" + strings.Repeat("0", 3000)),
		} {
			if _, err := s.Entry(t.Context(), Ref(), id); !errors.Is(err, statement.ErrNotFound) || len(err.Error()) > 300 {
				t.Errorf("%.40s: %v, want a short ErrNotFound", id, err)
			}
		}
		if _, err := s.Entry(t.Context(), statement.Ref{Tenant: "acme", Account: "a2"}, Entry("2026-11-02", 0).ID); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("entry of another account: %v, want ErrNotFound", err)
		}
	},
}
