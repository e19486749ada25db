package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

const (
	// batchWrites is DynamoDB's limit for one BatchWriteItem.
	batchWrites = 25
	// tombstoneKept is how long a tombstone outlives the last item: longer than
	// a message can wait in the queues, 14 days each.
	tombstoneKept = 30 * 24 * time.Hour
)

// errNotErased says that there is an account whose statement is asked away.
var errNotErased = errors.New("the account is not erased")

// EraseItems deletes up to most items of the statement of an erased account and
// reports whether any are left. It deletes nothing of an account that is not
// erased, which is an error; one that is not there at all counts as erased,
// since nothing can be written for it.
//
// Nothing comes after: commits need an account that is not erased. Only the
// record of a run that had committed before the erasure may, and ends by itself.
// So a crash, an error or another EraseItems beside this one leaves fewer items,
// and the next call goes on. When none is left, the tombstone is given its end.
func (s *Store) EraseItems(ctx context.Context, ref statement.Ref, most int) (left bool, err error) {
	if err := valid(ref); err != nil {
		return false, err
	}
	left, err = s.eraseItems(ctx, ref, most)
	if err != nil {
		return false, fmt.Errorf("erase items of %s: %w", ref, err)
	}
	return left, nil
}

func (s *Store) eraseItems(ctx context.Context, ref statement.Ref, most int) (left bool, err error) {
	switch item, err := s.get(ctx, accountKey(ref)); {
	case err != nil:
		return false, err
	case item != nil && !erased(item):
		return false, errNotErased
	}
	keys, err := s.keys(ctx, statementPK(ref), most+1)
	if err != nil {
		return false, err
	}
	if left = len(keys) > most; left {
		keys = keys[:most]
	}
	p := newPace()
	for len(keys) > 0 {
		n := min(len(keys), batchWrites)
		if err := s.deleteAll(ctx, p, keys[:n]); err != nil {
			return false, err
		}
		keys = keys[n:]
	}
	if left {
		return true, nil
	}
	return false, s.retire(ctx, ref)
}

// keys returns the keys of the first so many items of a partition, whatever
// they are: those past their time are still there.
func (s *Store) keys(ctx context.Context, pk string, most int) ([]attrs, error) {
	in := &dynamodb.QueryInput{
		TableName: s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(int32(most)),
		KeyConditionExpression:    aws.String("PK = :pk"),
		ProjectionExpression:      aws.String("PK, SK"),
		ExpressionAttributeValues: attrs{":pk": &types.AttributeValueMemberS{Value: pk}},
	}
	var keys []attrs
	for page, err := range s.pages(ctx, in) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, page...)
		if len(keys) >= most {
			return keys[:most], nil
		}
	}
	return keys, nil
}

// deleteAll deletes up to batchWrites items. What DynamoDB had no units for, it
// names, and that is sent again.
func (s *Store) deleteAll(ctx context.Context, p *pace, keys []attrs) error {
	requests := make([]types.WriteRequest, len(keys))
	for i, k := range keys {
		requests[i].DeleteRequest = &types.DeleteRequest{Key: k}
	}
	return retry(ctx, func() (bool, error) {
		out, err := s.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems:           map[string][]types.WriteRequest{*s.table: requests},
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return false, err
		}
		meterWrite(ctx, out.ConsumedCapacity...)
		if err := p.spent(ctx, out.ConsumedCapacity); err != nil {
			return false, err
		}
		if requests = out.UnprocessedItems[*s.table]; len(requests) > 0 {
			return true, fmt.Errorf("%d items were not deleted", len(requests))
		}
		return false, nil
	})
}

// spent waits until the partition has units again for as much as was used. The
// size of what is deleted by its key is known only by then.
func (p *pace) spent(ctx context.Context, consumed []types.ConsumedCapacity) error {
	units := 0.0
	for _, c := range consumed {
		units += aws.ToFloat64(c.CapacityUnits)
	}
	return p.limiter.WaitN(ctx, min(int(math.Ceil(units)), paceBurst))
}

// retire gives a tombstone its end. A repetition does not move it.
func (s *Store) retire(ctx context.Context, ref statement.Ref) error {
	var c assign
	end := expression.Name(ExpiresAttribute)
	c.UpdateBuilder = c.Set(end, expression.IfNotExists(end, expression.Value(time.Now().Add(tombstoneKept).Unix())))
	_, err := s.change(ctx, accountKey(ref), c, expression.AttributeExists(expression.Name("erased_at")),
		func(attrs) error { return nil }) // there is none any more
	return err
}
