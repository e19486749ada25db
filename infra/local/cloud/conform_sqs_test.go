package cloud_test

import (
	"crypto/md5"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// apiCode returns the code of an API error in the older query protocol, by
// which errors without a type of their own are told apart.
func apiCode(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

// newQueue makes a queue of a fresh name and returns its URL.
func newQueue(t *testing.T, c *sqs.Client, attributes map[string]string) string {
	t.Helper()
	out := must(c.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("test-" + rand.Text()), Attributes: attributes}))(t)
	return *out.QueueUrl
}

func attributesOf(t *testing.T, c *sqs.Client, url string, names ...types.QueueAttributeName) map[string]string {
	t.Helper()
	return must(c.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: names}))(t).Attributes
}

func send(t *testing.T, c *sqs.Client, url, body string) {
	t.Helper()
	must(c.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body}))(t)
}

func receive(t *testing.T, c *sqs.Client, url string) []types.Message {
	t.Helper()
	return must(c.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}, MessageAttributeNames: []string{"All"}}))(t).Messages
}

func bodies(messages []types.Message) []string {
	var all []string
	for _, m := range messages {
		all = append(all, *m.Body)
	}
	slices.Sort(all)
	return all
}

func show(t *testing.T, c *sqs.Client, url string, m types.Message, seconds int32) {
	t.Helper()
	must(c.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &url, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: seconds}))(t)
}

func conformQueues(t *testing.T, c *sqs.Client) {
	t.Run("queue", func(t *testing.T) { t.Parallel(); conformQueue(t, c) })
	t.Run("message", func(t *testing.T) { t.Parallel(); conformMessage(t, c) })
	t.Run("batch", func(t *testing.T) { t.Parallel(); conformBatch(t, c) })
	t.Run("refusals", func(t *testing.T) { t.Parallel(); conformRefusals(t, c) })
	t.Run("redrive", func(t *testing.T) { t.Parallel(); conformRedrive(t, c) })
	t.Run("handles", func(t *testing.T) { t.Parallel(); conformHandles(t, c) })
}

func conformQueue(t *testing.T, c *sqs.Client) {
	ctx := t.Context()
	name := "test-" + rand.Text()
	in := &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{"VisibilityTimeout": "1860"}}
	made := must(c.CreateQueue(ctx, in))(t)
	again := must(c.CreateQueue(ctx, in))(t)
	found := must(c.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &name}))(t)
	if *made.QueueUrl != *again.QueueUrl || *made.QueueUrl != *found.QueueUrl || !strings.HasSuffix(*made.QueueUrl, "/"+name) {
		t.Errorf("queue URLs differ: made %s, made again %s, found %s", *made.QueueUrl, *again.QueueUrl, *found.QueueUrl)
	}
	in.Attributes = map[string]string{"VisibilityTimeout": "60"}
	_, err := c.CreateQueue(ctx, in)
	fails[*types.QueueNameExists](t, "create with other attributes", err)

	got := attributesOf(t, c, *made.QueueUrl, "All")
	if !strings.HasPrefix(got["QueueArn"], "arn:aws:sqs:") || !strings.HasSuffix(got["QueueArn"], ":"+name) {
		t.Errorf("QueueArn is %q", got["QueueArn"])
	}
	got = attributesOf(t, c, *made.QueueUrl, "VisibilityTimeout", "DelaySeconds", "ApproximateNumberOfMessages", "RedrivePolicy")
	want := map[string]string{"VisibilityTimeout": "1860", "DelaySeconds": "0", "ApproximateNumberOfMessages": "0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("attributes (-want +got):\n%s", d)
	}
	must(c.SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: made.QueueUrl, Attributes: map[string]string{"VisibilityTimeout": "7"}}))(t)
	if got := attributesOf(t, c, *made.QueueUrl, "VisibilityTimeout"); got["VisibilityTimeout"] != "7" {
		t.Errorf("after SetQueueAttributes: %v", got)
	}
	send(t, c, *made.QueueUrl, "gone soon")
	must(c.PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: made.QueueUrl}))(t)
	if left := receive(t, c, *made.QueueUrl); len(left) != 0 {
		t.Errorf("%d messages after PurgeQueue", len(left))
	}
}

