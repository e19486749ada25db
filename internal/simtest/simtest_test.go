package simtest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	seedFlag     = flag.Uint64("seed", 0, "seed of the history that TestReplay plays")
	keepFlag     = flag.String("keep", "", "numbers of the faults that TestReplay keeps, separated by commas; none; default all")
	accountsFlag = flag.Int("accounts", 0, "accounts of a history")
	daysFlag     = flag.Int("days", 0, "civil days with faults")
	quietFlag    = flag.Int("quiet", 0, "civil days without, after them")
	traceFlag    = flag.Bool("trace", false, "TestReplay prints all that happened")
	timeFlag     = flag.Duration("shrinktime", 0, "how long a shorter history is looked for; negative: not at all")
	freshFlag    = flag.Int("fresh", 0, "fresh seeds that TestShort plays; default two that are always the same")
	shrinkFlag   = flag.Bool("shrink", false, "TestReplay leaves out faults as long as the same is violated")
)

func planOfFlags() Plan {
	return Plan{Accounts: *accountsFlag, Days: *daysFlag, Quiet: *quietFlag, Shrink: *timeFlag}
}

// TestShort plays two seeds, or as many fresh ones as -fresh says, which it prints.
func TestShort(t *testing.T) {
	t.Parallel()
	begun, total := time.Now(), NewFigures()
	seeds := []uint64{2, 3}
	if *freshFlag > 0 {
		seeds = nil
	}
	for range *freshFlag {
		seeds = append(seeds, rand.Uint64()>>12)
	}
	for _, seed := range seeds {
		if t.Failed() {
			break
		}
		o := Run(t, seed, planOfFlags())
		total.Add(o.Figures)
		t.Logf("seed %d", seed)
	}
	t.Logf("%s%.0f syncs/s", total, float64(total.Syncs)/time.Since(begun).Seconds())
}

// TestReplay plays one seed: go test ./internal/simtest -run TestReplay -args -seed N -trace
func TestReplay(t *testing.T) {
	t.Parallel()
	s := Generate(*seedFlag, planOfFlags())
	if *keepFlag != "" {
		var keep []int
		for n := range strings.SplitSeq(strings.TrimPrefix(*keepFlag, "none"), ",") {
			if i, err := strconv.Atoi(n); err == nil {
				keep = append(keep, i)
			}
		}
		s = s.Keep(keep)
	}
	if *shrinkFlag {
		Run(t, *seedFlag, planOfFlags())
		return
	}
	o := Play(t, s)
	if len(o.Violations) > 0 {
		report(t, o)
	}
	if *traceFlag {
		fmt.Fprintln(os.Stderr, strings.Join(o.Trace, "\n"))
	}
	t.Log(o.Figures)
}

// TestSameSeedSameHistory: all that happened, and when, is the same again.
func TestSameSeedSameHistory(t *testing.T) {
	t.Parallel()
	plan := Plan{Accounts: 3, Days: 12}
	one, two := Play(t, Generate(7, plan)), Play(t, Generate(7, plan))
	if one.Hash != two.Hash {
		t.Errorf("one seed, two histories: %s and %s", one.Hash, two.Hash)
	}
	if other := Play(t, Generate(8, plan)); other.Hash == one.Hash {
		t.Error("two seeds, one history")
	}
}
