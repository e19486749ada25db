package cloud

import (
	"fmt"
	"path"
	"sync"
	"time"
)

// queues is the stand-in for SQS. One lock covers all of it: a message moves
// between queues, and nobody runs a local stack for its throughput.
type queues struct {
	region, account string
	speed           float64
	now             func() time.Time
	files           folder
	closed          <-chan struct{}

	mu      sync.Mutex
	byName  map[string]*queue
	changed chan struct{} // closed and replaced whenever a count may have changed
	order   uint64        // counts messages, to break ties of time
}

// queue is one queue. Its settings are text as the caller gave them; what they
// mean is read from the text when it is needed.
type queue struct {
	settings
	files    folder // of its messages
	messages map[string]*message
	due      schedule
	redrive  redrive
}

// settings is a queue as kept on disk, in queue.json beside its messages.
type settings struct {
	Name       string
	Created    time.Time
	Attributes map[string]string
}

func openQueues(o Options, files folder, closed <-chan struct{}) (*queues, error) {
	s := &queues{region: o.Region, account: o.AccountID, speed: o.Speed, now: o.Clock, files: files, closed: closed,
		byName: make(map[string]*queue), changed: make(chan struct{})}
	names, err := files.folders()
	if err != nil {
		return nil, fmt.Errorf("cloud: %w", err)
	}
	for _, name := range names {
		if err := s.load(name); err != nil {
			return nil, fmt.Errorf("cloud: queue %s: %w", name, err)
		}
	}
	for _, q := range s.byName {
		if _, ok := s.byName[q.redrive.target]; q.redrive.max > 0 && !ok {
			return nil, fmt.Errorf("cloud: queue %s: its dead-letter queue %s is not there", q.Name, q.redrive.target)
		}
	}
	return s, nil
}

// load reads one queue. Messages that were in flight become visible again when
// their time is over, as if the stack had run on.
func (s *queues) load(name string) error {
	home := s.files.sub(name)
	kept, err := read[settings](home)
	if err != nil {
		return err
	}
	set, ok := kept["queue"]
	if !ok {
		return nil // a crash between making the folder and the file: there is no queue
	}
	q := &queue{settings: set, files: home.sub("messages"), messages: make(map[string]*message)}
	if q.redrive, err = parseRedrive(set.Attributes[attrRedrive]); err != nil {
		return err
	}
	messages, err := read[message](q.files)
	if err != nil {
		return err
	}
	for _, m := range messages {
		s.order++
		m.order = s.order
		q.add(&m)
	}
	s.byName[name] = q
	return nil
}

func (s *queues) service() service {
	return service{name: "SQS", version: "1.0", namespace: "com.amazonaws.sqs#", messageKey: "message",
		operations: map[string]operation{
			"CreateQueue":                  op(s.createQueue),
			"GetQueueUrl":                  op(s.getQueueURL),
			"GetQueueAttributes":           op(s.getQueueAttributes),
			"SetQueueAttributes":           op(s.setQueueAttributes),
			"PurgeQueue":                   op(s.purgeQueue),
			"SendMessage":                  op(s.sendMessage),
			"SendMessageBatch":             op(s.sendMessageBatch),
			"ReceiveMessage":               op(s.receiveMessage),
			"DeleteMessage":                op(s.deleteMessage),
			"DeleteMessageBatch":           op(s.deleteMessageBatch),
			"ChangeMessageVisibility":      op(s.changeMessageVisibility),
			"ChangeMessageVisibilityBatch": op(s.changeMessageVisibilityBatch),
		}}
}

// find returns the queue of a URL. Only the last part of the URL counts, so
// that a queue is found under any name of this machine. The lock must be held.
func (s *queues) find(url string) (*queue, error) {
	if url == "" {
		return nil, missing("QueueUrl")
	}
	q, ok := s.byName[path.Base(url)]
	if !ok {
		return nil, noQueue()
	}
	return q, nil
}

// tell wakes everybody who waits for a change. The lock must be held.
func (s *queues) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// after returns the instant that lies some seconds of AWS's time ahead.
func (s *queues) after(seconds int) time.Time {
	return s.now().Add(time.Duration(float64(seconds) * float64(time.Second) / s.speed))
}

func (s *queues) arn(name string) string {
	return fmt.Sprintf("arn:aws:sqs:%s:%s:%s", s.region, s.account, name)
}
