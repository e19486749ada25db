package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// The attributes that mean something here.
const (
	attrDelay      = "DelaySeconds"
	attrSize       = "MaximumMessageSize"
	attrRetention  = "MessageRetentionPeriod" // told, not acted on
	attrWait       = "ReceiveMessageWaitTimeSeconds"
	attrVisibility = "VisibilityTimeout"
	attrRedrive    = "RedrivePolicy"
)

var (
	queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

	// numeric attributes: smallest, largest, default.
	numeric = map[string][3]int{
		attrDelay:      {0, 900, 0},
		attrSize:       {1024, 1 << 20, 1 << 20},
		attrRetention:  {60, 1209600, 345600},
		attrWait:       {0, 20, 0},
		attrVisibility: {0, 43200, 30},
	}
)

// redrive says where a message goes that was received max times. Max 0: nowhere.
type redrive struct {
	target string // name of the queue
	max    int
}

// parseRedrive reads a RedrivePolicy; "" is none. maxReceiveCount may be a
// number or text, as SQS allows.
func parseRedrive(text string) (redrive, error) {
	if text == "" {
		return redrive{}, nil
	}
	var p struct {
		DeadLetterTargetArn string
		MaxReceiveCount     any
	}
	err := json.Unmarshal([]byte(text), &p)
	most, numErr := strconv.Atoi(fmt.Sprint(p.MaxReceiveCount))
	if err != nil || numErr != nil || most < 1 || most > 1000 || p.DeadLetterTargetArn == "" {
		return redrive{}, invalidValue(text, attrRedrive, "It needs a deadLetterTargetArn and a maxReceiveCount of 1 to 1000.")
	}
	arn := strings.Split(p.DeadLetterTargetArn, ":")
	return redrive{target: arn[len(arn)-1], max: most}, nil
}

// number returns a numeric attribute of the queue.
func (q *queue) number(name string) int {
	n, err := strconv.Atoi(q.Attributes[name])
	if err != nil {
		return numeric[name][2]
	}
	return n
}

// check reads attributes that a caller wants set on the queue named own. The lock must be held.
func (s *queues) check(own string, attributes map[string]string) (redrive, error) {
	for name, value := range attributes {
		limits, ok := numeric[name]
		switch {
		case name == attrRedrive:
		case !ok:
			return redrive{}, &fault{code: "InvalidAttributeName", query: "InvalidAttributeName",
				message: fmt.Sprintf("Unknown Attribute %s, or one that the local stand-in does not simulate.", clip(name))}
		default:
			n, err := strconv.Atoi(value)
			if err != nil || n < limits[0] || n > limits[1] {
				return redrive{}, &fault{code: "InvalidAttributeValue", query: "InvalidAttributeValue",
					message: fmt.Sprintf("Invalid value for the parameter %s.", name)}
			}
		}
	}
	r, err := parseRedrive(attributes[attrRedrive])
	if err != nil {
		return redrive{}, err
	}
	if _, ok := s.byName[r.target]; r.max > 0 && (!ok || r.target == own) {
		return redrive{}, invalidValue(attributes[attrRedrive], attrRedrive, "Dead letter target does not exist.")
	}
	return r, nil
}

type queueURL struct{ QueueUrl string }

func (s *queues) url(c call, name string) queueURL {
	return queueURL{c.base + "/" + path.Join(s.account, name)}
}

type createQueueInput struct {
	QueueName  string
	Attributes map[string]string
}

// createQueue makes a queue; one that exists is told again where its
// attributes agree with those asked for.
func (s *queues) createQueue(c call, in createQueueInput) (queueURL, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !queueName.MatchString(in.QueueName) {
		return queueURL{}, invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length. FIFO queues are not simulated.")
	}
	r, err := s.check(in.QueueName, in.Attributes)
	if err != nil {
		return queueURL{}, err
	}
	if q, ok := s.byName[in.QueueName]; ok {
		for name, value := range in.Attributes {
			same := q.Attributes[name] == value
			if _, ok := numeric[name]; ok && q.Attributes[name] == "" {
				same = value == strconv.Itoa(q.number(name))
			}
			if name == attrRedrive {
				same = q.redrive == r
			}
			if !same {
				return queueURL{}, &fault{code: "QueueNameExists", query: "QueueAlreadyExists",
					message: "A queue already exists with the same name and a different value for attribute " + name}
			}
		}
		return s.url(c, q.Name), nil
	}
	home := s.files.sub(in.QueueName)
	q := &queue{settings: settings{Name: in.QueueName, Created: s.now(), Attributes: in.Attributes},
		files: home.sub("messages"), messages: make(map[string]*message), redrive: r}
	if err := home.put("queue", q.settings); err != nil {
		return queueURL{}, err
	}
	s.byName[q.Name] = q
	s.tell()
	return s.url(c, q.Name), nil
}

type getQueueURLInput struct{ QueueName string }

func (s *queues) getQueueURL(c call, in getQueueURLInput) (queueURL, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.byName[in.QueueName]; !ok {
		return queueURL{}, noQueue()
	}
	return s.url(c, in.QueueName), nil
}

type setQueueAttributesInput struct {
	QueueUrl   string
	Attributes map[string]string
}

// setQueueAttributes changes what is named and leaves the rest. An empty
// RedrivePolicy ends the redrive.
func (s *queues) setQueueAttributes(_ call, in setQueueAttributesInput) (empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return empty{}, err
	}
	r, err := s.check(q.Name, in.Attributes)
	if err != nil {
		return empty{}, err
	}
	changed := q.settings
	changed.Attributes = maps.Clone(q.Attributes)
	if changed.Attributes == nil {
		changed.Attributes = make(map[string]string)
	}
	maps.Copy(changed.Attributes, in.Attributes)
	if err := s.files.sub(q.Name).put("queue", changed); err != nil {
		return empty{}, err
	}
	q.settings = changed
	if _, ok := in.Attributes[attrRedrive]; ok {
		q.redrive = r
	}
	s.tell()
	return empty{}, nil
}

type purgeQueueInput struct{ QueueUrl string }

// purgeQueue deletes every message. A crash half way leaves the rest.
func (s *queues) purgeQueue(_ call, in purgeQueueInput) (empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return empty{}, err
	}
	defer s.tell()
	for _, m := range q.messages {
		if err := q.forget(m); err != nil {
			return empty{}, err
		}
	}
	return empty{}, nil
}
