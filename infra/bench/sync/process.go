package sync

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"extrato/infra/local/runtime"
	"extrato/internal/statement"
)

// process is one process of the function: the binary that is deployed, built
// for this machine, under a Runtime API.
type process struct {
	pool    *runtime.Pool
	command *exec.Cmd
	exited  chan struct{}
	output  bytes.Buffer
}

// start makes a process, which begins with its first invocation.
func (r *rig) start(limit time.Duration, env ...string) *process {
	p := &process{exited: make(chan struct{})}
	p.pool = runtime.NewPool(runtime.Function{
		Name: "sync", ARN: "arn:aws:lambda:" + region + ":000000000000:function:" + stack, Timeout: limit, Max: 1,
		Start: func(address string) (runtime.Process, error) {
			if p.command != nil {
				return nil, errors.New("the process was to be one only: " + p.output.String())
			}
			p.command = exec.Command(r.bootstrap)
			p.command.Env = append(append([]string{"AWS_LAMBDA_RUNTIME_API=" + address}, r.env...), env...)
			p.command.Stdout, p.command.Stderr = &p.output, &p.output
			if err := p.command.Start(); err != nil {
				return nil, err
			}
			go func() { _ = p.command.Wait(); close(p.exited) }()
			return p, nil
		},
	})
	return p
}

// Kill and Exited are runtime.Process.
func (p *process) Kill()                   { _ = p.command.Process.Kill() }
func (p *process) Exited() <-chan struct{} { return p.exited }

// run invokes the function with one batch; every message must end well.
func (p *process) run(ctx context.Context, messages ...statement.Message) error {
	again, err := p.invoke(ctx, messages)
	if err == nil && len(again) > 0 {
		err = fmt.Errorf("%d of %d messages failed:\n%s", len(again), len(messages), p.output.String())
	}
	return err
}

// runOn is run for messages that take most of an account's minute, which on a
// machine that is busy with other things may end before a commit does: what
// failed comes again, as by the queue.
func (p *process) runOn(ctx context.Context, messages ...statement.Message) (err error) {
	for range 3 {
		if messages, err = p.invoke(ctx, messages); err != nil || len(messages) == 0 {
			return err
		}
	}
	return fmt.Errorf("%d messages failed three times:\n%s", len(messages), p.output.String())
}

// invoke returns the messages that are to come again.
func (p *process) invoke(ctx context.Context, messages []statement.Message) (again []statement.Message, err error) {
	var e events.SQSEvent
	for i, m := range messages {
		body, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: strconv.Itoa(i), ReceiptHandle: "none", Body: string(body), EventSource: "aws:sqs",
			Attributes: map[string]string{"ApproximateReceiveCount": "1"},
		})
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	answer, err := p.pool.Invoke(ctx, payload)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, p.output.String())
	}
	var r events.SQSEventResponse
	if err := json.Unmarshal(answer, &r); err != nil {
		return nil, err
	}
	for _, f := range r.BatchItemFailures {
		i, err := strconv.Atoi(f.ItemIdentifier)
		if err != nil || i < 0 || i >= len(messages) {
			return nil, fmt.Errorf("the function names %q as failed, which was not in the batch", f.ItemIdentifier)
		}
		again = append(again, messages[i])
	}
	return again, nil
}

// cpu returns the processor time that the process used so far, 0 before its first
// invocation.
func (p *process) cpu() time.Duration {
	if p.command == nil {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	// After the name in parentheses: utime and stime are fields 14 and 15 of
	// proc(5), in hundredths of a second.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// peak returns the most memory that was ever resident, in MB.
func (p *process) peak() float64 { return peakOf(fmt.Sprint(p.command.Process.Pid)) }

func peakOf(pid string) float64 {
	text, _ := os.ReadFile("/proc/" + pid + "/status")
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) * 1024 / 1e6
		}
	}
	return 0
}
