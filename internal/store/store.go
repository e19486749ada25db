package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// Store keeps accounts and statements in one table. It is safe for use by
// several goroutines, and makes no promise about state outside of DynamoDB.
type Store struct {
	client *dynamodb.Client
	table  *string
}

// New returns a store over a table that Schema describes.
func New(client *dynamodb.Client, table string) *Store {
	return &Store{client: client, table: aws.String(table)}
}

// valid refuses ids that must not become part of a key. No account has such an
// id, so it is ErrNotFound.
func valid(ref statement.Ref) error {
	if !statement.ValidID(string(ref.Tenant)) || !statement.ValidID(string(ref.Account)) {
		return fmt.Errorf("account %q: %w", ref.String(), statement.ErrNotFound)
	}
	return nil
}

// get reads one item consistently; nil when there is none, or when it is past
// its time.
func (s *Store) get(ctx context.Context, k key) (attrs, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: s.table, Key: k.attrs(), ConsistentRead: aws.Bool(true),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return nil, err
	}
	meterRead(ctx, out.ConsumedCapacity)
	if expired(out.Item, time.Now()) {
		return nil, nil
	}
	return out.Item, nil
}

// meterRead and meterWrite count what DynamoDB reports into the context's
// meter. A DynamoDB that reports nothing adds nothing: it is never estimated.
func meterRead(ctx context.Context, c *types.ConsumedCapacity) {
	if c != nil {
		statement.MeterFrom(ctx).Add(statement.Capacity{Read: aws.ToFloat64(c.CapacityUnits)})
	}
}

func meterWrite(ctx context.Context, consumed ...types.ConsumedCapacity) {
	for _, c := range consumed {
		used := statement.Capacity{Read: aws.ToFloat64(c.ReadCapacityUnits), Write: aws.ToFloat64(c.WriteCapacityUnits)}
		if c.ReadCapacityUnits == nil && c.WriteCapacityUnits == nil {
			used.Write = aws.ToFloat64(c.CapacityUnits)
		}
		statement.MeterFrom(ctx).Add(used)
	}
}
