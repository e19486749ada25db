package merge

import (
	"cmp"
	"reflect"
	"slices"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// merger makes one plan.
type merger struct {
	in        Input
	works     []*work
	ids       map[statement.EntryID]bool
	sums      sums
	undecided []*work // open: nothing can be proven
	pending   []*work // waiting to be withdrawn
	silent    bool    // the only answer is empty where entries are kept: nothing was read
	spent     bool    // a balance was wanted and no call was left
	decisions []statement.Decision
}

// maxDecisions bounds the record of a run.
const maxDecisions = 100

// Decide makes the plan that the facts allow. Where the plan asks, add the
// answer to the input and decide again.
func Decide(in Input) Plan {
	m := &merger{in: in, ids: map[statement.EntryID]bool{}}
	for i := range in.Stored {
		e := in.Stored[i]
		m.works = append(m.works, &work{Entry: e, kept: &in.Stored[i]})
		m.ids[e.ID] = true
	}
	slices.SortStableFunc(m.works, func(a, b *work) int { return cmp.Compare(a.ID, b.ID) })
	for _, read := range in.Reads {
		m.take(read)
	}
	m.sum()

	q := bankday.LastNotAfter(in.Through)
	missing := m.missing(q)
	if empty := m.emptyForKept(); empty || len(missing) > 0 {
		if ask := m.secondRead("an answer lacks what is kept"); ask != nil {
			return Plan{Ask: ask}
		}
		m.silent = empty && len(in.Reads) < 2
	}
	if ask := m.judge(missing); ask != nil {
		return Plan{Ask: ask}
	}
	m.sum() // what was withdrawn no longer counts
	var found finding
	if m.decided() {
		var ask *Ask
		if found, ask = m.prove(q); ask != nil {
			return Plan{Ask: ask}
		}
	}
	return m.plan(q, found)
}

// decided reports whether the answers can be relied on as they are.
func (m *merger) decided() bool { return len(m.undecided) == 0 && !m.silent }

// secondRead asks for another answer, as far back as one request reaches, if
// this run has only one and may ask again.
func (m *merger) secondRead(why string) *Ask {
	if len(m.in.Reads) != 1 || m.in.StatementCalls < 1 {
		return nil
	}
	first := m.in.Reads[0]
	return &Ask{Read: &Range{min(first.From, first.To.AddDays(-bankday.MaxDays)), first.To}, Why: why}
}

// balance returns the day's balance as asked in this run, nil where there is
// none to be had or no call is left, or the question.
func (m *merger) balance(day statement.Date, why string) (*statement.Cents, *Ask) {
	if b, asked := m.in.Balances[day]; asked {
		return b, nil
	}
	if m.in.BalanceCalls < 1 {
		m.spent = true
		return nil, nil
	}
	return nil, &Ask{Balance: day, Why: why}
}

func (m *merger) decide(id statement.EntryID, what, why string) {
	if len(m.decisions) < maxDecisions {
		m.decisions = append(m.decisions, statement.Decision{Entry: id, What: what, Reason: why})
	}
}

// plan writes down what was found.
func (m *merger) plan(q statement.Date, found finding) Plan {
	p := Plan{Decisions: m.decisions, Outcome: found.outcome, Ledger: m.in.Ledger}
	for _, w := range m.works {
		if c, changed := w.change(); changed {
			p.Changes = append(p.Changes, c)
		}
	}
	slices.SortStableFunc(p.Changes, func(a, b statement.Change) int {
		return cmp.Or(cmp.Compare(a.Entry.Date, b.Entry.Date),
			a.Entry.BookedAt.Compare(b.Entry.BookedAt), cmp.Compare(a.Entry.ID, b.Entry.ID))
	})

	l := &p.Ledger
	if m.in.CoveredFrom != l.CoveredFrom {
		// The opening is another day's now, and unproven days came before.
		l.CoveredFrom, l.Opening = m.in.CoveredFrom, nil
	}
	l.OpenFrom = firstInclusion(append(slices.Clone(m.undecided), m.pending...))
	if found.opening != nil {
		l.Opening = found.opening
	}
	if m.deep() && !m.silent {
		l.DeepRead = max(l.DeepRead, m.in.RunDate)
	}
	if !m.decided() {
		p.Outcome, p.Retry = statement.OutcomeUndecided, true
	} else {
		l.ReadThrough = max(l.ReadThrough, m.in.ReadThrough)
	}
	if found.proven != "" || found.unprovenFrom != "" {
		l.ProvenThrough = found.proven
		l.UnprovenFrom, l.Difference, l.DoubtFrom = found.unprovenFrom, found.difference, found.doubtFrom
		if found.proven < m.in.CoveredFrom {
			l.ProvenThrough = ""
		}
	} else {
		l.ProvenThrough = m.retreat(p.Changes)
	}
	switch {
	case l.ProvenThrough == "":
		l.Balance = nil
	case l.ProvenThrough != m.in.Ledger.ProvenThrough || len(p.Changes) > 0 || found.opening != nil:
		if s, ok := m.sums.through(l.ProvenThrough); ok && l.Opening != nil {
			b := *l.Opening + s
			l.Balance = &b
		}
	}
	p.Days = m.days(q, *l)
	return p
}

// retreat returns how far days stay proven where this run proved nothing: not
// beyond the day before the first that changed, since what was proven of it
// was proven of other entries.
func (m *merger) retreat(changes []statement.Change) statement.Date {
	proven := m.in.Ledger.ProvenThrough
	for _, c := range changes {
		if c.Kind == statement.Noted {
			continue
		}
		for _, d := range []statement.Date{c.Entry.Date, c.Moved} {
			if d != "" && d <= proven {
				proven = d.AddDays(-1)
			}
		}
	}
	for _, w := range append(slices.Clone(m.undecided), m.pending...) {
		if w.Date <= proven {
			proven = w.Date.AddDays(-1)
		}
	}
	if proven < m.in.CoveredFrom || m.in.CoveredFrom < m.in.Ledger.CoveredFrom {
		return ""
	}
	return proven
}

// deep reports whether an answer went back as far as the weekly read does.
func (m *merger) deep() bool {
	return slices.ContainsFunc(m.in.Reads, func(r statement.Read) bool {
		return r.To >= m.in.Through && r.From <= max(bankday.WeeklyFrom(m.in.Through), bankday.AskFrom(m.in.CoveredFrom))
	})
}

// change tells what happened to the entry since it was read.
func (w *work) change() (statement.Change, bool) {
	if w.kept == nil {
		return statement.Change{Kind: statement.Added, Entry: w.Entry, Delta: w.worth()}, true
	}
	old := &work{Entry: *w.kept}
	c := statement.Change{Entry: w.Entry, Delta: w.worth() - old.worth()}
	if w.Date != old.Date {
		c.Moved = old.Date
	}
	switch {
	case len(w.Revisions) == len(old.Revisions):
		c.Kind = statement.Noted
		if reflect.DeepEqual(w.Entry, old.Entry) {
			return c, false
		}
		return c, true
	case w.Status == statement.Withdrawn && old.booked():
		c.Kind = statement.Gone
	default:
		c.Kind = statement.Modified
	}
	c.Entry.Revision++
	return c, true
}

// worth is what the entry adds to the balance.
func (w *work) worth() statement.Cents {
	if w.booked() {
		return w.Amount
	}
	return 0
}
