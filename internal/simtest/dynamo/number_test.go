package dynamo

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreKeptPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "00": "0", "0.0": "0", "1": "1", "-1": "-1", "+1": "1", "007": "7", "1.0": "1", "1.50": "1.5",
		".5": "0.5", "5.": "5", "1e3": "1000", "1E-3": "0.001", "12.5e1": "125", "-12e-3": "-0.012", "100": "100",
		"123456789012345678901234567890": "123456789012345678901234567890",
		"1e125":                          "1" + strings.Repeat("0", 125), "1e-130": "0." + strings.Repeat("0", 129) + "1",
	} {
		if got, f := canonical(text); f != nil || got != want {
			t.Errorf("%s is kept as %q, %v; want %q", text, got, f, want)
		}
	}
	for _, text := range []string{
		"", "-", "x", "1 ", " 1", "1_0", "1.2.3", "1e", "e1", "--1", "NaN", "Infinity", "0x10", "1e1234567",
		"1e126", "1e-131", "123456789012345678901234567890123456789", "1.00000000000000000000000000000000000001",
	} {
		if got, f := canonical(text); f == nil {
			t.Errorf("%q is kept as %q", text, got)
		}
	}
}

// The documentation: a byte, one per two significant digits, one for the sign.
func TestNumberSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"0": 1, "7": 2, "42": 2, "-42": 3, "123": 3, "1000": 2, "0.001": 2, "1.5": 3, "-12.34": 4,
		"12345678901234567890123456789012345678": 20,
	} {
		if got := numberSize(text); got != want {
			t.Errorf("%s has %d bytes, want %d", text, got, want)
		}
	}
}

func drawNumber(t *rapid.T) string {
	digits := rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,15})?`).Draw(t, "digits")
	if rapid.Bool().Draw(t, "scaled") {
		digits += fmt.Sprintf("e%d", rapid.IntRange(-60, 60).Draw(t, "power"))
	}
	return digits
}

func rational(t *rapid.T, text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	return r
}

// Numbers are kept, ordered and added as math/big does it.
func TestNumbersAgainstRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawNumber(t), drawNumber(t)
		a, f := canonical(x)
		if f != nil {
			t.Fatalf("%s: %v", x, f.text())
		}
		b, _ := canonical(y)
		ra, rb := rational(t, x), rational(t, y)
		if rational(t, a).Cmp(ra) != 0 {
			t.Fatalf("%s is kept as %s", x, a)
		}
		if again, _ := canonical(a); again != a {
			t.Fatalf("%s is kept as %s, that as %s", x, a, again)
		}
		if compareNumbers(a, b) != ra.Cmp(rb) {
			t.Fatalf("%s and %s compare as %d, want %d", a, b, compareNumbers(a, b), ra.Cmp(rb))
		}
		for _, minus := range []bool{false, true} {
			want := new(big.Rat).Add(ra, rb)
			if minus {
				want.Sub(ra, rb)
			}
			got, f := sum(a, b, minus)
			if f == nil && rational(t, got).Cmp(want) != 0 {
				t.Fatalf("%s and %s make %s, want %s (minus %v)", a, b, got, want, minus)
			}
			if digits := strings.Trim(strings.ReplaceAll(want.FloatString(200), ".", ""), "-0"); (f != nil) != (len(digits) > 38) {
				t.Fatalf("%s and %s make %d digits: %v", a, b, len(digits), f)
			}
		}
	})
}

// Texts survive, whatever is in them, whichever escapes they come with.
func TestTextsSurvive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		it := item{{"s", value{kind: kindS, text: text}}}
		if got := parseItem(string(appendItem(nil, it))).get("s").text; got != strings.ToValidUTF8(text, "\ufffd") && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
	for text, want := range map[string]string{
		`"\u00e7\u0041"`: "çA", `"\ud83d\ude00"`: "😀", `"a\"\\\/\b\f\n\r\t"`: "a\"\\/\b\f\n\r\t", `"x\n\u0000y"`: "x\n\x00y",
	} {
		d := decoder{text: text}
		if got := d.string(); d.fault != nil || got != want {
			t.Errorf("%s reads as %q, %v; want %q", text, got, d.fault, want)
		}
	}
	for _, text := range []string{`"`, `"a`, `"\`, `"\x"`, `"\u12"`, "\"\n\"", "\"\\n\n\"", `a`} {
		d := decoder{text: text}
		if got := d.string(); d.fault == nil {
			t.Errorf("%s reads as %q", text, got)
		}
	}
}
