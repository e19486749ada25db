package template

import (
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// Function is one Lambda function with what invokes it.
type Function struct {
	ID       string // logical id
	Name     Value  // FunctionName, absent where CloudFormation names it
	Timeout  int    // seconds
	Memory   int    // MB
	Reserved int    // ReservedConcurrentExecutions, 0 where none
	// Environment holds the function's variables and the global ones.
	Environment map[string]Value
	Queues      []QueueSource
	Schedules   []Schedule
}

// QueueSource is an SQS event source of a function.
type QueueSource struct {
	Queue          string // logical id
	BatchSize      int
	MaxConcurrency int  // 0 where not limited
	PartialFailure bool // ReportBatchItemFailures
}

// Schedule is a time at which EventBridge invokes a function.
type Schedule struct {
	ID         string // the event's name in the function
	Expression string
	Timezone   string // "" is UTC
	Input      Value
}

type functionProperties struct {
	FunctionName                 Value `yaml:"FunctionName"`
	Timeout                      Value `yaml:"Timeout"`
	MemorySize                   Value `yaml:"MemorySize"`
	ReservedConcurrentExecutions Value `yaml:"ReservedConcurrentExecutions"`
	Environment                  struct {
		Variables map[string]Value `yaml:"Variables"`
	} `yaml:"Environment"`
	Events map[string]struct {
		Type       string    `yaml:"Type"`
		Properties yaml.Node `yaml:"Properties"`
	} `yaml:"Events"`
}

// or returns the first value that is present: a function's own beats the global.
func or(own, global Value) Value {
	if own.Present() {
		return own
	}
	return global
}

func (t *Template) addFunction(id string, n *yaml.Node, global functionProperties, guarded map[string]bool) error {
	var p functionProperties
	if err := n.Decode(&p); err != nil {
		return err
	}
	f := Function{ID: id, Name: p.FunctionName, Environment: map[string]Value{}}
	maps.Copy(f.Environment, global.Environment.Variables)
	maps.Copy(f.Environment, p.Environment.Variables)
	for _, field := range []struct {
		name      string
		to        *int
		from      Value
		otherwise int // Lambda's own default
	}{
		{"Timeout", &f.Timeout, or(p.Timeout, global.Timeout), 3},
		{"MemorySize", &f.Memory, or(p.MemorySize, global.MemorySize), 128},
		{"ReservedConcurrentExecutions", &f.Reserved, or(p.ReservedConcurrentExecutions, global.ReservedConcurrentExecutions), 0},
	} {
		var err error
		if *field.to, err = t.Int(field.from, field.otherwise); err != nil {
			return fmt.Errorf("%s: %w", field.name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Events)) {
		event := p.Events[name]
		if err := t.addEvent(&f, name, event.Type, &event.Properties, guarded); err != nil {
			return fmt.Errorf("event %s: %w", name, err)
		}
	}
	t.Functions[id] = f
	return nil
}

func (t *Template) addEvent(f *Function, name, kind string, n *yaml.Node, guarded map[string]bool) error {
	switch kind {
	case "HttpApi":
		return t.addRoute(f.ID, n, guarded)
	case "SQS":
		return t.addQueueSource(f, n)
	case "Schedule", "ScheduleV2":
		return t.addSchedule(f, name, n)
	}
	return nil
}

func (t *Template) addSchedule(f *Function, name string, n *yaml.Node) error {
	var p struct {
		Schedule   Value `yaml:"Schedule"` // the name in events of type Schedule
		Expression Value `yaml:"ScheduleExpression"`
		Timezone   Value `yaml:"ScheduleExpressionTimezone"`
		Input      Value `yaml:"Input"`
	}
	if err := n.Decode(&p); err != nil {
		return err
	}
	s := Schedule{ID: name, Input: p.Input}
	var err error
	if s.Expression, err = t.Text(or(p.Expression, p.Schedule)); err != nil {
		return err
	}
	if s.Timezone, err = t.Text(p.Timezone); err != nil {
		return err
	}
	f.Schedules = append(f.Schedules, s)
	return nil
}
