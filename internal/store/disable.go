package store

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// Disable takes an account out of the schedule and out of what needs attention,
// and returns it as it then is. What failed and what was warned of go; the
// statement, the certificate's facts and the claim on the bank account stay, so
// that Enable goes on where it ended. A run under way may still commit what it
// read. Disabling again changes nothing. ErrNotFound when there is no such account.
//
// It is one write: a crash leaves the account as it was, or disabled.
func (s *Store) Disable(ctx context.Context, ref statement.Ref) (statement.Account, error) {
	if err := valid(ref); err != nil {
		return statement.Account{}, err
	}
	var c assign
	c.set("integration_status", string(statement.Disabled))
	c.unschedule()
	for _, name := range []string{"failure_code", "failed_at", "warnings"} {
		c.remove(name)
	}
	now, err := s.change(ctx, accountKey(ref), c, alive(), func(attrs) error { return statement.ErrNotFound })
	if err != nil {
		return statement.Account{}, fmt.Errorf("disable %s: %w", ref, err)
	}
	return accountOf(ref, now)
}
