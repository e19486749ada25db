package store

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// BankAccountOwner returns the account of the tenant that has claimed a bank
// account, "" where none has. It only spares a person a half-done request: the
// claim itself, made by Enable or Commit, is what decides.
func (s *Store) BankAccountOwner(ctx context.Context, tenant statement.TenantID, number string) (statement.AccountID, error) {
	if !statement.ValidID(string(tenant)) || !statement.ValidID(number) {
		return "", fmt.Errorf("bank account of %q: not an id", tenant)
	}
	item, err := s.get(ctx, bankKey(tenant, number))
	if err != nil {
		return "", fmt.Errorf("claim on a bank account of %s: %w", tenant, err)
	}
	r := reader{from: item}
	return statement.AccountID(r.text("account")), r.err
}
