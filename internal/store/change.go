package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// change updates one item by itself and returns it as it then is. refused says
// what it means that the condition does not hold; old is the item as it is, nil
// where there is none. Transactions on the same item without end are ErrConflict.
func (s *Store) change(ctx context.Context, k key, c assign, condition expression.ConditionBuilder, refused func(old attrs) error) (now attrs, err error) {
	e, err := expression.NewBuilder().WithUpdate(c.UpdateBuilder).WithCondition(condition).Build()
	if err != nil {
		return nil, fmt.Errorf("build an update: %w", err)
	}
	in := &dynamodb.UpdateItemInput{
		TableName: s.table, Key: k.attrs(),
		UpdateExpression: e.Update(), ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		ReturnConsumedCapacity:              types.ReturnConsumedCapacityTotal,
	}
	err = retry(ctx, func() (bool, error) {
		out, err := s.client.UpdateItem(ctx, in)
		if err != nil {
			return transactionConflict(err), err
		}
		if out.ConsumedCapacity != nil {
			meterWrite(ctx, *out.ConsumedCapacity)
		}
		now = out.Attributes
		return false, nil
	})
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return nil, refused(failed.Item)
	}
	if transactionConflict(err) {
		return nil, statement.ErrConflict
	}
	return now, err
}

// errStale says that what a transaction was decided on had changed before it
// was sent.
var errStale = fmt.Errorf("decided on what is out of date: %w", statement.ErrConflict)

// stale is what a failed condition means to a caller that reads and decides again.
func stale(attrs) error { return errStale }

// maxDecisions bounds how often a caller decides anew. Each time, somebody else
// has changed the same account or chosen a default one; people do that, so once
// more is mostly enough.
const maxDecisions = 5

// settle calls decide until it did not decide on what was out of date.
func settle(decide func() error) error {
	var err error
	for range maxDecisions {
		if err = decide(); !errors.Is(err, errStale) {
			return err
		}
	}
	return err
}
