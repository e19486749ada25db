package simtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"extrato/internal/statement"
)

// CutMode is how an effect ends a process, or its knowledge of what it did.
type CutMode int

// The ways to be cut off at an effect.
const (
	KillBefore CutMode = iota // the process dies, the effect never happens
	KillAfter                 // the effect happens, the process dies
	ReplyLost                 // it happens, the process sees an error and goes on; the SDK asks again
	Unheard                   // as ReplyLost, and the SDK's further tries end alike
	Unsent                    // it never happens: no try gets through, and the process goes on
)

var cutNames = [...]string{"killed before", "killed after", "reply lost", "unheard", "unsent"}

func (m CutMode) String() string { return cutNames[m] }

// cutKinds are counted among the faults of the figures.
var cutKinds = [...]*Kind{{Name: "crash/killed-before"}, {Name: "crash/killed-after"}, {Name: "crash/reply-lost"}, {Name: "crash/unheard"}, {Name: "crash/unsent"}}

// sdkTries is how often the SDK calls in all.
const sdkTries = 3

// CutModes are those that differ at an effect. Whether a read happens or not
// makes no difference to the world, so of two modes that differ in that alone
// one is a point.
func CutModes(e Effect) []CutMode {
	if e.Writes() {
		return []CutMode{KillBefore, KillAfter, ReplyLost, Unheard, Unsent}
	}
	return []CutMode{KillAfter, ReplyLost, Unheard}
}

// Cut is a crash point: the N-th effect, from 0, since the act of a Scenario
// began, or since the cut before this one.
type Cut struct {
	N    int
	Mode CutMode
}

func (c Cut) String() string { return fmt.Sprintf("%d:%d", c.N, int(c.Mode)) }

// cutter meets the effects of an act, one after another, with cuts. It counts
// over all processes: what is done again after a cut is counted on from there.
type cutter struct {
	w       *World
	open    bool // effects count
	cuts    []Cut
	effects []Effect // since the act began, or since the last cut
	where   []string // what was cut
	deaf    string   // the operation whose further tries end as the first
	how     CutMode
	left    int // how many of them
}

// armed makes the fault that one process meets.
func (c *cutter) armed() *Armed {
	var mode CutMode
	a := &Armed{Kind: cutKinds[0], Times: 1 << 30, ends: 1 << 30}
	a.Match = func(e Effect) bool {
		m, meets := c.next(e)
		if meets {
			mode, a.Kind = m, cutKinds[m]
		}
		return meets
	}
	a.Act = func(f *Flight) (*http.Response, error) {
		switch mode {
		case KillBefore:
			f.Kill("a cut")
		case Unsent:
			return nil, errLost
		}
		resp, err := f.Send()
		if mode == KillAfter {
			f.Kill("a cut")
		}
		return lost(resp, err)
	}
	return a
}

// next counts an effect and says whether, and how, it is cut.
func (c *cutter) next(e Effect) (CutMode, bool) {
	if !c.open {
		return 0, false
	}
	n := len(c.effects)
	c.effects = append(c.effects, e)
	if len(c.cuts) > 0 && c.cuts[0].N == n {
		mode := c.cuts[0].Mode
		c.cuts, c.effects, c.left = c.cuts[1:], nil, 0
		c.where = append(c.where, fmt.Sprintf("%s %s", e, mode))
		if mode == Unheard || mode == Unsent {
			c.deaf, c.how, c.left = e.String(), mode, sdkTries-1
		}
		return mode, true
	}
	if c.left > 0 && e.String() == c.deaf {
		c.left--
		return c.how, true
	}
	c.left = 0
	return 0, false
}

// Scenario is one thing that the product does, to be cut off anywhere.
type Scenario struct {
	Name     string
	Accounts int  // default 1
	Back     int  // days that the first sync brings; default 8
	Quiet    int  // days after the act's, with one firing each; default 1
	Small    bool // few effects, of few rows: always played, the others where all is asked for
	// Before brings the world to where the act begins; nothing is cut there.
	Before func(*Stage)
	// Act is cut, and does again what was cut off: the person repeats the
	// request, the queue redelivers, the schedule fires again.
	Act func(*Stage)
	// Mend, where set, follows the act: what was wrong at the bank is put right.
	Mend func(*Stage)
}

// Played is what came of one play of a scenario.
type Played struct {
	Scenario   string
	Again      string // the test and the flags that play it again
	Where      []string
	Effects    []Effect // of the act since its begin, or since its last cut
	Figures    *Figures
	Violations []Violation
	Trace      []string
}

// start is a Tuesday, with a weekend and no holiday before it.
const start statement.Date = "2026-09-15"

// Play plays the scenario in a bubble of virtual time, with some cuts.
func (s Scenario) Play(t *testing.T, f *Front, cuts ...Cut) (o Played) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sleepUntil(instant(start, 0))
		x := newStage(t, f, or(s.Accounts, 1), or(s.Back, 8))
		x.cutter.cuts = cuts
		sleepUntil(instant(start, 5))
		s.Before(x)
		x.cutter.open = true
		s.Act(x)
		x.cutter.open = false
		if s.Mend != nil {
			s.Mend(x)
		}
		x.quiet(or(s.Quiet, 1))
		if n := len(x.cutter.cuts); n > 0 {
			t.Errorf("%s has no effect %v", s.Name, x.cutter.cuts[0])
		}
		o = Played{s.Name, "TestOneCrash -v -args -scenario " + s.Name + " -cuts " + cutsText(cuts),
			x.cutter.where, x.cutter.effects, x.w.figures, x.w.violations, x.w.trace.lines}
	})
	return o
}

// Report tells a play that violates an invariant, and how to play it again.
func (o Played) Report(t *testing.T) {
	t.Helper()
	if len(o.Violations) == 0 {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s:\n", o.Scenario, strings.Join(o.Where, ", then "))
	for _, v := range o.Violations {
		fmt.Fprintf(&b, "violated: %s\n", v)
	}
	fmt.Fprintf(&b, "play it again:\n  go test ./internal/simtest -run %s\n", o.Again)
	t.Error(b.String())
}

func cutsText(cuts []Cut) string {
	var all []string
	for _, c := range cuts {
		all = append(all, c.String())
	}
	return or(strings.Join(all, ","), "none")
}
