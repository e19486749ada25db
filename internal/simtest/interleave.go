package simtest

import (
	"fmt"
	"testing"
	"testing/synctest"

	"extrato/internal/statement"
)

// Duel is two processes that work on the same at the same time, each stopped
// before any of its effects while the other goes on.
type Duel struct {
	Name     string
	Accounts int  // default 1
	Back     int  // days that the first sync brings; default 8
	Quiet    int  // days after; default 1
	Small    bool // as a Scenario's
	Unpaired bool // an account may be active without a pair for a while
	Before   func(*Stage)
	// One and Two begin a process; it stops where gate says.
	One, Two func(x *Stage, gate func(Effect) bool) *running
	// After is what people do next: those whose request failed repeat it.
	After func(*Stage)
	// Check, where set, looks at what the two have come to, before all else.
	Check func(*Stage)
}

// running is a process of a Duel.
type running struct {
	*Process
	end func() // what is done with its answer
}

// Crossing says how two processes run: One stops before its effect I, then Two
// runs up to before its effect J, then one ends and then the other.
type Crossing struct {
	I, J     int
	TwoFirst bool // ends first
}

func (c Crossing) String() string {
	if c.TwoFirst {
		return fmt.Sprintf("%d:%d:1", c.I, c.J)
	}
	return fmt.Sprintf("%d:%d:0", c.I, c.J)
}

// Crossed is what came of a crossing.
type Crossed struct {
	Played
	oneStopped, twoStopped bool // before their effects I and J
}

// Play plays a duel in a bubble of virtual time.
func (d Duel) Play(t *testing.T, f *Front, c Crossing) (o Crossed) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sleepUntil(instant(start, 0))
		x := newStage(t, f, or(d.Accounts, 1), or(d.Back, 8))
		x.unpaired = d.Unpaired
		sleepUntil(instant(start, 5))
		d.Before(x)
		one := d.One(x, func(e Effect) bool { return e.N == c.I })
		_, o.oneStopped = one.Wait()
		two := d.Two(x, func(e Effect) bool { return e.N == c.J })
		_, o.twoStopped = two.Wait()
		x.safe()
		first, second := one, two
		stopped := [2]bool{o.oneStopped, o.twoStopped}
		if c.TwoFirst {
			first, second, stopped = two, one, [2]bool{o.twoStopped, o.oneStopped}
		}
		for i, p := range []*running{first, second} {
			if stopped[i] {
				p.Resume()
				p.Finish()
			}
			x.w.check(noCrash, p.crashed == nil, "%s crashed: %v", p.Name, p.crashed)
			p.end()
			x.safe()
		}
		if d.Check != nil {
			d.Check(x)
		}
		if d.After != nil {
			d.After(x)
		}
		x.quiet(or(d.Quiet, 1))
		o.Played = Played{Scenario: d.Name, Again: "TestOneInterleaving -v -args -scenario " + d.Name + " -cuts " + c.String(), Where: []string{"crossing " + c.String()},
			Figures: x.w.figures, Violations: x.w.violations, Trace: x.w.trace.lines}
	})
	return o
}

// ExploreFrom plays all crossings of one effect of One, until Two ends before
// it could be stopped: then the order of the ends makes no difference. More
// says whether One has that effect.
func (d Duel) ExploreFrom(t *testing.T, f *Front, i int) (total *Figures, more bool) {
	t.Helper()
	total = NewFigures()
	for j := 0; !t.Failed(); j++ {
		stopped := false
		for _, twoFirst := range []bool{false, true} {
			o := d.Play(t, f, Crossing{i, j, twoFirst})
			o.Report(t)
			total.Add(o.Figures)
			total.Points["crossing/"+d.Name]++
			stopped, more = o.twoStopped, o.oneStopped
			if !stopped || !more {
				break
			}
		}
		if !stopped || !more {
			break
		}
	}
	return total, more
}

// message is a process of functions/sync with a new message of an account.
func (x *Stage) message(a *Account, reason statement.Reason) func(gate func(Effect) bool) *running {
	return func(gate func(Effect) bool) *running {
		x.w.lambda.sendMessage(x.w.message(a.Ref, reason))
		return x.delivery(a, gate)
	}
}

// delivery begins a process with the messages that are on the queue, all of
// the one account.
func (x *Stage) delivery(a *Account, gate func(Effect) bool) *running {
	l := x.w.lambda
	group := l.receive()
	head, _ := x.w.headItem(a.Ref)
	p, again := l.invoke(group, a.Ref, nil, gate)
	return &running{p, func() {
		l.settle(a, group, p, *again)
		before := head.Int("version")
		if now, _ := x.w.headItem(a.Ref); now.Text("credential_id") != head.Text("credential_id") {
			// What the old pair met says nothing of the account: the message
			// of who brought the new one speaks for it.
			before = -1
		}
		if p.idle && x.w.active(a.Ref) { // it became active meanwhile: the same
			p.idle, before = false, -1
		}
		x.w.afterMessages(a, group, p, *again, before)
	}}
}

func syncOf(reason statement.Reason) func(*Stage, func(Effect) bool) *running {
	return func(x *Stage, gate func(Effect) bool) *running { return x.message(x.a, reason)(gate) }
}
