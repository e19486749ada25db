package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// Commit makes what a sync brings durable and returns the head as it then is.
//
// Every transaction is conditional on head.Version and moves it, so of two
// commits from the same head one wins and the other is ErrConflict; so is a
// commit into an account that was erased or given another bank account
// meanwhile, and the end of one into an account that was parked. What does not
// fit one transaction goes in several, by date. A crash or an error between two
// leaves entries, feed and Total consistent up to there, days that are perhaps
// not made yet, and the ledger where it was, but for CoveredFrom: the next run
// reads the same range again and brings the rest.
//
// Every change but a Noted one gives its entry the next Seq, consecutive from
// head.LastSeq. The ledger becomes that of c, empty fields included, but
// ReadThrough never moves back and CoveredFrom is never lost. Total moves by
// the changes' Delta. Success clears what failed before.
//
// Errors: ErrConflict; *BankAccountTaken, with nothing written.
func (s *Store) Commit(ctx context.Context, head statement.Account, c statement.Commit) (statement.Account, error) {
	if err := valid(head.Ref); err != nil {
		return statement.Account{}, err
	}
	switch c.BankAccount {
	case head.BankAccount:
		c.BankAccount = ""
	case "":
	default:
		if head.BankAccount != "" {
			return statement.Account{}, fmt.Errorf("commit to %s: the account belongs to another bank account", head.Ref)
		}
	}
	steps, err := plan(head.Ref, head.LastSeq, c)
	if err != nil {
		return statement.Account{}, fmt.Errorf("commit to %s: %w", head.Ref, err)
	}
	p := newPace()
	for i, t := range steps {
		last := i == len(steps)-1
		next := headAfter(head, t, c, i == 0, last)
		ops, err := s.transaction(head, next, t, c.Run.ID, last)
		if err == nil {
			err = s.transact(ctx, p, ops)
		}
		if err != nil {
			return statement.Account{}, fmt.Errorf("commit %d of %d to %s: %w", i+1, len(steps), head.Ref, err)
		}
		head = next
	}
	return head, nil
}

// headAfter returns the head as a step leaves it.
func headAfter(head statement.Account, t step, c statement.Commit, first, last bool) statement.Account {
	next := head
	next.Version++
	next.LastSeq += int64(len(t.told()))
	for _, change := range t.changes {
		next.Total += change.Delta
	}
	if first {
		next.Ledger = begun(head.Ledger, c.Ledger)
		if c.BankAccount != "" {
			next.BankAccount = c.BankAccount
		}
	}
	if !last {
		return next
	}
	next.Ledger = settled(next.Ledger, c.Ledger)
	run := c.Run
	next.LastRun = &run
	if next.State != statement.Attention {
		next.Failure, next.FailedAt = "", time.Time{}
	}
	return next
}

// transaction encodes a step: the head first, whose condition explains best
// why a commit is refused; then the claim, the COMMIT#, entries and days.
func (s *Store) transaction(head, next statement.Account, t step, run statement.RunID, last bool) ([]op, error) {
	update, err := s.advance(head, next, last)
	if err != nil {
		return nil, err
	}
	ops := []op{update}
	if next.BankAccount != head.BankAccount {
		claim, err := s.claim(head.Ref, next.BankAccount)
		if err != nil {
			return nil, err
		}
		ops = append(ops, claim)
	}
	if told := t.told(); len(told) > 0 {
		ops = append(ops, s.put(feedItem(head.Ref, told, run), always, nil))
	}
	for _, c := range t.changes {
		ops = append(ops, s.entryOps(head.Ref, c)...)
	}
	for _, d := range t.days {
		ops = append(ops, s.put(dayItem(head.Ref, d), always, nil))
	}
	return ops, nil
}

// entryOps writes an entry. The version of the head already keeps out whoever
// decided on another state; the conditions, which cost nothing, guard against
// ourselves: an addition never falls on an entry that is there, which would
// lose it, and a modification never makes a second one.
//
// The date is in the key. An entry whose date moved is deleted under the old
// one and put under the new one, and MOVED# says where it is to whoever has
// its id or an old position of the feed.
func (s *Store) entryOps(ref statement.Ref, c statement.Change) []op {
	here := func(state string) func(attrs) error {
		return func(attrs) error {
			return fmt.Errorf("entry %s is %s: %w", c.Entry.ID, state, statement.ErrConflict)
		}
	}
	item := entryItem(ref, c.Entry)
	if c.Kind == statement.Added {
		return []op{s.put(item, isNew, here("there already"))}
	}
	if !moved(c) {
		return []op{s.put(item, isThere, here("not there"))}
	}
	return []op{
		s.drop(entryKey(ref, c.Moved, c.Entry.ID), size(item), here("not there")),
		s.put(item, isNew, here("there already")),
		s.put(movedItem(ref, c.Entry), always, nil),
	}
}

// advance swaps the head: it writes what differs between head and next, and
// nothing else, since other attributes change without the version.
func (s *Store) advance(head, next statement.Account, last bool) (op, error) {
	var c assign
	c.set("version", next.Version)
	condition := alive().And(expression.Name("version").Equal(expression.Value(head.Version)),
		is("bank_account", head.BankAccount)) // enabling may change it, and moves no version
	if next.LastSeq != head.LastSeq {
		c.set("last_seq", next.LastSeq)
	}
	if next.BankAccount != head.BankAccount {
		c.set("bank_account", next.BankAccount)
	}
	if next.Total != head.Total {
		c.count("total_cents", next.Total)
	}
	if last || next.CoveredFrom != head.CoveredFrom {
		c.ledger(next.Ledger)
	}
	if !last {
		return s.update(accountKey(head.Ref), c.UpdateBuilder, condition, conflict)
	}
	run := attrs{}
	writeSummary(writer{run}, *next.LastRun)
	c.set("last_run", &types.AttributeValueMemberM{Value: run})
	if next.State != statement.Attention {
		// Parking does not move the version. A run that read an active account
		// must not wipe out why it was parked since.
		condition = condition.And(expression.Name("integration_status").NotEqual(expression.Value(string(statement.Attention))))
		c.remove("failure_code")
		c.remove("failed_at")
	}
	return s.update(accountKey(head.Ref), c.UpdateBuilder, condition, conflict)
}
