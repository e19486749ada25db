package runtime_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"extrato/infra/local/runtime"
)

// Each behaviour fails the first process's invocation; the second process
// answers, which shows that a failure costs one invocation only.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		behave  func(c client)
		timeout time.Duration
		want    runtime.Error
		same    bool // the process lives on and is used again
	}{
		"function error": {
			behave: func(c client) {
				h, _, _ := c.next()
				c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/error", `{"errorType":"errorString","errorMessage":"boom"}`)
				echo(c, 0)
			},
			want: runtime.Error{Type: "errorString", Message: "boom"}, same: true,
		},
		"function error without a type": {
			behave: func(c client) {
				h, _, _ := c.next()
				c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/error", `oops`)
				echo(c, 0)
			},
			want: runtime.Error{Type: "Unhandled"}, same: true,
		},
		"crash": {
			behave: func(c client) { c.next() },
			want:   runtime.Error{Type: "Runtime.ExitError", Message: "Runtime exited"},
		},
		"crash before it asks for work": {
			behave: func(client) {},
			want:   runtime.Error{Type: "Runtime.ExitError", Message: "before it asked for work"},
		},
		"initialisation fails": {
			behave: func(c client) { c.post("init/error", `{"errorType":"Config","errorMessage":"TABLE_NAME is missing"}`) },
			want:   runtime.Error{Type: "Config", Message: "TABLE_NAME is missing"},
		},
		"time limit": {
			behave:  func(c client) { c.next(); <-c.ctx.Done() },
			timeout: 50 * time.Millisecond,
			want:    runtime.Error{Type: "Sandbox.Timedout", Message: "Task timed out after 0.05 seconds"},
		},
		"answer too large": {
			behave: func(c client) {
				h, _, _ := c.next()
				c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", strings.Repeat("x", 7<<20))
				echo(c, 0)
			},
			want: runtime.Error{Type: "Function.ResponseSizeTooLarge", Message: "6 MB"}, same: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start, started := processes(func(cl client, nth int) {
				if nth == 1 {
					c.behave(cl)
					return
				}
				echo(cl, nth)
			})
			timeout := ample
			if c.timeout > 0 {
				timeout = c.timeout
			}
			p := pool(t, runtime.Function{Start: start, Timeout: timeout, Max: 1})
			_, err := p.Invoke(t.Context(), []byte("{}"))
			var e *runtime.Error
			if !errors.As(err, &e) || e.Type != c.want.Type || !strings.Contains(e.Message, c.want.Message) {
				t.Errorf("error %v, want %s with %q", err, c.want.Type, c.want.Message)
			}
			if c.timeout > 0 {
				return // a second answer within so short a limit would be a matter of luck
			}
			if got, err := p.Invoke(t.Context(), []byte("again")); err != nil || string(got) != "again" {
				t.Errorf("next invocation: %q, %v", got, err)
			}
			want := 2
			if c.same {
				want = 1
			}
			if started.count() != want {
				t.Errorf("%d processes, want %d", started.count(), want)
			}
		})
	}
}

func TestAProcessThatEndedWhileIdleCostsNothing(t *testing.T) {
	t.Parallel()
	start, started := processes(func(c client, nth int) {
		h, _, ok := c.next()
		if !ok {
			return
		}
		c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "1")
		// and ends without asking for more
	})
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 1})
	for i := range 3 {
		if _, err := p.Invoke(t.Context(), nil); err != nil {
			t.Fatalf("invocation %d: %v", i, err)
		}
	}
	if started.count() != 3 {
		t.Errorf("%d processes, want 3", started.count())
	}
}

func TestAnAnswerToAnotherInvocationIsRefused(t *testing.T) {
	t.Parallel()
	statuses := make(chan int, 2)
	start, _ := processes(func(c client, _ int) {
		h, _, _ := c.next()
		statuses <- c.post("invocation/not-this-one/response", "wrong")
		c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "right")
		statuses <- c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "twice")
		echo(c, 0)
	})
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 1})
	if got, err := p.Invoke(t.Context(), nil); err != nil || string(got) != "right" {
		t.Errorf("Invoke = %q, %v; want right", got, err)
	}
	for range 2 {
		if got := <-statuses; got != http.StatusBadRequest {
			t.Errorf("status %d, want 400", got)
		}
	}
}
