package statement

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Cents is an amount of money in centavos of the real. A credit is positive,
// a debit negative.
type Cents int64

// ErrNotAmount says that a text is not an exact amount in whole cents.
var ErrNotAmount = errors.New("not an amount in whole cents")

// maxAmountText bounds the text of an amount: int64 cents have 20 characters.
const maxAmountText = 40

// ParseCents reads decimal text exactly: "24.9", "1400.0", "138.80", "-204.42"
// and, because the bank's software writes large doubles so, "1.5E7". Text with
// a fraction of a cent, a thousands separator, spaces or a leading plus sign, and
// amounts beyond ±math.MaxInt64 cents, are ErrNotAmount: what is accepted can be
// negated. No float is involved.
func ParseCents(s string) (Cents, error) {
	fail := func() (Cents, error) { return 0, fmt.Errorf("%q: %w", clip(s), ErrNotAmount) }
	if s == "" || len(s) > maxAmountText {
		return fail()
	}
	text, negative := strings.CutPrefix(s, "-")
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(text[i+1:])
		if err != nil || e < -maxAmountText || e > maxAmountText {
			return fail()
		}
		mantissa, exponent = text[:i], e
	}
	whole, fraction, dotted := strings.Cut(mantissa, ".")
	if whole == "" || dotted && fraction == "" {
		return fail()
	}
	digits := whole + fraction
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return fail()
		}
	}
	// The value is digits × 10^shift cents.
	shift := 2 + exponent - len(fraction)
	for ; shift < 0; shift++ {
		n := len(digits)
		if n > 0 && digits[n-1] != '0' {
			return fail()
		}
		digits = digits[:max(n-1, 0)]
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, nil
	}
	if len(digits)+shift > 19 {
		return fail()
	}
	n, err := strconv.ParseUint(digits+strings.Repeat("0", shift), 10, 64)
	if err != nil || n > math.MaxInt64 {
		return fail()
	}
	if negative {
		return -Cents(n), nil
	}
	return Cents(n), nil
}

// String returns the amount as decimal text with two places: "-204.42".
func (c Cents) String() string {
	sign, n := "", uint64(c)
	if c < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// clip bounds foreign text that goes into an error.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
