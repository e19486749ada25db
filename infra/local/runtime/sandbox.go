package runtime

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// initLimit is how long a process may take until it asks for work first.
const initLimit = 10 * time.Second

// errEndedIdle says that a process that had worked before was found ended when
// it was given an invocation, which it did not take.
var errEndedIdle = errors.New("process ended while idle")

// sandbox is one process and its Runtime API.
type sandbox struct {
	function Function
	process  Process
	server   *http.Server
	work     chan *invocation // taken by the process's GET next
	serving  sync.WaitGroup

	mu      sync.Mutex
	current *invocation
	initErr *Error
	served  bool // has taken an invocation
}

// invocation is one call of a function.
type invocation struct {
	id       string
	trace    string
	payload  []byte
	deadline time.Time    // set when the process takes it
	done     chan outcome // room for one: the first word counts
}

type outcome struct {
	answer []byte
	err    error
}

func startSandbox(f Function) (*sandbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", f.Name, err)
	}
	s := &sandbox{function: f, work: make(chan *invocation)}
	s.server = &http.Server{Handler: s.api()}
	s.serving.Go(func() { _ = s.server.Serve(listener) })
	if s.process, err = f.Start(listener.Addr().String()); err != nil {
		_ = s.server.Close()
		s.serving.Wait()
		return nil, fmt.Errorf("start %s: %w", f.Name, err)
	}
	return s, nil
}

func (s *sandbox) alive() bool {
	select {
	case <-s.process.Exited():
		return false
	default:
		return true
	}
}

// stop kills the process, if it lives, and waits for it.
func (s *sandbox) stop() {
	s.process.Kill()
	<-s.process.Exited()
	_ = s.server.Close()
	s.serving.Wait()
}

// invoke hands the process one invocation and waits for its end.
func (s *sandbox) invoke(payload []byte) ([]byte, error) {
	in := &invocation{id: uuid.NewString(), trace: newTrace(), payload: payload, done: make(chan outcome, 1)}
	starting := time.NewTimer(initLimit)
	defer starting.Stop()
	select {
	case s.work <- in:
	case <-s.process.Exited():
		return nil, s.ended()
	case <-starting.C:
		s.process.Kill()
		<-s.process.Exited()
		return nil, &Error{Type: "Sandbox.Timedout", Message: fmt.Sprintf("%s did not ask for work within %s", s.function.Name, initLimit)}
	}
	limit := time.NewTimer(s.function.Timeout)
	defer limit.Stop()
	select {
	case out := <-in.done:
		return out.answer, out.err
	case <-limit.C:
		s.process.Kill()
		<-s.process.Exited()
		return nil, &Error{
			Type:    "Sandbox.Timedout",
			Message: fmt.Sprintf("%s: Task timed out after %.2f seconds", in.id, s.function.Timeout.Seconds()),
		}
	case <-s.process.Exited():
		select {
		case out := <-in.done: // it answered with its last breath
			return out.answer, out.err
		default:
			return nil, &Error{Type: "Runtime.ExitError", Message: "RequestId: " + in.id + " Error: Runtime exited"}
		}
	}
}

// ended says what it means that the process was gone before it took the
// invocation.
func (s *sandbox) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.served:
		return errEndedIdle
	case s.initErr != nil:
		return s.initErr
	}
	return &Error{Type: "Runtime.ExitError", Message: s.function.Name + " ended before it asked for work"}
}

// newTrace returns an X-Ray header that asks for no sampling.
func newTrace() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // never fails
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), hex.EncodeToString(b[:12]), hex.EncodeToString(b[12:]))
}
