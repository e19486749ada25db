package statement

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the Lambda runtime has no zone files
)

// Date is a civil date of the bank, in São Paulo, as YYYY-MM-DD: dates compare
// with < and ==, and "" is no date. Make one with ParseDate or DateOf.
type Date string

// ErrNotDate says that a text is not a date of the calendar as YYYY-MM-DD.
var ErrNotDate = errors.New("not a date YYYY-MM-DD")

const dateLayout = "2006-01-02"

// SaoPaulo is the zone of all the bank's dates and times. It is loaded from
// data linked into the binary, so it cannot be missing.
var SaoPaulo = func() *time.Location {
	l, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		panic(err)
	}
	return l
}()

// ParseDate reads YYYY-MM-DD, years 1900 to 9998; 29 February only in leap years.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateLayout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 9998 {
		return "", fmt.Errorf("%q: %w", clip(s), ErrNotDate)
	}
	return Date(s), nil
}

// DateOf returns the civil date in São Paulo at an instant.
func DateOf(t time.Time) Date { return Date(t.In(SaoPaulo).Format(dateLayout)) }

// Time returns midnight UTC of the date, for calendar arithmetic only: it is
// not an instant of the bank.
func (d Date) Time() time.Time {
	t, err := time.Parse(dateLayout, string(d))
	if err != nil {
		panic("statement: arithmetic on " + string(d) + ", which is no date")
	}
	return t
}

// AddDays returns the date n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return Date(d.Time().AddDate(0, 0, n).Format(dateLayout)) }

// DaysSince returns the number of days from e to d.
func (d Date) DaysSince(e Date) int {
	// Not Time.Sub: a Duration ends at 292 years.
	return int((d.Time().Unix() - e.Time().Unix()) / (24 * 60 * 60))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }
