package intertest

import (
	"encoding/json"
	"slices"
)

// Page is an answer of extrato/completo before it is written, for DistortPage.
type Page struct {
	Number     int // as asked, from 0
	TotalPages int
	Total      int
	Last       bool
	First      bool
	Size       int
	Count      int
	Rows       []json.RawMessage
	Previous   json.RawMessage // the row before this page's first, nil on page 0
}

func (p *Page) bytes() json.RawMessage {
	return object{}.
		number("totalPaginas", p.TotalPages).
		number("totalElementos", p.Total).
		flag("ultimaPagina", p.Last).
		flag("primeiraPagina", p.First).
		number("tamanhoPagina", p.Size).
		number("numeroDeElementos", p.Count).
		raw("transacoes", list(p.Rows)).bytes()
}

// page cuts page number n out of the chosen lines; the caller holds the lock.
func (a *Account) page(chosen []*line, n, size int, v Behaviour) *Page {
	total := len(chosen)
	pages := (total + size - 1) / size
	if total == 0 {
		pages = v.EmptyPages
	}
	first := min(n*size, total)
	rows := chosen[first:min(first+size, total)]
	p := &Page{
		Number: n, TotalPages: pages, Total: total, Last: n+1 >= pages, First: n == 0,
		Size: size, Count: len(rows), Rows: a.render(rows, v),
	}
	if first > 0 {
		p.Previous = chosen[first-1].complete(a.number, v)
	}
	return p
}

func (a *Account) render(lines []*line, v Behaviour) []json.RawMessage {
	rows := make([]json.RawMessage, len(lines))
	for i, l := range lines {
		rows[i] = l.complete(a.number, v)
	}
	return rows
}

type distortion struct {
	left int
	f    func(*Page)
}

// DistortPage passes the next n pages of extrato/completo through f. The ones
// with names of their own follow; they add up.
func (a *Account) DistortPage(n int, f func(*Page)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.distort = append(a.distort, &distortion{n, f})
}

// LieAboutTotal adds delta to totalElementos of the next n pages.
func (a *Account) LieAboutTotal(n, delta int) {
	a.DistortPage(n, func(p *Page) { p.Total += delta })
}

// LieAboutLast says of the next n pages that they are, or are not, the last.
func (a *Account) LieAboutLast(n int, last bool) {
	a.DistortPage(n, func(p *Page) { p.Last = last })
}

// ShortPage leaves the last row out of the next n pages that have one, and
// counts it all the same.
func (a *Account) ShortPage(n int) {
	a.DistortPage(n, func(p *Page) { p.Rows = p.Rows[:max(len(p.Rows)-1, 0)] })
}

// RepeatRow shows the first row of the next n pages twice, in the place of
// the last: counts add up, an id is there twice, a row is missing.
func (a *Account) RepeatRow(n int) {
	a.DistortPage(n, func(p *Page) {
		if len(p.Rows) > 1 {
			p.Rows[len(p.Rows)-1] = p.Rows[0]
		}
	})
}

// RepeatAcrossPages begins the next n pages with the last row of the page
// before, in the place of their first.
func (a *Account) RepeatAcrossPages(n int) {
	a.DistortPage(n, func(p *Page) {
		if p.Previous != nil && len(p.Rows) > 0 {
			p.Rows[0] = p.Previous
		}
	})
}

// distorted applies what is due; the caller holds the lock.
func (a *Account) distorted(p *Page) {
	for _, d := range a.distort {
		d.f(p)
		d.left--
	}
	a.distort = slices.DeleteFunc(a.distort, func(d *distortion) bool { return d.left <= 0 })
}

type hook struct {
	left int
	f    func()
}

// AfterAnswers calls f once, after n further answers of either statement are
// made and before the next is: whatever f does happens between two pages or
// two reads.
func (a *Account) AfterAnswers(n int, f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.after = append(a.after, &hook{n, f})
}

// InsertBetweenPages books entries once n further statement answers are made.
func (a *Account) InsertBetweenPages(n int, entries ...Entry) {
	a.AfterAnswers(n, func() { a.Add(entries...) })
}

// answered counts a statement answer and runs the hooks that are due. The
// caller does not hold the lock.
func (a *Account) answered() {
	a.mu.Lock()
	var due []*hook
	a.after = slices.DeleteFunc(a.after, func(h *hook) bool {
		h.left--
		if h.left <= 0 {
			due = append(due, h)
		}
		return h.left <= 0
	})
	a.mu.Unlock()
	for _, h := range due {
		h.f()
	}
}
