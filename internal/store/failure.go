package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

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
	in, err := s.failing(head, code, at, park)
	if err != nil {
		return fmt.Errorf("save failure of %s: %w", head.Ref, err)
	}
	err = retry(ctx, func() (bool, error) {
		out, err := s.client.UpdateItem(ctx, in)
		if err != nil {
			return transactionConflict(err), err
		}
		if out.ConsumedCapacity != nil {
			meterWrite(ctx, *out.ConsumedCapacity)
		}
		return false, nil
	})
	if _, refused := errors.AsType[*types.ConditionalCheckFailedException](err); refused || transactionConflict(err) {
		err = statement.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("save failure of %s: %w", head.Ref, err)
	}
	return nil
}

func (s *Store) failing(head statement.Account, code statement.Code, at time.Time, park bool) (*dynamodb.UpdateItemInput, error) {
	var c assign
	c.text("failure_code", string(code))
	c.text("failed_at", at.UTC().Format(momentLayout))
	status := expression.Name("integration_status")
	condition := alive().And(is("credential_id", head.CredentialID))
	if park {
		c.set("integration_status", string(statement.Attention))
		c.remove("enabled_shard")
		c.remove("enabled_key")
		condition = condition.And(status.NotEqual(expression.Value(string(statement.Disabled))))
	} else {
		condition = condition.And(expression.Name("version").Equal(expression.Value(head.Version)),
			status.Equal(expression.Value(string(statement.Active))))
	}
	e, err := expression.NewBuilder().WithUpdate(c.UpdateBuilder).WithCondition(condition).Build()
	if err != nil {
		return nil, err
	}
	return &dynamodb.UpdateItemInput{
		TableName: s.table, Key: accountKey(head.Ref).attrs(),
		UpdateExpression: e.Update(), ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	}, nil
}
