package statement

import (
	"errors"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseCents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Cents{
		// As the bank writes them.
		"24.9": 2490, "1400.0": 140000, "100.0": 10000, "138.80": 13880, "30000.00": 3000000, "204.42": 20442, "10.00": 1000,
		"240.25": 24025, "1000": 100000, "0": 0, "0.0": 0, "0.00": 0, "-204.42": -20442,
		// Doubles of ten millions and more, as Java prints them.
		"1.5E7": 1500000000, "1.23456789E7": 1234567890, "1.0E7": 1000000000, "-1.5e7": -1500000000, "1.5E+7": 1500000000, "1.234567891E8": 12345678910,
		// Exact although long, or written oddly.
		"395.360": 39536, "395.36000000": 39536, "1E-2": 1, "50E-3": 5, "007.50": 750, "-0": 0, "-0.00": 0, "0E40": 0, "0.000E-40": 0,
		"0.01": 1, "-0.01": -1, "1E2": 10000,
		// Beyond what a float64 holds: 2^53+1 cents, and the ends.
		"90071992547409.93":    1<<53 + 1,
		"92233720368547758.07": math.MaxInt64, "-92233720368547758.07": -math.MaxInt64, "9.223372036854775807E16": math.MaxInt64,
	} {
		if got, err := ParseCents(text); got != want || err != nil {
			t.Errorf("ParseCents(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", " 1", "1 ", "\t1", "1\n", "1,00", "1.000,00", "1,000.00", "1.", ".5", ".", "-", "--1", "-.5", "+1", "+", "1.5.2", "1..5",
		"395.368", "0.001", "1E-3", "5E-3", "1.5E", "E7", "1.5E7.0", "1.5E7E7", "1.5Ex", "1.5E 7", "1.5E--7", "e", "1_000", "0x10", "1.5p3",
		"NaN", "nan", "Inf", "-Infinity", "null", "R$ 10,00", "１２", "1\x00", "--", "1-",
		"92233720368547758.08", "-92233720368547758.08", "-92233720368547758.09", "92233720368547760", "1E17", "1E40", "1E41", "1E-41", "1E999999999999",
		"1E99999999999999999999999", "184467440737095516.16", "184467440737095516.17", strings.Repeat("9", 40), strings.Repeat("0", 41),
	} {
		if got, err := ParseCents(text); !errors.Is(err, ErrNotAmount) || got != 0 {
			t.Errorf("ParseCents(%q) = %d, %v, want ErrNotAmount", text, got, err)
		}
	}
	// Foreign text in an error is bounded.
	if _, err := ParseCents(strings.Repeat("x", 1<<20)); len(err.Error()) > 200 {
		t.Errorf("the error has %d bytes", len(err.Error()))
	}
}

func TestCentsString(t *testing.T) {
	t.Parallel()
	for c, want := range map[Cents]string{
		0: "0.00", 1: "0.01", -1: "-0.01", 10: "0.10", 99: "0.99", 100: "1.00", -20442: "-204.42", 140000: "1400.00", 1<<53 + 1: "90071992547409.93",
		math.MaxInt64: "92233720368547758.07", -math.MaxInt64: "-92233720368547758.07", math.MinInt64: "-92233720368547758.08",
	} {
		if got := c.String(); got != want {
			t.Errorf("Cents(%d).String() = %q, want %q", int64(c), got, want)
		}
	}
}

// TestCentsRoundTrip: what String writes, ParseCents reads.
func TestCentsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Cents(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "cents"))
		if got, err := ParseCents(c.String()); got != c || err != nil {
			t.Fatalf("ParseCents(%q) = %d, %v", c.String(), got, err)
		}
	})
}

// TestEveryDoubleOfCents: an amount that the bank's software holds as a double
// and prints the shortest way, padded or with an exponent, comes out exactly.
func TestEveryDoubleOfCents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.Int64Range(0, 1<<49).Draw(t, "cents") // 5 trillion reais: shortest doubles are exact there
		for _, format := range []byte{'f', 'E', 'e'} {
			text := strconv.FormatFloat(float64(c)/100, format, -1, 64)
			if got, err := ParseCents(text); got != Cents(c) || err != nil {
				t.Fatalf("ParseCents(%q) = %d, %v, want %d", text, got, err, c)
			}
		}
	})
}

// amount is the grammar that ParseCents accepts, said another way.
var amount = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// FuzzParseCents compares with exact rational arithmetic.
func FuzzParseCents(f *testing.F) {
	for _, s := range []string{"24.9", "1400.0", "138.80", "1.5E7", "-204.42", "395.368", "395.360", "", "1,00", "92233720368547758.07", "0E40", "1E-3", "1E+5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseCents(s)
		if err != nil && (!errors.Is(err, ErrNotAmount) || got != 0) {
			t.Fatalf("ParseCents(%q) = %d, %v", s, got, err)
		}
		if !amount.MatchString(s) || len(s) > 40 {
			if err == nil {
				t.Fatalf("ParseCents(%q) = %d, which is no amount", s, got)
			}
			return
		}
		if _, exponent, ok := strings.Cut(strings.ToLower(s), "e"); ok {
			if n, err := strconv.Atoi(exponent); err != nil || n < -40 || n > 40 {
				return // refused, or big.Rat would take an age
			}
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("big.Rat refuses %q", s)
		}
		exact.Mul(exact, big.NewRat(100, 1))
		fits := exact.IsInt() && exact.Num().CmpAbs(big.NewInt(math.MaxInt64)) <= 0
		if fits != (err == nil) || fits && exact.Num().Int64() != int64(got) {
			t.Fatalf("ParseCents(%q) = %d, %v, exactly %s cents", s, got, err, exact)
		}
	})
}
