package api

import (
	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// dayMissing is the status of a day that is not, or not completely, read.
const dayMissing statement.DayStatus = "missing"

// calendar tells every civil day of from…to by the ledger of the head and the
// day items kept in the range; before is the latest item dated earlier, nil for
// none.
//
// The items may be ahead of the ledger, which a commit of several transactions
// moves last, and behind it: of what the two claim of a day the weaker is told.
// A day without an item had no entries. What is proven of it is its status, and
// the balance of the day before.
func calendar(l statement.Ledger, from, to statement.Date, kept []statement.Day, before *statement.Day) []Day {
	items := make(map[statement.Date]*statement.Day, len(kept))
	for i := range kept {
		items[kept[i].Date] = &kept[i]
	}
	carried := opening(l, before)
	list := make([]Day, 0, to.DaysSince(from)+1)
	for d := from; d <= to; d = d.AddDays(1) {
		if d == l.CoveredFrom {
			carried = l.Opening
		}
		var day Day
		day, carried = viewDay(l, d, items[d], carried)
		list = append(list, day)
	}
	return list
}

// opening returns the proven balance of the day before a proven from, nil where
// it is not known. Before the first item nothing has moved since the opening.
func opening(l statement.Ledger, before *statement.Day) *statement.Cents {
	switch {
	case before == nil:
		return l.Opening
	case weaker(claim(l, before.Date), before.Status) == statement.DayProven:
		return before.Balance
	}
	return nil
}

// viewDay tells one day, and the balance that the next one begins with. item is
// nil where nothing is kept of the day.
func viewDay(l statement.Ledger, d statement.Date, item *statement.Day, carried *statement.Cents) (Day, *statement.Cents) {
	ledger := claim(l, d)
	status, counts := ledger, statement.Day{}
	if item != nil {
		status, counts = weaker(ledger, item.Status), *item
	}
	day := Day{Date: string(d), Status: string(status)}
	if status == dayMissing {
		return day, nil
	}
	day.Entries = &counts.Entries
	day.Credits, day.Debits = amount(&counts.Credits), amount(&counts.Debits)
	switch status {
	case statement.DayProven:
		balance := carried
		if item != nil && item.Balance != nil {
			balance = item.Balance
		} else if carried != nil {
			b := *carried + counts.Credits - counts.Debits
			balance = &b
		}
		day.Balance, day.Difference = amount(balance), amount(new(statement.Cents))
		return day, balance
	case statement.DayUnproven:
		difference := counts.Difference
		if ledger == statement.DayUnproven {
			difference = l.Difference
		}
		day.Difference = amount(&difference)
	}
	// The balance on an item that calls itself proven is a sum of ours.
	if counts.Status != statement.DayProven {
		day.Balance = amount(counts.Balance)
	}
	return day, nil
}

// claim returns what the ledger says of a day.
func claim(l statement.Ledger, d statement.Date) statement.DayStatus {
	switch {
	case l.CoveredFrom == "" || d < l.CoveredFrom || d > l.ReadThrough:
		return dayMissing
	case d <= l.ProvenThrough:
		return statement.DayProven
	case l.UnprovenFrom != "" && d >= l.UnprovenFrom && d <= bankday.LastNotAfter(l.ReadThrough):
		return statement.DayUnproven
	}
	return statement.DayRead
}

// weaker returns the one of two statuses that claims less.
func weaker(a, b statement.DayStatus) statement.DayStatus {
	if strength(b) < strength(a) {
		return b
	}
	return a
}

// strength orders the statuses by what they claim.
func strength(s statement.DayStatus) int {
	switch s {
	case statement.DayProven:
		return 3
	case statement.DayRead:
		return 2
	case statement.DayUnproven:
		return 1
	}
	return 0
}

// amount writes an amount, nil where it is not known.
func amount(c *statement.Cents) *string {
	if c == nil {
		return nil
	}
	return optional(c.String())
}
