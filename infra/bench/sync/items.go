package sync

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// kept is what the formulas of a day's capacity are made of.
type kept struct {
	brought int // kilobytes of the run's new entries, each rounded up
	window  int // bytes of the entries and days that the run found in what it read
	record  int // kilobytes of the run's own record
}

// keptBy looks at what a run left in the table.
func (r *rig) keptBy(ctx context.Context, ref statement.Ref, run statement.Run) (k kept, err error) {
	in := &dynamodb.QueryInput{
		TableName: aws.String(stack), KeyConditionExpression: aws.String("PK = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pk": &types.AttributeValueMemberS{Value: "STATEMENT#" + string(ref.Tenant) + "#" + string(ref.Account)},
		},
	}
	for pages := dynamodb.NewQueryPaginator(r.db, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return k, err
		}
		for _, item := range page.Items {
			kind, rest, _ := strings.Cut(text(item["SK"]), "#")
			switch size := size(item); {
			case kind == "ENTRY" && text(item["run"]) == string(run.ID):
				k.brought += (size + 1023) / 1024
			case (kind == "ENTRY" || kind == "DAY") && statement.Date(rest[:10]) >= run.From:
				k.window += size
			case kind == "RUN" && rest == string(run.ID):
				k.record = (size + 1023) / 1024
			}
		}
	}
	return k, nil
}

func text(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// size is an item's as DynamoDB's documentation has it: names and values in
// UTF-8, a number a byte per two digits and one more, 3 bytes for a list or map
// and 1 for each of its elements.
func size(item map[string]types.AttributeValue) (n int) {
	for name, v := range item {
		n += len(name) + sizeOf(v)
	}
	return n
}

func sizeOf(v types.AttributeValue) (n int) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return (len(v.Value)+1)/2 + 1
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			n += 1 + sizeOf(e)
		}
		return n + 3
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + size(v.Value)
	}
	return 1
}
