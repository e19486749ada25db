// Package queue sends sync messages over AWS SQS, and acts on those received:
// Send puts messages on the sync queue and SendDelayed spreads them over time,
// Delay puts one off, Reject sets one aside in the dead-letter queue. Receiving
// and deleting are Lambda's.
package queue

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	// maxDelay is the longest visibility timeout of SQS.
	maxDelay = 12 * time.Hour
	// maxReason bounds the reason of a rejection, in characters.
	maxReason = 256
	// maxRejected bounds a rejected body, in bytes, with room for the
	// attributes under the limit of 256 KiB that queues made before 2025 keep.
	// A message of ours has less than 1 KiB.
	maxRejected = 255 << 10
)

// Queue is the sync queue and its dead-letter queue. It is safe for use by
// several goroutines.
type Queue struct {
	client  *sqs.Client
	syncURL string
	dlqURL  string
}

// New returns the queue of two URLs. One that its user does not need may be "".
func New(client *sqs.Client, syncURL, dlqURL string) *Queue {
	return &Queue{client: client, syncURL: syncURL, dlqURL: dlqURL}
}

// Delay lets a message in flight come back a time from now, which is rounded
// up to seconds and kept within 0 and 12 hours. SQS allows 12 hours since the
// message was received in all, and refuses more. The count of receives goes on.
func (q *Queue) Delay(ctx context.Context, receiptHandle string, d time.Duration) error {
	seconds := wholeSeconds(d, maxDelay)
	_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.syncURL, ReceiptHandle: &receiptHandle, VisibilityTimeout: seconds})
	if err != nil {
		return fmt.Errorf("delay a message by %d s: %w", seconds, err)
	}
	return nil
}

// wholeSeconds rounds up to seconds, within 0 and a most.
func wholeSeconds(d, most time.Duration) int32 {
	return int32((min(max(d, 0), most) + time.Second - 1) / time.Second)
}

// Reject puts a body into the dead-letter queue, with the reason why in the
// message attribute "reason", cut to 256 characters. A body above 255 KiB is cut,
// and the attribute "body_bytes" then tells its size. The caller acknowledges
// the message only after Reject succeeded: a crash between leaves it in both
// queues, and it is rejected once more.
func (q *Queue) Reject(ctx context.Context, body string, why string) error {
	attributes := map[string]types.MessageAttributeValue{"reason": attribute("String", orElse(cutRunes(clean(why), maxReason), "unspecified"))}
	if len(body) > maxRejected {
		attributes["body_bytes"] = attribute("Number", fmt.Sprint(len(body)))
		body = cutBytes(body, maxRejected)
	}
	_, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &q.dlqURL, MessageBody: aws.String(orElse(clean(body), "(empty)")), MessageAttributes: attributes})
	if err != nil {
		return fmt.Errorf("reject a message: %w", err)
	}
	return nil
}

func attribute(kind, text string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: &kind, StringValue: &text}
}

// orElse returns s, or another text where s is empty, which SQS refuses.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// clean replaces what SQS does not take as text. A question mark has one byte,
// so that nothing grows.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0xFFFE, r == 0xFFFF:
			return '?'
		}
		return r
	}, s)
}

// cutRunes cuts s to n characters.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// cutBytes cuts s to at most n bytes, between two characters.
func cutBytes(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
