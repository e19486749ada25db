package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// enabledAtOnce is how many accounts a page of them has at most. DynamoDB's own
// limit, 1 MB, is some ten thousand, which take a multiple of that in memory;
// all shards are read side by side, and the price is by the byte either way.
const enabledAtOnce = 1000

// Enabled yields the accounts to be synced of one shard, 0 to Shards-1, page
// by page, so that a million of them need not be held at once. An error of
// yield ends it and is returned as it is.
//
// The index follows the table within moments, not at once: an account parked
// just now may still be yielded, and the sync looks at the head itself.
func (s *Store) Enabled(ctx context.Context, shard int, yield func([]statement.Ref) error) error {
	return s.enabledPart(ctx, enabledQuery(shard, "", nil), shard, yield)
}

// EnabledFrom is Enabled in a circle: it begins where a part of the shard's
// accounts lies before, at from 0 to below 1, and goes on with the first account
// after the last, so that every account is yielded once wherever it begins.
//
// How ids are spread is the tenants' affair, so a place is a number of accounts,
// not of letters: the shard is counted first, which reads it once more but sends
// no items. Accounts that come or go meanwhile move the place, and nothing else.
func (s *Store) EnabledFrom(ctx context.Context, shard int, at float64, yield func([]statement.Ref) error) error {
	total, from, err := s.seekEnabled(ctx, shard, at)
	if err != nil {
		return fmt.Errorf("count enabled accounts of shard %d: %w", shard, err)
	}
	switch {
	case total == 0:
		return nil
	case from == nil:
		return s.Enabled(ctx, shard, yield)
	}
	if err := s.enabledPart(ctx, enabledQuery(shard, ">", from), shard, yield); err != nil {
		return err
	}
	return s.enabledPart(ctx, enabledQuery(shard, "<=", from), shard, yield)
}

// enabledQuery asks for a shard, or for its accounts whose keys compare with
// from as the sign says. Of the four attributes that the index has it asks for
// the one that is needed: the others would be most of the work of decoding.
func enabledQuery(shard int, sign string, from types.AttributeValue) *dynamodb.QueryInput {
	in := &dynamodb.QueryInput{
		IndexName:              aws.String(EnabledIndex),
		KeyConditionExpression: aws.String("enabled_shard = :shard"),
		ProjectionExpression:   aws.String("enabled_key"),
		ExpressionAttributeValues: attrs{
			":shard": &types.AttributeValueMemberN{Value: strconv.Itoa(shard)},
		},
	}
	if from != nil {
		in.KeyConditionExpression = aws.String("enabled_shard = :shard AND enabled_key " + sign + " :from")
		in.ExpressionAttributeValues[":from"] = from
	}
	return in
}

// seekEnabled counts a shard, and returns the key of the account before the
// place; nil where the place is the beginning.
func (s *Store) seekEnabled(ctx context.Context, shard int, at float64) (total int, from types.AttributeValue, err error) {
	type page struct {
		before attrs // the key that it starts after
		count  int
	}
	var pages []page
	in := enabledQuery(shard, "", nil)
	in.TableName, in.ProjectionExpression, in.Select = s.table, nil, types.SelectCount
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	for {
		out, err := s.client.Query(ctx, in)
		if err != nil {
			return 0, nil, err
		}
		meterRead(ctx, out.ConsumedCapacity)
		pages = append(pages, page{in.ExclusiveStartKey, int(out.Count)})
		total += int(out.Count)
		if in.ExclusiveStartKey = out.LastEvaluatedKey; len(out.LastEvaluatedKey) == 0 {
			break
		}
	}
	skip := int(at * float64(total))
	if skip <= 0 {
		return total, nil, nil
	}
	for _, p := range pages {
		if skip > p.count {
			skip -= p.count
			continue
		}
		in.ExclusiveStartKey, in.Limit = p.before, aws.Int32(int32(skip))
		out, err := s.client.Query(ctx, in)
		if err != nil {
			return 0, nil, err
		}
		meterRead(ctx, out.ConsumedCapacity)
		return total, out.LastEvaluatedKey["enabled_key"], nil
	}
	return total, nil, nil
}

// enabledPart yields what a query of the index finds.
func (s *Store) enabledPart(ctx context.Context, in *dynamodb.QueryInput, shard int, yield func([]statement.Ref) error) error {
	in.TableName, in.Limit = s.table, aws.Int32(enabledAtOnce)
	for page, err := range s.pages(ctx, in) {
		if err != nil {
			return fmt.Errorf("enabled accounts of shard %d: %w", shard, err)
		}
		refs := make([]statement.Ref, 0, len(page))
		for _, item := range page {
			r := reader{from: item}
			key := r.text("enabled_key")
			tenant, account, ok := strings.Cut(key, "#")
			if !ok {
				return fmt.Errorf("enabled accounts of shard %d: %s is not tenant#account", shard, key)
			}
			refs = append(refs, statement.Ref{Tenant: statement.TenantID(tenant), Account: statement.AccountID(account)})
		}
		if len(refs) == 0 {
			continue
		}
		if err := yield(refs); err != nil {
			return err
		}
	}
	return nil
}
