package cloud

import (
	"container/heap"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

type receiveMessageInput struct {
	QueueUrl                    string
	AttributeNames              []string // the older name of the next
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
}

type received struct {
	MessageId              string
	ReceiptHandle          string
	Body                   string
	MD5OfBody              string
	Attributes             map[string]string    `json:",omitempty"`
	MessageAttributes      map[string]attribute `json:",omitempty"`
	MD5OfMessageAttributes string               `json:",omitempty"`
}

type receiveMessageOutput struct {
	Messages []received `json:",omitempty"`
}

// receiveMessage answers as soon as there is a message, and without one when
// the wait is over, the caller has gone or the stand-in closes.
func (s *queues) receiveMessage(c call, in receiveMessageInput) (receiveMessageOutput, error) {
	most := 1
	if in.MaxNumberOfMessages != nil {
		most = *in.MaxNumberOfMessages
	}
	if most < 1 || most > 10 {
		return receiveMessageOutput{}, invalidValue(most, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
	}
	var end time.Time
	for c.ctx.Err() == nil { // nobody would get what is taken for a caller who has gone
		s.mu.Lock()
		got, wait, next, err := s.take(in, most)
		changed := s.changed
		s.mu.Unlock()
		if end.IsZero() {
			end = time.Now().Add(wait)
		}
		left := time.Until(end)
		if err != nil || len(got.Messages) > 0 || left <= 0 {
			return got, err
		}
		if next > 0 {
			left = min(left, next)
		}
		if !s.pause(c.ctx, left, changed) {
			break
		}
	}
	return receiveMessageOutput{}, nil
}

// pause waits for a time or for a change, and reports whether the caller still
// waits for an answer.
func (s *queues) pause(ctx context.Context, d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-ctx.Done():
		return false
	case <-s.closed:
		return false
	}
	return true
}

// take receives up to most messages that are visible now. Where there are
// none, wait is how long the caller wants to wait in all, and next how long
// until one becomes visible by itself (0: none will). The lock must be held.
func (s *queues) take(in receiveMessageInput, most int) (out receiveMessageOutput, wait, next time.Duration, err error) {
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return out, 0, 0, err
	}
	visibility, err := whole(in.VisibilityTimeout, q.number(attrVisibility), 43200, attrVisibility)
	if err != nil {
		return out, 0, 0, err
	}
	seconds, err := whole(in.WaitTimeSeconds, q.number(attrWait), 20, "WaitTimeSeconds")
	if err != nil {
		return out, 0, 0, err
	}
	now := s.now()
	taken := make([]*message, 0, most)
	// A message taken is out of the schedule until all are: with a visibility
	// of 0 it would come up again in the same answer.
	defer func() {
		for _, m := range taken {
			heap.Push(&q.due, m)
		}
		if len(taken) > 0 {
			s.tell()
		}
	}()
	for len(taken) < most && len(q.due) > 0 && !q.due[0].VisibleAt.After(now) {
		m := q.due[0]
		if q.redrive.max > 0 && m.Received >= q.redrive.max {
			if err := s.bury(q, m, now); err != nil {
				return receiveMessageOutput{}, 0, 0, err
			}
			continue
		}
		changed := *m
		changed.Received++
		changed.InFlight = true
		changed.LastReceived = now
		if changed.FirstReceived.IsZero() {
			changed.FirstReceived = now
		}
		changed.VisibleAt = s.after(visibility)
		if err := q.files.put(m.ID, changed); err != nil {
			return receiveMessageOutput{}, 0, 0, err
		}
		heap.Pop(&q.due)
		*m = changed
		taken = append(taken, m)
		out.Messages = append(out.Messages, m.show(q, in))
	}
	if len(taken) == 0 && len(q.due) > 0 {
		next = q.due[0].VisibleAt.Sub(now)
	}
	return out, time.Duration(seconds) * time.Second, next, nil
}

// bury moves a message that was received too often to the dead-letter queue,
// where it is visible at once. A crash between the two writes leaves it in
// both queues, never in neither.
func (s *queues) bury(q *queue, m *message, now time.Time) error {
	target := s.byName[q.redrive.target]
	moved := *m
	moved.VisibleAt, moved.InFlight, moved.Source = now, false, s.arn(q.Name)
	if err := target.files.put(m.ID, moved); err != nil {
		return err
	}
	if err := q.forget(m); err != nil {
		return err
	}
	target.add(&moved)
	s.tell()
	return nil
}

// show returns a message as a receiver asked for it.
func (m *message) show(q *queue, in receiveMessageInput) received {
	all := map[string]string{
		"SenderId":                         "local",
		"SentTimestamp":                    strconv.FormatInt(m.Sent.UnixMilli(), 10),
		"ApproximateReceiveCount":          fmt.Sprint(m.Received),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstReceived.UnixMilli(), 10),
	}
	if m.Group != "" {
		all["MessageGroupId"] = m.Group
	}
	if m.Source != "" {
		all["DeadLetterQueueSourceArn"] = m.Source
	}
	names := slices.Concat(in.AttributeNames, in.MessageSystemAttributeNames)
	for name := range all {
		if !slices.Contains(names, "All") && !slices.Contains(names, name) {
			delete(all, name)
		}
	}
	attributes := chosen(m.Attributes, in.MessageAttributeNames)
	return received{MessageId: m.ID, ReceiptHandle: m.handle(q.Name), Body: m.Body, MD5OfBody: sum(m.Body), Attributes: all,
		MessageAttributes: attributes, MD5OfMessageAttributes: sumAttributes(attributes)}
}
