package merge

import (
	"time"

	"extrato/internal/statement"
)

// Input is all that is known when a plan is made.
type Input struct {
	Ledger statement.Ledger // of the head, as read before the run
	Total  statement.Cents  // of the head: sum of all booked entries

	Stored     []statement.Entry // every entry dated from WindowFrom on
	WindowFrom statement.Date
	Days       []statement.Day // every day item dated from DaysFrom on
	DaysFrom   statement.Date

	Reads    []statement.Read                    // complete answers of this run, in order
	Balances map[statement.Date]*statement.Cents // asked in this run; nil: asked, and not to be had

	CoveredFrom statement.Date // first date to keep: the ledger's, or an earlier one asked for
	Through     statement.Date // last inclusion date that the reads reach
	ReadThrough statement.Date // what read_through becomes if nothing stays open
	RunDate     statement.Date
	Run         statement.RunID
	Now         time.Time

	StatementCalls int // that may still be spent
	BalanceCalls   int
}

// Plan is what to do: Ask, where it is not nil, before anything else; the rest
// is then what could be done without the answer, and is not final.
type Plan struct {
	Ask *Ask

	Changes   []statement.Change // by date, then by time of booking, then by id
	Days      []statement.Day    // days whose item is not as kept, by date
	Ledger    statement.Ledger
	Outcome   statement.Outcome
	Retry     bool // something is open: worth another try before the next firing
	Decisions []statement.Decision
}

// Ask is one question whose answer the next plan needs: exactly one of its
// fields is set.
type Ask struct {
	Read    *Range         // another answer of the bank for a range
	Balance statement.Date // the dated balance of a day
	Days    bool           // every day item from CoveredFrom on
	Why     string
}

// Range is a range of inclusion dates, both ends included.
type Range struct{ From, To statement.Date }

func (r Range) holds(d statement.Date) bool { return r.From <= d && d <= r.To }