func conformMessage(t *testing.T, c *sqs.Client) {
	ctx := t.Context()
	url := newQueue(t, c, nil)
	attributes := map[string]types.MessageAttributeValue{
		"reason": {DataType: aws.String("String"), StringValue: aws.String("corpo não é JSON")},
		"Bytes":  {DataType: aws.String("Number"), StringValue: aws.String("42")},
		"raw":    {DataType: aws.String("Binary.sum"), BinaryValue: []byte{0, 255}},
	}
	body := "{\"descrição\":\"<Pix> & \\u00e7 \U0001F4B8\"}\n"
	sent := must(c.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body,
		MessageAttributes: attributes, MessageGroupId: aws.String("tenant_1-A")}))(t)
	got := receive(t, c, url)
	if len(got) != 1 {
		t.Fatalf("received %d messages, want 1", len(got))
	}
	m := got[0]
	if *m.Body != body || *m.MessageId != *sent.MessageId || aws.ToString(m.MD5OfBody) != aws.ToString(sent.MD5OfMessageBody) {
		t.Errorf("received %q (%s), want %q (%s)", *m.Body, *m.MessageId, body, *sent.MessageId)
	}
	if d := cmp.Diff(attributes, m.MessageAttributes, cmp.Comparer(sameValue)); d != "" {
		t.Errorf("attributes (-want +got):\n%s", d)
	}
	// As the SQS developer guide has it: by name, every part after its length;
	// 1 before text, 2 before bytes. "não" and "é" have two bytes a letter.
	digest := fmt.Sprintf("%x", md5.Sum([]byte("\x00\x00\x00\x05Bytes\x00\x00\x00\x06Number\x01\x00\x00\x00\x0242"+
		"\x00\x00\x00\x03raw\x00\x00\x00\x0aBinary.sum\x02\x00\x00\x00\x02\x00\xff"+
		"\x00\x00\x00\x06reason\x00\x00\x00\x06String\x01\x00\x00\x00\x12corpo não é JSON")))
	if a, b := aws.ToString(sent.MD5OfMessageAttributes), aws.ToString(m.MD5OfMessageAttributes); a != digest || b != digest {
		t.Errorf("digest of the attributes: sent %q, received %q, want %q", a, b, digest)
	}
	if m.Attributes["ApproximateReceiveCount"] != "1" || m.Attributes["MessageGroupId"] != "tenant_1-A" ||
		len(m.Attributes["SentTimestamp"]) != 13 || len(m.Attributes["ApproximateFirstReceiveTimestamp"]) != 13 {
		t.Errorf("system attributes: %v", m.Attributes)
	}
	if again := receive(t, c, url); len(again) != 0 {
		t.Errorf("a message in flight was received again")
	}
	counts := attributesOf(t, c, url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
	want := map[string]string{"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "1", "ApproximateNumberOfMessagesDelayed": "0"}
	if d := cmp.Diff(want, counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
	must(c.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle}))(t)
	if got := attributesOf(t, c, url, "ApproximateNumberOfMessagesNotVisible"); got["ApproximateNumberOfMessagesNotVisible"] != "0" {
		t.Errorf("after the delete: %v", got)
	}
}

func sameValue(a, b types.MessageAttributeValue) bool {
	return aws.ToString(a.DataType) == aws.ToString(b.DataType) && aws.ToString(a.StringValue) == aws.ToString(b.StringValue) &&
		string(a.BinaryValue) == string(b.BinaryValue)
}

func entry(id, body string) types.SendMessageBatchRequestEntry {
	return types.SendMessageBatchRequestEntry{Id: &id, MessageBody: &body, MessageGroupId: aws.String("t")}
}

func conformBatch(t *testing.T, c *sqs.Client) {
	ctx := t.Context()
	url := newQueue(t, c, nil)
	var entries []types.SendMessageBatchRequestEntry
	var want []string
	for i := range 10 {
		entries = append(entries, entry(fmt.Sprint(i), fmt.Sprint("body ", i)))
		want = append(want, fmt.Sprint("body ", i))
	}
	out := must(c.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &url, Entries: entries}))(t)
	if len(out.Successful) != 10 || len(out.Failed) != 0 {
		t.Fatalf("%d sent, %d failed", len(out.Successful), len(out.Failed))
	}
	got := receive(t, c, url)
	if d := cmp.Diff(want, bodies(got)); d != "" {
		t.Fatalf("received (-want +got):\n%s", d)
	}
	var visible []types.ChangeMessageVisibilityBatchRequestEntry
	for i, m := range got {
		visible = append(visible, types.ChangeMessageVisibilityBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), ReceiptHandle: m.ReceiptHandle})
	}
	visible[9].VisibilityTimeout = 43201
	changed := must(c.ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &url, Entries: visible}))(t)
	if len(changed.Successful) != 9 || len(changed.Failed) != 1 || *changed.Failed[0].Id != "9" || !changed.Failed[0].SenderFault {
		t.Errorf("visibility batch: %d changed, failed: %v", len(changed.Successful), changed.Failed)
	}
	again := receive(t, c, url)
	if len(again) != 9 {
		t.Fatalf("received %d messages again, want 9", len(again))
	}
	var gone []types.DeleteMessageBatchRequestEntry
	for i, m := range append(again, types.Message{ReceiptHandle: aws.String("no handle")}) {
		gone = append(gone, types.DeleteMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), ReceiptHandle: m.ReceiptHandle})
	}
	deleted := must(c.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &url, Entries: gone}))(t)
	if len(deleted.Successful) != 9 || len(deleted.Failed) != 1 || *deleted.Failed[0].Id != "9" || *deleted.Failed[0].Code != "ReceiptHandleIsInvalid" {
		t.Errorf("delete batch: %d deleted, failed: %v", len(deleted.Successful), deleted.Failed)
	}
}

