// Package demo plays what the product is for, through the API alone: a tenant
// creates an account, enables it with the bank's certificate and key, the
// schedule fires, and the statement is there. It prints the statement as a
// person in Brazil reads it, with the proof of every banking day, and compares
// both with what the bank really has.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Tenant is the demo's tenant.
const Tenant = "demo"

// externalID is how the demo finds its account again.
const externalID = "demo"

// Options says what to play with.
type Options struct {
	URL   string // of the local stack's API
	Out   io.Writer
	Clock func() time.Time
	// Truth returns every entry of a bank account that was included up to a day.
	Truth func(number string, through statement.Date) []statement.Row
	// Balance returns a bank account's true balance at the end of a day.
	Balance func(number string, day statement.Date) statement.Cents
}

// Result is what came of it.
type Result struct {
	Account    string // the account's id
	Entries    int    // that the API told
	AtBank     int    // that the bank has, of the same days
	Missing    int    // at the bank, not told
	Duplicated int    // told, not at the bank or not so often
	Days       int    // banking days up to yesterday
	Proven     int    // of these, proven, and the balance told is the bank's
}

// Check says what is wrong, nil where nothing is: the statement is the bank's
// and every banking day of it is proven.
func (r Result) Check() error {
	switch {
	case r.Missing+r.Duplicated > 0:
		return errors.New("the demo's statement is not the bank's")
	case r.Proven < r.Days || r.Days == 0:
		return fmt.Errorf("%d of %d banking days are not proven", r.Days-r.Proven, r.Days)
	}
	return nil
}

// patience is how long the import may take.
const patience = 2 * time.Minute

// Run plays the demo. An account that an earlier run left behind is used again.
func Run(ctx context.Context, o Options) (Result, error) {
	c := &client{base: o.URL}
	var r Result
	if err := c.authorize(ctx); err != nil {
		return r, fmt.Errorf("demo: get a token: %w", err)
	}
	a, err := c.enabledAccount(ctx)
	if err != nil {
		return r, fmt.Errorf("demo: %w", err)
	}
	r.Account = a.ID
	if err := c.idle(ctx); err != nil {
		return r, fmt.Errorf("demo: wait for the first import: %w", err)
	}
	if err := o.fire(ctx, c); err != nil {
		return r, fmt.Errorf("demo: fire the schedule: %w", err)
	}
	if err := c.idle(ctx); err != nil {
		return r, fmt.Errorf("demo: wait for the import: %w", err)
	}
	if a, err = c.account(ctx, a.ID); err != nil {
		return r, fmt.Errorf("demo: read the account: %w", err)
	}
	// What is due is the day before the last banking day. Less than that read is
	// a failed import, however right its entries are.
	due := bankday.LastNotAfter(statement.DateOf(o.Clock())).AddDays(-1)
	if a.Coverage.From == "" || a.Coverage.ReadThrough < due {
		return r, fmt.Errorf("demo: the statement is read up to %q, %s is due: %s", a.Coverage.ReadThrough, due, a.Status.Message)
	}
	// Entries of a weekend are dated on the banking day after it.
	entries, err := c.entries(ctx, a.ID, a.Coverage.From, a.Coverage.ReadThrough.AddDays(10))
	if err != nil {
		return r, fmt.Errorf("demo: read the entries: %w", err)
	}
	truth := o.Truth(a.BankAccount, a.Coverage.ReadThrough)
	compare(&r, entries, truth, a.Coverage.From)
	// Banking days only: a weekend's entries are dated on, and proven with, the
	// next banking day.
	days, err := c.days(ctx, a.ID, a.Coverage.From, a.Coverage.ReadThrough)
	if err != nil {
		return r, fmt.Errorf("demo: read the days: %w", err)
	}
	rows, err := proofs(days, a.Coverage.From, a.Coverage.ReadThrough, func(d statement.Date) statement.Cents {
		return o.Balance(a.BankAccount, d)
	})
	if err != nil {
		return r, fmt.Errorf("demo: %w", err)
	}
	write(o.Out, a, entries)
	writeProofs(o.Out, &r, rows)
	_, err = fmt.Fprintf(o.Out, "demo: %d entries, %d at the bank, %d missing, %d duplicated\n", r.Entries, r.AtBank, r.Missing, r.Duplicated)
	return r, err
}

// fire runs the schedule for now and says where today is no banking day. The
// account was enabled a moment ago, or is covered, so its entries come anyway.
func (o Options) fire(ctx context.Context, c *client) error {
	body, err := json.Marshal(map[string]string{"time": o.Clock().UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	var answer struct {
		Date       statement.Date `json:"date"`
		BankingDay bool           `json:"banking_day"`
		Reason     string         `json:"reason"`
	}
	if err := c.call(ctx, "POST", "/_local/schedule", body, &answer); err != nil {
		return err
	}
	if answer.Date == "" {
		return errors.New("the fan-out did not say for which date it ran")
	}
	if !answer.BankingDay {
		_, err = fmt.Fprintf(o.Out, "\n%s is not a banking day (%s): the schedule queues nothing, enabling the account brought its entries.\n", answer.Date, answer.Reason)
	}
	return err
}
