// Package telemetry gathers the metrics of one invocation and writes them in
// CloudWatch's embedded metric format: one line of JSON on standard output,
// which Lambda hands on to the log as it stands, whatever the function's log
// format, and from which CloudWatch takes the metrics. No call leaves the
// process.
//
// New makes Metrics; Count, Value, Milliseconds and BankCall gather; Flushing
// wraps a handler so that every invocation ends with Flush.
//
// The line has no member "level", so Lambda takes it for INFO: a function whose
// application log level is set above INFO loses its metrics. So does an
// invocation that Lambda ends at its time limit.
package telemetry

import (
	"context"
	"io"
	"sync"
	"time"
)

// Metrics gathers the metrics of one function. Lambda gives a process one
// invocation at a time, so what is gathered is one invocation's. It is safe for
// use by several goroutines.
type Metrics struct {
	to       io.Writer
	function string
	now      func() time.Time

	mu       sync.Mutex
	gathered map[string]*metric
}

// metric is what was gathered under one name: a sum, or every value.
type metric struct {
	unit   string
	sum    int
	values []float64 // nil where the sum counts
}

// New returns the metrics of a function, written to where its log goes. The
// function's name is the one dimension, so that two stacks of one account keep
// apart.
func New(to io.Writer, function string, now func() time.Time) *Metrics {
	return &Metrics{to: to, function: function, now: now, gathered: map[string]*metric{}}
}

// Count adds n, which may be 0, to a metric: the invocation tells one sum. A
// name is in CamelCase, as CloudWatch's own are, and belongs to one of Count,
// Value and Milliseconds.
func (m *Metrics) Count(name string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.under(name, "Count").sum += n
}

// Value tells one value, of which CloudWatch can then give the greatest.
func (m *Metrics) Value(name string, v float64) { m.keep(name, "None", v) }

// Milliseconds tells how long something took; CloudWatch can give percentiles.
func (m *Metrics) Milliseconds(name string, took time.Duration) {
	m.keep(name, "Milliseconds", float64(took.Microseconds())/1000)
}

func (m *Metrics) keep(name, unit string, v float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := m.under(name, unit)
	kept.values = append(kept.values, v)
}

// under returns the metric of that name. It is called with mu held.
func (m *Metrics) under(name, unit string) *metric {
	kept := m.gathered[name]
	if kept == nil {
		kept = &metric{unit: unit}
		m.gathered[name] = kept
	}
	return kept
}

// Flush writes what was gathered and forgets it; where that is nothing, it
// writes nothing. What cannot be written is lost: a metric is not worth an
// error to who counts.
func (m *Metrics) Flush() {
	m.mu.Lock()
	gathered := m.gathered
	m.gathered = map[string]*metric{}
	m.mu.Unlock()
	for _, line := range lines(gathered, m.function, m.now()) {
		_, _ = m.to.Write(line)
	}
}

// Flushing returns the handler with a Flush at the end of every invocation,
// also of one that fails or panics.
func Flushing[In, Out any](m *Metrics, handler func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (Out, error) {
		defer m.Flush()
		return handler(ctx, in)
	}
}
