package dynamo

import (
	"math/big"
	"strings"
)

// A number is kept as DynamoDB returns it: plain decimal digits, no exponent,
// no zeros that say nothing. Up to 38 digits, 1E-130 to 9.99…E+125.
const (
	maxDigits   = 38
	maxExponent = 126  // of 0.ddd × 10^e
	minExponent = -129 // 1E-130
)

// decimal is 0.digits × 10^exponent; digits has no zeros at its ends, and is
// empty for zero.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// plain reports whether a text is a canonical integer already, which is what
// nearly every number of ours is.
func plain(text string) bool {
	t := strings.TrimPrefix(text, "-")
	if len(t) == 0 || len(t) > 18 || t[0] == '0' {
		return text == "0"
	}
	for i := range len(t) {
		if t[i] < '0' || t[i] > '9' {
			return false
		}
	}
	return true
}

// canonical normalises a number as it is stored.
func canonical(text string) (string, *fault) {
	if plain(text) {
		return text, nil
	}
	d, ok := parseDecimal(text)
	if !ok {
		return "", invalid("The parameter cannot be converted to a numeric value: %s", text)
	}
	if f := d.check(); f != nil {
		return "", f
	}
	return d.String(), nil
}

func (d decimal) check() *fault {
	switch {
	case len(d.digits) > maxDigits:
		return invalid("Attempting to store more than 38 significant digits in a Number")
	case d.digits != "" && d.exponent > maxExponent:
		return invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case d.digits != "" && d.exponent < minExponent:
		return invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	}
	return nil
}

// parseDecimal reads sign, digits with at most one point, and exponent.
func parseDecimal(text string) (d decimal, ok bool) {
	rest := text
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		d.negative = rest[0] == '-'
		rest = rest[1:]
	}
	mantissa, power := rest, 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		mantissa = rest[:i]
		if power, ok = parsePower(rest[i+1:]); !ok {
			return d, false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return d, false
	}
	trimmed := strings.TrimLeft(digits, "0")
	d.exponent = len(whole) - (len(digits) - len(trimmed)) + power
	d.digits = strings.TrimRight(trimmed, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

func parsePower(text string) (int, bool) {
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimLeft(text, "+-")
	if text == "" || len(text) > 6 {
		return 0, false
	}
	n := 0
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		n = 10*n + int(text[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

func (d decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	var b strings.Builder
	if d.negative {
		b.WriteByte('-')
	}
	switch {
	case d.exponent <= 0:
		b.WriteString("0." + strings.Repeat("0", -d.exponent) + d.digits)
	case d.exponent >= len(d.digits):
		b.WriteString(d.digits + strings.Repeat("0", d.exponent-len(d.digits)))
	default:
		b.WriteString(d.digits[:d.exponent] + "." + d.digits[d.exponent:])
	}
	return b.String()
}

// numberSize is one byte, and one per two significant digits, those before and
// those behind the point by themselves, and one for a minus sign.
func numberSize(text string) int {
	d, _ := parseDecimal(text)
	before := max(0, min(d.exponent, len(d.digits)))
	n := 1 + (before+1)/2 + (len(d.digits)-before+1)/2
	if d.negative {
		n++
	}
	return n
}

// sortable turns a number into a text that sorts as the number does.
func sortable(text string) string {
	d, _ := parseDecimal(text)
	if d.digits == "" {
		return "1"
	}
	exponent := byte(d.exponent - minExponent) // 0 to 255
	if !d.negative {
		return "2" + string([]byte{exponent}) + d.digits
	}
	digits := []byte(d.digits)
	for i := range digits {
		digits[i] = '0' + '9' - digits[i]
	}
	return "0" + string([]byte{255 - exponent}) + string(digits) + "~"
}

func compareNumbers(a, b string) int {
	if a == b {
		return 0
	}
	return strings.Compare(sortable(a), sortable(b))
}

// sum adds two numbers, or subtracts the second.
func sum(a, b string, minus bool) (string, *fault) {
	x, _ := parseDecimal(a)
	y, _ := parseDecimal(b)
	if minus {
		y.negative = !y.negative
	}
	scale := max(len(x.digits)-x.exponent, len(y.digits)-y.exponent)
	total := new(big.Int).Add(x.scaled(scale), y.scaled(scale))
	d, _ := parseDecimal(total.String())
	d.exponent -= scale
	if f := d.check(); f != nil {
		return "", f
	}
	return d.String(), nil
}

// scaled returns the number times 10^scale, which makes it whole.
func (d decimal) scaled(scale int) *big.Int {
	if d.digits == "" {
		return new(big.Int)
	}
	n, _ := new(big.Int).SetString(d.digits+strings.Repeat("0", scale-(len(d.digits)-d.exponent)), 10)
	if d.negative {
		n.Neg(n)
	}
	return n
}
