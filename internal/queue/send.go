package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/internal/statement"
)

const (
	batchSize = 10 // most entries of a call
	// attempts bounds how often an entry is sent. With the waits between, a
	// batch that SQS throttles takes about three seconds before it is given up.
	attempts  = 6
	firstWait = 100 * time.Millisecond // doubles with every attempt
	// maxSendDelay is the longest delay that SQS takes with a message.
	maxSendDelay = 15 * time.Minute
)

// Send puts messages on the sync queue, in batches of ten, each in the message
// group of its tenant. SQS answers a batch entry by entry: only those that it
// failed on its own account are sent again, a bounded number of times.
//
// The error says how many messages were not sent, and wraps the first cause. A
// call that fails as a whole, after the SDK's own retries, ends Send: the next
// would fail as well. What was sent stays sent, and where an answer was lost a
// message may be there twice: consumers expect that.
func (q *Queue) Send(ctx context.Context, messages []statement.Message) error {
	_, err := q.SendDelayed(ctx, messages, nil)
	return err
}

// SendDelayed is Send of messages that are received only after a time: delay is
// asked once for each, and its answer rounded up to seconds and kept within 0
// and 15 minutes. nil delays none. It returns how many messages were sent,
// which with an error are some of them or none.
//
// A group does not stand in the way: only FIFO queues refuse a delay per
// message, and the group of a message on a standard queue orders nothing.
func (q *Queue) SendDelayed(ctx context.Context, messages []statement.Message, delay func(statement.Message) time.Duration) (int, error) {
	tried, lost := 0, 0
	var cause error
	for batch := range slices.Chunk(messages, batchSize) {
		failed, err := q.sendBatch(ctx, batch, delay)
		tried += len(batch)
		lost += failed
		if cause == nil {
			cause = err
		}
		if _, refused := errors.AsType[*entryError](err); err != nil && !refused {
			lost += len(messages) - tried
			break
		}
	}
	if lost > 0 {
		return len(messages) - lost, fmt.Errorf("%d of %d messages were not sent: %w", lost, len(messages), cause)
	}
	return len(messages), nil
}

// entryError is SQS's refusal of one entry of a batch.
type entryError struct {
	Code, Message string
}

// Error returns code and message.
func (e *entryError) Error() string { return e.Code + ": " + e.Message }

// sendBatch sends at most ten messages and returns how many were not sent, and
// why: an *entryError, or the error of a whole call.
func (q *Queue) sendBatch(ctx context.Context, batch []statement.Message, delay func(statement.Message) time.Duration) (int, error) {
	entries := make([]types.SendMessageBatchRequestEntry, len(batch))
	for i, m := range batch {
		body, err := json.Marshal(m)
		if err != nil {
			return len(batch), err
		}
		entries[i] = types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)),
			MessageBody: aws.String(string(body)), MessageGroupId: aws.String(string(m.Tenant))}
		if delay != nil {
			entries[i].DelaySeconds = wholeSeconds(delay(m), maxSendDelay)
		}
	}
	refused := 0
	var cause error
	for attempt := range attempts {
		if err := wait(ctx, attempt); err != nil {
			return refused + len(entries), errors.Join(err, cause)
		}
		out, err := q.client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &q.syncURL, Entries: entries})
		if err != nil {
			return refused + len(entries), err
		}
		again := make(map[string]bool)
		for _, f := range out.Failed {
			cause = &entryError{aws.ToString(f.Code), aws.ToString(f.Message)}
			if f.SenderFault { // the same would be refused again
				refused++
			} else {
				again[aws.ToString(f.Id)] = true
			}
		}
		entries = slices.DeleteFunc(entries, func(e types.SendMessageBatchRequestEntry) bool { return !again[*e.Id] })
		if len(entries) == 0 {
			break
		}
	}
	if refused+len(entries) == 0 {
		return 0, nil
	}
	return refused + len(entries), cause
}

// wait lets the time before an attempt pass: none before the first, then a
// random part of a span that doubles, so that senders do not come back together.
func wait(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return nil
	}
	span := firstWait << (attempt - 1)
	timer := time.NewTimer(span/2 + statement.Jitter(ctx, span/2, rand.N[time.Duration]))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
