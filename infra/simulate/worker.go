package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"extrato/internal/simtest"
)

// worker is a process that plays histories, one after another.
type worker struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner
	said []string // the last lines that are no result
	errs bytes.Buffer
}

// start begins a process of the simulation's test binary.
func start(ctx context.Context, binary string) (*worker, error) {
	w := &worker{cmd: exec.CommandContext(ctx, binary, "-test.run", "^TestJobs$", "-test.timeout", "0", "-jobs")}
	w.cmd.Dir = "internal/simtest"
	w.cmd.Stderr = &w.errs
	in, err := w.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start a process: %w", err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start a process: %w", err)
	}
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a process: %w", err)
	}
	w.in, w.out = in, bufio.NewScanner(out)
	w.out.Buffer(nil, 256<<20)
	return w, nil
}

// stop ends the process.
func (w *worker) stop() {
	_ = w.in.Close()
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

// lastLines is how much of what a process said is told when it dies.
const lastLines = 60

// do lets the process play one history. An error says that the process is dead,
// of itself or because it took longer than limit: start another.
// Progress is called with the figures so far, where the history takes long.
func (w *worker) do(order simtest.Order, limit time.Duration, progress func(*simtest.Figures)) (r simtest.Result, err error) {
	line, err := json.Marshal(order)
	if err != nil {
		return r, fmt.Errorf("order %s: %w", order.Job, err)
	}
	late := time.AfterFunc(limit, func() { _ = w.cmd.Process.Kill() })
	defer late.Stop()
	if _, err := w.in.Write(append(line, '\n')); err != nil {
		return r, w.died(order)
	}
	for w.out.Scan() {
		if so, is := strings.CutPrefix(w.out.Text(), simtest.ProgressMark); is {
			f := simtest.NewFigures()
			if err := json.Unmarshal([]byte(so), f); err != nil {
				return r, fmt.Errorf("the progress of %s: %w", order.Job, err)
			}
			progress(f)
			continue
		}
		answer, is := strings.CutPrefix(w.out.Text(), simtest.ResultMark)
		if !is {
			w.said = append(w.said[max(0, len(w.said)-lastLines):], w.out.Text())
			continue
		}
		if err := json.Unmarshal([]byte(answer), &r); err != nil {
			return r, fmt.Errorf("the result of %s: %w", order.Job, err)
		}
		return r, nil
	}
	return r, w.died(order)
}

// died tells why the process ended within a history.
func (w *worker) died(order simtest.Order) error {
	err := w.cmd.Wait()
	said := append(w.said, strings.Split(w.errs.String(), "\n")...)
	return fmt.Errorf("the process that played %s died (%v):\n%s", order.Job, err, strings.Join(said[:min(len(said), 2*lastLines)], "\n"))
}
