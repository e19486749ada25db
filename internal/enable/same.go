package enable

import (
	"context"
	"fmt"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// comparison finds out whether a new credential reads the bank account that an
// account already has. Mixing two statements could never be undone, and a
// person who keeps several companies' files mixes those up easily.
type comparison struct {
	s       *Service
	bank    Session
	account statement.Account
	rows    []statement.Row     // what the bank answered so far
	known   map[string]struct{} // ids of the stored entries; nil until asked
}

// same compares by the strongest evidence there is, over the inclusion dates of
// the last 89 days:
//
//  1. the number inside the rows' idTransacao is that of the account, or not;
//  2. an idTransacao of a row is that of a stored entry: the same;
//  3. no rows at all: nothing can have been booked late, so the balance of the
//     last proven day is still the stored one, or it is another account;
//  4. nothing of this: not confirmed, and the proof of the next syncs judges.
//
// Rows with nothing to compare do not go by the balance: a late entry among
// them may have changed that day's. recentFrom is where the rows that are there
// begin. The older part is asked for only where they do not decide, since a
// large account takes long to answer. The error is a *Refusal with
// DifferentAccount, or why it could not be found out.
func (c *comparison) same(ctx context.Context, recentFrom statement.Date) (confirmed bool, err error) {
	oldest := bankday.WeeklyFrom(bankday.Through(statement.DateOf(c.s.Now())))
	for {
		confirmed, err := c.byRows(ctx, oldest)
		if confirmed || err != nil {
			return confirmed, err
		}
		if recentFrom <= oldest {
			break
		}
		older, err := c.bank.Statement(ctx, oldest, recentFrom.AddDays(-1))
		if err != nil {
			return false, refusal(err)
		}
		c.rows, recentFrom = append(c.rows, older.Rows...), oldest
	}
	if len(c.rows) > 0 {
		return false, nil
	}
	return c.byBalance(ctx)
}

// byRows decides by the number and the ids of the rows.
func (c *comparison) byRows(ctx context.Context, oldest statement.Date) (confirmed bool, err error) {
	if told := statement.AccountNumber(c.rows); told != "" && c.account.BankAccount != "" {
		if told != c.account.BankAccount {
			return false, different(errOtherNumber)
		}
		return true, nil
	}
	if len(c.rows) == 0 {
		return false, nil
	}
	if err := c.loadKnown(ctx, oldest); err != nil {
		return false, err
	}
	for _, row := range c.rows {
		if _, ok := c.known[row.BankID]; ok && row.BankID != "" {
			return true, nil
		}
	}
	return false, nil
}

// loadKnown collects the bank's ids of the stored entries, once.
func (c *comparison) loadKnown(ctx context.Context, from statement.Date) error {
	if c.known != nil {
		return nil
	}
	entries, err := c.s.Heads.Window(ctx, c.account.Ref, from, "")
	if err != nil {
		return fmt.Errorf("stored entries from %s: %w", from, err)
	}
	c.known = make(map[string]struct{}, len(entries))
	for _, e := range entries {
		c.known[e.BankID] = struct{}{}
		for _, alias := range e.Aliases {
			c.known[alias] = struct{}{}
		}
	}
	return nil
}

// byBalance decides by the balance of the last proven day. One that the bank
// does not tell, as of a day long ago, decides nothing.
func (c *comparison) byBalance(ctx context.Context) (confirmed bool, err error) {
	if c.account.ProvenThrough == "" || c.account.Balance == nil {
		return false, nil
	}
	b, err := c.bank.Balance(ctx, c.account.ProvenThrough)
	if code, _ := statement.CodeOf(err); code == statement.IncompleteAnswer {
		return false, nil
	}
	switch {
	case err != nil:
		return false, refusal(err)
	case b.Amount != *c.account.Balance:
		return false, different(errOtherBalance)
	}
	return true, nil
}
