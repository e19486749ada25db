// Package fanout measures a firing of the schedule for a million accounts: the
// function as it is deployed, built for this machine, in a process of its own
// under a Runtime API, so that processor time and memory are the function's.
//
// The queue is infra/local/cloud over loopback HTTP. It is drained while it
// fills, for memory's sake, and what is received is ticked off account by
// account. The index is a stand-in that makes its accounts up, in DynamoDB's
// pages and JSON. Neither is behind TLS, and both take their share of the same
// processors, as does the bare process that the function is compared with: it
// sends as many batches of the same size and does nothing else.
package fanout

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"extrato/infra/bench/figures"
	"extrato/internal/statement"
	"extrato/internal/store"
)

const (
	inFlight = 16 // CONCURRENCY in template.yaml
	memory   = 256
	vCPU     = 1769 // MB of memory with which a function has one whole
	limit    = 900 * time.Second
	// due is a banking day's second firing.
	due = "2026-11-23T13:00:00Z"
)

// Measure adds the fan-out's figures to r. The error says that something could
// not be measured, which includes a firing that failed.
func Measure(ctx context.Context, o figures.Options, r *figures.Report) error {
	if o.Accounts <= 0 {
		o.Accounts = 1_000_000
	}
	binaries, err := compile(ctx, o)
	if err != nil {
		return fmt.Errorf("measure the fan-out: %w", err)
	}
	m := measure{binaries: binaries, o: o, r: r}
	for _, part := range []func(context.Context) error{m.firing, m.withFailures} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("measure the fan-out: %w", err)
		}
	}
	return nil
}

type measure struct {
	binaries binaries
	o        figures.Options
	r        *figures.Report
}

// firing compares a firing with bare calls.
func (m *measure) firing(ctx context.Context) error {
	n := m.o.Accounts
	m.r.Section(fmt.Sprintf("Fan-out: one firing for %s accounts, at %d MB", thousands(n), memory))
	whole, s, err := m.fire(ctx, n, 0)
	if err != nil {
		return err
	}
	batches := 0
	for shard := range store.Shards {
		batches += (inShard(n, shard) + 9) / 10
	}
	cpu, wall := whole.cpu.Seconds(), whole.wall.Seconds()
	m.add("accounts without a message", float64(s.missing()), "", figures.Figure{Zero: true, Note: "of " + thousands(n)})
	m.add("messages", float64(s.messages), "", figures.Figure{Note: thousands(s.delayed) + " of them delayed"})
	m.add("messages beyond one an account", float64(s.messages-n), "", figures.Figure{Zero: true})
	m.add("batches", float64(s.batches.Load()), "", figures.Figure{})
	m.add("batches beyond ten accounts each, by shard", float64(int(s.batches.Load())-batches), "", figures.Figure{Zero: true})
	m.add("pages of the index", float64(s.index.pages.Load()), "", figures.Figure{Note: fmt.Sprintf("and %d of numbers, to find where to begin", s.index.counts.Load())})
	m.add("wall time", wall, "s", figures.Figure{Limit: limit.Seconds(), Note: "on this machine, which is the queue and the index too"})
	m.add("CPU time", cpu, "s", figures.Figure{})
	m.add("the same CPU time at the share of a vCPU that Lambda gives", cpu*vCPU/memory, "s",
		figures.Figure{Limit: limit.Seconds(), Note: fmt.Sprintf("%d of %d MB; the time limit; TLS is not in it", memory, vCPU)})
	m.add("accounts a second", float64(n)/wall, "", figures.Figure{})
	m.add("peak resident memory", whole.peak, "MB", figures.Figure{Limit: memory})

	m.progress("as many bare calls")
	bare, err := m.bare(ctx, n, batches)
	if err != nil {
		return err
	}
	note := fmt.Sprintf("%s calls of SendMessageBatch, %d at once", thousands(batches), inFlight)
	m.add("the bare calls: wall time", bare.wall.Seconds(), "s", figures.Figure{Note: note})
	m.add("the bare calls: CPU time", bare.cpu.Seconds(), "s", figures.Figure{})
	m.add("the bare calls: peak resident memory", bare.peak, "MB", figures.Figure{})
	m.add("CPU time against the bare calls", cpu/bare.cpu.Seconds(), "x", figures.Figure{Limit: 1.5})
	m.add("wall time against the bare calls", wall/bare.wall.Seconds(), "x", figures.Figure{Limit: 2, Note: "who else uses the machine shows here first"})
	return nil
}

// withFailures is a firing in which SQS fails one entry in a hundred.
func (m *measure) withFailures(ctx context.Context) error {
	n := max(1000, m.o.Accounts/10)
	m.r.Section(fmt.Sprintf("Fan-out: %s accounts, one entry in a hundred failed by the queue", thousands(n)))
	whole, s, err := m.fire(ctx, n, 100)
	if err != nil {
		return err
	}
	m.add("accounts without a message", float64(s.missing()), "", figures.Figure{Zero: true})
	m.add("entries failed, and sent again", float64(s.failed.Load()), "", figures.Figure{})
	m.add("entries sent beyond those", float64(int(s.entries.Load()-s.failed.Load())-n), "", figures.Figure{Zero: true})
	m.add("wall time", whole.wall.Seconds(), "s", figures.Figure{})
	return nil
}

// fire runs one firing of the function for n accounts, in a process of its own.
func (m *measure) fire(ctx context.Context, n int, failing int64) (cost, *stand, error) {
	m.progress(fmt.Sprintf("a firing for %s accounts", thousands(n)))
	s, err := open(n, failing)
	if err != nil {
		return cost{}, nil, err
	}
	defer s.close()
	used, answer, err := invoke(ctx, m.binaries.function, s.environment(), map[string]string{"time": due})
	if err != nil {
		return cost{}, nil, err
	}
	if err := s.drain(); err != nil {
		return cost{}, nil, err
	}
	var told struct {
		Enqueued   int
		Unfinished int `json:"unfinished_shards"`
	}
	if err := json.Unmarshal(answer, &told); err != nil || told.Enqueued != n || told.Unfinished != 0 {
		return cost{}, nil, fmt.Errorf("the function answered %s, %v", answer, err)
	}
	return used, s, nil
}

// bare sends so many batches and nothing else.
func (m *measure) bare(ctx context.Context, n, batches int) (cost, error) {
	s, err := open(n, 0)
	if err != nil {
		return cost{}, err
	}
	defer s.close()
	ref := account(n - 1)
	body, err := json.Marshal(statement.Message{V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account,
		Through: "2026-11-22", Reason: statement.ReasonSchedule})
	if err != nil {
		return cost{}, err
	}
	used, _, err := invoke(ctx, m.binaries.bare, s.environment(), map[string]any{
		"calls": batches, "in_flight": inFlight, "body": string(body), "group": ref.Tenant})
	if err != nil {
		return cost{}, err
	}
	if err := s.drain(); err != nil {
		return cost{}, err
	}
	if s.messages != 10*batches {
		return cost{}, fmt.Errorf("the bare calls brought %d messages, want %d", s.messages, 10*batches)
	}
	return used, nil
}

func (m *measure) add(what string, value float64, unit string, f figures.Figure) {
	f.What, f.Value, f.Unit = what, value, unit
	m.r.Add(f)
}

func (m *measure) progress(what string) {
	if m.o.Progress != nil {
		_, _ = fmt.Fprintln(m.o.Progress, "fan-out: "+what)
	}
}

// thousands groups digits for a line of text.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
