package store

import (
	"context"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// span is a range of sort keys, both ends included.
type span struct {
	lower, upper string
	backwards    bool // greatest key first
	// first sizes the first request for a caller that wants about so many; 0
	// asks for as much as one answer can hold (1 MB), as every further request
	// does: who still reads then is looking for something rare.
	first int
}

// items yields the items of a partition whose sort keys lie in the span, in
// order, read consistently; items past their time are left out. An error ends
// the sequence.
func (s *Store) items(ctx context.Context, pk string, of span) iter.Seq2[attrs, error] {
	return func(yield func(attrs, error) bool) {
		if of.lower > of.upper {
			return // DynamoDB refuses such a range rather than find nothing
		}
		in := &dynamodb.QueryInput{
			TableName: s.table, ConsistentRead: aws.Bool(true),
			KeyConditionExpression: aws.String("PK = :pk AND SK BETWEEN :lower AND :upper"),
			ExpressionAttributeValues: attrs{
				":pk":    &types.AttributeValueMemberS{Value: pk},
				":lower": &types.AttributeValueMemberS{Value: of.lower},
				":upper": &types.AttributeValueMemberS{Value: of.upper},
			},
		}
		if of.backwards {
			in.ScanIndexForward = aws.Bool(false)
		}
		if of.first > 0 {
			in.Limit = aws.Int32(int32(of.first))
		}
		for page, err := range s.pages(ctx, in) {
			if err != nil {
				yield(nil, err)
				return
			}
			now := time.Now()
			for _, item := range page {
				if !expired(item, now) && !yield(item, nil) {
					return
				}
			}
			in.Limit = nil
		}
	}
}

// pages sends a query until its last answer. Between answers the caller may
// change its Limit.
func (s *Store) pages(ctx context.Context, in *dynamodb.QueryInput) iter.Seq2[[]attrs, error] {
	return func(yield func([]attrs, error) bool) {
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
		for {
			out, err := s.client.Query(ctx, in)
			if err != nil {
				yield(nil, err)
				return
			}
			meterRead(ctx, out.ConsumedCapacity)
			if !yield(out.Items, nil) || len(out.LastEvaluatedKey) == 0 {
				return
			}
			in.ExclusiveStartKey = out.LastEvaluatedKey
		}
	}
}
