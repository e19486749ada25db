package inter

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"extrato/internal/statement"
)

// MaxDays is the most that may lie between the two dates of a statement. The
// bank speaks of 90 days and does not say whether both ends count.
const MaxDays = 89

// maxStatementCalls bounds the calls of one Statement: the bank answers ten a
// minute. One is the rule; with ten, 70,000 rows can be read by narrowing.
const maxStatementCalls = 10

// Statement returns all rows of the inclusion dates from…to. One call brings
// up to 10,000 rows; where the bank tells of more, the range is divided, and
// where it divides its answer into pages, they are put together.
//
// What is not complete is *Error IncompleteAnswer; among that, more than 10,000
// rows on one day, and a read that would take more than ten calls. A range that
// is not a range, or of more than MaxDays, is a plain error, and nothing is
// asked.
func (s *Session) Statement(ctx context.Context, from, to statement.Date) (statement.Read, error) {
	for _, d := range []statement.Date{from, to} {
		if _, err := statement.ParseDate(string(d)); err != nil {
			return statement.Read{}, fmt.Errorf("bank statement: %w", err)
		}
	}
	if days := to.DaysSince(from); days < 0 || days > MaxDays {
		return statement.Read{}, fmt.Errorf("bank statement %s to %s: at most %d days may lie between", from, to, MaxDays)
	}
	r := reading{session: s, left: maxStatementCalls}
	rows, err := r.period(ctx, from, to)
	if err != nil {
		return statement.Read{}, err
	}
	return statement.Read{From: from, To: to, Rows: rows}, nil
}

// reading is one Statement under way.
type reading struct {
	session *Session
	left    int // calls that may still be made
}

// incomplete makes the error of a read that cannot be proven complete.
func (r *reading) incomplete(from, to statement.Date, format string, args ...any) error {
	return r.session.fail(callStatement, statement.IncompleteAnswer,
		fmt.Sprintf("%s to %s: %s", from, to, fmt.Sprintf(format, args...)))
}

// page asks for one page of a range.
func (r *reading) page(ctx context.Context, from, to statement.Date, number int) (page, error) {
	if r.left--; r.left < 0 {
		return page{}, r.incomplete(from, to, "would take more than %d calls", maxStatementCalls)
	}
	query := url.Values{
		"dataInicio":    {string(from)},
		"dataFim":       {string(to)},
		"pagina":        {strconv.Itoa(number)},
		"tamanhoPagina": {strconv.Itoa(pageSize)},
	}
	var p page
	err := r.session.get(ctx, callStatement, query, func(body io.Reader) (err error) {
		p, err = decodePage(body)
		return err
	})
	return p, err
}

// period reads a range, in as many ranges and pages as it takes.
func (r *reading) period(ctx context.Context, from, to statement.Date) ([]statement.Row, error) {
	p, err := r.page(ctx, from, to, 0)
	if err != nil {
		return nil, err
	}
	if p.total > pageSize {
		return r.narrow(ctx, from, to, p.total)
	}
	whole := collection{r: r, from: from, to: to, want: p.total, pages: p.pages}
	if err := whole.add(0, p); err != nil {
		return nil, err
	}
	for number := 1; !whole.ended; number++ {
		if whole.pages != nil && *whole.pages-number > r.left {
			return nil, r.incomplete(from, to, "%d pages would take more than %d calls", *whole.pages, maxStatementCalls)
		}
		if p, err = r.page(ctx, from, to, number); err != nil {
			return nil, err
		}
		if err := whole.add(number, p); err != nil {
			return nil, err
		}
	}
	return whole.finish()
}

// narrow divides a range by what the bank told of it: into halves, or at once
// into as many parts as its rows need when they are spread evenly and no part
// is filled above four fifths, because every call that only learns that a range
// is too long is one of ten a minute. A part that is too long still is divided
// again. The parts must hold together what the bank told of the whole.
func (r *reading) narrow(ctx context.Context, from, to statement.Date, total int) ([]statement.Row, error) {
	days := to.DaysSince(from) + 1
	parts := min(max(2, (total+pageSize*4/5-1)/(pageSize*4/5)), days)
	switch {
	case days == 1:
		return nil, r.incomplete(from, to, "%d rows on one day: the bank gives no more than %d", total, pageSize)
	case parts > r.left:
		return nil, r.incomplete(from, to, "%d rows would take more than %d calls", total, maxStatementCalls)
	}
	whole := collection{r: r, from: from, to: to, want: total}
	for i := range parts {
		first, last := from.AddDays(days*i/parts), from.AddDays(days*(i+1)/parts-1)
		rows, err := r.period(ctx, first, last)
		if err != nil {
			return nil, err
		}
		if err := whole.join(rows, false); err != nil {
			return nil, err
		}
	}
	return whole.finish()
}
