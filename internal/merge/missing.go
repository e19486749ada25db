package merge

import (
	"cmp"
	"maps"
	"slices"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// missing returns the booked entries that the answers should show and do not:
// both their inclusion day and their date lie in what was read, they are not
// dated after q, and not older than the oldest row of any answer, unless they
// were missing before.
func (m *merger) missing(q statement.Date) []*work {
	first, _, any := m.extent()
	var out []*work
	for _, w := range m.works {
		if w.seen || !w.booked() || w.Date > q || !any || w.Absence == nil && w.BookedAt.Before(first.BookedAt) {
			continue
		}
		if m.wasRead(statement.DateOf(w.BookedAt)) && m.wasRead(w.Date) {
			out = append(out, w)
		}
	}
	return out
}

// extent returns the oldest and the newest row of all answers.
func (m *merger) extent() (oldest, newest statement.Row, any bool) {
	for _, read := range m.in.Reads {
		for _, r := range read.Rows {
			if r.BookedAt.IsZero() { // the bank told no instant
				continue
			}
			if !any || r.BookedAt.Before(oldest.BookedAt) {
				oldest = r
			}
			if !any || r.BookedAt.After(newest.BookedAt) {
				newest = r
			}
			any = true
		}
	}
	return oldest, newest, any
}

// stale reports whether the answers end before something that is kept: they
// may be older than what is kept, and prove nothing gone.
func (m *merger) stale() bool {
	_, newest, _ := m.extent()
	return slices.ContainsFunc(m.works, func(w *work) bool {
		return w.kept != nil && w.booked() && w.BookedAt.After(newest.BookedAt) && m.wasRead(statement.DateOf(w.BookedAt))
	})
}

// emptyForKept reports whether no answer has a row where entries are kept.
func (m *merger) emptyForKept() bool {
	_, _, any := m.extent()
	return !any && slices.ContainsFunc(m.works, func(w *work) bool {
		return w.booked() && m.wasRead(statement.DateOf(w.BookedAt))
	})
}

func (m *merger) wasRead(d statement.Date) bool {
	return slices.ContainsFunc(m.in.Reads, func(r statement.Read) bool { return Range{r.From, r.To}.holds(d) })
}

// Thresholds before an entry is withdrawn.
const (
	goneRuns   = 2 // run dates in a row on which the balance agreed without it
	blindRuns  = 5 // run dates where no balance can tell,
	blindSpan  = 7 // over at least so many days
	maxSubsets = 1 << 12
)

// judge decides on each date's missing entries by that day's own movement,
// which no other day's trouble disturbs. It returns nil where it must ask first.
func (m *merger) judge(missing []*work) *Ask {
	byDay := map[statement.Date][]*work{}
	for _, w := range missing {
		g := bankday.FirstNotBefore(w.Date)
		byDay[g] = append(byDay[g], w)
	}
	stale := m.stale()
	for _, day := range slices.Sorted(maps.Keys(byDay)) {
		group := byDay[day]
		if len(m.in.Reads) < 2 {
			m.open(group, "only one answer could be had")
			continue
		}
		before := bankday.Before(day)
		closing, ask := m.balance(day, "to judge a missing entry")
		if ask != nil {
			return ask
		}
		opening, ask := m.balance(before, "to judge a missing entry")
		if ask != nil {
			return ask
		}
		if closing == nil || opening == nil {
			if m.spent {
				m.open(group, "no balance call is left")
			} else {
				m.blind(group, "no balance is to be had")
			}
			continue
		}
		moved := *closing - *opening
		with := m.between(before, day)
		without := with
		for _, w := range group {
			without -= w.Amount
		}
		switch {
		case sumsToZero(group):
			m.blind(group, "a part of what is missing sums to zero")
		case moved == with:
			m.keep(group)
		case moved == without && !stale:
			m.gone(group)
		case moved == without:
			m.open(group, "the answer ends before what is kept")
		default:
			m.open(group, "the day's balance agrees neither with nor without it")
		}
	}
	return nil
}

func (m *merger) keep(group []*work) {
	for _, w := range group {
		w.Absence = nil
		m.decide(w.ID, "kept", "the statement omits it, the day's balance has it")
	}
}

func (m *merger) open(group []*work, why string) {
	for _, w := range group {
		if w.Absence != nil { // what was counted in a row ends here
			a := *w.Absence
			a.Gone, w.Absence = 0, &a
		}
		m.undecided = append(m.undecided, w)
		m.decide(w.ID, "open", why)
	}
}

// gone withdraws what the balance agreed without on enough run dates in a row.
func (m *merger) gone(group []*work) {
	for _, w := range group {
		a := m.absent(w)
		if a.Last < m.in.RunDate || a.Gone == 0 {
			a.Gone++
		}
		m.wait(w, a, a.Gone >= goneRuns, "the day's balance agrees without it")
	}
}

// blind withdraws what no balance can tell of after longer. An answer that does
// not reach back to the entry says nothing either and is not counted.
func (m *merger) blind(group []*work, why string) {
	oldest, _, _ := m.extent()
	for _, w := range group {
		if w.BookedAt.Before(oldest.BookedAt) {
			m.pending = append(m.pending, w)
			continue
		}
		a := m.absent(w)
		a.Gone = 0
		runs := a.Runs
		if a.Last < m.in.RunDate {
			runs++
		}
		m.wait(w, a, runs >= blindRuns && m.in.RunDate.DaysSince(a.First) >= blindSpan, why)
	}
}

// absent returns the entry's absence as counted before this run.
func (m *merger) absent(w *work) statement.Absence {
	if w.Absence == nil {
		return statement.Absence{First: m.in.RunDate}
	}
	return *w.Absence
}

// wait counts this run date, once, and withdraws where the time has come.
func (m *merger) wait(w *work, a statement.Absence, due bool, why string) {
	if a.Last < m.in.RunDate {
		a.Runs, a.Last = a.Runs+1, m.in.RunDate
	}
	if !due {
		w.Absence = &a
		m.pending = append(m.pending, w)
		m.decide(w.ID, "missing", why+"; to be withdrawn if that stays so")
		return
	}
	w.Absence = nil
	m.revise(w, "status", string(w.Status), string(statement.Withdrawn))
	w.Status = statement.Withdrawn
	m.decide(w.ID, "withdrawn", why)
}

// sumsToZero reports whether some of the entries sum to zero: a payment and
// its reversal are there or not, and no balance tells. A group too large to
// tell counts as one that does.
func sumsToZero(group []*work) bool {
	sums := map[statement.Cents]bool{}
	for _, w := range group {
		if w.Amount == 0 || sums[-w.Amount] {
			return true
		}
		next := map[statement.Cents]bool{w.Amount: true}
		for s := range sums {
			next[s+w.Amount] = true
		}
		maps.Copy(sums, next)
		if len(sums) > maxSubsets {
			return true
		}
	}
	return false
}

// firstInclusion returns the first inclusion date, or date, of the entries, ""
// for none.
func firstInclusion(works []*work) statement.Date {
	if len(works) == 0 {
		return ""
	}
	w := slices.MinFunc(works, func(a, b *work) int { return cmp.Compare(reach(a), reach(b)) })
	return reach(w)
}

func reach(w *work) statement.Date { return min(w.Date, statement.DateOf(w.BookedAt)) }
