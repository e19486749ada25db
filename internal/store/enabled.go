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

// Enabled yields the accounts to be synced of one shard, 0 to Shards-1, page
// by page, so that a million of them need not be held at once. An error of
// yield ends it and is returned as it is.
//
// The index follows the table within moments, not at once: an account parked
// just now may still be yielded, and the sync looks at the head itself.
func (s *Store) Enabled(ctx context.Context, shard int, yield func([]statement.Ref) error) error {
	in := &dynamodb.QueryInput{
		TableName: s.table, IndexName: aws.String(EnabledIndex),
		KeyConditionExpression: aws.String("enabled_shard = :shard"),
		ExpressionAttributeValues: attrs{
			":shard": &types.AttributeValueMemberN{Value: strconv.Itoa(shard)},
		},
	}
	for page, err := range s.pages(ctx, in) {
		if err != nil {
			return fmt.Errorf("enabled accounts of shard %d: %w", shard, err)
		}
		refs := make([]statement.Ref, 0, len(page))
		for _, item := range page {
			r := reader{from: item}
			tenant, account, ok := strings.Cut(r.text("enabled_key"), "#")
			if !ok {
				return fmt.Errorf("enabled accounts of shard %d: %s is not tenant#account", shard, r.text("SK"))
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
