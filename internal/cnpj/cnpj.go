// Package cnpj reads and prints the number of a Brazilian company, the numeric
// form and the alphanumeric one that the Receita Federal gives to new companies
// since July 2026: Parse what a person or a certificate says, Format for a person.
package cnpj

import (
	"errors"
	"fmt"
	"strings"
)

// CNPJ is a valid number without punctuation: twelve of 0-9 and A-Z (eight for
// the company, four for the establishment), then two check digits.
type CNPJ string

// ErrCNPJ says that a text is not a CNPJ. Its message never shows the text.
var ErrCNPJ = errors.New("not a CNPJ")

const (
	length  = 14
	maxText = 40 // with punctuation and blanks around; nothing longer is looked at
)

// Parse reads a CNPJ with or without the usual punctuation ("12.ABC.345/01DE-35",
// "12ABC34501DE35"), blanks around it, and lower-case letters. Anything else is
// ErrCNPJ with the reason: a wrong length or character, wrong check digits, or
// one character fourteen times, which passes the check but belongs to nobody.
func Parse(s string) (CNPJ, error) {
	fail := func(why string) (CNPJ, error) { return "", fmt.Errorf("%w: %s", ErrCNPJ, why) }
	if len(s) > maxText {
		return fail("too long")
	}
	var c [length]byte
	n := 0
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r == '.' || r == '/' || r == '-':
			continue
		case r >= 'a' && r <= 'z':
			r += 'A' - 'a'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
		default:
			return fail("only digits, letters and . / - belong in it")
		}
		if n == length {
			return fail("more than 14 characters")
		}
		c[n] = byte(r)
		n++
	}
	if n < length {
		return fail("fewer than 14 characters")
	}
	if strings.Count(string(c[:]), string(c[0])) == length {
		return fail("all characters are the same")
	}
	if c[12] != checkDigit(c[:12]) || c[13] != checkDigit(c[:13]) {
		return fail("check digits do not match")
	}
	return CNPJ(c[:]), nil
}

// checkDigit returns the digit that follows s: the sum of each character's value
// (its ASCII code minus 48: "0" is 0, "A" is 17) times weights 2 to 9, which
// start at the right and repeat; modulo 11; remainders 0 and 1 give 0.
func checkDigit(s []byte) byte {
	sum, weight := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		sum += int(s[i]-'0') * weight
		if weight++; weight > 9 {
			weight = 2
		}
	}
	if rest := sum % 11; rest >= 2 {
		return byte('0' + 11 - rest)
	}
	return '0'
}

// Format returns a valid number as people write it: 12.ABC.345/01DE-35. Text of
// another length comes back unchanged.
func Format(c CNPJ) string {
	if len(c) != length {
		return string(c)
	}
	return string(c[:2] + "." + c[2:5] + "." + c[5:8] + "/" + c[8:12] + "-" + c[12:])
}
