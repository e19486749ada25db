package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store/storetest"
)

// 120 entries of which every third moves to another day, every third is
// withdrawn and every third changes its amount take three transactions. Killed
// after the first, what is stored must be one statement: entries, total, feed.
// The rest of the plan then leads to where the whole one leads.
func TestKilledWhileEntriesMove(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	begin := storetest.Additions("2026-09-01", 120, 30)
	begin.ProvenThrough = begin.ReadThrough
	var err error
	f.head, err = f.Commit(t.Context(), f.head, begin)
	must(t, err)
	before, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	c := statement.Commit{Ledger: begin.Ledger}
	c.ReadThrough = "2026-09-20"
	for i, e := range before {
		e.Revision++
		change := statement.Change{Kind: statement.Modified}
		switch i % 3 {
		case 0:
			change.Moved, e.Date = e.Date, e.Date.AddDays(10)
		case 1:
			change.Kind, change.Delta, e.Status = statement.Gone, -e.Amount, statement.Withdrawn
		case 2:
			change.Delta = 5
			e.Amount += 5
		}
		change.Entry = e
		c.Changes = append(c.Changes, change)
	}
	ctx, s := f.killed(t, 2, false)
	if _, err := s.Commit(ctx, f.head, c); err == nil {
		t.Fatal("no error from a commit that was killed")
	}
	check := func(what string) (statement.Account, map[statement.EntryID]statement.Entry) {
		t.Helper()
		head, err := f.Account(t.Context(), f.head.Ref)
		must(t, err)
		if want := f.booked(t); head.Total != want {
			t.Errorf("%s: total %s, want %s", what, head.Total, want)
		}
		entries, err := f.Window(t.Context(), f.head.Ref, "", "")
		must(t, err)
		stored, told := map[statement.EntryID]statement.Entry{}, map[statement.EntryID]statement.Entry{}
		for _, e := range entries {
			stored[e.ID] = e
		}
		changes, next, more, err := f.Changes(t.Context(), f.head.Ref, 0, 500)
		must(t, err)
		for _, change := range changes {
			told[change.Entry.ID] = change.Entry
		}
		if diff := cmp.Diff(stored, told); diff != "" || len(entries) != 120 || next != head.LastSeq || more {
			t.Errorf("%s: %d entries, feed to %d of %d (-entries +feed):\n%s", what, len(entries), next, head.LastSeq, diff)
		}
		return head, stored
	}
	head, stored := check("killed")
	if head.LastSeq <= 120 || head.LastSeq >= 240 || head.ProvenThrough != begin.ProvenThrough {
		t.Errorf("last_seq %d, proven through %s: the commit was not cut in the middle", head.LastSeq, head.ProvenThrough)
	}
	rest := c
	rest.Changes = nil
	for _, change := range c.Changes {
		if stored[change.Entry.ID].Revision < change.Entry.Revision {
			rest.Changes = append(rest.Changes, change)
		}
	}
	_, err = f.Commit(t.Context(), head, rest)
	must(t, err)
	head, stored = check("brought to its end")
	if head.LastSeq != 240 || head.ReadThrough != "2026-09-20" {
		t.Errorf("last_seq %d, read through %s, want 240, 2026-09-20", head.LastSeq, head.ReadThrough)
	}
	for _, change := range c.Changes {
		want := change.Entry
		want.Seq = stored[want.ID].Seq // given anew
		if diff := cmp.Diff(want, stored[want.ID]); diff != "" {
			t.Errorf("entry (-want +got):\n%s", diff)
		}
	}
}

// A range asked for moves the beginning back. Killed in between, the days
// before the old beginning are not yet complete, so none is proven, and the
// opening is of another day.
func TestKilledWhileTheBeginningMoves(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	amount := statement.Cents(7)
	old := statement.Ledger{
		CoveredFrom: "2026-10-01", ReadThrough: "2026-11-02", ProvenThrough: "2026-10-30", Balance: &amount, Opening: &amount,
		UnprovenFrom: "2026-10-31", Difference: 5, DoubtFrom: "2026-11-01", OpenFrom: "2026-10-29", DeepRead: "2026-11-03",
	}
	var err error
	f.head, err = f.Commit(t.Context(), f.head, statement.Commit{Ledger: old})
	must(t, err)
	c := storetest.Additions("2026-09-01", 150, 10)
	c.Ledger = old
	c.CoveredFrom = "2026-09-01"
	ctx, s := f.killed(t, 2, false)
	if _, err := s.Commit(ctx, f.head, c); err == nil {
		t.Fatal("no error from a commit that was killed")
	}
	head, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	want := statement.Ledger{CoveredFrom: "2026-09-01", ReadThrough: "2026-11-02", OpenFrom: "2026-10-29", DeepRead: "2026-11-03"}
	if diff := cmp.Diff(want, head.Ledger); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	head, err = f.Commit(t.Context(), head, statement.Commit{Ledger: c.Ledger})
	must(t, err)
	if diff := cmp.Diff(c.Ledger, head.Ledger); diff != "" {
		t.Errorf("ledger of the next run (-want +got):\n%s", diff)
	}
}
