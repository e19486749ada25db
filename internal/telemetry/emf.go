package telemetry

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Namespace is where all our metrics stand in CloudWatch.
const Namespace = "Extrato"

// Dimension is the only one there is: which tenant or account a value is about
// stands in the log beside it, since each of its values would be a metric.
const Dimension = "function"

// The format's bounds: metrics of one directive, values of one metric.
const (
	maxMetrics = 100
	maxValues  = 100
)

// definition, directive and metadata are the format's own terms.
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

// lines writes metrics as documents of the format, one to a line: mostly one;
// what does not fit its bounds goes on in another.
func lines(gathered map[string]*metric, function string, at time.Time) [][]byte {
	var out [][]byte
	for len(gathered) > 0 {
		names := slices.Sorted(maps.Keys(gathered))
		names = names[:min(len(names), maxMetrics)]
		told := directive{Namespace: Namespace, Dimensions: [][]string{{Dimension}}}
		root := map[string]any{Dimension: function}
		for _, name := range names {
			m := gathered[name]
			told.Metrics = append(told.Metrics, definition{name, m.unit})
			n := min(len(m.values), maxValues)
			if m.values == nil {
				root[name] = m.sum
			} else {
				root[name] = m.values[:n]
			}
			if m.values = m.values[n:]; len(m.values) == 0 {
				delete(gathered, name)
			}
		}
		root["_aws"] = metadata{at.UnixMilli(), []directive{told}}
		line, err := json.Marshal(root)
		if err != nil {
			return out // a value that JSON lacks, as NaN; nobody tells one
		}
		out = append(out, append(line, '\n'))
	}
	return out
}
