package inter

import (
	"errors"
	"fmt"
	"time"

	"extrato/internal/statement"
)

var errNotTime = errors.New("not a time YYYY-MM-DD HH:MM:SS.mmm")

// parseBookedAt reads dataInclusao: a time of São Paulo's clocks without an
// offset, "2023-03-20 18:43:34.773", also with a T, with fewer digits of the
// second, without seconds, or a date alone, which means its first instant. Text
// with an offset is taken at its word. Beyond the millisecond digits are
// dropped: the bank sends none, and times are compared to the millisecond.
func parseBookedAt(text string) (time.Time, error) {
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", time.DateOnly,
		"2006-01-02 15:04", "2006-01-02T15:04",
		"2006-01-02 15:04:05Z07:00", time.RFC3339,
	} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if t.Year() < 1900 || t.Year() > 9998 {
			break
		}
		if len(layout) <= len("2006-01-02T15:04:05") {
			t = inSaoPaulo(t)
		}
		return t.Truncate(time.Millisecond).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q: %w", clip(text), errNotTime)
}

// inSaoPaulo returns the instant at which the clocks of São Paulo showed what t
// shows in UTC. Until 2019 summer time made two kinds of exception, both around
// midnight: an hour shown twice, read as the first of the two, and an hour
// never shown, read by the clock as it stood before, so that a date alone is
// the day's first instant. The civil date stays what the bank wrote, always.
// time.ParseInLocation does not say which instant it takes.
func inSaoPaulo(t time.Time) time.Time {
	offset := func(at time.Time) time.Duration {
		_, seconds := at.In(statement.SaoPaulo).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := offset(t.Add(-24*time.Hour)), offset(t.Add(24*time.Hour))
	first := t.Add(-before)
	if second := t.Add(-after); offset(first) != before && offset(second) == after {
		return second
	}
	return first
}

// parseReference reads dataReferencia, DD/MM/YYYY. The bank's other dates are
// YYYY-MM-DD, which is taken too.
func parseReference(text string) (statement.Date, error) {
	if t, err := time.Parse("02/01/2006", text); err == nil {
		text = t.Format(time.DateOnly)
	}
	return statement.ParseDate(text)
}

// clip bounds foreign text inside a sentence.
func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
