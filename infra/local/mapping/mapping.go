// Package mapping stands where Lambda's SQS event source mapping stands in the
// cloud: it receives batches from a queue, invokes a function with each, and
// deletes what the function finished. What failed stays on the queue until its
// visibility time is over, which the function may have changed; the queue's
// redrive policy moves it to the dead-letter queue in the end.
//
// A crash between the invocation and the deletion leaves the messages on the
// queue: they are delivered again, as SQS promises no less.
package mapping

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Client is what the mapping needs of SQS; *sqs.Client is one.
type Client interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
}

// Options says what to connect.
type Options struct {
	Client    Client
	QueueURL  string
	QueueARN  string // told in events
	Region    string // told in events
	BatchSize int    // 1 to 10
	// Batches is how many batches run at once, at least 1.
	Batches int
	// Partial takes the function's answer for the list of messages that failed
	// (ReportBatchItemFailures); otherwise every answer means success.
	Partial bool
	// Invoke runs the function once.
	Invoke func(ctx context.Context, payload []byte) ([]byte, error)
	Log    *slog.Logger
}

// pause is how long a poller waits after the queue could not be asked.
const pause = time.Second

// Run polls until the context ends, and returns when no batch runs any more.
func Run(ctx context.Context, o Options) {
	var pollers sync.WaitGroup
	for range max(o.Batches, 1) {
		pollers.Go(func() {
			for ctx.Err() == nil {
				messages, err := o.receive(ctx)
				if err == nil {
					// A batch once received is brought to its end even when the
					// stack stops: the function's processes decide how long that takes.
					err = o.batch(context.WithoutCancel(ctx), messages)
				} else if ctx.Err() == nil {
					select {
					case <-time.After(pause):
					case <-ctx.Done():
					}
				}
				if err != nil && ctx.Err() == nil {
					o.Log.Warn("queue mapping", "queue", o.QueueURL, "error", err)
				}
			}
		})
	}
	pollers.Wait()
}

func (o Options) receive(ctx context.Context) ([]types.Message, error) {
	got, err := o.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &o.QueueURL, MaxNumberOfMessages: int32(o.BatchSize), WaitTimeSeconds: 20,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		MessageAttributeNames:       []string{"All"},
	})
	if err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	return got.Messages, nil
}

// batch has the function do what was received, and deletes what it finished.
func (o Options) batch(ctx context.Context, messages []types.Message) error {
	if len(messages) == 0 {
		return nil
	}
	payload, err := json.Marshal(o.event(messages))
	if err != nil {
		return fmt.Errorf("make event: %w", err)
	}
	answer, err := o.Invoke(ctx, payload)
	if err != nil {
		return fmt.Errorf("%d messages stay on the queue: %w", len(messages), err)
	}
	done, err := o.succeeded(messages, answer)
	if err != nil {
		return fmt.Errorf("%d messages stay on the queue: %w", len(messages), err)
	}
	return o.remove(ctx, done)
}

func (o Options) remove(ctx context.Context, done []types.Message) error {
	if len(done) == 0 {
		return nil
	}
	in := &sqs.DeleteMessageBatchInput{QueueUrl: &o.QueueURL}
	for _, m := range done {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: m.MessageId, ReceiptHandle: m.ReceiptHandle})
	}
	out, err := o.Client.DeleteMessageBatch(ctx, in)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	for _, f := range out.Failed {
		return fmt.Errorf("delete %s: %s: %s", aws.ToString(f.Id), aws.ToString(f.Code), aws.ToString(f.Message))
	}
	return nil
}
