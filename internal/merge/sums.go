package merge

import (
	"slices"

	"extrato/internal/statement"
)

// sums tells what the booked entries sum up to, by date. Before the window of
// stored entries it goes by the day items.
type sums struct {
	total  statement.Cents // of all entries, this plan's changes included
	from   statement.Date  // first date told apart
	byDate map[statement.Date]statement.Cents
	dates  []statement.Date // sorted
}

// sum adds up the works as they now are.
func (m *merger) sum() {
	s := sums{total: m.in.Total, from: min(m.in.WindowFrom, m.in.DaysFrom), byDate: map[statement.Date]statement.Cents{}}
	for _, w := range m.works {
		s.total += w.worth()
		if w.kept != nil {
			s.total -= (&work{Entry: *w.kept}).worth()
		}
		if w.booked() {
			s.byDate[w.Date] += w.Amount
		}
	}
	for _, d := range m.in.Days {
		if d.Date < m.in.WindowFrom {
			s.byDate[d.Date] += d.Credits - d.Debits
		}
	}
	for d := range s.byDate {
		s.dates = append(s.dates, d)
	}
	slices.Sort(s.dates)
	m.sums = s
}

// through returns the sum of all entries dated up to d; ok is false where the
// input does not reach back far enough.
func (s sums) through(d statement.Date) (sum statement.Cents, ok bool) {
	if d.AddDays(1) < s.from {
		return 0, false
	}
	sum = s.total
	for i := len(s.dates) - 1; i >= 0 && s.dates[i] > d; i-- {
		sum -= s.byDate[s.dates[i]]
	}
	return sum, true
}

// between returns the sum of the entries dated after the one day, up to the other.
func (m *merger) between(after, to statement.Date) statement.Cents {
	var sum statement.Cents
	for _, w := range m.works {
		if w.booked() && after < w.Date && w.Date <= to {
			sum += w.Amount
		}
	}
	return sum
}
