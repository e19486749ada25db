package figures

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		f    Figure
		want bool
	}{
		{"no limit", Figure{Value: 1e9}, true},
		{"below", Figure{Value: 5.99, Limit: 6}, true},
		{"at the limit", Figure{Value: 6, Limit: 6}, true},
		{"above", Figure{Value: 6.01, Limit: 6}, false},
		{"a difference below nothing", Figure{Value: -2, Limit: 6}, true},
		{"no number", Figure{Value: math.NaN(), Limit: 6}, false},
		{"none, as it must be", Figure{Value: 0, Zero: true}, true},
		{"one too many", Figure{Value: 1, Zero: true}, false},
		{"no number of errors", Figure{Value: math.NaN(), Zero: true}, false},
	} {
		if got := test.f.Holds(); got != test.want {
			t.Errorf("%s: holds is %v, want %v", test.name, got, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{
		0: "0", 1: "1", 1.234: "1.23", 99.996: "100.00", 100.4: "100", 999: "999", 1000: "1,000", 123456789: "123,456,789",
		-0.5: "-0.50", -12: "-12", -123: "-123", -1234: "-1,234", -123456: "-123,456", math.Inf(1): "+Inf",
	} {
		if got := number(value); got != want {
			t.Errorf("number(%v) is %q, want %q", value, got, want)
		}
	}
}

// TestTable holds the columns of the table: what, value, unit, limit, note.
func TestTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := &Report{To: &out}
	r.Section("start: of all")
	r.Add(Figure{What: "api: init", Value: 12.5, Unit: "ms", Limit: 6, Note: "of 20"})
	r.Add(Figure{What: "api: größe", Value: 2, Unit: "MB", Limit: 6})
	r.Section("front")
	r.Add(Figure{What: "errors", Value: 3, Zero: true})
	r.Add(Figure{What: "requests", Value: 1000, Unit: "/s"})
	if r.Verdict() {
		t.Error("the verdict is that all holds")
	}
	blanks := func(n int) string { return strings.Repeat(" ", n) }
	want := "\nstart: of all\n" +
		"  api: init" + blanks(49+1+12-5) + "12.50 ms" + blanks(8) + "≤ 6 ms  DOES NOT HOLD of 20\n" +
		"  api: größe" + blanks(48+1+12-1) + "2 MB" + blanks(8) + "≤ 6 MB\n" +
		"\nfront\n" +
		"  errors" + blanks(52+1+12-1) + "3" + blanks(11) + "0  DOES NOT HOLD\n" +
		"  requests" + blanks(50+1+12-5) + "1,000 /s\n" +
		"\n2 of 3 limits do not hold:\n" +
		"  start: api: init is 12.50 ms, limit ≤ 6 ms\n" +
		"  front: errors is 3, limit 0\n"
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Errorf("the table (-want +got):\n%s", d)
	}
	if got := len(r.Broken()); got != 2 {
		t.Errorf("%d figures are broken, want 2", got)
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		figures []Figure
		holds   bool
		want    string
	}{
		{"nothing measured", nil, false, "\nnothing with a limit was measured\n"},
		{"figures to look at only", []Figure{{Value: 1}}, false, "\nnothing with a limit was measured\n"},
		{"all hold", []Figure{{Value: 1, Limit: 2}, {Zero: true}, {Value: 7}}, true, "\nall limits hold (2)\n"},
	} {
		var out strings.Builder
		r := &Report{To: &out}
		for _, f := range test.figures {
			r.Add(f)
		}
		out.Reset()
		if got := r.Verdict(); got != test.holds || out.String() != test.want {
			t.Errorf("%s: %v %q, want %v %q", test.name, got, out.String(), test.holds, test.want)
		}
	}
}
