package store

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// EnabledIndex is the sparse index of the accounts to be synced.
const EnabledIndex = "enabled"

// ExpiresAttribute is the table's TTL attribute.
const ExpiresAttribute = "expires"

// Schema describes the table: its keys and its index. What a deployed table
// has besides (TTL on ExpiresAttribute, a key of its own, point-in-time
// recovery) is in template.yaml and changes nothing for this package.
func Schema(table string) *dynamodb.CreateTableInput {
	attribute := func(name string, t types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: t}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
		}
	}
	return &dynamodb.CreateTableInput{
		TableName:   aws.String(table),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			attribute("PK", types.ScalarAttributeTypeS),
			attribute("SK", types.ScalarAttributeTypeS),
			attribute("enabled_shard", types.ScalarAttributeTypeN),
			attribute("enabled_key", types.ScalarAttributeTypeS),
		},
		KeySchema: keys("PK", "SK"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String(EnabledIndex),
			KeySchema:  keys("enabled_shard", "enabled_key"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
	}
}
