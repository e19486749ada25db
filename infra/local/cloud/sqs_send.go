package cloud

import (
	"regexp"

	"github.com/google/uuid"
)

var groupID = regexp.MustCompile("^[A-Za-z0-9!\"#$%&'()*+,./:;<=>?@\\[\\\\\\]^_`{|}~-]{1,128}$")

// outgoing is a message to be sent, alone or in a batch.
type outgoing struct {
	MessageBody             string
	DelaySeconds            *int
	MessageAttributes       map[string]attribute
	MessageGroupId          *string
	MessageDeduplicationId  *string
	MessageSystemAttributes map[string]any
}

func (o outgoing) size() int {
	n := len(o.MessageBody)
	for name, a := range o.MessageAttributes {
		n += len(name) + a.size()
	}
	return n
}

// check says what SQS would refuse the message for.
func (o outgoing) check(q *queue) error {
	switch {
	case o.MessageBody == "":
		return missing("MessageBody")
	case !validText(o.MessageBody):
		return badContents()
	case o.size() > q.number(attrSize):
		return invalid("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", q.number(attrSize))
	case o.MessageGroupId != nil && !groupID.MatchString(*o.MessageGroupId):
		return invalidValue(clip(*o.MessageGroupId), "MessageGroupId",
			"MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.")
	case o.MessageDeduplicationId != nil:
		return invalidValue(clip(*o.MessageDeduplicationId), "MessageDeduplicationId",
			"The request includes a parameter that is not valid for this queue type.")
	case len(o.MessageSystemAttributes) > 0:
		return unsupported("MessageSystemAttributes")
	}
	if _, err := whole(o.DelaySeconds, 0, 900, attrDelay); err != nil {
		return err
	}
	return checkAttributes(o.MessageAttributes)
}

type sendMessageInput struct {
	QueueUrl string
	outgoing
}

type sent struct {
	MessageId              string
	MD5OfMessageBody       string
	MD5OfMessageAttributes string `json:",omitempty"`
}

func (s *queues) sendMessage(_ call, in sendMessageInput) (sent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return sent{}, err
	}
	return s.send(q, in.outgoing)
}

// send checks and keeps one message. The lock must be held.
func (s *queues) send(q *queue, o outgoing) (sent, error) {
	if err := o.check(q); err != nil {
		return sent{}, err
	}
	delay := q.number(attrDelay)
	if o.DelaySeconds != nil {
		delay = *o.DelaySeconds
	}
	s.order++
	m := &message{ID: uuid.NewString(), Body: o.MessageBody, Attributes: o.MessageAttributes,
		Sent: s.now(), VisibleAt: s.after(delay), order: s.order}
	if o.MessageGroupId != nil {
		m.Group = *o.MessageGroupId
	}
	if err := q.files.put(m.ID, m); err != nil {
		return sent{}, err
	}
	q.add(m)
	s.tell()
	return sent{m.ID, sum(m.Body), sumAttributes(m.Attributes)}, nil
}

type sendEntry struct {
	Id string
	outgoing
}

func (e sendEntry) id() string { return e.Id }

type sendMessageBatchInput struct {
	QueueUrl string
	Entries  []sendEntry
}

type sentEntry struct {
	Id string
	sent
}

// sendMessageBatch sends what can be sent and says of the rest why not.
func (s *queues) sendMessageBatch(_ call, in sendMessageBatchInput) (batchOutput[sentEntry], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return batchOutput[sentEntry]{}, err
	}
	if err := checkBatch(in.Entries); err != nil {
		return batchOutput[sentEntry]{}, err
	}
	size := 0
	for _, e := range in.Entries {
		size += e.size()
	}
	if most := numeric[attrSize][1]; size > most {
		return batchOutput[sentEntry]{}, &fault{code: "BatchRequestTooLong", query: "AWS.SimpleQueueService.BatchRequestTooLong",
			message: "Batch requests cannot be longer than 1048576 bytes."}
	}
	return eachOf(in.Entries, func(e sendEntry) (sentEntry, error) {
		done, err := s.send(q, e.outgoing)
		return sentEntry{e.Id, done}, err
	})
}
