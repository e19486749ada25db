package telemetry

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The line is as CloudWatch's specification of the embedded metric format says:
// the metric and the dimension are members of the root that _aws names.
func TestCount(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := New(&out, "sync", func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 5e6, time.UTC) })
	m.Count("CertificatesExpiring", 2)
	const want = `{"_aws":{"Timestamp":1795424400005,"CloudWatchMetrics":[{"Namespace":"Extrato","Dimensions":[["function"]],
		"Metrics":[{"Name":"CertificatesExpiring","Unit":"Count"}]}]},"function":"sync","CertificatesExpiring":2}`
	if d := cmp.Diff(parse(t, want), parse(t, out.String())); d != "" {
		t.Errorf("line (-want +got):\n%s", d)
	}
	if strings.Count(out.String(), "\n") != 1 || !strings.HasSuffix(out.String(), "\n") {
		t.Errorf("not one line: %q", out.String())
	}
}

func TestCountSideBySide(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := New(&out, "sync", time.Now)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { m.Count("X", 1) })
	}
	all.Wait()
	n := 0
	for line := range strings.Lines(out.String()) {
		parse(t, line)
		n++
	}
	if n != 50 {
		t.Errorf("%d lines, want 50", n)
	}
}

func parse(t *testing.T, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}
