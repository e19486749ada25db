package store

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// Enable makes an account active with a credential that was checked and saved,
// claims its bank account where the number is known, puts it into the index of
// accounts to be synced, and clears what failed before, in one transaction. The
// account as it stands afterwards is returned. version does not move: a run
// under way may still commit what it read.
//
// An account that has a statement keeps its bank account for good: another
// number would mix two statements, so it is ErrConflict, which a caller that
// compared the numbers before meets only when somebody else was faster. An
// account without one may change it; the earlier claim is given up with it.
//
// Errors: ErrNotFound, *BankAccountTaken, ErrConflict.
func (s *Store) Enable(ctx context.Context, e statement.Enablement) (statement.Account, error) {
	head, err := s.Account(ctx, e.Ref)
	if err != nil {
		return statement.Account{}, fmt.Errorf("enable: %w", err)
	}
	ops, err := s.enabling(head, e)
	if err == nil {
		err = s.transact(ctx, nil, ops)
	}
	if err != nil {
		return statement.Account{}, fmt.Errorf("enable %s: %w", e.Ref, err)
	}
	return s.Account(ctx, e.Ref)
}

func (s *Store) enabling(head statement.Account, e statement.Enablement) ([]op, error) {
	var c assign
	c.set("integration_status", string(statement.Active))
	c.set("certificate", certificateItem(e.Certificate))
	c.text("credential_id", e.CredentialID)
	shard, k := enabledKey(e.Ref)
	c.set("enabled_shard", shard)
	c.set("enabled_key", k)
	c.remove("failure_code")
	c.remove("failed_at")
	if e.SelectBank {
		c.set("select_bank", true)
	} else {
		c.remove("select_bank")
	}
	if len(e.Warnings) > 0 {
		c.set("warnings", &types.AttributeValueMemberL{Value: texts(e.Warnings)})
	} else {
		c.remove("warnings")
	}

	condition := alive()
	var claims []op
	if e.BankAccount != "" {
		c.set("bank_account", e.BankAccount)
		// What was read decides which claims move, so it must still hold.
		condition = condition.And(is("bank_account", head.BankAccount))
		claim, err := s.claim(e.Ref, e.BankAccount)
		if err != nil {
			return nil, err
		}
		claims = append(claims, claim)
		if head.BankAccount != "" && head.BankAccount != e.BankAccount {
			condition = condition.And(expression.Name("version").Equal(expression.Value(0)))
			release, err := s.release(e.Ref, bankKey(e.Ref.Tenant, head.BankAccount), conflict)
			if err != nil {
				return nil, err
			}
			claims = append(claims, release)
		}
	}
	update, err := s.update(accountKey(e.Ref), c.UpdateBuilder, condition, func(old attrs) error {
		if old == nil || erased(old) {
			return statement.ErrNotFound
		}
		return statement.ErrConflict
	})
	return append([]op{update}, claims...), err
}
