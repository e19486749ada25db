package merge

import (
	"slices"

	"extrato/internal/statement"
)

// days makes the items of the days anew and returns those that are not as
// kept. A run that was killed between two commits leaves days without an item;
// the next run finds them here. Days after through are not complete and have
// no item yet.
func (m *merger) days(q statement.Date, l statement.Ledger) []statement.Day {
	kept := map[statement.Date]statement.Day{}
	dates := map[statement.Date]bool{}
	for _, d := range m.in.Days {
		kept[d.Date] = d
		dates[d.Date] = true
	}
	made := map[statement.Date]*statement.Day{}
	for _, w := range m.works {
		if w.Date < m.in.WindowFrom {
			continue
		}
		dates[w.Date] = true
		if !w.booked() {
			continue
		}
		d := made[w.Date]
		if d == nil {
			d = &statement.Day{}
			made[w.Date] = d
		}
		d.Entries++
		if w.Amount > 0 {
			d.Credits += w.Amount
		} else {
			d.Debits -= w.Amount
		}
	}
	for d, b := range m.in.Balances {
		if b != nil && d >= m.sums.from && d <= q {
			dates[d] = true
		}
	}
	var out []statement.Day
	for date := range dates {
		old, had := kept[date]
		if date > m.in.Through || date < m.in.CoveredFrom {
			continue
		}
		day := statement.Day{}
		if date < m.in.WindowFrom {
			day = old // only its status can have changed
			day.Status, day.Difference = "", 0
		} else if s := made[date]; s != nil {
			day = *s
		}
		day.Date = date
		m.certify(&day, old, had, q, l)
		if !had || !sameDay(day, old) {
			out = append(out, day)
		}
	}
	slices.SortFunc(out, func(a, b statement.Day) int {
		if a.Date < b.Date {
			return -1
		}
		return 1
	})
	return out
}

// certify sets how certain the day is, and its balance: of a proven day it is
// ours, which is then the bank's; of another the bank's, where it was asked.
func (m *merger) certify(day *statement.Day, old statement.Day, had bool, q statement.Date, l statement.Ledger) {
	same := had && old.Entries == day.Entries && old.Credits == day.Credits && old.Debits == day.Debits
	day.Balance = nil
	switch {
	case l.ProvenThrough != "" && day.Date <= l.ProvenThrough:
		day.Status = statement.DayProven
		if s, ok := m.sums.through(day.Date); ok && l.Opening != nil {
			b := *l.Opening + s
			day.Balance = &b
		} else if same {
			day.Balance = old.Balance
		}
		return
	case l.UnprovenFrom != "" && day.Date >= l.UnprovenFrom && day.Date <= q:
		day.Status, day.Difference = statement.DayUnproven, l.Difference
	default:
		day.Status = statement.DayRead
	}
	if b := m.in.Balances[day.Date]; b != nil {
		day.Balance = b
	} else if same && old.Status != statement.DayProven {
		day.Balance = old.Balance
	}
}

func sameDay(a, b statement.Day) bool {
	balance := a.Balance == nil && b.Balance == nil || a.Balance != nil && b.Balance != nil && *a.Balance == *b.Balance
	a.Balance, b.Balance = nil, nil
	return balance && a == b
}
