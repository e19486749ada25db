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
// meanwhile, and the end of one into an account that was parked. What does not fit one transaction goes in several, by
// date. A crash or an error between two leaves entries, days and feed
// consistent up to there, and the ledger where it was: the next run reads the
// same range again and brings the rest.
//
// Every entry gets its Seq here, consecutive from head.LastSeq. A field of the
// ledger that is empty keeps what the head has, and ReadThrough never moves
// back. Success clears what failed before.
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
		next := head
		next.Version++
		next.LastSeq += int64(len(t.changes))
		if i == 0 && c.BankAccount != "" {
			next.BankAccount = c.BankAccount
		}
		last := i == len(steps)-1
		if last {
			settle(&next, c)
		}
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

// settle moves the ledger: what the last transaction of a commit does.
func settle(next *statement.Account, c statement.Commit) {
	if c.CoveredFrom != "" {
		next.CoveredFrom = c.CoveredFrom
	}
	next.ReadThrough = max(next.ReadThrough, c.ReadThrough)
	if c.ProvenThrough != "" {
		next.ProvenThrough = c.ProvenThrough
	}
	if c.Balance != nil {
		balance := *c.Balance
		next.Balance = &balance
	}
	run := c.Run
	next.LastRun = &run
	if next.State != statement.Attention {
		next.Failure, next.FailedAt = "", time.Time{}
	}
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
	if len(t.changes) > 0 {
		ops = append(ops, s.put(feedItem(head.Ref, t.changes, run), always, nil))
	}
	for _, c := range t.changes {
		ops = append(ops, s.entryOp(head.Ref, c))
	}
	for _, d := range t.days {
		ops = append(ops, s.put(dayItem(head.Ref, d), always, nil))
	}
	return ops, nil
}

// entryOp writes an entry. The version of the head already keeps out whoever
// decided on another state; the condition, which costs nothing, guards against
// ourselves: an addition never falls on an entry that is there, which would
// lose it, and a modification never makes a second one, as one whose date
// moved would, since the date is in the key.
func (s *Store) entryOp(ref statement.Ref, c statement.Change) op {
	condition, state := isThere, "not there"
	if c.Kind == statement.Added {
		condition, state = isNew, "there already"
	}
	return s.put(entryItem(ref, c.Entry), condition, func(attrs) error {
		return fmt.Errorf("entry %s is %s: %w", c.Entry.ID, state, statement.ErrConflict)
	})
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
	if !last {
		return s.update(accountKey(head.Ref), c.UpdateBuilder, condition, conflict)
	}
	c.text("covered_from", string(next.CoveredFrom))
	c.text("read_through", string(next.ReadThrough))
	c.text("proven_through", string(next.ProvenThrough))
	if next.Balance != nil {
		c.set("balance_cents", int64(*next.Balance))
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
