package storetest

import (
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

func cents(c statement.Cents) *statement.Cents { return &c }

var ledgerTests = map[string]func(*testing.T, *store.Store){
	"ledger/nothing new moves the head alone": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		got, err := s.Commit(t.Context(), a, statement.Commit{
			CoveredFrom: "2026-09-01", ReadThrough: "2026-11-02", ProvenThrough: "2026-11-01", Balance: cents(-5), Run: Summary("r1"),
		})
		must(t, err)
		run := Summary("r1")
		want := a
		want.Version, want.CoveredFrom, want.ReadThrough, want.ProvenThrough = 1, "2026-09-01", "2026-11-02", "2026-11-01"
		want.Balance, want.LastRun = cents(-5), &run
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
	},
	"ledger/an empty field keeps what is there": func(t *testing.T, s *store.Store) {
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), statement.Commit{
			CoveredFrom: "2026-09-01", ReadThrough: "2026-11-02", ProvenThrough: "2026-11-01", Balance: cents(1<<53 + 1),
		})
		must(t, err)
		want := a
		want.Version = 2
		got, err := s.Commit(t.Context(), a, statement.Commit{})
		must(t, err)
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
	},
	"ledger/read_through never moves back, the others may": func(t *testing.T, s *store.Store) {
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), statement.Commit{
			CoveredFrom: "2026-09-01", ReadThrough: "2026-11-02", ProvenThrough: "2026-11-01",
		})
		must(t, err)
		got, err := s.Commit(t.Context(), a, statement.Commit{CoveredFrom: "2026-08-01", ReadThrough: "2026-10-01", ProvenThrough: "2026-09-30"})
		must(t, err)
		want := a
		want.Version, want.CoveredFrom, want.ProvenThrough = 2, "2026-08-01", "2026-09-30"
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
	},
	"ledger/more quiet days than a transaction holds": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		c := statement.Commit{ReadThrough: "2026-06-30"}
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
