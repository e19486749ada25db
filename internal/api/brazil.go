package api

import (
	"strconv"
	"strings"

	"extrato/internal/statement"
)

// reais writes an amount as a person in Brazil reads it: "R$ 1.234,56",
// "-R$ 0,05". The answers' own fields are decimal strings; this is for sentences.
func reais(c statement.Cents) string {
	sign, n := "", uint64(c)
	if c < 0 {
		sign, n = "-", -n
	}
	whole := strconv.FormatUint(n/100, 10)
	var b strings.Builder
	b.WriteString(sign + "R$ ")
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(digit)
	}
	cents := strconv.FormatUint(n%100, 10)
	b.WriteString("," + strings.Repeat("0", 2-len(cents)) + cents)
	return b.String()
}

// absolute drops the sign: sentences tell the direction in words. It is exact
// for every amount that reais can write.
func absolute(c statement.Cents) string { return strings.TrimPrefix(reais(c), "-") }

// brDate writes a date as a person in Brazil reads it: "22/10/2026".
func brDate(d statement.Date) string { return d.Time().Format("02/01/2006") }
