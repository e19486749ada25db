package statement

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2023-03-20", "2024-02-29", "2000-02-29", "1900-01-01", "9998-12-31", "2026-12-31"} {
		if got, err := ParseDate(s); got != Date(s) || err != nil {
			t.Errorf("ParseDate(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "2023-02-29", "1900-02-29", "2100-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "2023-1-1", "2023-01-1", "23-01-01",
		"20/03/2023", "2023/03/20", "20230320", " 2023-03-20", "2023-03-20 ", "2023-03-20T00:00:00Z", "2023-03-20 18:43:34.773", "2023-03-20.5",
		"1899-12-31", "9999-01-01", "0000-01-01", "-2023-03-20", "+2023-03-20", "12023-03-20", "２０２３-03-20", "hoje", strings.Repeat("9", 1<<16),
	} {
		got, err := ParseDate(s)
		if !errors.Is(err, ErrNotDate) || got != "" || len(err.Error()) > 200 {
			t.Errorf("ParseDate(%.40q) = %q, want a short ErrNotDate", s, got)
		}
	}
}

// TestDateOf: the civil date of an instant is São Paulo's: UTC-3, and UTC-2 in
// the summers until 2019.
func TestDateOf(t *testing.T) {
	t.Parallel()
	for instant, want := range map[string]Date{
		"2026-11-23T02:59:59.999Z":  "2026-11-22",
		"2026-11-23T03:00:00Z":      "2026-11-23",
		"2026-11-23T09:00:00Z":      "2026-11-23",
		"2019-01-15T01:59:59Z":      "2019-01-14", // summer time: UTC-2
		"2019-01-15T02:00:00Z":      "2019-01-15",
		"2024-03-01T02:00:00Z":      "2024-02-29",
		"2025-01-01T02:30:00Z":      "2024-12-31",
		"2026-11-22T23:59:59-03:00": "2026-11-22",
		"2026-11-23T11:00:00+09:00": "2026-11-22",
	} {
		at, err := time.Parse(time.RFC3339Nano, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateOf(at); got != want {
			t.Errorf("DateOf(%s) = %s, want %s", instant, got, want)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from Date
		days int
		want Date
	}{
		{"2024-02-28", 1, "2024-02-29"}, {"2024-02-28", 2, "2024-03-01"}, {"2023-02-28", 1, "2023-03-01"}, {"2024-12-31", 1, "2025-01-01"},
		{"2025-01-01", -1, "2024-12-31"}, {"2024-03-01", -1, "2024-02-29"}, {"2024-02-29", 366, "2025-03-01"}, {"2026-11-22", 0, "2026-11-22"},
		{"2026-11-22", -60, "2026-09-23"}, {"1900-01-01", 8098*365 + 2025 - 81 + 20, "9998-01-01"}, // leap days by the rule of 4, 100 and 400
	} {
		if got := tt.from.AddDays(tt.days); got != tt.want {
			t.Errorf("%s.AddDays(%d) = %s, want %s", tt.from, tt.days, got, tt.want)
		}
		if got := tt.want.DaysSince(tt.from); got != tt.days {
			t.Errorf("%s.DaysSince(%s) = %d, want %d", tt.want, tt.from, got, tt.days)
		}
	}
	if got := Date("2023-03-19").Weekday(); got != time.Sunday {
		t.Errorf("19 March 2023 is a %s, want Sunday", got)
	}
}

// TestDatesCompareAsText: the order of the text is the order of the days.
func TestDatesCompareAsText(t *testing.T) {
	t.Parallel()
	day := rapid.Custom(func(t *rapid.T) Date { return Date("1900-01-01").AddDays(rapid.IntRange(0, 2950000).Draw(t, "day")) })
	rapid.Check(t, func(t *rapid.T) {
		a, b := day.Draw(t, "a"), day.Draw(t, "b")
		if (a < b) != (a.DaysSince(b) < 0) || (a == b) != (a.DaysSince(b) == 0) || b.AddDays(a.DaysSince(b)) != a {
			t.Fatalf("%s and %s: %d days", a, b, a.DaysSince(b))
		}
		if parsed, err := ParseDate(string(a)); parsed != a || err != nil {
			t.Fatalf("ParseDate(%s): %v", a, err)
		}
	})
}

func TestArithmeticOnNoDatePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error(`Date("").AddDays(1) does not panic`)
		}
	}()
	_ = Date("").AddDays(1)
}
