// Package resources makes the table and the queues of the template where they
// are absent, through the SDK, so that any endpoint that speaks AWS will do.
// Names are the stack's name and the logical id, as CloudFormation makes them.
package resources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/infra/template"
	"extrato/internal/store"
)

// Queue is a queue that exists.
type Queue struct{ URL, ARN string }

// Table makes the table, with the schema of package store, unless it is there,
// and returns when it can be used. Items past their time to live are not
// removed: whoever reads them ignores them.
func Table(ctx context.Context, c *dynamodb.Client, name string) error {
	_, err := c.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	if err == nil {
		return nil
	}
	if !errors.As(err, new(*dynamotypes.ResourceNotFoundException)) {
		return fmt.Errorf("look for table %s: %w", name, err)
	}
	_, err = c.CreateTable(ctx, store.Schema(name))
	if err != nil && !errors.As(err, new(*dynamotypes.ResourceInUseException)) {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	wait := dynamodb.NewTableExistsWaiter(c, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 100 * time.Millisecond })
	if err := wait.Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, time.Minute); err != nil {
		return fmt.Errorf("wait for table %s: %w", name, err)
	}
	return nil
}

// Queues makes the queues, each after its dead-letter queue, and gives those
// that are there the template's settings. The result is by logical id.
func Queues(ctx context.Context, c *sqs.Client, stack string, queues map[string]template.Queue) (map[string]Queue, error) {
	made := map[string]Queue{}
	for _, id := range order(queues) {
		name := stack + "-" + id
		q, err := ensure(ctx, c, name, queues[id], made)
		if err != nil {
			return nil, fmt.Errorf("queue %s: %w", name, err)
		}
		made[id] = q
	}
	return made, nil
}

// order puts queues without a dead-letter queue first; there are no chains.
func order(queues map[string]template.Queue) []string {
	return slices.SortedFunc(maps.Keys(queues), func(a, b string) int {
		if first, second := queues[a].DeadLetter == "", queues[b].DeadLetter == ""; first != second {
			if first {
				return -1
			}
			return 1
		}
		return slices.Compare([]string{a}, []string{b})
	})
}

func ensure(ctx context.Context, c *sqs.Client, name string, q template.Queue, made map[string]Queue) (Queue, error) {
	attributes := map[string]string{
		string(types.QueueAttributeNameVisibilityTimeout):      strconv.Itoa(q.Visibility),
		string(types.QueueAttributeNameMessageRetentionPeriod): strconv.Itoa(q.Retention),
	}
	if q.DeadLetter != "" {
		target, ok := made[q.DeadLetter]
		if !ok {
			return Queue{}, fmt.Errorf("its dead-letter queue %s is not in the template", q.DeadLetter)
		}
		policy, err := json.Marshal(map[string]any{"deadLetterTargetArn": target.ARN, "maxReceiveCount": q.MaxReceive})
		if err != nil {
			return Queue{}, err
		}
		attributes[string(types.QueueAttributeNameRedrivePolicy)] = string(policy)
	}
	var url *string
	got, err := c.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &name})
	switch {
	case err == nil:
		url = got.QueueUrl
		_, err = c.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: url, Attributes: attributes})
	case errors.As(err, new(*types.QueueDoesNotExist)):
		var created *sqs.CreateQueueOutput
		if created, err = c.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes}); err == nil {
			url = created.QueueUrl
		}
	}
	if err != nil {
		return Queue{}, err
	}
	about, err := c.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		return Queue{}, err
	}
	return Queue{URL: aws.ToString(url), ARN: about.Attributes[string(types.QueueAttributeNameQueueArn)]}, nil
}
