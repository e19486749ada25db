package cloud

import (
	"fmt"
	"strconv"
	"time"
)

// Depth is how many messages a queue holds, by what they wait for.
type Depth struct {
	Visible  int // waiting to be received
	Delayed  int // sent with a delay that is not over
	InFlight int // received, and neither deleted nor timed out
}

// Total returns the number of messages.
func (d Depth) Total() int { return d.Visible + d.Delayed + d.InFlight }

// Depths returns the depth of every queue by its name, and a channel that is
// closed at the next call that changes one: look, and where it is not yet what
// you wait for, wait for the channel and look again. Time alone moves a
// message from Delayed or InFlight to Visible and closes nothing; it never
// changes a Total.
func (c *Cloud) Depths() (map[string]Depth, <-chan struct{}) {
	s := c.queues
	s.mu.Lock()
	defer s.mu.Unlock()
	depths := make(map[string]Depth, len(s.byName))
	for name, q := range s.byName {
		depths[name] = q.depth(s.now())
	}
	return depths, s.changed
}

func (q *queue) depth(now time.Time) Depth {
	var d Depth
	for _, m := range q.messages {
		switch {
		case !m.VisibleAt.After(now):
			d.Visible++
		case m.InFlight:
			d.InFlight++
		default:
			d.Delayed++
		}
	}
	return d
}

type getQueueAttributesInput struct {
	QueueUrl       string
	AttributeNames []string
}

type getQueueAttributesOutput struct {
	Attributes map[string]string `json:",omitempty"`
}

func (s *queues) getQueueAttributes(_ call, in getQueueAttributesInput) (getQueueAttributesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(in.QueueUrl)
	if err != nil {
		return getQueueAttributesOutput{}, err
	}
	d := q.depth(s.now())
	all := map[string]string{
		"QueueArn":                              s.arn(q.Name),
		"CreatedTimestamp":                      strconv.FormatInt(q.Created.Unix(), 10),
		"ApproximateNumberOfMessages":           strconv.Itoa(d.Visible),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(d.Delayed),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(d.InFlight),
	}
	for name := range numeric {
		all[name] = strconv.Itoa(q.number(name))
	}
	if q.redrive.max > 0 {
		all[attrRedrive] = fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, s.arn(q.redrive.target), q.redrive.max)
	}
	out := getQueueAttributesOutput{Attributes: make(map[string]string)}
	for _, name := range in.AttributeNames {
		if name == "All" {
			return getQueueAttributesOutput{Attributes: all}, nil
		}
		value, ok := all[name]
		if !ok && name != attrRedrive {
			return getQueueAttributesOutput{}, &fault{code: "InvalidAttributeName", query: "InvalidAttributeName",
				message: fmt.Sprintf("Unknown Attribute %s.", clip(name))}
		}
		if ok {
			out.Attributes[name] = value
		}
	}
	return out, nil
}
