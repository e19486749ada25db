package simtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Figures are what is counted over histories.
type Figures struct {
	Histories int
	Syncs     int            // account-syncs: messages that a process began to work on
	Covered   int            // of these, those that one look at the head ended
	Reached   int            // syncs of an account that reached the bank: processes, not messages
	Effects   int            // calls that left a process
	Faults    map[string]int // by kind: those that happened
	Checks    map[string]int // by invariant: how often it was looked at
	Points    map[string]int // crash points and interleavings that were played, by scenario
}

// NewFigures returns figures that count nothing yet.
func NewFigures() *Figures {
	return &Figures{Faults: map[string]int{}, Checks: map[string]int{}, Points: map[string]int{}}
}

// Add adds another history's figures.
func (f *Figures) Add(o *Figures) {
	f.Histories += o.Histories
	f.Syncs += o.Syncs
	f.Covered += o.Covered
	f.Reached += o.Reached
	f.Effects += o.Effects
	for name, n := range o.Faults {
		f.Faults[name] += n
	}
	for name, n := range o.Checks {
		f.Checks[name] += n
	}
	for name, n := range o.Points {
		f.Points[name] += n
	}
}

// String is a table of all.
func (f *Figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "histories %d, account-syncs %d (%d covered), %d of them at the bank, effects %d\n",
		f.Histories, f.Syncs, f.Covered, f.Reached, f.Effects)
	for _, t := range []struct {
		title string
		count map[string]int
	}{{"faults", f.Faults}, {"checks", f.Checks}, {"points", f.Points}} {
		sum := 0
		for _, n := range t.count {
			sum += n
		}
		fmt.Fprintf(&b, "%s %d\n", t.title, sum)
		for _, name := range slices.Sorted(maps.Keys(t.count)) {
			fmt.Fprintf(&b, "  %-34s %d\n", name, t.count[name])
		}
	}
	return b.String()
}

// countReached counts a sync that got as far as the bank.
func (w *World) countReached(p *Process) {
	if slices.ContainsFunc(p.Effects(), func(e Effect) bool { return e.Service == Bank }) {
		w.count(func(f *Figures) { f.Reached++ })
	}
}

// Violation is an invariant that did not hold.
type Violation struct {
	Invariant string
	When      string // in the history
	Text      string
}

func (v Violation) String() string { return fmt.Sprintf("%s at %s: %s", v.Invariant, v.When, v.Text) }

// Outcome is what came of a history.
type Outcome struct {
	Script     Script
	Figures    *Figures
	Violations []Violation
	Hash       string   // of everything that happened
	Trace      []string // the last of it
}
