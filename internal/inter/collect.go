package inter

import (
	"fmt"
	"reflect"

	"extrato/internal/statement"
)

// collection puts pages or parts together and keeps account of them.
type collection struct {
	r        *reading
	from, to statement.Date
	want     int
	pages    *int // totalPaginas of the first page
	ended    bool // the last page has been read
	rows     []statement.Row
	index    map[string]int // by BankID
}

// add checks a page against those before it and joins its rows.
func (c *collection) add(number int, p page) error {
	lies := func(format string, args ...any) error {
		return c.r.incomplete(c.from, c.to, "page %d: %s", number, fmt.Sprintf(format, args...))
	}
	complete := len(c.rows)+p.sent >= c.want
	c.ended = complete
	if c.pages != nil {
		c.ended = number+1 >= max(1, *c.pages) // an empty range has 0 pages or 1
	}
	switch {
	case p.total != c.want:
		return lies("totalElementos changed from %d to %d", c.want, p.total)
	case number > 0 && (p.pages == nil) != (c.pages == nil), number > 0 && p.pages != nil && *p.pages != *c.pages:
		return lies("totalPaginas changed")
	case p.first != nil && *p.first != (number == 0):
		return lies("primeiraPagina is %t", *p.first)
	case p.last != nil && *p.last != c.ended:
		return lies("ultimaPagina is %t after %d of %d rows", *p.last, len(c.rows)+p.sent, c.want)
	case c.pages != nil && (complete && !c.ended || *c.pages == 0 && c.want > 0):
		return lies("totalPaginas is %d, with %d of %d rows", *c.pages, len(c.rows)+p.sent, c.want)
	case p.sent == 0 && !complete:
		return lies("is empty after %d of %d rows", len(c.rows), c.want)
	}
	return c.join(p.rows, number > 0)
}

// join appends rows. The same id twice is an error, except for a row that comes
// again, unchanged, on a later page: the bank lists the newest rows first, so
// what arrives between two calls pushes rows from one page to the next. Whether
// none was lost is for the count to tell.
func (c *collection) join(rows []statement.Row, later bool) error {
	if c.index == nil {
		c.index = make(map[string]int, len(rows))
		c.rows = rows[:0] // the first page is kept where it is
	}
	before := len(c.rows)
	for _, row := range rows {
		i, known := c.index[row.BankID]
		switch {
		case row.BankID == "":
		case !known:
			c.index[row.BankID] = len(c.rows)
		case later && i < before && reflect.DeepEqual(c.rows[i], row):
			continue
		default:
			return c.r.incomplete(c.from, c.to, "idTransacao %s is there twice", clip(row.BankID))
		}
		c.rows = append(c.rows, row)
	}
	return nil
}

// finish returns the rows, if they are as many as the bank said.
func (c *collection) finish() ([]statement.Row, error) {
	if len(c.rows) != c.want {
		return nil, c.r.incomplete(c.from, c.to, "totalElementos is %d, but %d rows came", c.want, len(c.rows))
	}
	return c.rows, nil
}
