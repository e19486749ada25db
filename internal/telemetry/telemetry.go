// Package telemetry writes metrics as CloudWatch's embedded metric format: one
// line of JSON per value, which the Lambda runtime's log carries and CloudWatch
// takes the metric from. No call leaves the process.
//
// New makes Metrics, Count writes one.
package telemetry

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// Namespace is where all our metrics stand in CloudWatch.
const Namespace = "Extrato"

// dimension is the only one there is: which tenant or account a value is about
// stands in the log beside it, since each of its values would be a metric.
const dimension = "function"

// Metrics writes metrics of one function. It is safe for use by several
// goroutines.
type Metrics struct {
	mu       sync.Mutex
	to       io.Writer
	function string
	now      func() time.Time
}

// New returns the metrics of a function, written to where its log goes.
func New(to io.Writer, function string, now func() time.Time) *Metrics {
	return &Metrics{to: to, function: function, now: now}
}

// definition and directive are the format's own terms.
type (
	definition struct {
		Name string
		Unit string
	}
	directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []definition
	}
	metadata struct {
		Timestamp         int64 // milliseconds since 1970
		CloudWatchMetrics []directive
	}
)

// Count adds n to a metric whose unit is Count. name is in CamelCase, as
// CloudWatch's own are. A line that cannot be written is lost: a metric is not
// worth an error to who counts.
func (m *Metrics) Count(name string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	line, err := json.Marshal(map[string]any{
		"_aws": metadata{m.now().UnixMilli(), []directive{{
			Namespace: Namespace, Dimensions: [][]string{{dimension}}, Metrics: []definition{{name, "Count"}},
		}}},
		dimension: m.function,
		name:      n,
	})
	if err == nil {
		_, _ = fmt.Fprintf(m.to, "%s\n", line)
	}
}
