package runtime_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"extrato/infra/local/runtime"
)

const ample = time.Minute

func TestAnswersAndReusesTheProcess(t *testing.T) {
	t.Parallel()
	start, started := processes(echo)
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 3})
	for _, want := range []string{`{"n":1}`, `null`, ``} {
		got, err := p.Invoke(t.Context(), []byte(want))
		if err != nil || string(got) != want {
			t.Errorf("Invoke(%q) = %q, %v", want, got, err)
		}
	}
	if started.count() != 1 {
		t.Errorf("%d processes for invocations one after another, want 1", started.count())
	}
	if p.Running() != 0 {
		t.Errorf("%d running afterwards, want 0", p.Running())
	}
}

func TestHeadersOfAnInvocation(t *testing.T) {
	t.Parallel()
	headers := make(chan http.Header, 1)
	start, _ := processes(func(c client, _ int) {
		h, _, _ := c.next()
		headers <- h
		c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "1")
	})
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 1, ARN: "arn:aws:lambda:x:1:function:test"})
	before := time.Now()
	if _, err := p.Invoke(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	h := <-headers
	if got := h.Get("Lambda-Runtime-Invoked-Function-Arn"); got != "arn:aws:lambda:x:1:function:test" {
		t.Errorf("ARN %q", got)
	}
	if got := h.Get("Lambda-Runtime-Aws-Request-Id"); len(got) != 36 {
		t.Errorf("request id %q is no UUID", got)
	}
	if got := h.Get("Lambda-Runtime-Trace-Id"); !strings.HasPrefix(got, "Root=1-") {
		t.Errorf("trace %q", got)
	}
	ms, err := strconv.ParseInt(h.Get("Lambda-Runtime-Deadline-Ms"), 10, 64)
	if deadline := time.UnixMilli(ms); err != nil || deadline.Before(before.Add(ample-time.Second)) {
		t.Errorf("deadline %v, %v: before the time limit from now", deadline, err)
	}
}

func TestAsManyProcessesAsInvocationsUpToTheMaximum(t *testing.T) {
	t.Parallel()
	release, busy := make(chan struct{}), make(chan struct{}, 5)
	start, started := processes(func(c client, _ int) {
		for {
			h, _, ok := c.next()
			if !ok {
				return
			}
			busy <- struct{}{}
			<-release
			c.post("invocation/"+h.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "1")
		}
	})
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 2})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := p.Invoke(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	<-busy
	<-busy // two run at once
	close(release)
	all.Wait()
	if started.count() != 2 {
		t.Errorf("%d processes, want 2", started.count())
	}
}

func TestWaitingForAProcessEndsWithTheContext(t *testing.T) {
	t.Parallel()
	running := make(chan struct{})
	start, _ := processes(func(c client, _ int) {
		c.next()
		close(running)
		<-c.ctx.Done()
	})
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 1})
	go func() { _, _ = p.Invoke(context.Background(), nil) }()
	<-running
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Invoke(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if p.Running() != 1 {
		t.Errorf("%d running, want 1", p.Running())
	}
}

func TestCloseFailsWhatRuns(t *testing.T) {
	t.Parallel()
	running := make(chan struct{})
	start, _ := processes(func(c client, _ int) {
		c.next()
		close(running)
		<-c.ctx.Done()
	})
	p := pool(t, runtime.Function{Start: start, Timeout: ample, Max: 1})
	failed := make(chan error)
	go func() { _, err := p.Invoke(context.Background(), nil); failed <- err }()
	<-running
	p.Close()
	var e *runtime.Error
	if err := <-failed; !errors.As(err, &e) || e.Type != "Runtime.ExitError" {
		t.Errorf("error %v, want Runtime.ExitError", err)
	}
	if _, err := p.Invoke(t.Context(), nil); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("error %v after Close, want ErrClosed", err)
	}
}
