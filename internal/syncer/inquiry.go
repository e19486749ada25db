package syncer

import (
	"context"
	"fmt"

	"extrato/internal/bankday"
	"extrato/internal/failure"
	"extrato/internal/merge"
	"extrato/internal/statement"
)

// budget is what a run may still ask of the bank.
type budget struct{ statement, balance int }

// inquiry is one step of a run: it answers what merge asks until the plan is
// final.
type inquiry struct {
	s      *Syncer
	bank   Session
	head   statement.Account
	step   step
	run    *statement.Run
	budget *budget
	// balances are those of the whole run: a day asked for one step is told for all.
	balances map[statement.Date]*statement.Cents
	in       merge.Input
}

// decide reads the step's range and asks on until merge has decided. Only the
// first answer must be had: without any further one merge decides what it can.
// The proof reaches as far as anything was ever read: what a step in the past
// brings must balance with all that came later.
func (q *inquiry) decide(ctx context.Context) (merge.Plan, error) {
	q.in = merge.Input{
		Ledger: q.head.Ledger, Total: q.head.Total,
		Balances:    q.balances,
		CoveredFrom: q.step.coveredFrom, Through: max(q.step.to, q.head.ReadThrough), ReadThrough: q.step.reaches(q.head),
		RunDate: q.runDate(), Run: q.run.ID, Now: q.run.At,
	}
	if err := q.read(ctx, merge.Range{From: q.step.from, To: q.step.to}); err != nil {
		return merge.Plan{}, err
	}
	for {
		q.in.StatementCalls, q.in.BalanceCalls = q.budget.statement, q.budget.balance
		plan := merge.Decide(q.in)
		if plan.Ask == nil {
			return plan, nil
		}
		if err := q.answer(ctx, plan.Ask); err != nil {
			return merge.Plan{}, err
		}
	}
}

// runDate is the day on which the bank is asked. A message that was kept back
// for a day, or that a person sent before midnight, is no run date of its own:
// two looks at the bank on one day would count as two days in a row. Nor is it
// before the message's own day, whatever the clock says.
func (q *inquiry) runDate() statement.Date {
	return max(q.run.Through.AddDays(1), statement.DateOf(q.run.At))
}

// answer puts the answer to one question into the input, or takes from the
// budget so that it is not asked again.
func (q *inquiry) answer(ctx context.Context, ask *merge.Ask) error {
	q.s.Log.DebugContext(ctx, "merge asks", "tenant", q.head.Tenant, "account", q.head.Account, "why", ask.Why)
	switch {
	case ask.Days:
		return q.daysFrom(ctx, q.step.coveredFrom)
	case ask.Read != nil:
		err := q.read(ctx, *ask.Read)
		if code, _ := statement.CodeOf(err); code != "" && !failure.Of(code).Park {
			q.refused(ctx, code)
			q.budget.statement = 0
			return nil
		}
		return err
	default:
		q.budget.balance--
		b, err := q.bank.Balance(ctx, ask.Balance)
		code, _ := statement.CodeOf(err)
		switch {
		case err == nil:
			q.balances[ask.Balance] = &b.Amount
		case code == statement.BankRateLimited:
			q.refused(ctx, code)
			q.budget.statement, q.budget.balance = 0, 0
		case code != "":
			q.refused(ctx, code)
			q.balances[ask.Balance] = nil
		default:
			return err
		}
		return nil
	}
}

// refused tells of a further question that the bank did not answer.
func (q *inquiry) refused(ctx context.Context, code statement.Code) {
	q.s.Log.WarnContext(ctx, "the bank did not answer a further question", "tenant", q.head.Tenant,
		"account", q.head.Account, "code", code)
}

// read asks the bank for a range and loads what is kept beside it.
func (q *inquiry) read(ctx context.Context, r merge.Range) error {
	q.budget.statement--
	read, err := q.bank.Statement(ctx, r.From, r.To)
	if err != nil {
		return err
	}
	if foreign(q.head.BankAccount, read.Rows) {
		return coded{statement.DifferentAccount, fmt.Errorf("the rows are of another bank account than %s", q.head.BankAccount)}
	}
	q.in.Reads = append(q.in.Reads, read)
	from := min(read.From, bankday.FirstNotBefore(read.From))
	for _, row := range read.Rows {
		from = min(from, row.Date)
		if id, ok := statement.ParseBankID(row.BankID); ok {
			from = min(from, id.Date)
		}
	}
	if q.in.WindowFrom != "" && q.in.WindowFrom <= from {
		return nil
	}
	if q.in.Stored, err = q.s.Ledger.Window(ctx, q.head.Ref, from, ""); err != nil {
		return fmt.Errorf("entries from %s: %w", from, err)
	}
	q.in.WindowFrom = from
	// Every day that may come to be called proven, whose item says otherwise.
	switch {
	case q.head.ProvenThrough != "":
		from = min(from, q.head.ProvenThrough.AddDays(1))
	case q.head.CoveredFrom != "":
		from = min(from, q.head.CoveredFrom)
	}
	if q.head.UnprovenFrom != "" {
		from = min(from, q.head.UnprovenFrom)
	}
	return q.daysFrom(ctx, from)
}

// foreign reports whether the rows' ids name bank accounts, and never ours:
// the integration serves another account than it did. One odd id among ours is
// no reason to stop.
func foreign(ours string, rows []statement.Row) bool {
	named := false
	for _, row := range rows {
		if id, ok := statement.ParseBankID(row.BankID); ok {
			if id.Account == ours {
				return false
			}
			named = true
		}
	}
	return ours != "" && named
}

// daysFrom loads the day items from a date on, where they are not loaded yet.
func (q *inquiry) daysFrom(ctx context.Context, from statement.Date) error {
	if q.in.DaysFrom != "" && q.in.DaysFrom <= from {
		return nil
	}
	days, err := q.s.Ledger.Days(ctx, q.head.Ref, from, "")
	if err != nil {
		return fmt.Errorf("days from %s: %w", from, err)
	}
	q.in.Days, q.in.DaysFrom = days, from
	return nil
}

// number returns the account's number at the bank, where the rows tell it and
// the head does not have it yet.
func (q *inquiry) number() string {
	if q.head.BankAccount != "" {
		return ""
	}
	for _, read := range q.in.Reads {
		if n := statement.AccountNumber(read.Rows); n != "" {
			return n
		}
	}
	return ""
}
