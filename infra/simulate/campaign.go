package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"extrato/internal/simtest"
)

// How long one history may take in real time, however slow the machine. A
// process that takes longer runs in circles, which is a finding.
const (
	limit     = 20 * time.Minute
	yearLimit = 6 * time.Hour
)

// mostFailures ends a campaign: more of them teach nothing.
const mostFailures = 20

// campaign is many histories, played by some processes.
type campaign struct {
	o      options
	binary string
	begun  time.Time

	mu     sync.Mutex
	jobs   *simtest.Jobs
	total  *simtest.Figures
	shapes map[string]int // histories by shape
	failed []string       // told
	// under are the figures so far of histories that take long.
	under map[*worker]*simtest.Figures
}

func newCampaign(o options, binary string) *campaign {
	return &campaign{o: o, binary: binary, jobs: simtest.NewJobs(o.campaign, o.years), total: simtest.NewFigures(), shapes: map[string]int{},
		under: map[*worker]*simtest.Figures{}}
}

func (c *campaign) run(ctx context.Context) error {
	c.begun = time.Now()
	fmt.Printf("campaign %d: %s, %d processes\n", c.o.campaign, c.goal(), c.o.workers)
	done := make(chan struct{})
	go c.progress(done)
	var wg sync.WaitGroup
	for range c.o.workers {
		wg.Go(func() { c.work(ctx) })
	}
	wg.Wait()
	close(done)
	return c.report(os.Stdout)
}

func (c *campaign) goal() string {
	if c.o.hours > 0 {
		return fmt.Sprintf("%.1f hours", c.o.hours)
	}
	return fmt.Sprintf("until %d account-syncs", c.o.syncs)
}

// next hands out another history, unless it is enough.
func (c *campaign) next() (simtest.Job, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	enough := c.total.Syncs >= c.o.syncs
	if c.o.hours > 0 {
		enough = time.Since(c.begun).Hours() >= c.o.hours
	}
	if enough || len(c.failed) >= mostFailures {
		return simtest.Job{}, false
	}
	return c.jobs.Next(), true
}

// work plays histories in one process, and in another where that one dies: of
// the history, if it dies of that once more. An interrupt lets the present one go.
func (c *campaign) work(ctx context.Context) {
	var w *worker
	defer func() {
		if w != nil {
			w.stop()
		}
	}()
	for ctx.Err() == nil {
		job, more := c.next()
		if !more {
			return
		}
		most := limit
		if job.Shape == "year" {
			most = yearLimit
		}
		for try := range 2 {
			if w == nil {
				var err error
				if w, err = start(context.WithoutCancel(ctx), c.binary); err != nil {
					c.fail(err.Error())
					return
				}
			}
			r, err := c.play(ctx, w, job, most)
			c.at(w, nil)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				c.add(r)
				break
			}
			if w = nil; try > 0 {
				c.fail(err.Error())
			}
		}
	}
}

// play returns at once when the context ends; work stops the process then.
func (c *campaign) play(ctx context.Context, w *worker, job simtest.Job, most time.Duration) (r simtest.Result, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		r, err = w.do(simtest.Order{Job: job}, most, func(f *simtest.Figures) { c.at(w, f) })
	}()
	select {
	case <-done:
		return r, err
	case <-ctx.Done():
		_ = w.cmd.Process.Kill()
		<-done
		return simtest.Result{}, ctx.Err()
	}
}

// at notes how far a process is with its history; nil is at its end.
func (c *campaign) at(w *worker, f *simtest.Figures) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f == nil {
		delete(c.under, w)
		return
	}
	c.under[w] = f
}

func (c *campaign) add(r simtest.Result) {
	c.mu.Lock()
	c.total.Add(r.Figures)
	c.shapes[r.Job.Shape]++
	c.mu.Unlock()
	if r.Job.Shape == "year" {
		fmt.Printf("%s: %d account-syncs, %d of them at the bank, %d faults in %.0f s\n", r.Job, r.Figures.Syncs, r.Figures.Reached, sum(r.Figures.Faults), r.Seconds)
	}
	if r.Failed == "" {
		return
	}
	if len(r.Shortest.Injections) <= 200 {
		path, err := r.Keep(kept)
		r.Told += fmt.Sprintf("  kept as %s %v\n", path, errors.Join(err))
	}
	c.fail(r.Told)
}

func (c *campaign) fail(told string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = append(c.failed, told)
	fmt.Printf("FAILED: %s\n", told)
}
