package bankday

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/br"

	"extrato/internal/statement"
)

// Version names the list of holidays below: the country, the date of the last
// law it knows, and a number for our own corrections.
const Version = "br-2023-12-21.1"

// holiday is one national bank holiday. The rule is rickar/cal's; the name is
// ours, in English; since is the first year that banks observe it, 0 for every
// year this product can meet.
type holiday struct {
	rule  *cal.Holiday
	name  string
	since int
}

// holidays lists what banks observe, one by one: br.Holidays would bring in
// whatever a later version of the library adds, and has 20 November for every year.
// Read only.
var holidays = [...]holiday{
	{br.AnoNovo, "New Year's Day", 0},
	{carnivalMonday, "Carnival Monday", 0},
	{br.Carnaval, "Carnival Tuesday", 0},
	{br.SextaFeiraSanta, "Good Friday", 0},
	{br.Tiradentes, "Tiradentes' Day", 0},
	{br.Trabalhador, "Labour Day", 0},
	{br.CorpusChristi, "Corpus Christi", 0},
	{br.Independencia, "Independence Day", 0},
	{br.NossaSenhoraAparecida, "Our Lady of Aparecida", 0},
	{br.Finados, "All Souls' Day", 0},
	{br.Republica, "Republic Day", 0},
	{br.ConscienciaNegra, "Black Consciousness Day", 2024},
	{br.Natal, "Christmas Day", 0},
}

// carnivalMonday is 48 days before Easter; the library has the Tuesday only.
var carnivalMonday = &cal.Holiday{Name: "Segunda-feira de Carnaval", Offset: -48, Func: cal.CalcEasterOffset}

// holidayOn returns the name of the holiday that falls on t, or "". The fixed
// ones are compared without computing anything; those that move with Easter can
// only fall between February and June, and are computed then.
func holidayOn(t time.Time) string {
	year, month, day := t.Date()
	for _, h := range holidays {
		if year < h.since {
			continue
		}
		if h.rule.Month != 0 {
			if h.rule.Month == month && h.rule.Day == day {
				return h.name
			}
			continue
		}
		if month < time.February || month > time.June {
			continue
		}
		// The library answers with midnight of its own zone: only the civil date counts.
		if at, _ := h.rule.Calc(year); at.Month() == month && at.Day() == day {
			return h.name
		}
	}
	return ""
}

// IsBankingDay reports whether banks settle on d.
func IsBankingDay(d statement.Date) bool { return Why(d) == "" }

// Why says why d is not a banking day: the holiday's name ("Carnival Monday"),
// "Saturday" or "Sunday". It is "" on a banking day. A holiday on a weekend is
// told as the holiday.
func Why(d statement.Date) string {
	t := d.Time()
	if name := holidayOn(t); name != "" {
		return name
	}
	if day := t.Weekday(); day == time.Saturday || day == time.Sunday {
		return day.String()
	}
	return ""
}

// LastNotAfter returns d where it is a banking day, else the last one before it.
func LastNotAfter(d statement.Date) statement.Date { return walk(d, -1) }

// FirstNotBefore returns d where it is a banking day, else the first one after it.
func FirstNotBefore(d statement.Date) statement.Date { return walk(d, 1) }

// Before returns the last banking day strictly before d.
func Before(d statement.Date) statement.Date { return walk(d.AddDays(-1), -1) }

// After returns the first banking day strictly after d.
func After(d statement.Date) statement.Date { return walk(d.AddDays(1), 1) }

// walk goes from d in steps of one day to a banking day. It is never far: the
// longest run of other days is Carnival's, Saturday to Tuesday.
func walk(d statement.Date, step int) statement.Date {
	for !IsBankingDay(d) {
		d = d.AddDays(step)
	}
	return d
}
