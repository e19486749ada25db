package bankday

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// national is the calendar as ANBIMA publishes it ("feriados nacionais"), written
// down date by date: the fixed ones of every year, and those that move. Dates
// are derived from the Easter table of the church, not from this package.
var (
	fixed = map[string]string{
		"01-01": "New Year's Day", "04-21": "Tiradentes' Day", "05-01": "Labour Day",
		"09-07": "Independence Day", "10-12": "Our Lady of Aparecida", "11-02": "All Souls' Day",
		"11-15": "Republic Day", "12-25": "Christmas Day",
	}
	moving = map[statement.Date]string{
		"2021-02-15": "Carnival Monday", "2021-02-16": "Carnival Tuesday", "2021-04-02": "Good Friday", "2021-06-03": "Corpus Christi",
		"2022-02-28": "Carnival Monday", "2022-03-01": "Carnival Tuesday", "2022-04-15": "Good Friday", "2022-06-16": "Corpus Christi",
		"2023-02-20": "Carnival Monday", "2023-02-21": "Carnival Tuesday", "2023-04-07": "Good Friday", "2023-06-08": "Corpus Christi",
		"2024-02-12": "Carnival Monday", "2024-02-13": "Carnival Tuesday", "2024-03-29": "Good Friday", "2024-05-30": "Corpus Christi",
		"2025-03-03": "Carnival Monday", "2025-03-04": "Carnival Tuesday", "2025-04-18": "Good Friday", "2025-06-19": "Corpus Christi",
		"2026-02-16": "Carnival Monday", "2026-02-17": "Carnival Tuesday", "2026-04-03": "Good Friday", "2026-06-04": "Corpus Christi",
		"2027-02-08": "Carnival Monday", "2027-02-09": "Carnival Tuesday", "2027-03-26": "Good Friday", "2027-05-27": "Corpus Christi",
		"2028-02-28": "Carnival Monday", "2028-02-29": "Carnival Tuesday", "2028-04-14": "Good Friday", "2028-06-15": "Corpus Christi",
		"2029-02-12": "Carnival Monday", "2029-02-13": "Carnival Tuesday", "2029-03-30": "Good Friday", "2029-05-31": "Corpus Christi",
		"2030-03-04": "Carnival Monday", "2030-03-05": "Carnival Tuesday", "2030-04-19": "Good Friday", "2030-06-20": "Corpus Christi",
		"2024-11-20": "Black Consciousness Day", "2025-11-20": "Black Consciousness Day", "2026-11-20": "Black Consciousness Day",
		"2027-11-20": "Black Consciousness Day", "2028-11-20": "Black Consciousness Day", "2029-11-20": "Black Consciousness Day",
		"2030-11-20": "Black Consciousness Day",
	}
)

// TestEveryDayOfTenYears walks 2021-2030 day by day against the lists above.
func TestEveryDayOfTenYears(t *testing.T) {
	t.Parallel()
	days := 0
	for at := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() <= 2030; at = at.AddDate(0, 0, 1) {
		days++
		d := statement.Date(at.Format("2006-01-02"))
		want := moving[d]
		if want == "" {
			want = fixed[at.Format("01-02")]
		}
		if want == "" && (at.Weekday() == time.Saturday || at.Weekday() == time.Sunday) {
			want = at.Weekday().String()
		}
		if got := Why(d); got != want {
			t.Errorf("Why(%s) = %q, want %q", d, got, want)
		}
		if got := IsBankingDay(d); got != (want == "") {
			t.Errorf("IsBankingDay(%s) = %v, with reason %q", d, got, want)
		}
	}
	if days != 3652 {
		t.Fatalf("walked %d days, want 3652", days)
	}
}

