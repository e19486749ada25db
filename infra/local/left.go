package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/infra/local/controls"
)

// left counts what is left to do. Functions are counted before the queues and
// after: what one of them put on a queue meanwhile is seen either way.
func (s *stack) left(ctx context.Context) (controls.Left, error) {
	var l controls.Left
	count := func() {
		for _, p := range s.pools {
			l.Running += p.Running()
		}
	}
	count()
	for _, f := range s.template.Functions {
		for _, source := range f.Queues {
			waiting, err := s.depth(ctx, source.Queue)
			if err != nil {
				return l, err
			}
			l.Waiting, l.Delayed, l.InFlight = l.Waiting+waiting[0], l.Delayed+waiting[1], l.InFlight+waiting[2]
			if dead := s.template.Queues[source.Queue].DeadLetter; dead != "" {
				letters, err := s.depth(ctx, dead)
				if err != nil {
					return l, err
				}
				l.DeadLetter += letters[0] + letters[1] + letters[2]
			}
		}
	}
	if l.Running == 0 {
		count()
	}
	return l, nil
}

// depth returns how many messages of a queue wait, are delayed and in flight.
func (s *stack) depth(ctx context.Context, id string) (n [3]int, err error) {
	url := s.aws.queues[id].URL
	names := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	}
	got, err := s.aws.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: names})
	if err != nil {
		return n, fmt.Errorf("ask for the depth of %s: %w", id, err)
	}
	for i, name := range names {
		n[i], _ = strconv.Atoi(got.Attributes[string(name)])
	}
	return n, nil
}
