package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// A cancelled transaction is tried maxTries times in all, after pauses of up
// to firstPause, twice that and so on to longestPause: some five seconds.
const (
	maxTries     = 8
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

// transact makes all ops durable together, or none. pace may be nil.
//
// A failed condition returns what the first op concerned says that it means.
// Of the reasons for which DynamoDB cancels, those that time heals are tried
// again here; the SDK does not look into a cancelled transaction. All tries,
// ours and the SDK's, carry one token: when the reply to a try was lost after
// it had been done, the next one is answered as a success instead of finding
// the version that it wrote itself.
func (s *Store) transact(ctx context.Context, p *pace, ops []op) error {
	in := &dynamodb.TransactWriteItemsInput{
		ClientRequestToken:     aws.String(rand.Text()),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	}
	for _, o := range ops {
		in.TransactItems = append(in.TransactItems, o.item)
	}
	return retry(ctx, func() (bool, error) {
		if err := p.wait(ctx, ops); err != nil {
			return false, err
		}
		out, err := s.client.TransactWriteItems(ctx, in)
		if err == nil {
			meterWrite(ctx, out.ConsumedCapacity...)
			return false, nil
		}
		cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
		if !ok {
			return false, err
		}
		return judge(cancelled, ops, err)
	})
}

// judge says what a cancellation means: one of our errors, or whether trying
// again can help.
func judge(cancelled *types.TransactionCanceledException, ops []op, err error) (again bool, _ error) {
	reasons := cancelled.CancellationReasons
	for i, r := range reasons {
		if aws.ToString(r.Code) == "ConditionalCheckFailed" && i < len(ops) && ops[i].refused != nil {
			return false, ops[i].refused(r.Item)
		}
	}
	contended := false
	for _, r := range reasons {
		switch aws.ToString(r.Code) {
		case "None", "":
		case "TransactionConflict":
			again, contended = true, true
		case "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded":
			again = true
		default: // a fault of ours: ValidationError, ItemCollectionSizeLimitExceeded
			return false, err
		}
	}
	if contended {
		return again, fmt.Errorf("%w: %w", statement.ErrConflict, err)
	}
	return again, err
}

// retry calls try until it need not be called again, and returns its last error.
func retry(ctx context.Context, try func() (again bool, err error)) error {
	limit := firstPause
	for n := 1; ; n++ {
		again, err := try()
		if !again || n == maxTries {
			return err
		}
		select {
		case <-time.After(statement.Jitter(ctx, limit, mathrand.N[time.Duration])):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
		limit = min(2*limit, longestPause)
	}
}

// transactionConflict reports whether a single write met a transaction on the
// same item. The SDK does not try that again either.
func transactionConflict(err error) bool {
	_, ok := errors.AsType[*types.TransactionConflictException](err)
	return ok
}
