package store

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// Days returns what is kept of the days from…to, both included, by date. A day
// of which nothing is kept is left out. A from or to of "" is no bound.
func (s *Store) Days(ctx context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Day, error) {
	if err := valid(ref); err != nil {
		return nil, err
	}
	var days []statement.Day
	upper := dayPrefix + afterAll
	if to != "" {
		upper = dayPrefix + string(to)
	}
	for item, err := range s.items(ctx, statementPK(ref), span{lower: dayPrefix + string(from), upper: upper}) {
		if err != nil {
			return nil, fmt.Errorf("days of %s: %w", ref, err)
		}
		d, err := dayOf(item)
		if err != nil {
			return nil, fmt.Errorf("days of %s: %w", ref, err)
		}
		days = append(days, d)
	}
	return days, nil
}

// DayBefore returns the latest day dated before d of which something is kept;
// found is false where there is none.
func (s *Store) DayBefore(ctx context.Context, ref statement.Ref, d statement.Date) (day statement.Day, found bool, err error) {
	if err := valid(ref); err != nil {
		return statement.Day{}, false, err
	}
	upper := dayPrefix + string(d)
	// Two, since d itself may be there.
	for item, err := range s.items(ctx, statementPK(ref), span{lower: dayPrefix, upper: upper, backwards: true, first: 2}) {
		if err == nil {
			r := reader{from: item}
			if r.text("SK") == upper {
				continue
			}
			day, err = dayOf(item)
		}
		if err != nil {
			return statement.Day{}, false, fmt.Errorf("day before %s of %s: %w", d, ref, err)
		}
		return day, true, nil
	}
	return statement.Day{}, false, nil
}

func dayItem(ref statement.Ref, d statement.Day) attrs {
	item := dayKey(ref, d.Date).attrs()
	w := writer{item}
	w.text("date", string(d.Date))
	w.text("status", string(d.Status))
	w.number("entries", int64(d.Entries))
	w.number("credits_cents", int64(d.Credits))
	w.number("debits_cents", int64(d.Debits))
	if d.Balance != nil {
		w.number("balance_cents", int64(*d.Balance))
	}
	w.count("difference_cents", int64(d.Difference))
	return item
}

func dayOf(item attrs) (statement.Day, error) {
	r := reader{from: item}
	d := statement.Day{
		Date:       statement.Date(r.text("date")),
		Status:     statement.DayStatus(r.text("status")),
		Entries:    int(r.number("entries")),
		Credits:    statement.Cents(r.number("credits_cents")),
		Debits:     statement.Cents(r.number("debits_cents")),
		Balance:    r.cents("balance_cents"),
		Difference: statement.Cents(r.number("difference_cents")),
	}
	if r.err != nil {
		return statement.Day{}, fmt.Errorf("day %s: %w", r.text("SK"), r.err)
	}
	return d, nil
}

// cents reads an amount of which absence is not zero.
func (r *reader) cents(name string) *statement.Cents {
	if !r.has(name) {
		return nil
	}
	c := statement.Cents(r.number(name))
	return &c
}
