package simtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"extrato/internal/fanout"
	"extrato/internal/statement"
	"extrato/internal/syncer"
)

// Stage is where a Scenario is played: a small world without faults of its own.
type Stage struct {
	w      *World
	t      *testing.T
	front  *Front
	cutter *cutter
	date   statement.Date
	ends   map[*Account]ending
	seen   map[string]uint64 // by tenant: the version that was checked
	a      *Account          // the first account
	// unpaired lets an account be active without a pair until the quiet time.
	unpaired bool
	aside    []*Account // that the bank books nothing for
}

// ending is how an account is to be found at the end.
type ending int

const (
	endsActive ending = iota
	endsDisabled
	endsErased
)

func newStage(t *testing.T, f *Front, accounts, back int) *Stage {
	s := Script{Seed: 5, Plan: Plan{Accounts: accounts, Start: start, Days: 1, Quiet: 1, Rate: [2]float64{1, 1}, Past: back + 12, Every: 1}}
	x := &Stage{w: NewWorld(t, s), t: t, front: f, date: start, ends: map[*Account]ending{}, seen: map[string]uint64{}}
	x.w.batch.Sync.Config = syncer.Config{BackfillDays: back, LookbackDays: min(back, 9)}
	x.cutter = &cutter{w: x.w}
	x.a = x.w.accounts[0]
	x.front.serve(x.w)
	return x
}

// fire is the schedule: w.fire with an act's cuts. Lambda tries a fan-out
// that was cut off twice more.
func (x *Stage) fire() {
	w := x.w
	w.tick++
	event := fanout.Event{Time: time.Now().UTC().Format(time.RFC3339)}
	for try := range 3 {
		var answer fanout.Answer
		var err error
		queued := w.queued()
		p := w.Start(fmt.Sprintf("fanout %s try %d", x.date, try), statement.Ref{}, []*Armed{x.cutter.armed()}, nil,
			func(ctx context.Context) { answer, err = w.fanout.Run(ctx, event) })
		p.Finish()
		w.check(noCrash, p.crashed == nil, "%s crashed: %v", p.Name, p.crashed)
		x.safe()
		if !p.Lost() && err == nil {
			if answer.BankingDay {
				w.lastThrough = answer.Through
				w.checkEnqueued(x.date, queued, int(answer.Enqueued))
			}
			return
		}
		time.Sleep(time.Minute << try)
	}
}

// pump is lambda.pump with an act's cuts.
func (x *Stage) pump(until time.Time) {
	w := x.w
	for !w.failed() && time.Now().Before(until) {
		depths, _ := w.cloud.Depths()
		switch d := depths[syncQueue]; {
		case d.Total() == 0:
			return
		case d.Visible == 0:
			time.Sleep(min(30*time.Second, time.Until(until)))
			continue
		}
		for _, group := range w.lambda.grouped(w.lambda.receive()) {
			if a := w.byRef[refOf(*group[0].Body)]; a != nil {
				a.armed = []*Armed{x.cutter.armed()}
			}
			w.lambda.deliver(group)
			x.safe()
		}
	}
}

// evening is until when a day's messages are delivered.
func (x *Stage) evening() time.Time { return instant(x.date, 23) }

// tomorrow lets the day end and the next one begin: six in the morning.
func (x *Stage) tomorrow() {
	x.date = x.date.AddDays(1)
	sleepUntil(instant(x.date, 0))
	x.w.midnight(x.date, true)
	sleepUntil(instant(x.date, 6))
}

// workday fires the schedule and delivers what it brings.
func (x *Stage) workday() {
	if day := x.date.Time().Weekday(); day != time.Saturday && day != time.Sunday {
		x.fire()
	}
	x.pump(x.evening())
}

// quiet lets some days pass and then holds everything to be right.
func (x *Stage) quiet(days int) {
	x.pump(x.evening())
	for range days {
		x.tomorrow()
		x.workday()
	}
	if x.w.failed() {
		return
	}
	x.settled()
}

// opened creates an account, enables it and brings its first statement.
func (x *Stage) opened(a *Account) {
	x.w.create(a)
	x.must(x.enable(a))
	x.w.lastThrough = x.date.AddDays(-1)
	x.pump(x.evening())
}

func (x *Stage) must(done bool) {
	if !done {
		x.t.Errorf("the scenario itself: a request failed: %v", x.w.lastErr)
	}
}
