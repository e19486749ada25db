package template

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// Queue is one SQS queue.
type Queue struct {
	ID         string
	Name       Value // absent where CloudFormation names it
	Visibility int   // seconds
	Retention  int   // seconds
	// DeadLetter is the logical id of the queue that takes what was received
	// MaxReceive times; "" where there is none.
	DeadLetter string
	MaxReceive int
}

func (t *Template) addQueue(id string, n *yaml.Node) error {
	var p struct {
		QueueName              Value `yaml:"QueueName"`
		VisibilityTimeout      Value `yaml:"VisibilityTimeout"`
		MessageRetentionPeriod Value `yaml:"MessageRetentionPeriod"`
		RedrivePolicy          struct {
			DeadLetter Value `yaml:"deadLetterTargetArn"`
			MaxReceive Value `yaml:"maxReceiveCount"`
		} `yaml:"RedrivePolicy"`
	}
	if err := n.Decode(&p); err != nil {
		return err
	}
	q := Queue{ID: id, Name: p.QueueName, DeadLetter: p.RedrivePolicy.DeadLetter.Target()}
	for _, field := range []struct {
		name      string
		to        *int
		from      Value
		otherwise int // SQS's own default
	}{
		{"VisibilityTimeout", &q.Visibility, p.VisibilityTimeout, 30},
		{"MessageRetentionPeriod", &q.Retention, p.MessageRetentionPeriod, 4 * 24 * 3600},
		{"maxReceiveCount", &q.MaxReceive, p.RedrivePolicy.MaxReceive, 0},
	} {
		var err error
		if *field.to, err = t.Int(field.from, field.otherwise); err != nil {
			return fmt.Errorf("%s: %w", field.name, err)
		}
	}
	t.Queues[id] = q
	return nil
}

func (t *Template) addQueueSource(f *Function, n *yaml.Node) error {
	var p struct {
		Queue         Value    `yaml:"Queue"`
		BatchSize     Value    `yaml:"BatchSize"`
		ResponseTypes []string `yaml:"FunctionResponseTypes"`
		Scaling       struct {
			MaximumConcurrency Value `yaml:"MaximumConcurrency"`
		} `yaml:"ScalingConfig"`
	}
	if err := n.Decode(&p); err != nil {
		return err
	}
	s := QueueSource{Queue: p.Queue.Target(), PartialFailure: slices.Contains(p.ResponseTypes, "ReportBatchItemFailures")}
	if s.Queue == "" {
		return fmt.Errorf("Queue: names no queue of the template")
	}
	var err error
	if s.BatchSize, err = t.Int(p.BatchSize, 10); err != nil {
		return fmt.Errorf("BatchSize: %w", err)
	}
	if s.MaxConcurrency, err = t.Int(p.Scaling.MaximumConcurrency, 0); err != nil {
		return fmt.Errorf("MaximumConcurrency: %w", err)
	}
	f.Queues = append(f.Queues, s)
	return nil
}
