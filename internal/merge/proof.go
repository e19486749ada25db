package merge

import (
	"fmt"
	"slices"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// finding is what the balances say of the days up to q.
type finding struct {
	outcome      statement.Outcome
	opening      *statement.Cents // as asked in this run
	proven       statement.Date   // every day up to here; CoveredFrom-1 for none; "" where nothing was found
	unprovenFrom statement.Date
	doubtFrom    statement.Date // where the search goes on in the next run
	difference   statement.Cents
}

// prove compares balance(q) with the opening and the entries, and where they
// differ looks for the first day that does not balance.
func (m *merger) prove(q statement.Date) (finding, *Ask) {
	f := finding{outcome: statement.OutcomeRead}
	if q < m.in.CoveredFrom {
		return f, nil
	}
	closing, ask := m.balance(q, "to prove the days up to it")
	if ask != nil || closing == nil {
		return f, ask
	}
	eve := m.in.CoveredFrom.AddDays(-1)
	opening, asked := m.in.Balances[eve]
	if !asked && m.in.Ledger.Opening != nil && m.in.CoveredFrom == m.in.Ledger.CoveredFrom {
		opening = m.in.Ledger.Opening
	} else if !asked {
		if opening, ask = m.balance(eve, "the opening"); ask != nil {
			return f, ask
		}
	}
	if opening == nil {
		return f, nil
	}
	if asked {
		f.opening = opening
	}
	d := judgeDay{m: m, opening: *opening}
	total, ok := m.sums.through(q)
	if !ok {
		return f, &Ask{Days: true, Why: "to sum up"}
	}
	difference := *closing - *opening - total

	switch {
	case d.agrees(q, *closing):
		if m.reopened(f) && m.in.CoveredFrom < m.sums.from {
			return f, &Ask{Days: true, Why: "their balances follow the opening"}
		}
		f.outcome, f.proven = statement.OutcomeProven, q
		if len(m.pending) > 0 {
			f.outcome, f.proven = statement.OutcomeUndecided, m.eveOfPending(q)
		}
		return f, nil
	case m.in.Ledger.UnprovenFrom != "" && difference == m.in.Ledger.Difference:
		f.outcome, f.difference, f.unprovenFrom = statement.OutcomeUnproven, difference, m.in.Ledger.UnprovenFrom
		f.proven = f.unprovenFrom.AddDays(-1)
		return f, nil
	}
	if ask := m.secondRead(fmt.Sprintf("the balance of %s differs by %s", q, difference)); ask != nil {
		return f, ask
	}
	if !asked {
		again, ask := m.balance(eve, "the opening again")
		if ask != nil {
			return f, ask
		}
		if again == nil { // no call left, or not to be had: go on with the one we have
			again = opening
		}
		if *again != *opening {
			f.opening, d.opening = again, *again
		}
	}
	return m.locate(f, d, q, difference)
}

// reopened reports whether the opening is not what it was: every balance that
// is kept follows it.
func (m *merger) reopened(f finding) bool {
	return f.opening != nil && m.in.Ledger.Opening != nil && *f.opening != *m.in.Ledger.Opening
}

// locate finds by halving the first banking day whose balance disagrees, and
// reads around it where what was read may not have shown it.
func (m *merger) locate(f finding, d judgeDay, q statement.Date, difference statement.Cents) (finding, *Ask) {
	if m.in.CoveredFrom < m.sums.from && m.in.BalanceCalls > 0 {
		return f, &Ask{Days: true, Why: "to halve"}
	}
	days := bankingDays(m.in.CoveredFrom, q)
	low, high := -1, len(days)-1 // the opening agrees, q does not
	for high-low > 1 {
		// What was asked already, for whatever reason, narrows for nothing.
		narrowed := false
		for i := low + 1; i < high; i++ {
			if b := m.in.Balances[days[i]]; b != nil {
				if d.agrees(days[i], *b) {
					low = i
				} else {
					high = i
				}
				narrowed = true
				break
			}
		}
		if narrowed {
			continue
		}
		probe := (low + high) / 2
		// Trouble is most often new; and an earlier run may have searched before.
		for _, known := range []statement.Date{m.in.Ledger.ProvenThrough, m.in.Ledger.DoubtFrom} {
			if i, ok := slices.BinarySearch(days, known); ok && low < i && i < high {
				probe = i
				break
			}
		}
		b, ask := m.balance(days[probe], "halving")
		if ask != nil {
			return f, ask
		}
		if b == nil {
			break
		}
	}
	f.proven = m.in.CoveredFrom.AddDays(-1)
	if low >= 0 {
		f.proven = days[low]
	}
	if high-low > 1 { // no call left: the days between are read, and the next run goes on from here
		f.outcome, f.doubtFrom = statement.OutcomeRead, days[high]
		return f, nil
	}
	first := days[high]
	if around := (Range{bankday.AskFrom(first), min(first, m.in.Through)}); !m.shown(around) && m.in.StatementCalls > 0 {
		return f, &Ask{Read: &around, Why: fmt.Sprintf("%s is the first day that does not balance", first)}
	}
	f.outcome, f.unprovenFrom, f.difference = statement.OutcomeUnproven, first, difference
	m.decide("", "unproven", fmt.Sprintf("from %s on the bank's balance differs by %s", first, difference))
	return f, nil
}

// shown reports whether an answer of this run covers the range and has rows
// from before it or was asked for just this: an answer that breaks off later
// than it was asked for has not shown it.
func (m *merger) shown(r Range) bool {
	return slices.ContainsFunc(m.in.Reads, func(read statement.Read) bool {
		if read.From > r.From || read.To < r.To {
			return false
		}
		asked := read.From == r.From && read.To == r.To
		return asked || slices.ContainsFunc(read.Rows, func(row statement.Row) bool {
			return statement.DateOf(row.BookedAt) < r.To
		})
	})
}

// judgeDay tells whether a day's balance agrees with the entries, with or
// without those that wait to be withdrawn.
type judgeDay struct {
	m       *merger
	opening statement.Cents
}

func (j judgeDay) agrees(day statement.Date, balance statement.Cents) bool {
	sum, ok := j.m.sums.through(day)
	if !ok {
		return false
	}
	var pending statement.Cents
	for _, w := range j.m.pending {
		if w.Date <= day {
			pending += w.Amount
		}
	}
	return balance == j.opening+sum || balance == j.opening+sum-pending
}

// eveOfPending is the last day before the first entry that waits.
func (m *merger) eveOfPending(q statement.Date) statement.Date {
	for _, w := range m.pending {
		q = min(q, w.Date.AddDays(-1))
	}
	return max(q, m.in.CoveredFrom.AddDays(-1))
}

// bankingDays lists the banking days of a range.
func bankingDays(from, to statement.Date) []statement.Date {
	var days []statement.Date
	for d := bankday.FirstNotBefore(from); d <= to; d = bankday.After(d) {
		days = append(days, d)
	}
	return days
}
