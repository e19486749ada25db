package front

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"extrato/infra/bench/figures"
)

// stack is the local stack, as a process of its own: what it costs is not the
// clients' cost.
type stack struct {
	url, logs string
	command   *exec.Cmd
	cancel    context.CancelFunc
	ended     chan struct{}
	printed   *console
}

// banner finds the addresses in what the stack prints when it is ready.
var banner = regexp.MustCompile(`(?s)  API +(\S+).*\n  logs +(\S+).*\nready in`)

// openStack builds the stack and starts it on free ports, in memory.
func openStack(ctx context.Context, o figures.Options) (*stack, error) {
	path := filepath.Join(o.Root, ".build", "bench", "local")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "./infra/local")
	build.Dir = o.Root
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the local stack: %w\n%s", err, bytes.TrimSpace(out))
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &stack{cancel: cancel, ended: make(chan struct{}), printed: &console{}}
	s.command = exec.CommandContext(ctx, path, "--demo=false", "--addr", "127.0.0.1:0", "--aws-addr", "127.0.0.1:0", "--bank-addr", "127.0.0.1:0")
	s.command.Dir, s.command.SysProcAttr = o.Root, attributes()
	s.command.Stdout, s.command.Stderr = s.printed, s.printed
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) } // it ends what it started
	s.command.WaitDelay = 20 * time.Second
	if err := s.command.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start the local stack: %w", err)
	}
	go func() { _ = s.command.Wait(); close(s.ended) }()
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if found := banner.FindStringSubmatch(s.printed.String()); found != nil {
			s.url, s.logs = found[1], found[2]
			return s, nil
		}
		if s.over() || time.Since(began) > 5*time.Minute { // the first build, npm's download
			s.close()
			return nil, fmt.Errorf("the local stack is not ready: %s", strings.TrimSpace(s.printed.String()))
		}
	}
}

func (s *stack) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// close ends the stack and waits for its end.
func (s *stack) close() {
	s.cancel()
	<-s.ended
}

// processes counts the running processes of a function: the stack's children
// with its name. It is 0 where the system has no /proc.
func (s *stack) processes(name string) (n int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // ended meanwhile
		}
		// pid (name) state parent …
		before, after, _ := strings.Cut(string(text), ") ")
		_, comm, _ := strings.Cut(before, "(")
		if fields := strings.Fields(after); len(fields) > 1 && comm == name && fields[1] == strconv.Itoa(s.command.Process.Pid) {
			n++
		}
	}
	return n
}

// everythingSaid returns what the stack printed and what its functions logged,
// by where it was found. Something must have been: a search in nothing proves
// nothing.
func (s *stack) everythingSaid() (map[string][]byte, error) {
	said := map[string][]byte{"the console": []byte(s.printed.String())}
	files, err := filepath.Glob(filepath.Join(s.logs, "*.log"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(fmt.Errorf("no logs in %s", s.logs), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the logs: %w", err)
		}
		said[filepath.Base(path)] = text
	}
	return said, nil
}

// console keeps what is written to it.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(b)
}

func (c *console) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}
