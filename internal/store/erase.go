package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// Erase puts a tombstone in an account's place: readers do not find it any
// more, commits and failures of runs under way are refused. Of the account
// nothing is kept but the instant. In the same transaction it leaves the index,
// its claims on a bank account and an external id are given up, and where it
// was the default account the oldest other one becomes that. A crash leaves
// everything or nothing. EraseItems removes the statement afterwards.
//
// Erasing again is nil. ErrNotFound when there never was such an account;
// ErrConflict only where others change the same account over and over.
func (s *Store) Erase(ctx context.Context, ref statement.Ref, at time.Time) error {
	if err := valid(ref); err != nil {
		return err
	}
	err := settle(func() error {
		item, err := s.get(ctx, accountKey(ref))
		switch {
		case err != nil:
			return err
		case item == nil:
			return statement.ErrNotFound
		case erased(item):
			return nil
		}
		head, err := accountOf(ref, item)
		if err != nil {
			return err
		}
		ops, err := s.erasure(ctx, head, at)
		if err != nil {
			return err
		}
		return s.transact(ctx, nil, ops)
	})
	if err != nil {
		return fmt.Errorf("erase %s: %w", ref, err)
	}
	return nil
}

func (s *Store) erasure(ctx context.Context, head statement.Account, at time.Time) ([]op, error) {
	tombstone, err := s.tombstone(head, at)
	if err != nil {
		return nil, err
	}
	ops := []op{tombstone}
	var claims []key
	if head.BankAccount != "" {
		claims = append(claims, bankKey(head.Tenant, head.BankAccount))
	}
	if head.ExternalID != "" {
		claims = append(claims, externalKey(head.Tenant, head.ExternalID))
	}
	for _, k := range claims {
		release, err := s.release(head.Ref, k, stale)
		if err != nil {
			return nil, err
		}
		ops = append(ops, release)
	}
	succession, err := s.succession(ctx, head.Ref)
	return append(ops, succession...), err
}

// tombstone replaces the account. What was read decides which claims are given
// up, so it must still hold.
func (s *Store) tombstone(head statement.Account, at time.Time) (op, error) {
	e, err := expression.NewBuilder().WithCondition(alive().And(
		is("bank_account", head.BankAccount), is("external_id", head.ExternalID))).Build()
	if err != nil {
		return op{}, fmt.Errorf("build a condition: %w", err)
	}
	item := accountKey(head.Ref).attrs()
	writer{item}.moment("erased_at", at)
	return op{types.TransactWriteItem{Put: &types.Put{
		TableName: s.table, Item: item, ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}}, size(item), stale}, nil
}

// succession sees to it that the default account is not the erased one. Where
// it is another, that must hold until the end; where it is this one, the heir
// must still be there then, and a tenant is left without only as long as no
// account was made since the others were looked for.
func (s *Store) succession(ctx context.Context, ref statement.Ref) ([]op, error) {
	k, chosen := settingsKey(ref.Tenant), expression.Name("default_account")
	ours := chosen.Equal(expression.Value(string(ref.Account)))
	item, err := s.get(ctx, k)
	if err != nil {
		return nil, err
	}
	r := reader{from: item}
	if r.text("default_account") != string(ref.Account) {
		o, err := s.check(k, absent("default_account").Or(chosen.NotEqual(expression.Value(string(ref.Account)))), stale)
		return []op{o}, err
	}
	made := absent("accounts_made")
	if r.has("accounts_made") {
		made = expression.Name("accounts_made").Equal(expression.Value(r.number("accounts_made")))
	}
	heir, err := s.oldest(ctx, ref)
	if err != nil {
		return nil, err
	}
	var c assign
	c.text("default_account", string(heir))
	o, err := s.update(k, c.UpdateBuilder, ours.And(made), stale)
	if err != nil || heir == "" {
		return []op{o}, err
	}
	there, err := s.check(accountKey(statement.Ref{Tenant: ref.Tenant, Account: heir}), alive(), stale)
	return []op{o, there}, err
}

// oldest returns the tenant's account that was made first, another than the
// given one; "" where there is none.
func (s *Store) oldest(ctx context.Context, but statement.Ref) (statement.AccountID, error) {
	var heir statement.AccountID
	var made time.Time
	for item, err := range s.items(ctx, tenantPK(but.Tenant), span{lower: accountPrefix, upper: accountPrefix + afterAll}) {
		if err != nil {
			return "", fmt.Errorf("accounts of %s: %w", but.Tenant, err)
		}
		r := reader{from: item}
		id := statement.AccountID(strings.TrimPrefix(r.text("SK"), accountPrefix))
		at := r.moment("created_at")
		if !erased(item) && id != but.Account && (heir == "" || at.Before(made)) {
			heir, made = id, at
		}
		if r.err != nil {
			return "", fmt.Errorf("account %s: %w", id, r.err)
		}
	}
	return heir, nil
}
