package merge

import (
	"cmp"
	"maps"
	"slices"

	"extrato/internal/statement"
)

// days sums up every date of the input anew and returns the days whose item is
// not as kept. A run that was killed between two commits leaves days without
// an item; the next run finds them here. Days after Through are not complete
// and have no item yet.
func days(in Input, changes []statement.Change) []statement.Day {
	sums := map[statement.Date]*statement.Day{}
	add := func(e statement.Entry) {
		if e.Date > in.Through || e.Date < in.CoveredFrom || e.Status != statement.Booked {
			return
		}
		d := sums[e.Date]
		if d == nil {
			d = &statement.Day{Date: e.Date, Status: statement.DayRead}
			sums[e.Date] = d
		}
		d.Entries++
		if e.Amount > 0 {
			d.Credits += e.Amount
		} else {
			d.Debits -= e.Amount
		}
	}
	for _, e := range in.Stored {
		add(e)
	}
	for _, c := range changes {
		add(c.Entry)
	}
	for _, d := range in.Days {
		if s := sums[d.Date]; s != nil && same(*s, d) {
			delete(sums, d.Date)
		}
	}
	return slices.SortedFunc(func(yield func(statement.Day) bool) {
		for d := range maps.Values(sums) {
			if !yield(*d) {
				return
			}
		}
	}, func(a, b statement.Day) int { return cmp.Compare(a.Date, b.Date) })
}

// same reports whether the kept item b says what a says.
func same(a, b statement.Day) bool {
	return a.Status == b.Status && a.Entries == b.Entries && a.Credits == b.Credits && a.Debits == b.Debits
}
