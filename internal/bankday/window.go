package bankday

import "extrato/internal/statement"

// MaxDays is the widest range that one request to the bank may ask, as the
// difference of its two dates. The bank says 90 days and not whether it counts
// both ends: 89 is inside either way.
const MaxDays = 89

// Through returns the last day that a run of runDate covers: the day before (D-1).
func Through(runDate statement.Date) statement.Date { return runDate.AddDays(-1) }

// FirstWindow returns what the first sync of an account reads: coveredFrom is the
// first date that entries are kept from, backfillDays before the run's date
// (D-60…D-1 for 60); askFrom is a week earlier, because the bank filters by
// inclusion and an entry dated coveredFrom may have been included over the
// weekend or holidays before it.
func FirstWindow(through statement.Date, backfillDays int) (askFrom, coveredFrom statement.Date) {
	coveredFrom = through.AddDays(1 - backfillDays)
	return AskFrom(coveredFrom), coveredFrom
}

// AskLead is how many days before a date its entries may have been included: a
// weekend with the holidays around it, and to spare.
const AskLead = 7

// AskFrom returns the first inclusion date to ask for so that no entry dated
// coveredFrom or later is missed: a week before.
func AskFrom(coveredFrom statement.Date) statement.Date { return coveredFrom.AddDays(-AskLead) }

// DailyFrom returns the first inclusion date that a daily sync asks for: nine days
// before through, so that what the bank includes late is seen, and six before
// readThrough, so that an account which failed for weeks leaves no hole and the
// longest run of days without banking is overlapped. readThrough must be a date:
// an account that was never read goes by FirstWindow.
func DailyFrom(through, readThrough statement.Date) statement.Date {
	return min(through.AddDays(-9), readThrough.AddDays(-6))
}

// WeeklyFrom returns the first inclusion date of the weekly deep read.
func WeeklyFrom(through statement.Date) statement.Date { return through.AddDays(-88) }

// Slices cuts from…to into ranges whose ends are at most maxDays apart, oldest
// first, without gap or overlap; only the last may be shorter. It is empty where
// from is after to. A negative maxDays counts as 0: slices of one day.
func Slices(from, to statement.Date, maxDays int) [][2]statement.Date {
	var slices [][2]statement.Date
	for maxDays = max(maxDays, 0); from <= to; from = from.AddDays(maxDays + 1) {
		slices = append(slices, [2]statement.Date{from, min(from.AddDays(maxDays), to)})
	}
	return slices
}
