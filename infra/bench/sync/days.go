package sync

import (
	"context"
	"fmt"
	"math"
	"time"

	"extrato/infra/bench/figures"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

const (
	firstThrough = statement.Date("2026-11-15")
	backfill     = 60
	lead         = 7  // days that a first sync asks for before what it keeps
	together     = 40 // accounts at once in one process
	ordinary     = 6  // entries a day: the ten days that a daily sync reads have 60
	days         = 6  // after which a week's deep read is due
	sampled      = 8  // accounts whose capacity is compared with the formulas
)

// measureDays plays a first sync and the days after it of many ordinary
// accounts, all at once.
func (r *rig) measureDays(ctx context.Context, report *figures.Report, handshake time.Duration) error {
	begin, end := firstThrough.AddDays(1-backfill-lead), firstThrough.AddDays(days+1)
	var all []customer
	for range together {
		c, err := r.enable(ctx, intertest.RSA)
		if err != nil {
			return err
		}
		c.bank.Generate(intertest.Exactly(ordinary*(end.DaysSince(begin)+1)), begin, end)
		all = append(all, c)
	}
	if err := r.measureFirst(ctx, report, all); err != nil {
		return err
	}
	p := r.start(limit, fmt.Sprintf("CONCURRENCY=%d", together))
	defer p.pool.Close()
	if err := r.measureDaily(ctx, report, p, all, handshake); err != nil {
		return err
	}
	if err := r.measureCovered(ctx, report, p, all); err != nil {
		return err
	}
	before := p.cpu()
	if err := p.run(ctx, messages(all, end, statement.ReasonSchedule)...); err != nil {
		return err
	}
	report.Add(figures.Figure{What: "the week's read of all that is kept: CPU of an account", Value: ms((p.cpu()-before)/together - handshake), Unit: "ms",
		Note: "beside the handshake"})
	report.Add(figures.Figure{What: "resident at the most, in all these", Value: p.peak(), Unit: "MB", Limit: maxResident})
	return nil
}

func (r *rig) measureFirst(ctx context.Context, report *figures.Report, all []customer) error {
	p := r.start(limit, fmt.Sprintf("CONCURRENCY=%d", together))
	defer p.pool.Close()
	if err := p.run(ctx, messages(all, firstThrough, statement.ReasonEnabled)...); err != nil {
		return err
	}
	report.Add(figures.Figure{What: fmt.Sprintf("%d first syncs at once: resident", together), Value: p.peak(), Unit: "MB", Limit: maxResident,
		Note: fmt.Sprintf("%d entries each", ordinary*backfill)})
	report.Add(figures.Figure{What: "an ordinary first sync: CPU", Value: ms(p.cpu() / together), Unit: "ms", Note: "with the process's start"})
	return nil
}

// measureDaily is the ordinary case: every account, every day.
func (r *rig) measureDaily(ctx context.Context, report *figures.Report, p *process, all []customer, handshake time.Duration) error {
	if err := p.run(ctx, messages(all, firstThrough.AddDays(1), statement.ReasonSchedule)...); err != nil {
		return err
	}
	var overW, overR float64
	r.bank.ResetCounters()
	before := p.cpu()
	for day := 2; day <= days; day++ {
		through := firstThrough.AddDays(day)
		if err := p.run(ctx, messages(all, through, statement.ReasonSchedule)...); err != nil {
			return err
		}
		for _, c := range all[:sampled] {
			w, o, err := r.over(ctx, c)
			if err != nil {
				return err
			}
			overW, overR = max(overW, w), max(overR, o)
		}
	}
	const syncs = together * (days - 1)
	spent, asked := (p.cpu()-before)/syncs, r.bank.Counters()
	report.Add(figures.Figure{What: fmt.Sprintf("%d daily syncs at once: resident", together), Value: p.peak(), Unit: "MB", Limit: maxResident})
	report.Add(figures.Figure{What: "a daily sync, 60 rows answered: CPU", Value: ms(spent), Unit: "ms", Note: "RSA client keys"})
	report.Add(figures.Figure{What: "the same beside the TLS handshake", Value: ms(spent - handshake), Unit: "ms", Limit: maxAccountCPU,
		Note: fmt.Sprintf("mean of %d", syncs)})
	if err := r.measureBare(ctx, report, all, spent, handshake); err != nil {
		return err
	}
	requests := 0
	for _, n := range asked.Requests {
		requests += n
	}
	report.Add(figures.Figure{What: "a daily sync: bank requests", Value: float64(requests) / syncs, Unit: "requests", Limit: maxBankRequests})
	report.Add(figures.Figure{What: "a daily sync: TLS connections", Value: float64(asked.Handshakes) / syncs, Unit: "", Limit: 1.02,
		Note: "1, but that net/http leaves a connection whose writer gets no processor for 50 ms"})
	report.Add(figures.Figure{What: "a day with new entries: write units over 2·Σ⌈KB⌉", Value: overW, Unit: "WRU", Limit: overWritten,
		Note: fmt.Sprintf("%d new entries, its run's record counted; the most of %d", ordinary, sampled*(days-1))})
	report.Add(figures.Figure{What: "a day: read units over ⌈the window's bytes / 4 KB⌉", Value: overR, Unit: "RRU", Limit: overRead})
	return nil
}

// measureBare puts the same calls without the product beside a daily sync. They
// leave the account as it was.
func (r *rig) measureBare(ctx context.Context, report *figures.Report, all []customer, spent, handshake time.Duration) error {
	const times = days - 1 // as many as were measured
	to := firstThrough.AddDays(days)
	o := order{BankURL: r.bank.URL(), BankCA: r.bank.CAPEM(), AWS: r.aws, Times: times}
	for _, c := range all {
		o.Bare = append(o.Bare, bareWork{
			Ref: c.ref, From: to.AddDays(-9), To: to, Certificate: c.cred.Certificate, Key: c.cred.Key.Reveal(),
			ID: c.cred.ClientID, Secret: c.cred.ClientSecret.Reveal(),
			Written: ordinary + 3, // head, feed and day
		})
	}
	took, err := inChild(ctx, o)
	if err != nil {
		return err
	}
	bare := took.CPU/time.Duration(times*len(all)) - handshake
	report.Add(figures.Figure{What: "of which the bare calls, through the same SDK", Value: ms(bare), Unit: "ms",
		Note: "6 to AWS, 3 to the bank; answers of the same size, nothing done with them"})
	report.Add(figures.Figure{What: "ratio", Value: float64(spent-handshake) / float64(bare), Unit: "x"})
	return nil
}

// over returns by how much the last run of an account exceeded what its entries
// make it cost.
func (r *rig) over(ctx context.Context, c customer) (write, read float64, err error) {
	runs, _, err := r.store.Runs(ctx, c.ref, 1, "")
	if err != nil {
		return 0, 0, err
	}
	run := runs[0]
	if run.Outcome != statement.OutcomeProven || run.Added != ordinary {
		return 0, 0, fmt.Errorf("%s brought %d entries, %s: want %d, proven", c.ref, run.Added, run.Outcome, ordinary)
	}
	k, err := r.keptBy(ctx, c.ref, run)
	if err != nil {
		return 0, 0, err
	}
	return run.Capacity.Write + float64(k.record-2*k.brought), run.Capacity.Read - math.Ceil(float64(k.window)/4096), nil
}

// measureCovered is the second to fourth firing of a day.
func (r *rig) measureCovered(ctx context.Context, report *figures.Report, p *process, all []customer) error {
	const times = 10
	r.bank.ResetCounters()
	r.meter.since()
	before := p.cpu()
	for range times {
		if err := p.run(ctx, messages(all, firstThrough.AddDays(days), statement.ReasonSchedule)...); err != nil {
			return err
		}
	}
	const n = times * together
	took, units, asked := p.cpu()-before, r.meter.since(), r.bank.Counters()
	report.Add(figures.Figure{What: "a message for a covered day: CPU", Value: float64(took.Microseconds()) / n, Unit: "µs", Note: fmt.Sprintf("mean of %d", n)})
	report.Add(figures.Figure{What: "a message for a covered day: read units", Value: units.Read / n, Unit: "RRU", Limit: 1})
	report.Add(figures.Figure{What: "a message for a covered day: write units", Value: units.Write / n, Unit: "WRU", Zero: true})
	report.Add(figures.Figure{What: "a message for a covered day: bank connections", Value: float64(asked.Accepted) / n, Unit: "", Zero: true})
	return nil
}
