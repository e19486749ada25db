package front

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"extrato/infra/bench/figures"
)

// How many clients there are at once, and for how long each phase lasts.
var crowds = []int{1, 8, 32}

const phase = 3 * time.Second

// recorder runs one request and keeps how long it took and whether it failed.
type recorder func(request func() error) error

// load is what one client does again and again. Each of its requests goes
// through the recorder.
type load struct {
	name string
	step func(ctx context.Context, c *customer, n int, timed recorder) error
}

// loads returns the kinds of load.
func loads() []load {
	return []load{
		{"reads", func(ctx context.Context, c *customer, n int, timed recorder) error {
			// What an ERP shows of an account, page by page.
			paths := []string{"/v1/accounts", c.path(""), c.path("/entries?limit=100"), c.path("/days"), c.path("/entries/" + c.entry)}
			return timed(func() error { return c.get(ctx, paths[n%len(paths)], &struct{}{}) })
		}},
		{"feed to its end", func(ctx context.Context, c *customer, _ int, timed recorder) error {
			changes, err := c.poll(ctx, timed)
			if err == nil && changes != c.changes {
				err = timed(func() error { return fmt.Errorf("the feed has %d changes, want %d", changes, c.changes) })
			}
			return err
		}},
		{"uploads", func(ctx context.Context, c *customer, n int, timed recorder) error {
			contentType, body := "application/json", c.own.json()
			if n%2 == 1 {
				contentType, body = c.own.form()
			}
			return timed(func() error {
				return c.must(ctx, http.MethodPut, c.path("/integration"), contentType, body, nil)
			})
		}},
	}
}

// poll reads the feed from its beginning to its end and returns how many
// changes it has. Positions must rise.
func (c *customer) poll(ctx context.Context, timed recorder) (changes int, err error) {
	query := url.Values{"limit": {"50"}}
	for last := int64(0); ; {
		var page struct {
			Changes []struct {
				Seq   int64
				Entry json.RawMessage
			}
			Next string `json:"next_cursor"`
			More bool   `json:"has_more"`
		}
		err := timed(func() error {
			if err := c.get(ctx, c.path("/changes?"+query.Encode()), &page); err != nil {
				return err
			}
			for _, change := range page.Changes {
				if change.Seq <= last {
					return fmt.Errorf("the feed goes from %d to %d", last, change.Seq)
				}
				last = change.Seq
			}
			return nil
		})
		if err != nil {
			return changes, err
		}
		changes += len(page.Changes)
		if !page.More {
			return changes, nil
		}
		query.Set("cursor", page.Next)
	}
}

// tally is what a phase came to.
type tally struct {
	mu     sync.Mutex
	took   []time.Duration // of requests that were answered as they should
	errors int
	first  error
}

func (t *tally) record(took time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.took = append(t.took, took)
		return
	}
	if t.errors++; t.first == nil {
		t.first = err
	}
}

// recorder returns a recorder that ends with ctx: what is cut off then is
// neither an answer nor an error.
func (t *tally) recorder(ctx context.Context) recorder {
	return func(request func() error) error {
		began := time.Now()
		err := request()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t.record(time.Since(began), err)
		return err
	}
}

// quantile returns the time that this share of the requests kept, in ms.
func (t *tally) quantile(share float64) float64 {
	if len(t.took) == 0 {
		return 0
	}
	slices.Sort(t.took)
	at := min(int(share*float64(len(t.took))), len(t.took)-1)
	return float64(t.took[at]) / float64(time.Millisecond)
}

// run lets each customer repeat a load for a while, and returns what came of it
// and how long it was.
func run(ctx context.Context, l load, customers []*customer, lasts time.Duration) (*tally, time.Duration) {
	t := &tally{}
	until, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	began := time.Now()
	var all sync.WaitGroup
	for _, c := range customers {
		all.Go(func() {
			timed := t.recorder(ctx)
			for n := 0; until.Err() == nil; n++ {
				// A request that has begun is waited for: it counts. Errors are tallied.
				_ = l.step(ctx, c, n, timed)
			}
		})
	}
	all.Wait()
	return t, time.Since(began)
}

// measureLoads adds a line for each load and crowd, and one for what failed.
func measureLoads(ctx context.Context, r *figures.Report, customers []*customer) {
	failed := &tally{}
	for _, l := range loads() {
		for _, n := range crowds {
			t, lasted := run(ctx, l, customers[:n], phase)
			r.Add(figures.Figure{
				What:  fmt.Sprintf("%s, %d at once", l.name, n),
				Value: float64(len(t.took)) / lasted.Seconds(), Unit: "/s",
				Note: fmt.Sprintf("p50 %.1f ms, p99 %.1f ms, %d answers", t.quantile(0.5), t.quantile(0.99), len(t.took)),
			})
			failed.errors += t.errors
			if failed.first == nil && t.first != nil {
				failed.first = fmt.Errorf("%s, %d at once: %w", l.name, n, t.first)
			}
			if len(t.took) == 0 {
				failed.record(0, fmt.Errorf("%s, %d at once: no answer", l.name, n))
			}
		}
	}
	r.Add(failed.figure("errors under load"))
}

// figure returns the number of errors, which is to be 0, with the first one.
func (t *tally) figure(what string) figures.Figure {
	f := figures.Figure{What: what, Value: float64(t.errors), Zero: true}
	if t.first != nil {
		f.Note = "first: " + t.first.Error()
	}
	return f
}
