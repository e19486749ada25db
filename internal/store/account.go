package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// CreateAccount stores a new account, which is disabled and has no statement:
// of a, what a person says of it is taken, with CreatedAt and Epoch, which is
// made here where it is empty. It becomes the tenant's default account when the tenant has none, or when makeDefault
// says so. One transaction does it all, so a crash leaves everything or nothing.
//
// Errors: ErrExternalIDTaken; ErrConflict when there is an account of this id.
func (s *Store) CreateAccount(ctx context.Context, a statement.Account, makeDefault bool) error {
	if err := valid(a.Ref); err != nil {
		return err
	}
	if a.Epoch == "" {
		a.Epoch = rand.Text()[:epochLength]
	}
	if err := s.transact(ctx, nil, s.creation(a, makeDefault)); err != nil {
		return fmt.Errorf("create account %s: %w", a.Ref, err)
	}
	return nil
}

// epochLength is 40 bits of chance: an epoch is told from the few others that
// the same account ever has, and the head has a kilobyte to stay within.
const epochLength = 8

func (s *Store) creation(a statement.Account, makeDefault bool) []op {
	ops := []op{
		s.put(newAccountItem(a), isNew, conflict),
		s.choose(a.Ref, makeDefault),
	}
	if a.ExternalID != "" {
		ops = append(ops, s.claimExternal(a.Ref, a.ExternalID))
	}
	return ops
}

// claimExternal takes an id of the ERP's for an account.
func (s *Store) claimExternal(ref statement.Ref, id string) op {
	item := externalKey(ref.Tenant, id).attrs()
	writer{item}.text("account", string(ref.Account))
	return s.put(item, isNew, func(attrs) error { return statement.ErrExternalIDTaken })
}

// choose makes a new account the default one, or only where there is none yet.
// It counts the accounts made, so that whoever empties the tenant meanwhile
// notices the new one.
func (s *Store) choose(ref statement.Ref, always bool) op {
	change := "SET default_account = if_not_exists(default_account, :account) ADD accounts_made :one"
	if always {
		change = "SET default_account = :account ADD accounts_made :one"
	}
	return op{item: types.TransactWriteItem{Update: &types.Update{
		TableName: s.table, Key: settingsKey(ref.Tenant).attrs(), UpdateExpression: aws.String(change),
		ExpressionAttributeValues: attrs{":account": &types.AttributeValueMemberS{Value: string(ref.Account)}, ":one": number(1)},
	}}}
}

// Account reads one account: one strongly consistent read of one item, so what
// a commit or a parking wrote before is seen. ErrNotFound when there is none,
// or when it was erased.
func (s *Store) Account(ctx context.Context, ref statement.Ref) (statement.Account, error) {
	if err := valid(ref); err != nil {
		return statement.Account{}, err
	}
	item, err := s.get(ctx, accountKey(ref))
	if err != nil {
		return statement.Account{}, fmt.Errorf("account %s: %w", ref, err)
	}
	if item == nil || erased(item) {
		return statement.Account{}, fmt.Errorf("account %s: %w", ref, statement.ErrNotFound)
	}
	return accountOf(ref, item)
}

// Accounts returns up to limit accounts of a tenant by id, those after the
// given id, and the id to go on after: "" when there are no more.
func (s *Store) Accounts(ctx context.Context, tenant statement.TenantID, limit int, after statement.AccountID) ([]statement.Account, statement.AccountID, error) {
	if !statement.ValidID(string(tenant)) {
		return nil, "", nil
	}
	limit = max(1, limit)
	lower := accountPrefix
	if after != "" {
		lower = next(accountPrefix + string(after))
	}
	var accounts []statement.Account
	for item, err := range s.items(ctx, tenantPK(tenant), span{lower: lower, upper: accountPrefix + afterAll, first: limit + 1}) {
		if err != nil {
			return nil, "", fmt.Errorf("accounts of %s: %w", tenant, err)
		}
		if erased(item) {
			continue
		}
		if len(accounts) == limit {
			return accounts, accounts[limit-1].Account, nil
		}
		r := reader{from: item}
		id := statement.AccountID(strings.TrimPrefix(r.text("SK"), accountPrefix))
		a, err := accountOf(statement.Ref{Tenant: tenant, Account: id}, item)
		if err != nil {
			return nil, "", err
		}
		accounts = append(accounts, a)
	}
	return accounts, "", nil
}

// DefaultAccount returns the tenant's default account, "" when it has no account.
func (s *Store) DefaultAccount(ctx context.Context, tenant statement.TenantID) (statement.AccountID, error) {
	if !statement.ValidID(string(tenant)) {
		return "", nil
	}
	item, err := s.get(ctx, settingsKey(tenant))
	if err != nil {
		return "", fmt.Errorf("settings of %s: %w", tenant, err)
	}
	r := reader{from: item}
	return statement.AccountID(r.text("default_account")), r.err
}
