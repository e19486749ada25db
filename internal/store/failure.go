package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"extrato/internal/statement"
)

// SaveFailure writes on the account why the run that read head did not
// succeed. It moves no statement data and no version.
//
// park takes the account out of the index until a person acts. It holds only
// for the credential that the run used: when another was saved meanwhile, or
// the integration was disabled, it is ErrConflict and nothing is written.
//
// Without park, the account stays in the index. The status of a run that
// failed must not hide one that succeeded: the version must be what the run
// read, too. Nor may it hide why an account is parked.
func (s *Store) SaveFailure(ctx context.Context, head statement.Account, code statement.Code, at time.Time, park bool) error {
	if err := valid(head.Ref); err != nil {
		return err
	}
	var c assign
	c.text("failure_code", string(code))
	c.text("failed_at", at.UTC().Format(momentLayout))
	status := expression.Name("integration_status")
	condition := alive().And(is("credential_id", head.CredentialID))
	if park {
		c.set("integration_status", string(statement.Attention))
		c.unschedule()
		condition = condition.And(status.NotEqual(expression.Value(string(statement.Disabled))))
	} else {
		condition = condition.And(expression.Name("version").Equal(expression.Value(head.Version)),
			status.Equal(expression.Value(string(statement.Active))))
	}
	if _, err := s.change(ctx, accountKey(head.Ref), c, condition, conflict); err != nil {
		return fmt.Errorf("save failure of %s: %w", head.Ref, err)
	}
	return nil
}
