package cloud

import "time"

type receipt struct {
	QueueUrl      string
	ReceiptHandle string
}

// deleteMessage deletes by the handle of the last receive, in time or late. By
// an earlier handle the call succeeds and the message stays: SQS promises no
// more than that.
func (s *queues) deleteMessage(_ call, in receipt) (empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.delete(q, in.ReceiptHandle)
}

func (s *queues) delete(q *queue, handle string) error {
	m, current, err := q.held(handle)
	if err != nil || !current {
		return err
	}
	if err := q.forget(m); err != nil {
		return err
	}
	s.tell()
	return nil
}

type deleteEntry struct {
	Id            string
	ReceiptHandle string
}

func (e deleteEntry) id() string { return e.Id }

type deleteMessageBatchInput struct {
	QueueUrl string
	Entries  []deleteEntry
}

type doneEntry struct{ Id string }

func (s *queues) deleteMessageBatch(_ call, in deleteMessageBatchInput) (batchOutput[doneEntry], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return batchOutput[doneEntry]{}, err
	}
	if err := checkBatch(in.Entries); err != nil {
		return batchOutput[doneEntry]{}, err
	}
	return eachOf(in.Entries, func(e deleteEntry) (doneEntry, error) {
		return doneEntry{e.Id}, s.delete(q, e.ReceiptHandle)
	})
}

type visibilityInput struct {
	receipt
	VisibilityTimeout *int
}

func (s *queues) changeMessageVisibility(_ call, in visibilityInput) (empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return empty{}, err
	}
	return empty{}, s.changeVisibility(q, in.ReceiptHandle, in.VisibilityTimeout)
}

// changeVisibility lets a message in flight become visible some seconds from
// now. By a stale handle, or after the message is gone, it is an error; by the
// last handle, but too late, the call succeeds and changes nothing.
func (s *queues) changeVisibility(q *queue, handle string, timeout *int) error {
	const longest = 43200
	if timeout == nil {
		return missing(attrVisibility)
	}
	seconds, err := whole(timeout, 0, longest, attrVisibility)
	if err != nil {
		return err
	}
	m, current, err := q.held(handle)
	if err != nil {
		return err
	}
	if !current {
		return invalidValue(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.")
	}
	now := s.now()
	if !m.VisibleAt.After(now) {
		return nil
	}
	held := time.Duration(float64(now.Sub(m.LastReceived)) * s.speed)
	if held+time.Duration(seconds)*time.Second > longest*time.Second {
		return invalidValue(seconds, attrVisibility, "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].")
	}
	changed := *m
	changed.VisibleAt = s.after(seconds)
	if err := q.keep(m, changed); err != nil {
		return err
	}
	s.tell()
	return nil
}

type visibilityEntry struct {
	Id                string
	ReceiptHandle     string
	VisibilityTimeout *int
}

func (e visibilityEntry) id() string { return e.Id }

type visibilityBatchInput struct {
	QueueUrl string
	Entries  []visibilityEntry
}

func (s *queues) changeMessageVisibilityBatch(_ call, in visibilityBatchInput) (batchOutput[doneEntry], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return batchOutput[doneEntry]{}, err
	}
	if err := checkBatch(in.Entries); err != nil {
		return batchOutput[doneEntry]{}, err
	}
	return eachOf(in.Entries, func(e visibilityEntry) (doneEntry, error) {
		return doneEntry{e.Id}, s.changeVisibility(q, e.ReceiptHandle, e.VisibilityTimeout)
	})
}
