package fanout

import (
	"fmt"
	"testing"
	"time"

	"extrato/internal/statement"
)

// With time for three accounts in ten a firing, every point of the circle is
// reached within so many firings, wherever in two years the first of them
// falls: two days as deployed. Four would be the least.
func TestPlacesLeaveNoGaps(t *testing.T) {
	t.Parallel()
	const points, reach = 1000, 300
	for name, c := range map[string]struct {
		hours []int
		most  int
	}{
		"as deployed": {[]int{6, 10, 14, 18}, 8},
		"once a day":  {[]int{6}, 16},
		"twice":       {[]int{6, 18}, 16},
		"three times": {[]int{6, 14, 22}, 16},
		"every hour":  {[]int{6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}, 16},
	} {
		firings := schedule("2026-01-01", 730, c.hours...)
		worst := 0
		for first := range len(firings) - 30 {
			reached, left, needed := [points]bool{}, points, 0
			for _, due := range firings[first:] {
				needed++
				at := int(Place(due) * points)
				for i := range reach {
					if p := (at + i) % points; !reached[p] {
						reached[p] = true
						left--
					}
				}
				if left == 0 {
					break
				}
			}
			if left > 0 {
				t.Fatalf("%s: from %s on %d points are never reached", name, firings[first], left)
			}
			worst = max(worst, needed)
		}
		if worst > c.most {
			t.Errorf("%s: %d firings needed, want at most %d", name, worst, c.most)
		}
	}
}

func TestPlaceIsTheFirings(t *testing.T) {
	t.Parallel()
	due := time.Date(2026, 11, 23, 6, 0, 0, 0, statement.SaoPaulo)
	if Place(due) != Place(due.UTC()) {
		t.Error("the place depends on the zone that the time is told in")
	}
	for h := range 10_000 {
		if at := Place(due.Add(time.Duration(h) * time.Hour)); at < 0 || at >= 1 {
			t.Fatalf("place %v, want 0 to below 1", at)
		}
	}
}

func TestSpanGrowsWithTheAccounts(t *testing.T) {
	t.Parallel()
	for accounts, want := range map[int64]time.Duration{
		0: 0, 1: 0, 200: 0, 300: time.Second, 1200: 10 * time.Second, 90_200: 900 * time.Second, 90_300: 900 * time.Second, 5_000_000: 900 * time.Second,
	} {
		if got := spanAfter(accounts); got != want {
			t.Errorf("after %d accounts: %v, want %v", accounts, got, want)
		}
	}
}

// An account keeps its place in the span, and the accounts fill it evenly.
func TestDelays(t *testing.T) {
	t.Parallel()
	const n, span = 90_000, 900 * time.Second
	minutes := map[int]int{}
	for i := range n {
		r := statement.Ref{Tenant: "tenant", Account: statement.AccountID(fmt.Sprintf("01jd9x3v6k8m2p4r7t9w1%05d", i))}
		d := delay(r, span)
		if d != delay(r, span) || d < 0 || d >= span || d%time.Second != 0 {
			t.Fatalf("%s is delayed by %v", r, d)
		}
		if half := delay(r, span/2); half < d/2-time.Second || half > d/2+time.Second {
			t.Fatalf("%s: %v of %v, but %v of %v", r, d, span, half, span/2)
		}
		if delay(r, 0) != 0 {
			t.Fatalf("%s is delayed by %v without a span", r, delay(r, 0))
		}
		minutes[int(d/time.Minute)]++
	}
	for m, got := range minutes { // 6,000 expected, with a deviation of 75
		if got < 5500 || got > 6500 {
			t.Errorf("%d accounts in minute %d, want about 6000", got, m)
		}
	}
	if len(minutes) != 15 {
		t.Errorf("delays fall into %d minutes, want 15", len(minutes))
	}
}

func TestSmallDeploymentsDoNotWait(t *testing.T) {
	t.Parallel()
	for n, delayed := range map[int]bool{200: false, 5000: true} {
		f, q, _ := newFanout(n)
		if _, err := f.Run(t.Context(), monday); err != nil {
			t.Fatal(err)
		}
		var most time.Duration
		for _, d := range q.delays {
			most = max(most, d)
		}
		if (most > 0) != delayed || most > 48*time.Second { // 4,800 of 5,000 at 100 a second
			t.Errorf("%d accounts: delayed by up to %v", n, most)
		}
	}
}
