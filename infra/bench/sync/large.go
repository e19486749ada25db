package sync

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"extrato/infra/bench/figures"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// tenThousand is the most that one answer of the bank has.
const tenThousand = 10_000

// largeCustomers are accounts whose first sync brings ten thousand entries: all
// of them dated in the days that are kept.
func (r *rig) largeCustomers(ctx context.Context, n int) (all []customer, err error) {
	for range n {
		c, err := r.enable(ctx, intertest.EC)
		if err != nil {
			return nil, err
		}
		c.bank.Generate(intertest.Exactly(tenThousand), firstThrough.AddDays(1-backfill), firstThrough.AddDays(-3))
		all = append(all, c)
	}
	return all, nil
}

// measureLarge measures one by itself, then three at once, with turns and the
// goal for memory and without either.
func (r *rig) measureLarge(ctx context.Context, report *figures.Report) error {
	if err := r.measureOneLarge(ctx, report); err != nil {
		return err
	}
	const n = 3
	all, err := r.largeCustomers(ctx, 2*n)
	if err != nil {
		return err
	}
	p := r.start(limit)
	defer p.pool.Close()
	var unbounded outcome
	var took time.Duration
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		began := time.Now()
		err := p.runOn(ctx, messages(all[:n], firstThrough, statement.ReasonEnabled)...)
		took = time.Since(began)
		return err
	})
	both.Go(func() (err error) {
		unbounded, err = inChild(ctx, order{
			BankURL: r.bank.URL(), BankCA: r.bank.CAPEM(), AWS: r.aws, Queue: r.queue,
			Messages: messages(all[n:], firstThrough, statement.ReasonEnabled),
		})
		return err
	})
	if err := both.Wait(); err != nil {
		return err
	}
	report.Add(figures.Figure{What: fmt.Sprintf("%d of them at once, large answers in turns: resident", n), Value: p.peak(), Unit: "MB", Limit: maxResident,
		Note: fmt.Sprintf("in %.0f s, 2 at a time", took.Seconds())})
	report.Add(figures.Figure{What: "the same without turns and without a goal for memory", Value: unbounded.Peak, Unit: "MB"})
	report.Add(figures.Figure{What: "ratio", Value: unbounded.Peak / p.peak(), Unit: "x"})
	return nil
}

func (r *rig) measureOneLarge(ctx context.Context, report *figures.Report) error {
	all, err := r.largeCustomers(ctx, 1)
	if err != nil {
		return err
	}
	p := r.start(limit)
	defer p.pool.Close()
	r.bank.ResetCounters()
	r.meter.since()
	began := time.Now()
	if err := p.run(ctx, messages(all, firstThrough, statement.ReasonEnabled)...); err != nil {
		return err
	}
	took, used, asked := time.Since(began), r.meter.since(), r.bank.Counters()
	runs, _, err := r.store.Runs(ctx, all[0].ref, 1, "")
	if err != nil {
		return err
	}
	if run := runs[0]; run.Added != tenThousand || run.Outcome != statement.OutcomeProven {
		return fmt.Errorf("%d entries were brought, %s: want %d, proven", run.Added, run.Outcome, tenThousand)
	}
	report.Add(figures.Figure{What: "first sync of 10,000 entries: resident", Value: p.peak(), Unit: "MB", Limit: maxResident})
	report.Add(figures.Figure{What: "first sync of 10,000 entries: statement requests", Value: float64(asked.Requests[intertest.Statement]), Unit: "requests", Limit: 1})
	report.Add(figures.Figure{What: "first sync of 10,000 entries: transactions", Value: float64(used.Transactions), Unit: "", Limit: maxTransactions})
	report.Add(figures.Figure{What: "first sync of 10,000 entries: write units", Value: used.Write, Unit: "WRU",
		Note: fmt.Sprintf("in %.0f s: one partition takes 1,000 a second", took.Seconds())})
	report.Add(figures.Figure{What: "first sync of 10,000 entries: CPU", Value: ms(p.cpu()), Unit: "ms"})
	return p.week(ctx, report, all)
}

// week is the read of everything, with as much kept as answered.
func (p *process) week(ctx context.Context, report *figures.Report, all []customer) error {
	if err := p.run(ctx, messages(all, firstThrough.AddDays(7), statement.ReasonSchedule)...); err != nil {
		return err
	}
	report.Add(figures.Figure{What: "its read a week later, 10,000 kept: resident", Value: p.peak(), Unit: "MB", Limit: maxResident})
	return nil
}
