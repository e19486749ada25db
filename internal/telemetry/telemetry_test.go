package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 23, 9, 0, 0, 5e6, time.UTC)

func newMetrics() (*Metrics, *bytes.Buffer) {
	var out bytes.Buffer
	return New(&out, "extrato-sync", func() time.Time { return noon }), &out
}

// The line is as CloudWatch's specification of the embedded metric format says:
// metrics and dimension are members of the root that _aws names, a metric is a
// number or a list of them.
func TestOneLineForAnInvocation(t *testing.T) {
	t.Parallel()
	m, out := newMetrics()
	m.Count("CertificatesExpiring", 2)
	m.Count("CertificatesExpiring", 3)
	m.Count("Panics", 0)
	m.Value("OldestUnprovenDays", 4)
	m.Value("OldestUnprovenDays", 0)
	m.Milliseconds("BankLatency", 1500*time.Microsecond)
	if out.Len() != 0 {
		t.Fatalf("written before the end: %q", out)
	}
	m.Flush()
	const want = `{"_aws":{"Timestamp":1795424400005,"CloudWatchMetrics":[{"Namespace":"Extrato","Dimensions":[["function"]],
		"Metrics":[{"Name":"BankLatency","Unit":"Milliseconds"},{"Name":"CertificatesExpiring","Unit":"Count"},
			{"Name":"OldestUnprovenDays","Unit":"None"},{"Name":"Panics","Unit":"Count"}]}]},
		"function":"extrato-sync","BankLatency":[1.5],"CertificatesExpiring":5,"OldestUnprovenDays":[4,0],"Panics":0}`
	if d := cmp.Diff(parse(t, want), parse(t, out.String())); d != "" {
		t.Errorf("line (-want +got):\n%s", d)
	}
	if strings.Count(out.String(), "\n") != 1 || !strings.HasSuffix(out.String(), "\n") {
		t.Errorf("not one line: %q", out)
	}
	out.Reset()
	m.Flush()
	if out.Len() != 0 {
		t.Errorf("an invocation without a metric wrote %q", out)
	}
}

// Bounds of the specification: 100 metrics in a directive, 100 values in a
// metric. Nothing is lost or told twice beyond them.
func TestSpill(t *testing.T) {
	t.Parallel()
	m, out := newMetrics()
	for i := range 250 {
		m.Value("V", float64(i))
		if i < 130 {
			m.Count(fmt.Sprintf("C%03d", i), i)
		}
	}
	m.Flush()
	var values []float64
	counts := map[string]int{}
	for line := range strings.Lines(out.String()) {
		root := parse(t, line)
		told := root["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)[0].(map[string]any)["Metrics"].([]any)
		if len(told) > 100 || len(root) != len(told)+2 {
			t.Errorf("a line of %d metrics and %d members", len(told), len(root))
		}
		for _, d := range told {
			switch v := root[d.(map[string]any)["Name"].(string)].(type) {
			case []any:
				if len(v) > 100 || len(v) == 0 {
					t.Errorf("%d values in a line", len(v))
				}
				for _, x := range v {
					values = append(values, x.(float64))
				}
			case float64:
				counts[d.(map[string]any)["Name"].(string)] += int(v)
			}
		}
	}
	if len(counts) != 130 || counts["C129"] != 129 {
		t.Errorf("%d counts, the last is %d", len(counts), counts["C129"])
	}
	if len(values) != 250 {
		t.Fatalf("%d values", len(values))
	}
	for i, v := range values {
		if v != float64(i) {
			t.Fatalf("value %d is %g", i, v)
		}
	}
}

func TestFlushing(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	for name, test := range map[string]struct {
		handler func(context.Context, int) (string, error)
		out     string
		err     error
		panics  bool
	}{
		"good":   {handler: func(_ context.Context, n int) (string, error) { return fmt.Sprint(n), nil }, out: "7"},
		"fails":  {handler: func(context.Context, int) (string, error) { return "", failure }, err: failure},
		"panics": {handler: func(context.Context, int) (string, error) { panic("boom") }, panics: true},
	} {
		m, written := newMetrics()
		handler := Flushing(m, func(ctx context.Context, n int) (string, error) {
			m.Count("X", 1)
			return test.handler(ctx, n)
		})
		out, err, panicked := calling(handler)
		if out != test.out || !errors.Is(err, test.err) || panicked != test.panics {
			t.Errorf("%s: %q, %v, panicked %t", name, out, err, panicked)
		}
		if got := parse(t, written.String())["X"]; got != 1.0 {
			t.Errorf("%s: X is %v", name, got)
		}
	}
}

func calling(h func(context.Context, int) (string, error)) (out string, err error, panicked bool) {
	defer func() { panicked = recover() != nil }()
	out, err = h(context.Background(), 7)
	return out, err, false
}

func TestBankCall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err      error
		refusals float64
	}{
		"answered":          {nil, 0},
		"refused":           {errors.New("bank token: status 503"), 1},
		"the time was over": {fmt.Errorf("bank: %w", context.DeadlineExceeded), 1},
		"we left":           {fmt.Errorf("bank statement: %w", context.Canceled), 0},
	} {
		m, out := newMetrics()
		m.BankCall("token", 20*time.Millisecond, test.err)
		m.Flush()
		got := parse(t, out.String())
		delete(got, "_aws")
		want := map[string]any{"function": "extrato-sync", "BankRequests": 1.0, "BankRefusals": test.refusals, "BankLatency": []any{20.0}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestSideBySide(t *testing.T) {
	t.Parallel()
	m, out := newMetrics()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { m.Count("X", 1); m.Value("Y", 1) })
	}
	all.Wait()
	m.Flush()
	if got := parse(t, out.String()); got["X"] != 50.0 || len(got["Y"].([]any)) != 50 {
		t.Errorf("%v", got)
	}
}

func parse(t *testing.T, text string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}
