package mapping_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/mapping"
)

// queue delivers its messages once, in one batch, and tells by drained when the
// poller comes back for more, that is when it is done with the batch.
type queue struct {
	mu       sync.Mutex
	messages []types.Message
	asked    *sqs.ReceiveMessageInput
	deleted  []string
	drained  chan struct{}
	once     sync.Once
}

func (q *queue) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	q.mu.Lock()
	q.asked = in
	got := q.messages
	q.messages = nil
	q.mu.Unlock()
	if len(got) == 0 {
		q.once.Do(func() { close(q.drained) })
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &sqs.ReceiveMessageOutput{Messages: got}, nil
}

func (q *queue) DeleteMessageBatch(_ context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, e := range in.Entries {
		q.deleted = append(q.deleted, aws.ToString(e.ReceiptHandle))
	}
	return &sqs.DeleteMessageBatchOutput{}, nil
}

func message(id string) types.Message {
	return types.Message{
		MessageId: aws.String(id), ReceiptHandle: aws.String("receipt-" + id), Body: aws.String(`{"v":1}`),
		MD5OfBody:  aws.String("md5"),
		Attributes: map[string]string{"ApproximateReceiveCount": "2", "MessageGroupId": "acme"},
		MessageAttributes: map[string]types.MessageAttributeValue{
			"why": {DataType: aws.String("String"), StringValue: aws.String("because")},
		},
	}
}

// serve runs a mapping over messages a, b and c until it is done with them.
func serve(t *testing.T, partial bool, invoke func(payload []byte) ([]byte, error)) *queue {
	t.Helper()
	q := &queue{messages: []types.Message{message("a"), message("b"), message("c")}, drained: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		mapping.Run(ctx, mapping.Options{
			Client: q, QueueURL: "http://queue", QueueARN: "arn:queue", Region: "sa-east-1", BatchSize: 10, Batches: 1, Partial: partial,
			Invoke: func(_ context.Context, p []byte) ([]byte, error) { return invoke(p) }, Log: slog.New(slog.DiscardHandler),
		})
	}()
	<-q.drained
	stop()
	<-ended
	return q
}

func TestWhatIsDeleted(t *testing.T) {
	t.Parallel()
	all := []string{"receipt-a", "receipt-b", "receipt-c"}
	for name, c := range map[string]struct {
		answer string
		err    error
		whole  bool // without ReportBatchItemFailures
		want   []string
	}{
		"no answer":             {answer: "", want: all},
		"null":                  {answer: "null", want: all},
		"no failures":           {answer: `{"batchItemFailures":[]}`, want: all},
		"failures null":         {answer: `{"batchItemFailures":null}`, want: all},
		"another object":        {answer: `{"x":1}`, want: all},
		"one failed":            {answer: `{"batchItemFailures":[{"itemIdentifier":"b"}]}`, want: []string{"receipt-a", "receipt-c"}},
		"one failed, twice":     {answer: `{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}`, want: []string{"receipt-a", "receipt-c"}},
		"all failed":            {answer: `{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}`},
		"empty identifier":      {answer: `{"batchItemFailures":[{"itemIdentifier":""}]}`},
		"no identifier":         {answer: `{"batchItemFailures":[{"id":"a"}]}`},
		"unknown identifier":    {answer: `{"batchItemFailures":[{"itemIdentifier":"z"}]}`},
		"not JSON":              {answer: `ok`},
		"not an object":         {answer: `["a"]`},
		"function error":        {err: errors.New("crashed")},
		"reports not asked for": {answer: `{"batchItemFailures":[{"itemIdentifier":"b"}]}`, whole: true, want: all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := serve(t, !c.whole, func([]byte) ([]byte, error) { return []byte(c.answer), c.err })
			slices.Sort(q.deleted)
			if d := cmp.Diff(c.want, q.deleted); d != "" {
				t.Errorf("deleted (-want +got):\n%s", d)
			}
		})
	}
}

func TestEvent(t *testing.T) {
	t.Parallel()
	var got events.SQSEvent
	q := serve(t, true, func(p []byte) ([]byte, error) { return nil, json.Unmarshal(p, &got) })
	if len(got.Records) != 3 {
		t.Fatalf("%d records, want 3", len(got.Records))
	}
	want := events.SQSMessage{
		MessageId: "a", ReceiptHandle: "receipt-a", Body: `{"v":1}`, Md5OfBody: "md5",
		Attributes: map[string]string{"ApproximateReceiveCount": "2", "MessageGroupId": "acme"},
		MessageAttributes: map[string]events.SQSMessageAttribute{"why": {
			DataType: "String", StringValue: aws.String("because"), StringListValues: []string{}, BinaryListValues: [][]byte{},
		}},
		EventSource: "aws:sqs", EventSourceARN: "arn:queue", AWSRegion: "sa-east-1",
	}
	if d := cmp.Diff(want, got.Records[0]); d != "" {
		t.Errorf("record (-want +got):\n%s", d)
	}
	if q.asked.MaxNumberOfMessages != 10 || !slices.Contains(q.asked.MessageSystemAttributeNames, types.MessageSystemAttributeNameAll) {
		t.Errorf("asked for %d messages with %v", q.asked.MaxNumberOfMessages, q.asked.MessageSystemAttributeNames)
	}
}
