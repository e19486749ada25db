package review

import (
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/infra/template"
	"extrato/internal/store"
)

// table: keys, index and expiry are those that package store reads and writes.
func (r *review) table() {
	got, ok := r.template.Tables["Table"]
	if !ok || len(r.template.Tables) != 1 {
		r.find(Main, "Table", fmt.Sprintf("there are %d tables", len(r.template.Tables)), "have one, named Table")
		return
	}
	schema := r.product.Schema
	if want := keys(schema.KeySchema); got.Keys != want {
		r.find(Main, "Table", fmt.Sprintf("its keys are %v", got.Keys), fmt.Sprintf("make them %v, as store.Schema says", want))
	}
	attributes := map[string]string{}
	for _, a := range schema.AttributeDefinitions {
		attributes[*a.AttributeName] = string(a.AttributeType)
	}
	if !maps.Equal(got.Attributes, attributes) {
		r.find(Main, "Table", fmt.Sprintf("its key attributes are %v", got.Attributes), fmt.Sprintf("make them %v", attributes))
	}
	indexes := map[string]template.Index{}
	for _, x := range schema.GlobalSecondaryIndexes {
		indexes[*x.IndexName] = template.Index{Keys: keys(x.KeySchema), Projection: string(x.Projection.ProjectionType)}
	}
	if !maps.Equal(got.Indexes, indexes) {
		r.find(Main, "Table", fmt.Sprintf("its indexes are %v", got.Indexes), fmt.Sprintf("make them %v", indexes))
	}
	r.want("Table", "the attribute for expiry", got.TTL, store.ExpiresAttribute)
	r.want("Table", "TimeToLiveSpecification.Enabled", says(r.main.resource("Table").property("TimeToLiveSpecification", "Enabled")), "true")
	r.want("Table", "BillingMode", got.BillingMode, string(schema.BillingMode))
}

func keys(schema []types.KeySchemaElement) (k template.Keys) {
	for _, e := range schema {
		if e.KeyType == types.KeyTypeHash {
			k.Hash = *e.AttributeName
		} else {
			k.Range = *e.AttributeName
		}
	}
	return k
}
