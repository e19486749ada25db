package dynamo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// twin sends every request to the suite's DynamoDB and to ours, and wants the
// same answer. Two requests are never under way at once: their order would not
// be the same on both sides.
type twin struct {
	t     judge
	mu    sync.Mutex
	ours  *dynamo.DB
	url   string // of the other one
	count map[string]int
	// ignored is a member of answers that the other one gets wrong.
	ignored string
}

// judge is what tests and properties have in common.
type judge interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func newTwin(t judge) *twin {
	return &twin{t: t, ours: dynamo.New(dynamo.Options{}), count: map[string]int{}}
}

func (w *twin) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, err := dynamo.Body(r)
	if err != nil {
		return nil, err
	}
	w.url = r.URL.String()
	operation := dynamo.Operation(r)
	theirs, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(theirs.Body)
	if err != nil {
		return nil, err
	}
	theirs.Body = io.NopCloser(bytes.NewReader(answer))
	status, mine := send(w.t, w.ours, operation, body)
	w.compare(operation, body, theirs.StatusCode, answer, status, mine)
	return theirs, nil
}

func (w *twin) compare(operation string, body []byte, status int, theirs []byte, ourStatus int, ours []byte) {
	w.t.Helper()
	want, got := said(w.t, operation, theirs), said(w.t, operation, ours)
	kind, _ := want["error"].(string)
	w.count[operation+" "+kind]++
	if strings.HasSuffix(operation, "Table") {
		if status != ourStatus {
			w.t.Errorf("%s: status %d there, %d here", operation, status, ourStatus)
		}
		return
	}
	delete(want, w.ignored)
	delete(got, w.ignored)
	if status != ourStatus || !reflect.DeepEqual(want, got) { // cmp is slow where there is no difference
		diff := cmp.Diff(want, got)
		w.t.Fatalf("%s: status %d there, %d here\nrequest %s\nthere %s\nhere %s\n(-there +here):\n%s", operation, status, ourStatus, clip(body), clip(theirs), clip(ours), diff)
	}
}

func clip(b []byte) string {
	if len(b) > 3000 {
		return string(b[:3000]) + "…"
	}
	return string(b)
}

// said is what an answer says, without what is worded, or ordered, freely: the
// texts of errors, the order of a batch's items and of a set's elements.
func said(t judge, operation string, answer []byte) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v in %s", operation, err, answer)
	}
	if kind, ok := v["__type"].(string); ok {
		_, kind, _ = strings.Cut(kind, "#")
		said := map[string]any{"error": kind}
		if v["Item"] != nil {
			said["Item"] = sets(v["Item"])
		}
		if reasons, ok := v["CancellationReasons"].([]any); ok {
			for _, r := range reasons {
				delete(r.(map[string]any), "Message")
			}
			said["reasons"] = sets(reasons)
		}
		return said
	}
	for _, name := range []string{"UnprocessedKeys", "UnprocessedItems"} {
		if of, ok := v[name].(map[string]any); ok && len(of) == 0 {
			delete(v, name)
		}
	}
	v = sets(v).(map[string]any)
	if responses, ok := v["Responses"].(map[string]any); ok {
		for _, items := range responses {
			byText(items.([]any))
		}
	}
	return v
}

func byText(list []any) {
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

// sets sorts the elements of sets, and reads numbers of capacity as numbers.
func sets(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = sets(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = sets(v[name])
			if list, ok := v[name].([]any); ok && len(v) == 1 && (name == "SS" || name == "NS" || name == "BS") {
				byText(list)
			}
		}
	case json.Number:
		f, _ := v.Float64()
		return f
	}
	return v
}

// Every request that the suite makes gets the same answer from both, consumed
// capacity included. The other one is dynoxide, or what
// AWS_ENDPOINT_URL_DYNAMODB names: moto 5.2 reports no capacity and ends a page
// that meets its limit at the last item without a LastEvaluatedKey; in
// everything else the suite asks for it agrees.
func TestTheSuiteIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.Store {
		w := newTwin(t)
		client := storetest.Client(t, w)
		return store.New(client, storetest.Table(t, client))
	})
}
