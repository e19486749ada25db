// Package front drives the API on the local stack with many clients at once:
// reads, the feed polled to its end, uploads of credentials. Then it sends what
// must be refused, and looks for secrets in all that was answered and logged.
//
// The functions are the deployed binaries, one request at a time in each
// process as on Lambda; the front is the local stack's, and so is the count of
// processes. So requests per second are this machine's, with the clients, the
// bank and DynamoDB on it; errors are nobody's.
package front

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"extrato/infra/bench/figures"
)

// Measure runs the stack and adds what the API bears.
func Measure(ctx context.Context, o figures.Options, r *figures.Report) error {
	r.Section("front: the API under load, on the local stack")
	s, err := openStack(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	most := slices.Max(crowds)
	transport := &http.Transport{MaxIdleConnsPerHost: most + 8, DisableCompression: true}
	defer transport.CloseIdleConnections()
	// Redirects would be followed with the token: an answer is an answer.
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	w := &watch{}
	_, _ = fmt.Fprintf(o.Progress, "front: enabling %d accounts\n", most)
	customers, err := enrolAll(ctx, client, s.url, most, w)
	if err != nil {
		return err
	}
	beside := besides(ctx, s, customers[0])
	measureLoads(ctx, r, customers)
	beside(r)
	if err := measureRefusals(ctx, o, r, customers); err != nil {
		return err
	}
	dead, err := idle(ctx, client, s.url)
	if err != nil {
		return err
	}
	r.Add(figures.Figure{What: "dead letters in the end", Value: float64(dead), Zero: true})
	if err := ctx.Err(); err != nil {
		return err
	}
	return measureLeaks(s, r, w)
}

// enrolAll enables the customers' accounts and waits for their first syncs.
func enrolAll(ctx context.Context, client *http.Client, url string, n int, w *watch) ([]*customer, error) {
	var all []*customer
	for i := range n {
		c, err := enrol(ctx, client, url, i, w)
		if err != nil {
			return nil, fmt.Errorf("enable account %d: %w", i, err)
		}
		all = append(all, c)
	}
	if _, err := idle(ctx, client, url); err != nil {
		return nil, err
	}
	for i, c := range all {
		if err := c.settle(ctx); err != nil {
			return nil, fmt.Errorf("account %d: %w", i, err)
		}
	}
	return all, nil
}

// besides watches while something else loads the API: how many processes there
// are, and how long a light call waits among the others. The function that it
// returns ends it and adds what was seen.
func besides(ctx context.Context, s *stack, c *customer) func(*figures.Report) {
	ctx, stop := context.WithCancel(ctx)
	t := &tally{}
	processes := 0
	var watching sync.WaitGroup
	watching.Go(func() {
		timed := t.recorder(ctx)
		for ctx.Err() == nil {
			_ = timed(func() error { return c.get(ctx, "/healthz", nil) }) // tallied
			processes = max(processes, s.processes("api"))
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	return func(r *figures.Report) {
		stop()
		watching.Wait()
		r.Add(figures.Figure{What: "GET /healthz among all of them, at most", Value: t.quantile(1), Unit: "ms",
			Note: fmt.Sprintf("p50 %.1f ms, %d calls", t.quantile(0.5), len(t.took))})
		r.Add(t.figure("of those, errors"))
		r.Add(figures.Figure{What: "processes of the function, at most", Value: float64(processes), Note: "each with one request at a time"})
	}
}

// measureRefusals sends what must be refused: slow clients first, who stay while
// the others come and go, and while reads go on.
func measureRefusals(ctx context.Context, o figures.Options, r *figures.Report, customers []*customer) error {
	c, other := customers[0], customers[1]
	var readOnly struct{ Token string }
	if err := c.get(ctx, "/_local/token?tenant=bench-0&scope=extrato/read", &readOnly); err != nil {
		return err
	}
	c.guard(append(other.own.secrets(), mark)...)
	_, _ = fmt.Fprintf(o.Progress, "front: slow clients, for up to %s\n", slowest)
	slowly := make(chan figures.Figure, 1)
	go func() { slowly <- playAll(ctx, c, "slow clients that do not end as they should", slow(c), 8) }()
	r.Add(refuse(ctx, c, badRequests(c, other, readOnly.Token)))
	r.Add(playAll(ctx, c, "requests that are no HTTP without their 400", malformed(c), 1))
	t, lasted := run(ctx, loads()[0], customers[2:10], phase)
	r.Add(figures.Figure{What: "reads, 8 at once, beside slow clients", Value: float64(len(t.took)) / lasted.Seconds(), Unit: "/s",
		Note: fmt.Sprintf("p50 %.1f ms, p99 %.1f ms", t.quantile(0.5), t.quantile(0.99))})
	r.Add(t.figure("of those, errors"))
	r.Add(<-slowly)
	// After all that, the account is as it was.
	after := &tally{}
	after.record(0, c.settle(ctx))
	r.Add(after.figure("accounts that do not read as before"))
	return nil
}

// measureLeaks searches what the stack said.
func measureLeaks(s *stack, r *figures.Report, w *watch) error {
	_, answers := w.result()
	said, err := s.everythingSaid()
	if err != nil {
		return err
	}
	for _, where := range slices.Sorted(maps.Keys(said)) {
		w.searchAll(where, said[where])
	}
	places, all := w.result()
	f := figures.Figure{What: "answers and logs with a secret in them", Value: float64(len(places)), Zero: true,
		Note: fmt.Sprintf("in %.0f MB of answers and %.2f MB of logs", float64(answers)/1e6, float64(all-answers)/1e6)}
	if len(places) > 0 {
		f.Note = "in " + strings.Join(places[:min(3, len(places))], "; ")
	}
	r.Add(f)
	return nil
}
