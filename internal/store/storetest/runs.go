package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// run is the nth run, with something in every field.
func run(n int) statement.Run {
	at := time.Now().UTC().Truncate(time.Hour).Add(time.Duration(n) * time.Minute)
	return statement.Run{
		RunSummary: statement.RunSummary{
			ID: statement.RunID(fmt.Sprintf("20261123T0900%02d000Z-0123456789abcdef", n)), At: at,
			Reason: statement.ReasonRepair, Outcome: statement.OutcomeUnproven, Added: n, Modified: 2, Withdrawn: 1,
		},
		From: "2026-08-26", To: "2026-11-22", Through: "2026-11-22", Calendar: "br-1", EndedAt: at.Add(time.Second),
		Failure: statement.Undecided, Requests: statement.Requests{Token: 1, Statement: 2, Balance: 3, Connections: 4},
		Capacity: statement.Capacity{Read: 1.5, Write: 17},
		Decisions: []statement.Decision{
			{Entry: "2026-11-20-00", What: "kept", Reason: "the balance has it"}, {What: "unproven", Reason: "from 2026-11-20 on"},
		},
	}
}

var runTests = map[string]func(*testing.T, *store.Store){
	"run/newest first, by pages": func(t *testing.T, s *store.Store) {
		var all []statement.Run
		for i := range 7 {
			must(t, s.PutRun(t.Context(), Ref(), run(i)))
			all = append(all, run(i))
		}
		must(t, s.PutRun(t.Context(), statement.Ref{Tenant: "acme", Account: "a2"}, run(9)))
		slices.Reverse(all)
		for _, limit := range []int{1, 2, 3, 6, 7, 8, 500} {
			var got []statement.Run
			pages := 0
			for before := statement.RunID(""); (pages == 0 || before != "") && pages < 100; pages++ {
				page, next, err := s.Runs(t.Context(), Ref(), limit, before)
				must(t, err)
				got = append(got, page...)
				before = next
			}
			same(t, fmt.Sprintf("runs by %d", limit), got, all)
			same(t, fmt.Sprintf("pages by %d", limit), pages, (7+limit-1)/limit)
		}
		for before, want := range map[statement.RunID]int{"0": 0, "~": 7, "20261123T090003": 3, statement.RunID(make([]byte, 4000)): 0} {
			page, _, err := s.Runs(t.Context(), Ref(), 500, before)
			must(t, err)
			same(t, fmt.Sprintf("runs before %.20q", before), len(page), want)
		}
	},
	"run/one written again is one": func(t *testing.T, s *store.Store) {
		must(t, s.PutRun(t.Context(), Ref(), run(1)))
		again := run(1)
		again.Outcome, again.Failure, again.Decisions = statement.OutcomeProven, "", nil
		must(t, s.PutRun(t.Context(), Ref(), again))
		runs, _, err := s.Runs(t.Context(), Ref(), 5, "")
		must(t, err)
		same(t, "runs", runs, []statement.Run{again})
	},
	"run/past its time is gone": func(t *testing.T, s *store.Store) {
		const year = 365 * 24 * time.Hour
		for i, age := range []time.Duration{0, 2 * year, year, 3 * year} {
			r := run(i)
			r.At = r.At.Add(-age)
			must(t, s.PutRun(t.Context(), Ref(), r))
		}
		var got []int
		for before := statement.RunID(""); len(got) < 5; {
			page, next, err := s.Runs(t.Context(), Ref(), 1, before)
			must(t, err)
			for _, r := range page {
				got = append(got, r.Added)
			}
			if before = next; next == "" {
				break
			}
		}
		same(t, "runs younger than 400 days", got, []int{2, 0})
	},
}
