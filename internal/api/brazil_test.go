package api

import (
	"math"
	"testing"

	"extrato/internal/statement"
)

func TestReais(t *testing.T) {
	t.Parallel()
	for c, want := range map[statement.Cents]string{
		0:              "R$ 0,00",
		5:              "R$ 0,05",
		-5:             "-R$ 0,05",
		1234:           "R$ 12,34",
		99999:          "R$ 999,99",
		100000:         "R$ 1.000,00",
		-123456789:     "-R$ 1.234.567,89",
		12345678900:    "R$ 123.456.789,00",
		1<<53 + 1:      "R$ 90.071.992.547.409,93",
		math.MaxInt64:  "R$ 92.233.720.368.547.758,07",
		-math.MaxInt64: "-R$ 92.233.720.368.547.758,07",
		math.MinInt64:  "-R$ 92.233.720.368.547.758,08",
	} {
		if got := reais(c); got != want {
			t.Errorf("%d: %q, want %q", c, got, want)
		}
	}
	if got := absolute(-1234); got != "R$ 12,34" {
		t.Error(got)
	}
}

func TestBRDate(t *testing.T) {
	t.Parallel()
	for d, want := range map[statement.Date]string{"2026-10-22": "22/10/2026", "2028-02-29": "29/02/2028"} {
		if got := brDate(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
