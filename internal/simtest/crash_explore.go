package simtest

import (
	"slices"
	"testing"
)

// Pairs says which pairs of cuts are played.
type Pairs int

// None; a kill after any effect, then a kill after any effect of what follows;
// every mode at either.
const (
	NoPairs Pairs = iota
	KillPairs
	AllPairs
)

// Points plays a scenario without a cut, which counts its effects, and says
// where it can be cut once.
func (s Scenario) Points(t *testing.T, f *Front) (cuts []Cut, o Played) {
	t.Helper()
	o = s.Play(t, f)
	return pointsOf(o.Effects, nil), o
}

// pointsOf lists all cuts of effects, of some modes only where any are named.
func pointsOf(effects []Effect, modes []CutMode) []Cut {
	var cuts []Cut
	for n, e := range effects {
		for _, m := range CutModes(e) {
			if modes == nil || slices.Contains(modes, m) {
				cuts = append(cuts, Cut{n, m})
			}
		}
	}
	return cuts
}

// ExploreFrom plays one cut, and then each second one of what is done after it.
func (s Scenario) ExploreFrom(t *testing.T, f *Front, first Cut, pairs Pairs) *Figures {
	t.Helper()
	total := NewFigures()
	play := func(what string, cuts ...Cut) Played {
		o := s.Play(t, f, cuts...)
		o.Report(t)
		total.Add(o.Figures)
		total.Points[what+s.Name]++
		return o
	}
	o := play("crash/", first)
	var modes []CutMode
	switch {
	case pairs == NoPairs, pairs == KillPairs && first.Mode != KillAfter:
		return total
	case pairs == KillPairs:
		modes = []CutMode{KillAfter}
	}
	for _, second := range pointsOf(o.Effects, modes) {
		if t.Failed() {
			break
		}
		play("crash-twice/", first, second)
	}
	return total
}
