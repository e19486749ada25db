package runtime_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"extrato/infra/local/runtime"
)

// output collects what processes print.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}
func (o *output) Close() error { return nil }
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// TestRealBinary runs a bootstrap built with aws-lambda-go as functions are.
func TestRealBinary(t *testing.T) {
	t.Parallel()
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", bootstrap, "./testdata/echo").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	printed := &output{}
	p := pool(t, runtime.Function{
		Start: runtime.Exec(bootstrap, []string{"TABLE_NAME=things"}, func() io.WriteCloser { return printed }),
		ARN:   "arn:test", Timeout: 2 * time.Second, Max: 1,
	})
	type answer struct {
		Say, Table, ARN string
		Left            bool
		PID, Variables  int
	}
	ask := func(do, say string) (answer, error) {
		got, err := p.Invoke(t.Context(), []byte(`{"Do":"`+do+`","Say":"`+say+`"}`))
		var a answer
		if err == nil {
			err = json.Unmarshal(got, &a)
		}
		return a, err
	}
	first, err := ask("", "hello")
	if err != nil {
		t.Fatal(err)
	}
	want := answer{Say: "hello", Table: "things", ARN: "arn:test", Left: true, PID: first.PID, Variables: first.Variables}
	if first != want {
		t.Errorf("answer %+v, want %+v", first, want)
	}
	// TABLE_NAME, the Runtime API, and _X_AMZN_TRACE_ID, which the library sets:
	// nothing of this program's own environment.
	if first.Variables != 3 {
		t.Errorf("%d variables in the function's environment, want 3", first.Variables)
	}
	for _, c := range []struct{ do, kind, message string }{
		{"fail", "errorString", "why"},
		{"panic", "string", "why"},
		{"exit", "Runtime.ExitError", ""},
		{"sleep", "Sandbox.Timedout", "2.00 seconds"},
	} {
		_, err := ask(c.do, "why")
		var e *runtime.Error
		if !errors.As(err, &e) || e.Type != c.kind || !strings.Contains(e.Message, c.message) {
			t.Errorf("%s: error %v, want %s with %q", c.do, err, c.kind, c.message)
		}
	}
	last, err := ask("", "still here")
	if err != nil || last.Say != "still here" || last.PID == first.PID {
		t.Errorf("after the failures: %+v, %v; want an answer of another process than %d", last, err, first.PID)
	}
	if !strings.Contains(printed.String(), `"msg":"sleep"`) {
		t.Errorf("output lost: %s", printed)
	}
}
