package runtime

import (
	"io"
	"os/exec"
	"sync"
	"time"
)

// Exec returns a Starter that runs a bootstrap binary with exactly the given
// environment and AWS_LAMBDA_RUNTIME_API, in its own process group: a Ctrl-C
// in the terminal reaches this program only, which then ends its children. On
// Linux they also die with it however it ends. What the process prints goes to
// a stream of its own, which is closed after its end.
func Exec(bootstrap string, env []string, output func() io.WriteCloser) Starter {
	return func(address string) (Process, error) {
		out := output()
		c := exec.Command(bootstrap)
		c.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + address}, env...)
		c.Stdout, c.Stderr = out, out
		c.SysProcAttr = attributes()
		c.WaitDelay = time.Second // for output, where a grandchild keeps the pipe open
		if err := c.Start(); err != nil {
			_ = out.Close()
			return nil, err
		}
		p := &child{command: c, exited: make(chan struct{})}
		go func() {
			_ = c.Wait() // how it ended shows in its output
			_ = out.Close()
			close(p.exited)
		}()
		return p, nil
	}
}

type child struct {
	command *exec.Cmd
	once    sync.Once
	exited  chan struct{}
}

func (c *child) Kill()                   { c.once.Do(func() { _ = c.command.Process.Kill() }) }
func (c *child) Exited() <-chan struct{} { return c.exited }
