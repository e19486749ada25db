package syncer

import (
	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// deepEvery is how many days apart the reads are that go back as far as one
// request can: two edits that cancel out are invisible to a balance.
const deepEvery = 7

// window is what one message makes the syncer ask for.
type window struct {
	from, to    statement.Date // inclusion dates
	coveredFrom statement.Date // first date that is kept
}

// window follows section 5 of the design: the first sync asks from a week
// before what it keeps, since the bank filters by inclusion while weekend rows
// carry the next banking day; later ones overlap what was read before. A first
// sync that was cut off goes on with the covered_from that it began with. A
// range in the message that begins before covered_from moves it back, and is
// read on until it meets what is kept: no hole is left between.
func (s *Syncer) window(head statement.Account, m statement.Message) window {
	switch {
	case m.From != "" && (head.CoveredFrom == "" || m.From < head.CoveredFrom):
		return window{from: bankday.AskFrom(m.From), to: max(m.To, head.CoveredFrom), coveredFrom: m.From}
	case m.From != "":
		return window{from: m.From, to: m.To, coveredFrom: head.CoveredFrom}
	case head.ReadThrough == "":
		from, covered := bankday.FirstWindow(m.Through, s.BackfillDays)
		if head.CoveredFrom != "" && head.CoveredFrom < covered {
			from, covered = bankday.AskFrom(head.CoveredFrom), head.CoveredFrom
		}
		return window{from: from, to: m.Through, coveredFrom: covered}
	default:
		from := min(bankday.DailyFrom(m.Through, head.ReadThrough), m.Through.AddDays(-s.LookbackDays))
		if head.OpenFrom != "" {
			from = min(from, head.OpenFrom)
		}
		if head.DeepRead == "" || m.Through.AddDays(1).DaysSince(head.DeepRead) >= deepEvery {
			from = min(from, bankday.WeeklyFrom(m.Through))
		}
		return window{from: from, to: m.Through, coveredFrom: head.CoveredFrom}
	}
}

// reaches returns the day that read_through may move to once the slice is
// committed: its end, unless it leaves a gap behind what was read before.
func (w window) reaches(head statement.Account, slice [2]statement.Date) statement.Date {
	if head.ReadThrough != "" && slice[0] > head.ReadThrough.AddDays(1) {
		return ""
	}
	return slice[1]
}
