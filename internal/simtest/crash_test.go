package simtest

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	scenarioFlag = flag.String("scenario", "", "the scenario or duel that TestOneCrash or TestOneInterleaving plays")
	cutsFlag     = flag.String("cuts", "none", "its cuts, as n:mode, separated by commas; none")
	pairsFlag    = flag.String("pairs", "", "which pairs of cuts TestCrashes plays: kills or all; default none")
	allFlag      = flag.Bool("exhaustive", false, "TestCrashes and TestInterleavings play all, not only the small ones")
)

// tally sums the figures of parallel tests and tells them at the end.
type tally struct {
	mu    sync.Mutex
	total *Figures
}

func newTally(t *testing.T) *tally {
	sum, begun := &tally{total: NewFigures()}, time.Now()
	t.Cleanup(func() {
		points := 0
		for _, n := range sum.total.Points {
			points += n
		}
		sum.total.Histories = points
		t.Logf("%s%d played in %v", sum.total, points, time.Since(begun).Round(time.Second))
	})
	return sum
}

// plays says whether a scenario or duel is among what was asked for.
func plays(name string, small bool) bool {
	return name == *scenarioFlag || *scenarioFlag == "" && (small || *allFlag)
}

func (s *tally) add(f *Figures) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total.Add(f)
}

// TestCrashes cuts every scenario off at every effect, in every way.
func TestCrashes(t *testing.T) {
	t.Parallel()
	sum := newTally(t)
	pairs := map[string]Pairs{"kills": KillPairs, "all": AllPairs}[*pairsFlag]
	for _, s := range Scenarios() {
		if !plays(s.Name, s.Small) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			f := NewFront()
			cuts, o := s.Points(t, f)
			o.Report(t)
			t.Logf("%d effects, %d points", len(o.Effects), len(cuts))
			for i, c := range cuts {
				if t.Failed() {
					break
				}
				if i%stride != 0 {
					continue
				}
				sum.add(s.ExploreFrom(t, f, c, pairs))
			}
		})
	}
}

// TestOneCrash plays a scenario with some cuts and prints all that happened:
// go test ./internal/simtest -run TestOneCrash -v -args -scenario daily -cuts 3:1
func TestOneCrash(t *testing.T) {
	if *scenarioFlag == "" {
		return
	}
	all := Scenarios()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == *scenarioFlag })
	if i < 0 {
		t.Fatalf("no scenario is named %s", *scenarioFlag)
	}
	var cuts []Cut
	for text := range strings.SplitSeq(strings.TrimPrefix(*cutsFlag, "none"), ",") {
		var c Cut
		if _, err := fmt.Sscanf(text, "%d:%d", &c.N, &c.Mode); err == nil {
			cuts = append(cuts, c)
		}
	}
	o := all[i].Play(t, NewFront(), cuts...)
	t.Log(strings.Join(o.Trace, "\n"))
	t.Log(o.Effects)
	o.Report(t)
}
