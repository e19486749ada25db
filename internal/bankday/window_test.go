package bankday

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"extrato/internal/statement"
)

func TestThrough(t *testing.T) {
	t.Parallel()
	for run, want := range map[statement.Date]statement.Date{
		"2026-11-23": "2026-11-22", "2026-01-01": "2025-12-31", "2024-03-01": "2024-02-29", "2025-03-01": "2025-02-28",
	} {
		if got := Through(run); got != want {
			t.Errorf("Through(%s) = %s, want %s", run, got, want)
		}
	}
}

// TestFirstWindow: D is the run's date; kept is what is dated in D-60…D-1.
func TestFirstWindow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		through  statement.Date
		backfill int
		ask      statement.Date
		covered  statement.Date
	}{
		{"2026-11-22", 60, "2026-09-17", "2026-09-24"}, // D = 23 Nov: 23 + 31 + 6 days back
		{"2024-03-30", 60, "2024-01-24", "2024-01-31"}, // over 29 February: 31 + 29 = 60 days before 31 March
		{"2026-11-22", 1, "2026-11-15", "2026-11-22"},
		{"2026-11-22", 365, "2025-11-16", "2025-11-23"},
	} {
		ask, covered := FirstWindow(tt.through, tt.backfill)
		if ask != tt.ask || covered != tt.covered {
			t.Errorf("FirstWindow(%s, %d) = %s, %s, want %s, %s", tt.through, tt.backfill, ask, covered, tt.ask, tt.covered)
		}
	}
}

func TestDailyFrom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ through, read, want statement.Date }{
		{"2026-11-22", "2026-11-19", "2026-11-13"}, // the usual Monday: both rules say 13
		{"2026-11-24", "2026-11-23", "2026-11-15"}, // through - 9 is earlier
		{"2026-11-24", "2026-10-30", "2026-10-24"}, // weeks of failure: read_through - 6 is earlier
		{"2026-11-24", "2026-11-24", "2026-11-15"},
		{"2024-03-04", "2024-03-01", "2024-02-24"}, // over 29 February
	} {
		if got := DailyFrom(tt.through, tt.read); got != tt.want {
			t.Errorf("DailyFrom(%s, %s) = %s, want %s", tt.through, tt.read, got, tt.want)
		}
	}
}

func TestWeeklyFrom(t *testing.T) {
	t.Parallel()
	// 2026-11-22 is day 326 of its year, 88 days before it is day 238.
	if got := WeeklyFrom("2026-11-22"); got != "2026-08-26" {
		t.Errorf("WeeklyFrom = %s, want 2026-08-26", got)
	}
	if got := Slices(WeeklyFrom("2026-11-22"), "2026-11-22", MaxDays); len(got) != 1 {
		t.Errorf("the weekly read takes %d requests, want 1", len(got))
	}
}

func TestSlices(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		from, to statement.Date
		days     int
		want     [][2]statement.Date
	}{
		{"one day", "2026-11-22", "2026-11-22", 89, [][2]statement.Date{{"2026-11-22", "2026-11-22"}}},
		{"exactly one slice", "2026-01-01", "2026-03-31", 89, [][2]statement.Date{{"2026-01-01", "2026-03-31"}}},
		{"a day too many", "2026-01-01", "2026-04-01", 89,
			[][2]statement.Date{{"2026-01-01", "2026-03-31"}, {"2026-04-01", "2026-04-01"}}},
		{"a leap year", "2024-01-01", "2024-12-31", 89, [][2]statement.Date{
			{"2024-01-01", "2024-03-30"}, {"2024-03-31", "2024-06-28"}, {"2024-06-29", "2024-09-26"},
			{"2024-09-27", "2024-12-25"}, {"2024-12-26", "2024-12-31"}}},
		{"nothing", "2026-11-23", "2026-11-22", 89, nil},
		{"day by day", "2026-11-21", "2026-11-22", 0,
			[][2]statement.Date{{"2026-11-21", "2026-11-21"}, {"2026-11-22", "2026-11-22"}}},
		{"negative counts as 0", "2026-11-22", "2026-11-22", -3, [][2]statement.Date{{"2026-11-22", "2026-11-22"}}},
	} {
		if diff := cmp.Diff(tt.want, Slices(tt.from, tt.to, tt.days)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestSlicesCoverEveryDayOnce says the contract as a property.
func TestSlicesCoverEveryDayOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := statement.Date("2019-12-01").AddDays(rapid.IntRange(0, 3000).Draw(t, "start"))
		to := from.AddDays(rapid.IntRange(0, 800).Draw(t, "length"))
		most := rapid.IntRange(0, 100).Draw(t, "most")
		next := from
		for _, s := range Slices(from, to, most) {
			if s[0] != next || s[1] < s[0] || s[1].DaysSince(s[0]) > most {
				t.Fatalf("slice %v after %s, at most %d days", s, next, most)
			}
			next = s[1].AddDays(1)
		}
		if next != to.AddDays(1) {
			t.Fatalf("slices end before %s, want %s", next, to.AddDays(1))
		}
	})
}
