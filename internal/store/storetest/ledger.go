package storetest

import (
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

func cents(c statement.Cents) *statement.Cents { return &c }

// full is a ledger that says something in every field.
func full() statement.Ledger {
	return statement.Ledger{
		CoveredFrom: "2026-09-01", ReadThrough: "2026-11-02", ProvenThrough: "2026-10-30", Balance: cents(-5), Opening: cents(1<<53 + 1),
		UnprovenFrom: "2026-10-31", Difference: -1234, DoubtFrom: "2026-11-01", OpenFrom: "2026-10-25", DeepRead: "2026-11-03",
	}
}

var ledgerTests = map[string]func(*testing.T, *store.Store){
	"ledger/nothing new moves the head alone": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		run := Summary("r1")
		want := a
		want.Version, want.Ledger, want.LastRun = 1, full(), &run
		got, err := s.Commit(t.Context(), a, statement.Commit{Ledger: full(), Run: run})
		must(t, err)
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
	},
	"ledger/an empty field takes away what was there": func(t *testing.T, s *store.Store) {
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), statement.Commit{Ledger: full()})
		must(t, err)
		want := a
		want.Version, want.Ledger = 2, statement.Ledger{CoveredFrom: "2026-09-01", ReadThrough: "2026-11-02"}
		got, err := s.Commit(t.Context(), a, statement.Commit{})
		must(t, err)
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
	},
	"ledger/zero is not nothing": func(t *testing.T, s *store.Store) {
		want := statement.Ledger{CoveredFrom: "2026-09-01", Balance: cents(0), Opening: cents(0)}
		_, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), statement.Commit{Ledger: want})
		must(t, err)
		same(t, "ledger", head(t, s, Ref()).Ledger, want)
	},
	"ledger/read_through never moves back, the others may": func(t *testing.T, s *store.Store) {
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), statement.Commit{Ledger: full()})
		must(t, err)
		back := statement.Ledger{
			CoveredFrom: "2026-08-01", ReadThrough: "2026-10-01", ProvenThrough: "2026-09-30", Balance: cents(1), Opening: cents(2),
			UnprovenFrom: "2026-10-01", Difference: -1, DoubtFrom: "2026-10-02", OpenFrom: "2026-09-01", DeepRead: "2026-10-01",
		}
		got, err := s.Commit(t.Context(), a, statement.Commit{Ledger: back})
		must(t, err)
		want := a
		want.Version, want.Ledger = 2, back
		want.ReadThrough = "2026-11-02"
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
	},
	"ledger/the total moves by the deltas": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		for _, step := range []struct {
			kind        statement.ChangeKind
			n           int
			delta, want statement.Cents
		}{
			{statement.Added, 1, 1<<53 + 1, 1<<53 + 1},
			{statement.Added, 2, -1, 1 << 53},
			{statement.Gone, 1, -(1<<53 + 1), -1},
			{statement.Noted, 2, 0, -1},
			{statement.Modified, 2, 1, 0},
			{statement.Modified, 1, -7, -7},
		} {
			var err error
			a, err = s.Commit(t.Context(), a, statement.Commit{Changes: []statement.Change{
				{Kind: step.kind, Entry: Entry("2026-11-02", step.n), Delta: step.delta},
			}})
			must(t, err)
			same(t, "answer", a.Total, step.want)
			same(t, "account", head(t, s, Ref()).Total, step.want)
		}
	},
	"ledger/more quiet days than a transaction holds": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		c := statement.Commit{Ledger: statement.Ledger{ReadThrough: "2026-06-30"}}
		for i := range 150 {
			c.Days = append(c.Days, statement.Day{
				Date: statement.Date("2026-02-01").AddDays(i), Status: statement.DayUnproven, Balance: cents(0), Difference: statement.Cents(i - 75),
			})
		}
		got, err := s.Commit(t.Context(), a, c)
		must(t, err)
		same(t, "version", got.Version, int64(2))
		same(t, "last position", got.LastSeq, int64(0))
		days, err := s.Days(t.Context(), Ref(), "", "")
		must(t, err)
		same(t, "days", days, c.Days)
	},
	"ledger/a day is written over": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		for _, d := range []statement.Day{
			{Date: "2026-11-02", Status: statement.DayUnproven, Entries: 2, Credits: 5, Debits: 7, Balance: cents(-2), Difference: 3},
			{Date: "2026-11-02", Status: statement.DayProven, Entries: 3, Credits: 5, Debits: 10, Balance: cents(-5)},
		} {
			var err error
			a, err = s.Commit(t.Context(), a, statement.Commit{Days: []statement.Day{d}})
			must(t, err)
			days, err := s.Days(t.Context(), Ref(), "2026-11-02", "2026-11-02")
			must(t, err)
			same(t, "days", days, []statement.Day{d})
		}
	},
}
