package merge

import (
	"cmp"
	"slices"
	"time"

	"extrato/internal/statement"
)

// Input is what a plan is made from.
type Input struct {
	Rows        []statement.Row   // a complete read
	Stored      []statement.Entry // every entry kept on any date of a row or of the range read
	Days        []statement.Day   // the day items kept on those dates
	CoveredFrom statement.Date    // rows dated before are not ours to keep
	Through     statement.Date    // days after it are not complete yet
	Run         statement.RunID
	Now         time.Time
}

// Plan is what changes.
type Plan struct {
	Changes []statement.Change // by date, then by time of booking, then by id
	Days    []statement.Day    // days whose item is not as kept, by date
}

// Merge makes the plan.
func Merge(in Input) Plan {
	known := index(in.Stored)
	var plan Plan
	for _, row := range canonical(in.Rows) {
		id, identity, seen := known.recognise(row)
		if seen || row.Date < in.CoveredFrom {
			continue
		}
		plan.Changes = append(plan.Changes, statement.Change{
			Kind: statement.Added,
			Entry: statement.Entry{
				Row:        row,
				ID:         id,
				Identity:   identity,
				Status:     statement.Booked,
				Revision:   1,
				ImportedAt: in.Now,
				Run:        in.Run,
			},
		})
	}
	slices.SortStableFunc(plan.Changes, func(a, b statement.Change) int {
		return cmp.Or(cmp.Compare(a.Entry.Date, b.Entry.Date),
			a.Entry.BookedAt.Compare(b.Entry.BookedAt), cmp.Compare(a.Entry.ID, b.Entry.ID))
	})
	plan.Days = days(in, plan.Changes)
	return plan
}

// canonical returns the rows in an order that does not depend on the answer's.
func canonical(rows []statement.Row) []statement.Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b statement.Row) int {
		return cmp.Or(a.BookedAt.Compare(b.BookedAt), cmp.Compare(a.BankID, b.BankID),
			cmp.Compare(content(a), content(b)))
	})
	return rows
}
