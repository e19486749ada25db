package fanout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"extrato/infra/bench/figures"
	"extrato/infra/local/build"
	"extrato/infra/local/runtime"
)

type binaries struct{ function, bare string }

// compile builds the function and the bare sender, with the same flags.
func compile(ctx context.Context, o figures.Options) (binaries, error) {
	root, err := filepath.Abs(o.Root) // the go command runs there
	if err != nil {
		return binaries{}, err
	}
	paths, err := build.Functions(ctx, root, []string{"fanout"}, func() {})
	if err != nil {
		return binaries{}, err
	}
	b := binaries{function: paths["fanout"], bare: filepath.Join(filepath.Dir(paths["fanout"]), "bare-fanout")}
	args := append(append([]string{"build"}, build.Flags()...), "-o", b.bare, "./infra/bench/fanout/testdata/bare")
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir, c.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return binaries{}, fmt.Errorf("build the bare sender: %w\n%s", err, bytes.TrimSpace(out))
	}
	return b, nil
}

// cost is what one invocation took. A process does nothing else but start.
type cost struct {
	wall, cpu time.Duration
	peak      float64 // MB resident
}

// process is one process under a Runtime API.
type process struct {
	command *exec.Cmd
	exited  chan struct{}
	output  bytes.Buffer
}

// Kill and Exited are runtime.Process.
func (p *process) Kill()                   { _ = p.command.Process.Kill() }
func (p *process) Exited() <-chan struct{} { return p.exited }

// invoke runs a function binary for one invocation.
func invoke(ctx context.Context, binary string, env []string, event any) (cost, []byte, error) {
	payload, err := json.Marshal(event)
	if err != nil {
		return cost{}, nil, err
	}
	p := &process{exited: make(chan struct{})}
	pool := runtime.NewPool(runtime.Function{
		Name: filepath.Base(binary), ARN: "arn:aws:lambda:sa-east-1:000000000000:function:fanout", Timeout: limit, Max: 1,
		Start: func(address string) (runtime.Process, error) {
			if p.command != nil {
				return nil, errors.New("the process ended early")
			}
			c := exec.Command(binary)
			c.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + address}, env...)
			c.Stdout, c.Stderr = &p.output, &p.output
			if err := c.Start(); err != nil {
				return nil, err
			}
			p.command = c
			go func() { _ = c.Wait(); close(p.exited) }()
			return p, nil
		},
	})
	defer context.AfterFunc(ctx, pool.Close)() // an invocation does not end with ctx by itself
	start := time.Now()
	answer, err := pool.Invoke(ctx, payload)
	used := cost{wall: time.Since(start)}
	if p.command != nil {
		used.peak = peak(p.command.Process.Pid)
	}
	pool.Close()
	if err != nil {
		return cost{}, nil, fmt.Errorf("%w\n%s", err, p.output.String())
	}
	used.cpu = p.command.ProcessState.UserTime() + p.command.ProcessState.SystemTime()
	return used, answer, nil
}

// peak returns the most memory that a process ever had resident, in MB. What
// getrusage tells of a child begins with the memory of the parent that forked it.
func peak(pid int) float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return float64(kb) * 1024 / 1e6
		}
	}
	return 0
}
