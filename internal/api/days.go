package api

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// maxDays bounds the range of a list of days: a year, and some days to compare
// it with the one before.
const maxDays = 370

type listDaysInput struct {
	IDInput
	From string `query:"from" format:"date" doc:"First day. Default: 60 days to the end of the range." example:"2026-09-22"`
	To   string `query:"to" format:"date" doc:"Last day, included. Default: yesterday in São Paulo, or from where that is later." example:"2026-11-20"`
}

// Day is one civil day of the account.
type Day struct {
	_          struct{} `additionalProperties:"true"`
	Date       string   `json:"date" format:"date" example:"2026-11-20"`
	Status     string   `json:"status" enum:"proven,read,unproven,missing" doc:"proven: opening balance + entries = the bank's closing balance. read: completely read, not proven yet. unproven: read, and the bank's balance differs. missing: not read, or before the first day that is kept."`
	Entries    *int     `json:"entries" doc:"How many entries are dated on the day, withdrawn ones left out; null for a missing day." example:"12"`
	Credits    *string  `json:"credits" doc:"Sum of the credits, decimal; null for a missing day." example:"5230.00"`
	Debits     *string  `json:"debits" doc:"Sum of the debits as a positive amount, decimal; null for a missing day." example:"1204.42"`
	Balance    *string  `json:"balance" doc:"The bank's balance at the end of the day, decimal; null where it is not known." example:"10234.56"`
	Difference *string  `json:"difference" doc:"The bank's balance minus ours, decimal: 0.00 for a proven day, null for a day that is read or missing." example:"0.00"`
}

// DayList is a range of days.
type DayList struct {
	_    struct{} `additionalProperties:"true"`
	Days []Day    `json:"days" nullable:"false" doc:"Every civil day of the range, in order."`
}

type dayListOutput struct{ Body DayList }

// listDays tells every day of a range. The head is read before the items: read
// after them it could call days proven and quiet whose items came meanwhile.
func (s *server) listDays(ctx context.Context, in *listDaysInput) (*dayListOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	from, to, err := s.period(in.From, in.To)
	if err != nil {
		return nil, err
	}
	if to.DaysSince(from) >= maxDays {
		return nil, invalid(codePeriodTooLong, "query", "from", entryOf(codePeriodTooLong).detail)
	}
	head, err := s.Store.Account(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	days, err := s.Store.Days(ctx, ref, from, to)
	if err != nil {
		return nil, fmt.Errorf("read days of %s: %w", ref, err)
	}
	before, err := s.dayBefore(ctx, head, from)
	if err != nil {
		return nil, err
	}
	return &dayListOutput{DayList{Days: calendar(head.Ledger, from, to, days, before)}}, nil
}

// dayBefore reads the item that the first days take their balance from; nil
// where they are not proven, or where there is none.
func (s *server) dayBefore(ctx context.Context, head statement.Account, from statement.Date) (*statement.Day, error) {
	if from == head.CoveredFrom || claim(head.Ledger, from) != statement.DayProven {
		return nil, nil
	}
	day, ok, err := s.Store.DayBefore(ctx, head.Ref, from)
	if err != nil {
		return nil, fmt.Errorf("read the day of %s before %s: %w", head.Ref, from, err)
	}
	if !ok {
		return nil, nil
	}
	return &day, nil
}
