package store

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// Patch changes what a person may change of an account and returns the account
// as it then is. One transaction moves the account, its claim on an external
// id and the tenant's default account, so a crash leaves everything or nothing,
// and there is exactly one default account at every moment. Statement data and
// version do not move: a run under way goes on.
//
// Errors: ErrNotFound, ErrExternalIDTaken; ErrConflict only where others change
// the same account over and over.
func (s *Store) Patch(ctx context.Context, ref statement.Ref, p statement.AccountPatch) (statement.Account, error) {
	err := settle(func() error {
		head, err := s.Account(ctx, ref)
		if err != nil {
			return err
		}
		ops, err := s.patching(head, p)
		if err != nil {
			return err
		}
		return s.transact(ctx, nil, ops)
	})
	if err != nil {
		return statement.Account{}, fmt.Errorf("patch %s: %w", ref, err)
	}
	return s.Account(ctx, ref)
}

func (s *Store) patching(head statement.Account, p statement.AccountPatch) ([]op, error) {
	var c assign
	condition, changed := alive(), false
	var more []op
	if p.Description != nil {
		c.text("description", *p.Description)
		changed = true
	}
	if p.ExternalID != nil && *p.ExternalID != head.ExternalID {
		c.text("external_id", *p.ExternalID)
		changed = true
		// What was read decides which claims move, so it must still hold.
		condition = condition.And(is("external_id", head.ExternalID))
		if head.ExternalID != "" {
			release, err := s.release(head.Ref, externalKey(head.Tenant, head.ExternalID), stale)
			if err != nil {
				return nil, err
			}
			more = append(more, release)
		}
		if *p.ExternalID != "" {
			more = append(more, s.claimExternal(head.Ref, *p.ExternalID))
		}
	}
	if p.MakeDefault {
		more = append(more, op{item: types.TransactWriteItem{Update: &types.Update{
			TableName: s.table, Key: settingsKey(head.Tenant).attrs(), UpdateExpression: aws.String("SET default_account = :account"),
			ExpressionAttributeValues: attrs{":account": &types.AttributeValueMemberS{Value: string(head.Account)}},
		}}})
	}
	if !changed { // an account that was erased meanwhile must not become the default one
		there, err := s.check(accountKey(head.Ref), condition, stale)
		return append([]op{there}, more...), err
	}
	update, err := s.update(accountKey(head.Ref), c.UpdateBuilder, condition, stale)
	return append([]op{update}, more...), err
}
