package store

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"extrato/internal/statement"
)

// SaveWarning writes on the account that the end of its certificate was warned
// of: days becomes the certificate's WarnedDays. It holds only for the
// credential and the warning that head was read with, so of several runs that
// would tell the same exactly one may: ErrConflict for the others, and for who
// does not know whether it was the one. version does not move.
func (s *Store) SaveWarning(ctx context.Context, head statement.Account, days int) error {
	if err := valid(head.Ref); err != nil {
		return err
	}
	if head.Certificate == nil {
		return fmt.Errorf("save warning of %s: no certificate: %w", head.Ref, statement.ErrConflict)
	}
	var c assign
	c.set("certificate.warned_days", days)
	warned := absent("certificate.warned_days")
	if w := head.Certificate.WarnedDays; w != statement.NotWarned {
		warned = expression.Name("certificate.warned_days").Equal(expression.Value(w))
	}
	condition := alive().And(expression.AttributeExists(expression.Name("certificate")),
		is("credential_id", head.CredentialID), warned)
	if _, err := s.change(ctx, accountKey(head.Ref), c, condition, conflict); err != nil {
		return fmt.Errorf("save warning of %s: %w", head.Ref, err)
	}
	return nil
}

// Heal writes on the head what the secret holds: a renewal saved it and was cut
// off before the head followed. It holds only for an active account and the
// credential that head was read with: a renewal that goes on meanwhile, or a
// disabling, is ErrConflict. version does not move.
func (s *Store) Heal(ctx context.Context, head statement.Account, credentialID string, facts statement.Certificate) error {
	if err := valid(head.Ref); err != nil {
		return err
	}
	var c assign
	c.set("certificate", certificateItem(facts))
	c.text("credential_id", credentialID)
	condition := alive().And(is("credential_id", head.CredentialID),
		expression.Name("integration_status").Equal(expression.Value(string(statement.Active))))
	if _, err := s.change(ctx, accountKey(head.Ref), c, condition, conflict); err != nil {
		return fmt.Errorf("heal %s: %w", head.Ref, err)
	}
	return nil
}
