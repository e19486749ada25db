package store

import (
	"extrato/internal/statement"
)

func ledgerOf(r *reader) statement.Ledger {
	return statement.Ledger{
		CoveredFrom:   statement.Date(r.text("covered_from")),
		ReadThrough:   statement.Date(r.text("read_through")),
		ProvenThrough: statement.Date(r.text("proven_through")),
		Balance:       r.cents("balance_cents"),
		Opening:       r.cents("opening_cents"),
		UnprovenFrom:  statement.Date(r.text("unproven_from")),
		Difference:    statement.Cents(r.number("difference_cents")),
		DoubtFrom:     statement.Date(r.text("doubt_from")),
		OpenFrom:      statement.Date(r.text("open_from")),
		DeepRead:      statement.Date(r.text("deep_read")),
	}
}

// ledger writes the whole ledger: what it does not say is removed.
func (a *assign) ledger(l statement.Ledger) {
	for _, d := range []struct {
		name string
		date statement.Date
	}{
		{"covered_from", l.CoveredFrom}, {"read_through", l.ReadThrough}, {"proven_through", l.ProvenThrough},
		{"unproven_from", l.UnprovenFrom}, {"doubt_from", l.DoubtFrom}, {"open_from", l.OpenFrom}, {"deep_read", l.DeepRead},
	} {
		a.text(d.name, string(d.date))
	}
	a.cents("balance_cents", l.Balance)
	a.cents("opening_cents", l.Opening)
	a.count("difference_cents", l.Difference)
}

// settled returns the ledger that a commit leaves behind: the commit's own,
// empty fields included, but for two. ReadThrough never moves back: what was
// read stays read. And a statement that has a beginning keeps one: without it
// nothing says which entries are to be there.
func settled(old, now statement.Ledger) statement.Ledger {
	now.ReadThrough = max(old.ReadThrough, now.ReadThrough)
	if now.CoveredFrom == "" {
		now.CoveredFrom = old.CoveredFrom
	}
	now.Balance, now.Opening = copied(now.Balance), copied(now.Opening)
	return now
}

// begun returns the ledger that the first of several transactions leaves
// behind. The beginning is there as soon as entries are, so that a first sync
// that is killed goes on from where it began. Where it moves, what was proven
// from the old beginning falls: a crash must not leave days proven of which
// nothing is known yet, nor the opening of another day.
func begun(old, now statement.Ledger) statement.Ledger {
	if now.CoveredFrom == "" || now.CoveredFrom == old.CoveredFrom {
		return old
	}
	return statement.Ledger{
		CoveredFrom: now.CoveredFrom, ReadThrough: old.ReadThrough, OpenFrom: old.OpenFrom, DeepRead: old.DeepRead,
	}
}

func copied(c *statement.Cents) *statement.Cents {
	if c == nil {
		return nil
	}
	v := *c
	return &v
}
