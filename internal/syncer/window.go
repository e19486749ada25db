package syncer

import (
	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// deepEvery is how many days apart the reads are that go back as far as one
// request can: two edits that cancel out are invisible to a balance.
const deepEvery = 7

// step is one range to read and commit.
type step struct {
	from, to    statement.Date // inclusion dates, at most bankday.MaxDays apart
	coveredFrom statement.Date // first date that is kept once it is committed
	next        statement.Date // From of a message that goes on here; "" for the message as it is
}

// steps follows section 5 of the design, in an order in which every step meets
// what was read before, so that a run that ends between two leaves no hole:
//
//   - the first sync asks from a week before what it keeps, since the bank
//     filters by inclusion while weekend rows carry the next banking day; one
//     that was cut off goes on with the covered_from that it began with;
//   - later ones overlap what was read before, and reach back to what is open;
//   - a range in the message is read from a week before it too; one that
//     begins before covered_from moves it back, newest step first.
func (s *Syncer) steps(head statement.Account, m statement.Message) []step {
	switch {
	case m.From != "" && head.CoveredFrom != "" && m.From < head.CoveredFrom:
		return backward(head, m.From, max(m.To, head.CoveredFrom))
	case m.From != "" && head.ReadThrough != "" && head.Opening == nil:
		// A run that moved covered_from back may have ended between two
		// transactions: how far it had read is not known, so all of it is read.
		return backward(head, m.From, max(m.To, head.ReadThrough))
	case m.From != "":
		return forward(bankday.AskFrom(m.From), m.To, coveredOr(head, m.From), true)
	case head.ReadThrough == "":
		from, covered := bankday.FirstWindow(m.Through, s.BackfillDays)
		if head.CoveredFrom != "" && head.CoveredFrom < covered {
			from, covered = bankday.AskFrom(head.CoveredFrom), head.CoveredFrom
		}
		return forward(from, m.Through, covered, false)
	default:
		from := min(bankday.DailyFrom(m.Through, head.ReadThrough), m.Through.AddDays(-s.LookbackDays))
		if head.OpenFrom != "" {
			from = min(from, bankday.AskFrom(head.OpenFrom)) // so that something older shows how far the answer reaches
		}
		if head.DeepRead == "" || m.Through.AddDays(1).DaysSince(head.DeepRead) >= deepEvery {
			from = min(from, bankday.WeeklyFrom(m.Through))
		}
		return forward(from, m.Through, head.CoveredFrom, false)
	}
}

// forward cuts a range into steps, oldest first.
func forward(from, to, coveredFrom statement.Date, ranged bool) []step {
	var steps []step
	for _, r := range bankday.Slices(from, to, bankday.MaxDays) {
		st := step{from: r[0], to: r[1], coveredFrom: coveredFrom}
		if ranged {
			st.next = r[0].AddDays(bankday.AskLead) // which is asked from r[0] on again
		}
		steps = append(steps, st)
	}
	return steps
}

// backward cuts the way from what is kept down to a date, newest first. Steps
// overlap by the days that the younger one did not keep; covered_from never
// moves forward.
func backward(head statement.Account, covered, to statement.Date) []step {
	var steps []step
	for {
		from := max(bankday.AskFrom(covered), to.AddDays(-bankday.MaxDays))
		kept := from.AddDays(bankday.AskLead)
		steps = append(steps, step{from: from, to: to, coveredFrom: min(kept, head.CoveredFrom)})
		if kept <= covered {
			return steps
		}
		to = kept
	}
}

// coveredOr returns the first date kept, or otherwise where nothing is yet.
func coveredOr(head statement.Account, otherwise statement.Date) statement.Date {
	if head.CoveredFrom == "" {
		return otherwise
	}
	return head.CoveredFrom
}

// reaches returns the day that read_through may move to once the step is
// committed: its end, unless it leaves a gap behind what was read before.
func (st step) reaches(head statement.Account) statement.Date {
	if head.ReadThrough != "" && st.from > head.ReadThrough.AddDays(1) {
		return ""
	}
	return st.to
}
