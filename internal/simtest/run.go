package simtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Play plays a script in a bubble of virtual time.
func Play(t *testing.T, s Script) (o Outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sleepUntil(instant(s.Plan.Start, 0))
		w := NewWorld(t, s)
		w.Days()
		o = w.outcome()
	})
	return o
}

// outcome ends the history.
func (w *World) outcome() Outcome {
	for _, a := range w.accounts {
		w.Trace("%s ends as %s", a.Ref, w.digest(a.Ref))
	}
	w.figures.Histories = 1
	return Outcome{Script: w.script, Figures: w.figures, Violations: w.violations, Hash: w.hash(), Trace: w.trace.lines}
}

// Run plays the history of a seed. One that violates an invariant is made as
// short as it can be, told, and fails the test.
func Run(t *testing.T, seed uint64, plan Plan) Outcome {
	t.Helper()
	o := Play(t, Generate(seed, plan))
	if len(o.Violations) > 0 {
		report(t, Shrink(t, o))
	}
	return o
}

// Shrink leaves out faults, halves first and then one by one, as long as the
// same invariant is violated.
func Shrink(t *testing.T, o Outcome) Outcome {
	t.Helper()
	invariant, end := o.Violations[0].Invariant, time.Now().Add(o.Script.Plan.Shrink)
	for size := max(1, len(o.Script.Injections)/2); ; size = max(1, size/2) {
		smaller := false
		for from := 0; from < len(o.Script.Injections) && time.Now().Before(end); {
			s := o.Script
			s.Injections = slices.Delete(slices.Clone(s.Injections), from, min(from+size, len(s.Injections)))
			shorter := Play(t, s)
			if len(shorter.Violations) > 0 && shorter.Violations[0].Invariant == invariant {
				o, smaller = shorter, true
			} else {
				from += size
			}
		}
		if size == 1 && !smaller {
			break
		}
	}
	return o
}

// report tells a history that violates an invariant, and how to play it again.
func report(t *testing.T, o Outcome) {
	t.Helper()
	var b strings.Builder
	var keep []string
	fmt.Fprintf(&b, "seed %d, from %s: %d faults are enough:\n", o.Script.Seed, o.Script.Plan.Start, len(o.Script.Injections))
	for _, in := range o.Script.Injections {
		fmt.Fprintf(&b, "  %s\n", in)
		keep = append(keep, fmt.Sprint(in.N))
	}
	for _, v := range o.Violations {
		fmt.Fprintf(&b, "violated: %s\n", v)
	}
	p := o.Script.Plan
	fmt.Fprintf(&b, "play it again:\n  go test ./internal/simtest -run TestReplay -args -seed %d -accounts %d -days %d -quiet %d -keep %s\n",
		o.Script.Seed, p.Accounts, p.Days, p.Quiet, or(strings.Join(keep, ","), "none"))
	t.Error(b.String())
}
