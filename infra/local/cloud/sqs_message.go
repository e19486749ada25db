package cloud

import (
	"container/heap"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// message is one message, as kept on disk too.
type message struct {
	ID            string
	Body          string
	Attributes    map[string]attribute `json:",omitempty"`
	Group         string               `json:",omitempty"`
	Source        string               `json:",omitempty"` // ARN of the queue it was redriven from
	Sent          time.Time
	FirstReceived time.Time
	LastReceived  time.Time
	Received      int // over all queues, as SQS counts
	VisibleAt     time.Time
	InFlight      bool // received here and neither deleted nor timed out, if VisibleAt is ahead

	order uint64
	place int // in the schedule
}

// handle returns the receipt handle of the last receive from a queue.
func (m *message) handle(queue string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s/%s/%d", queue, m.ID, m.Received))
}

// held returns the message of a receipt handle, and nil where it is gone. The
// handle of an earlier receive is stale: current is false.
func (q *queue) held(handle string) (m *message, current bool, err error) {
	if handle == "" {
		return nil, false, missing("ReceiptHandle")
	}
	text, err := base64.RawURLEncoding.DecodeString(handle)
	part := strings.Split(string(text), "/")
	if err != nil || len(part) != 3 || part[0] != q.Name {
		return nil, false, &fault{code: "ReceiptHandleIsInvalid", query: "ReceiptHandleIsInvalid", status: 404,
			message: "The input receipt handle is invalid."}
	}
	m = q.messages[part[1]]
	return m, m != nil && m.handle(q.Name) == handle, nil
}

// add puts a message into the queue in memory.
func (q *queue) add(m *message) {
	q.messages[m.ID] = m
	heap.Push(&q.due, m)
}

// drop takes a message out of the queue in memory.
func (q *queue) drop(m *message) {
	delete(q.messages, m.ID)
	heap.Remove(&q.due, m.place)
}

// keep makes a changed copy of a message durable and then the message. Where
// it fails, nothing has changed.
func (q *queue) keep(m *message, changed message) error {
	if err := q.files.put(m.ID, changed); err != nil {
		return err
	}
	*m = changed
	heap.Fix(&q.due, m.place)
	return nil
}

// forget deletes a message for good.
func (q *queue) forget(m *message) error {
	if err := q.files.remove(m.ID); err != nil {
		return err
	}
	q.drop(m)
	return nil
}

// schedule is a heap of messages, the first to become visible on top.
type schedule []*message

func (s schedule) Len() int { return len(s) }

func (s schedule) Less(i, j int) bool {
	a, b := s[i], s[j]
	if c := a.VisibleAt.Compare(b.VisibleAt); c != 0 {
		return c < 0
	}
	if c := a.Sent.Compare(b.Sent); c != 0 {
		return c < 0
	}
	return a.order < b.order
}

func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].place, s[j].place = i, j
}

func (s *schedule) Push(x any) {
	m := x.(*message)
	m.place = len(*s)
	*s = append(*s, m)
}

func (s *schedule) Pop() any {
	last := len(*s) - 1
	m := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	return m
}
