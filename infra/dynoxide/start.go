package dynoxide

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options of a server. The zero value keeps everything in memory.
type Options struct {
	DBPath string // the SQLite file to keep state in; "" for memory
}

// Server is a running dynoxide.
type Server struct {
	address string
	process *process
	close   sync.Once
}

// Start runs dynoxide on a free loopback port, fetching it first when it is
// missing, and returns when it accepts connections. The context bounds the
// start only; the server runs until Close or until this process ends.
func Start(ctx context.Context, o Options) (*Server, error) {
	binary, err := Ensure(ctx)
	if err != nil {
		return nil, err
	}
	return start(ctx, binary, o)
}

// Endpoint returns the URL to give to an AWS client.
func (s *Server) Endpoint() string { return "http://" + s.address }

// Close ends the server and returns when it is gone. What it was told before
// is in the file of DBPath. A second Close does nothing.
func (s *Server) Close() error {
	s.close.Do(func() {
		s.process.kill()
		<-s.process.gone
	})
	return nil
}

// attempts is how often another port is tried: between our finding a port free
// and the child taking it, another process can.
const attempts = 5

func start(ctx context.Context, binary string, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var last error
	for range attempts {
		port, err := freePort()
		if err != nil {
			return nil, fmt.Errorf("find a free port for dynoxide: %w", err)
		}
		args := []string{"serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port)}
		if o.DBPath != "" {
			args = append(args, "--db-path", o.DBPath)
		}
		p, err := run(binary, args)
		if err != nil {
			return nil, fmt.Errorf("run dynoxide: %w", err)
		}
		s := &Server{address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), process: p}
		if last = s.ready(ctx); last == nil {
			return s, nil
		}
		_ = s.Close()
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("start dynoxide: %w", last)
}

// ready returns when the child has said that it listens and a connection to it
// succeeds. Its word is needed: whoever took the port first would answer too.
func (s *Server) ready(ctx context.Context) error {
	select {
	case <-s.process.listening:
	case <-s.process.gone:
		return errors.New(s.process.lastWords())
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-s.process.gone:
			return errors.New(s.process.lastWords())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// process is a child and what it says.
type process struct {
	kill      func()
	listening chan struct{} // closed when it says that it listens
	gone      chan struct{} // closed when it has ended
	said      string        // its last line, to be read when gone
}

// run starts the child on a thread of its own that lives as long as the child:
// "end with your parent" (see dieWithParent) means the thread that started it.
func run(binary string, args []string) (*process, error) {
	p := &process{listening: make(chan struct{}), gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := exec.Command(binary, args...)
		dieWithParent(cmd)
		stderr, err := cmd.StderrPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			started <- err
			return
		}
		p.kill = func() { _ = cmd.Process.Kill() }
		started <- nil
		heard := false
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.said = lines.Text()
			if !heard && strings.Contains(p.said, "listening on") {
				heard = true
				close(p.listening)
			}
		}
		_ = cmd.Wait()
		close(p.gone)
	}()
	return p, <-started
}

func (p *process) lastWords() string {
	if p.said == "" {
		return "it ended without a word"
	}
	return p.said
}
