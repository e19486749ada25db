package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"extrato/internal/simtest"
)

// progress prints a line every now and then.
func (c *campaign) progress(done <-chan struct{}) {
	tick := time.NewTicker(c.o.every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			c.mu.Lock()
			fmt.Println(c.line())
			c.mu.Unlock()
		}
	}
}

// line is how far the campaign is, long histories that are not at their end
// included; what another process has not answered yet is not in it.
func (c *campaign) line() string {
	took, so := time.Since(c.begun), simtest.NewFigures()
	so.Add(c.total)
	for _, f := range c.under {
		so.Add(f)
	}
	rate := float64(so.Syncs) / took.Seconds()
	left := "?"
	switch {
	case c.o.hours > 0:
		left = (time.Duration(c.o.hours*float64(time.Hour)) - took).Round(time.Second).String()
	case rate > 0:
		left = time.Duration(float64(max(0, c.o.syncs-so.Syncs)) / rate * float64(time.Second)).Round(time.Second).String()
	}
	return fmt.Sprintf("%8s  histories %d, account-syncs %d (%.0f/s), at the bank %d (%.0f/s), faults %d, checks %d, violations %d, left %s",
		took.Round(time.Second), so.Histories, so.Syncs, rate, so.Reached, float64(so.Reached)/took.Seconds(),
		sum(so.Faults), sum(so.Checks), len(c.failed), left)
}

// report prints all figures, and says as an error what is not as it should be.
func (c *campaign) report(w io.Writer) error {
	took := time.Since(c.begun)
	never := neverHappened(c.total.Faults)
	all, begun := c.jobs.Listed()
	fmt.Fprintf(w, "\ncampaign %d took %s\n", c.o.campaign, took.Round(time.Second))
	fmt.Fprintf(w, "  histories                        %d", c.total.Histories)
	for _, s := range simtest.Shapes() {
		fmt.Fprintf(w, ", %s %d", s, c.shapes[s])
	}
	fmt.Fprintf(w, "\n  kinds alone and in pairs         %d of %d\n", begun, all)
	fmt.Fprintf(w, "  account-syncs                    %d, %.0f per second\n", c.total.Syncs, float64(c.total.Syncs)/took.Seconds())
	fmt.Fprintf(w, "    that asked the bank            %d, %.0f per second\n", c.total.Reached, float64(c.total.Reached)/took.Seconds())
	fmt.Fprintf(w, "    that found the day covered     %d\n", c.total.Covered)
	fmt.Fprintf(w, "  calls to AWS and the bank        %d\n", c.total.Effects)
	table(w, "faults", c.total.Faults, never)
	table(w, "invariants looked at", c.total.Checks, nil)
	fmt.Fprintf(w, "violations %d\n", len(c.failed))
	for _, told := range c.failed {
		fmt.Fprintf(w, "\n%s\n", told)
	}
	switch {
	case len(c.failed) > 0:
		return errors.New("invariants are violated")
	case len(never) > 0 && begun >= len(simtest.Catalogue()): // each was played alone, at least
		return fmt.Errorf("%d kinds of faults never happened: %s", len(never), strings.Join(never, ", "))
	}
	return nil
}

// neverHappened returns the kinds that did not happen.
func neverHappened(faults map[string]int) (never []string) {
	for _, name := range simtest.KindNames() {
		if faults[name] == 0 {
			never = append(never, name)
		}
	}
	return never
}

// table prints counts by name, two to a line; zero are names that have none.
func table(w io.Writer, title string, counts map[string]int, zero []string) {
	fmt.Fprintf(w, "%s %d\n", title, sum(counts))
	names := append(slices.Collect(maps.Keys(counts)), zero...)
	slices.Sort(names)
	half := (len(names) + 1) / 2
	for i, name := range names[:half] {
		fmt.Fprintf(w, "  %-38s %9d", name, counts[name])
		if i+half < len(names) {
			fmt.Fprintf(w, "   %-38s %9d", names[i+half], counts[names[i+half]])
		}
		fmt.Fprintln(w)
	}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
