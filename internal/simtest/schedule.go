package simtest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/fanout"
	"extrato/internal/statement"
)

// firings are the hours of São Paulo at which the schedule fires on weekdays.
var firings = []int{6, 10, 14, 18}

// waits is for how many firings a fault waits for the effect that it meets: most
// messages find their day covered and have one effect only.
const waits = 20

// instant is an hour of a day in São Paulo.
func instant(day statement.Date, hour int) time.Time {
	d := day.Time()
	return time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, statement.SaoPaulo)
}

func sleepUntil(t time.Time) { time.Sleep(time.Until(t)) }

// mostWaiting is how many days a quiet time goes on while an entry waits to be
// withdrawn: the last deep read may be the first that misses a payment and its
// reversal, and five run dates over a week come after that.
const mostWaiting = 9

// waiting reports whether an entry of any account is to be withdrawn, perhaps.
func (w *World) waiting() bool {
	return slices.ContainsFunc(w.accounts, func(a *Account) bool {
		head, _ := w.headItem(a.Ref)
		return head.Text("open_from") != ""
	})
}

// Days plays the script's days, until one has a violation. The world must
// have been made on the script's first day.
func (w *World) Days() {
	plan := w.script.Plan
	end := plan.Days + plan.Quiet
	for day := 0; (day < end || day < end+mostWaiting && w.waiting()) && !w.failed(); day++ {
		date := plan.Start.AddDays(day)
		sleepUntil(instant(date, 0))
		w.midnight(date, day > 0)
		sleepUntil(instant(date, 5))
		if day >= plan.Days {
			w.calm()
		}
		w.people()
		for i, hour := range firings {
			if w.failed() {
				return
			}
			sleepUntil(instant(date, hour))
			w.tick++
			w.due()
			w.inject(day, i)
			w.fire(date)
			next := instant(date, hour+4).Add(-time.Minute)
			if i == len(firings)-1 {
				next = instant(date.AddDays(1), 0).Add(-time.Minute)
			}
			w.lambda.pump(next)
		}
		if plan.EachDay != nil {
			plan.EachDay(w, date)
		}
	}
	if !w.failed() {
		w.checkQuiet()
	}
}

// midnight lets the bank book the day that ended.
func (w *World) midnight(date statement.Date, book bool) {
	if !bankday.IsBankingDay(date) && date.Time().Weekday() != time.Saturday && date.Time().Weekday() != time.Sunday {
		w.count(func(f *Figures) { f.Faults["time/holiday"]++ })
	}
	if date[5:] == "01-01" {
		w.count(func(f *Figures) { f.Faults["time/year-end"]++ })
	}
	if !book {
		return
	}
	for _, a := range w.accounts {
		a.Bank.Generate(a.profile, date.AddDays(-1), date.AddDays(-1))
		a.learn(date.AddDays(-1), date.AddDays(-1))
	}
}

// due does what was planned for now.
func (w *World) due() {
	rest := w.planned[:0:0]
	todo := w.planned
	w.planned = nil
	for _, p := range todo {
		if p.tick <= w.tick || w.calmed {
			p.f()
		} else {
			rest = append(rest, p)
		}
	}
	w.planned = append(rest, w.planned...)
}

// calm ends every fault.
func (w *World) calm() {
	if w.calmed {
		return
	}
	w.calmed = true
	w.Trace("calm")
	w.due()
	w.fanoutArmed = nil
	for _, a := range w.accounts {
		a.armed, a.person, a.copies, a.undeleted, a.withhold, a.pageSize = nil, nil, 0, 0, 0, ""
		a.Bank.AnswerEmpty(0)
		a.Bank.RefuseBalance(0)
	}
	for i := range w.lambda.held {
		w.lambda.held[i].until = time.Now()
	}
}

// inject lets the script's faults of a firing happen, or wait for their effect.
func (w *World) inject(day, firing int) {
	w.fanoutArmed = nil
	for _, in := range w.script.Injections {
		if in.Day != day || in.Firing != firing {
			continue
		}
		k, a, r := kindNamed(in.Kind), w.accounts[in.Account], Stream(in.Draw, "injection")
		if k == nil {
			panic("simtest: no fault is named " + in.Kind)
		}
		w.Trace("%s", in)
		if k.Do != nil {
			if k.Do(w, a, r) {
				w.count(func(f *Figures) { f.Faults[k.Name]++ })
			}
			continue
		}
		armed := k.Arm(r)
		armed.Kind, armed.Rand, armed.ends = k, r, w.tick+waits
		switch {
		case k.Fanout:
			w.fanoutArmed = append(w.fanoutArmed, armed)
		case k.Person:
			a.person = append(a.person, armed)
		default:
			a.armed = append(a.armed, armed)
		}
	}
}

// fire is EventBridge Scheduler on a weekday, and Lambda's two retries of an
// asynchronous invocation.
func (w *World) fire(date statement.Date) {
	if d := date.Time().Weekday(); d == time.Saturday || d == time.Sunday {
		return
	}
	event := fanout.Event{Time: time.Now().UTC().Format(time.RFC3339)}
	for try := range 3 {
		var answer fanout.Answer
		var err error
		armed := w.fanoutArmed
		for _, f := range armed {
			f.left = f.Past
		}
		w.fanoutArmed = nil
		queued := w.queued()
		p := w.Start(fmt.Sprintf("fanout %s try %d", date, try), statement.Ref{}, armed, nil,
			func(ctx context.Context) { answer, err = w.fanout.Run(ctx, event) })
		p.Finish()
		w.check(noCrash, p.crashed == nil, "%s crashed: %v", p.Name, p.crashed)
		if !p.Lost() && err == nil {
			w.Trace("fanout of %s: banking day %v, through %s, %d", date, answer.BankingDay, answer.Through, answer.Enqueued)
			if answer.BankingDay {
				w.lastThrough = answer.Through
				w.checkEnqueued(date, queued, int(answer.Enqueued))
			}
			return
		}
		time.Sleep(time.Minute << try)
	}
	w.Trace("fanout of %s failed for good", date)
}