func conformRefusals(t *testing.T, c *sqs.Client) {
	ctx := t.Context()
	url := newQueue(t, c, nil)
	nowhere := url + "-nowhere"
	_, err := c.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String("test-" + rand.Text())})
	fails[*types.QueueDoesNotExist](t, "GetQueueUrl", err)
	_, err = c.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &nowhere, MessageBody: aws.String("x")})
	fails[*types.QueueDoesNotExist](t, "SendMessage", err)
	if got, want := apiCode(err), "AWS.SimpleQueueService.NonExistentQueue"; got != want {
		t.Errorf("code of the query protocol is %q, want %q", got, want)
	}
	_, err = c.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("a\x01b")})
	fails[*types.InvalidMessageContents](t, "a control character", err)
	_, err = c.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 11})
	if apiCode(err) != "InvalidParameterValue" {
		t.Errorf("receive 11: %v", err)
	}
	_, err = c.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: aws.String("no handle")})
	fails[*types.ReceiptHandleIsInvalid](t, "a handle that was never given", err)
	_, err = c.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"Colour"}})
	fails[*types.InvalidAttributeName](t, "an unknown attribute", err)

	batch := func(entries ...types.SendMessageBatchRequestEntry) error {
		_, err := c.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &url, Entries: entries})
		return err
	}
	fails[*types.EmptyBatchRequest](t, "an empty batch", batch([]types.SendMessageBatchRequestEntry{}...))
	fails[*types.BatchEntryIdsNotDistinct](t, "twice the same id", batch(entry("a", "x"), entry("a", "y")))
	fails[*types.InvalidBatchEntryId](t, "an id with a space", batch(entry("a b", "x")))
	var eleven []types.SendMessageBatchRequestEntry
	for i := range 11 {
		eleven = append(eleven, entry(fmt.Sprint(i), "x"))
	}
	fails[*types.TooManyEntriesInBatchRequest](t, "eleven entries", batch(eleven...))
	half := strings.Repeat("x", 1<<19)
	fails[*types.BatchRequestTooLong](t, "a batch above 1 MiB", batch(entry("a", half), entry("b", half+"x")))
	if err := batch(entry("a", half), entry("b", half)); err != nil {
		t.Errorf("a batch of 1 MiB: %v", err)
	}
}

func conformRedrive(t *testing.T, c *sqs.Client) {
	dead := newQueue(t, c, nil)
	arn := attributesOf(t, c, dead, "QueueArn")["QueueArn"]
	url := newQueue(t, c, map[string]string{"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":"2"}`, arn)})
	policy := attributesOf(t, c, url, "RedrivePolicy")
	if got := slices.Collect(maps.Values(policy)); len(got) != 1 || !strings.Contains(got[0], arn) {
		t.Errorf("RedrivePolicy is %v", policy)
	}
	send(t, c, url, "poison")
	for i := range 2 {
		got := receive(t, c, url)
		if len(got) != 1 || got[0].Attributes["ApproximateReceiveCount"] != fmt.Sprint(i+1) {
			t.Fatalf("receive %d: %v", i+1, got)
		}
		show(t, c, url, got[0], 0)
		if i == 0 && len(receive(t, c, dead)) != 0 {
			t.Fatal("moved to the dead-letter queue before the last receive")
		}
	}
	if got := receive(t, c, url); len(got) != 0 {
		t.Fatalf("received more often than maxReceiveCount: %v", got)
	}
	if got := receive(t, c, dead); len(got) != 1 || *got[0].Body != "poison" {
		t.Errorf("in the dead-letter queue: %v", bodies(got))
	}
	_, err := c.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("test-" + rand.Text()),
		Attributes: map[string]string{"RedrivePolicy": fmt.Sprintf(`{"deadLetterTargetArn":"%s-nowhere","maxReceiveCount":2}`, arn)}})
	if err == nil {
		t.Error("a dead-letter queue that is not there was accepted")
	}
}

func conformHandles(t *testing.T, c *sqs.Client) {
	ctx := t.Context()
	url := newQueue(t, c, nil)
	send(t, c, url, "one")
	first := receive(t, c, url)[0]
	show(t, c, url, first, 0)
	second := receive(t, c, url)[0]
	if *first.ReceiptHandle == *second.ReceiptHandle {
		t.Error("two receives gave the same handle")
	}
	must(c.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: second.ReceiptHandle}))(t)
	// Deleting what is gone succeeds.
	must(c.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: second.ReceiptHandle}))(t)
	_, err := c.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &url, ReceiptHandle: second.ReceiptHandle, VisibilityTimeout: 5})
	if err == nil {
		t.Error("the visibility of a deleted message was changed")
	}
}