// TestEaster checks the two ends and the middle of what Easter can be, by Good
// Friday: the earliest (22 March, 1818 and 2285), the latest (25 April, 1943 and
// 2038), and the years in which naive rules fail (1954, 1981, 2049, 2076).
func TestEaster(t *testing.T) {
	t.Parallel()
	for _, easter := range []statement.Date{
		"2285-03-22", "1943-04-25", "2038-04-25", "1954-04-18", "1981-04-19", "2049-04-18", "2076-04-19",
		"2000-04-23", "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21", "2020-04-12",
		"2021-04-04", "2022-04-17", "2023-04-09", "2024-03-31", "2025-04-20",
		"2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2031-04-13",
	} {
		for name, days := range map[string]int{
			"Carnival Monday": -48, "Carnival Tuesday": -47, "Good Friday": -2, "Corpus Christi": 60,
		} {
			d := easter.AddDays(days)
			// In 2000 Good Friday was Tiradentes' Day: either name will do.
			if got := Why(d); got != name && fixed[string(d[5:])] == "" {
				t.Errorf("Easter %s: Why(%s) = %q, want %q", easter, d, got, name)
			}
		}
		if d := easter.AddDays(-46); !IsBankingDay(d) {
			t.Errorf("Ash Wednesday %s is no banking day: %s", d, Why(d))
		}
	}
}

func TestDaysPeopleAskAbout(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		day  statement.Date
		want string
	}{
		{"2023-11-20", ""}, // Consciência Negra was not national yet (a Monday)
		{"2022-11-20", "Sunday"},
		{"2024-11-20", "Black Consciousness Day"},
		{"2024-12-24", ""},
		{"2024-12-31", ""}, // branches closed, money settled
		{"2022-12-31", "Saturday"},
		{"2024-02-29", ""}, // a Thursday
		{"2028-02-29", "Carnival Tuesday"},
		{"2025-03-05", ""}, // Ash Wednesday
		{"2025-07-09", ""}, // São Paulo state only
		{"2025-01-25", "Saturday"},
		{"2025-04-17", ""},                // Maundy Thursday
		{"2025-10-28", ""},                // civil servants' day
		{"2027-05-01", "Labour Day"},      // a Saturday: told as the holiday
		{"2026-11-21", "Saturday"},        // after a Friday holiday
		{"2026-11-15", "Republic Day"},    // a Sunday
		{"2026-11-16", ""},                // holidays on a weekend do not move
		{"2025-04-21", "Tiradentes' Day"}, // Easter Monday that year
	} {
		if got := Why(tt.day); got != tt.want {
			t.Errorf("Why(%s) = %q, want %q", tt.day, got, tt.want)
		}
	}
}

func TestNeighbours(t *testing.T) {
	t.Parallel()
	type answer struct{ LastNotAfter, FirstNotBefore, Before, After statement.Date }
	for day, want := range map[statement.Date]answer{
		"2026-11-25": {"2026-11-25", "2026-11-25", "2026-11-24", "2026-11-26"}, // a Wednesday
		"2026-11-22": {"2026-11-19", "2026-11-23", "2026-11-19", "2026-11-23"}, // Sunday after Friday 20
		"2026-11-23": {"2026-11-23", "2026-11-23", "2026-11-19", "2026-11-24"},
		"2026-02-16": {"2026-02-13", "2026-02-18", "2026-02-13", "2026-02-18"}, // Carnival
		"2026-02-18": {"2026-02-18", "2026-02-18", "2026-02-13", "2026-02-19"}, // Ash Wednesday
		"2024-12-31": {"2024-12-31", "2024-12-31", "2024-12-30", "2025-01-02"},
		"2025-01-01": {"2024-12-31", "2025-01-02", "2024-12-31", "2025-01-02"},
		"2028-02-29": {"2028-02-25", "2028-03-01", "2028-02-25", "2028-03-01"},
		"2025-04-20": {"2025-04-17", "2025-04-22", "2025-04-17", "2025-04-22"}, // Easter, then Tiradentes
		"2022-12-31": {"2022-12-30", "2023-01-02", "2022-12-30", "2023-01-02"},
	} {
		got := answer{LastNotAfter(day), FirstNotBefore(day), Before(day), After(day)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", day, diff)
		}
	}
}

// BenchmarkWhy is the dearest case: a banking day in the months of Easter.
func BenchmarkWhy(b *testing.B) {
	for b.Loop() {
		if Why("2026-03-24") != "" {
			b.Fatal("24 March 2026 is a banking day")
		}
	}
}
