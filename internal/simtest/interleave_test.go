package simtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestInterleavings lets two processes meet at every pair of their effects.
func TestInterleavings(t *testing.T) {
	t.Parallel()
	sum := newTally(t)
	for _, d := range Duels() {
		if !plays(d.Name, d.Small) {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			f, played := NewFront(), 0
			for i, more := 0, true; more && !t.Failed(); i += stride {
				var got *Figures
				got, more = d.ExploreFrom(t, f, i)
				played += got.Points["crossing/"+d.Name]
				sum.add(got)
			}
			t.Logf("%d crossings", played)
		})
	}
}

// TestOneInterleaving plays one crossing and prints all that happened:
// go test ./internal/simtest -run TestOneInterleaving -v -args -scenario daily-twice -cuts 3:5:1
func TestOneInterleaving(t *testing.T) {
	all := Duels()
	i := slices.IndexFunc(all, func(d Duel) bool { return d.Name == *scenarioFlag })
	if i < 0 {
		return
	}
	var c Crossing
	last := 0
	if _, err := fmt.Sscanf(*cutsFlag, "%d:%d:%d", &c.I, &c.J, &last); err != nil {
		t.Fatalf("-cuts %q is no crossing: %v", *cutsFlag, err)
	}
	c.TwoFirst = last == 1
	o := all[i].Play(t, NewFront(), c)
	t.Log(strings.Join(o.Trace, "\n"))
	o.Report(t)
}
