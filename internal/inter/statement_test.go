package inter_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter"
	"extrato/internal/statement"
)

// ledger answers statement calls from a number of rows a day, as the bank does:
// by inclusion date, newest first, in pages of at most size.
type ledger struct {
	rows map[statement.Date]int
	size int
	edit func(query url.Values, page map[string]any) // changes an answer before it is sent
}

// list returns the ids of a range, newest first.
func (l ledger) list(from, to statement.Date) (ids []string) {
	for day := to; day >= from; day = day.AddDays(-1) {
		for i := l.rows[day]; i > 0; i-- {
			ids = append(ids, string(day)+"#"+strconv.Itoa(i))
		}
	}
	return ids
}

func row(id string) string {
	day, _, dated := strings.Cut(id, "#")
	if !dated {
		day = "2026-01-01"
	}
	return `{"idTransacao":"` + id + `","dataTransacao":"` + day + `","tipoOperacao":"C","valor":"1.00"}`
}

func rowsOf(ids ...string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = row(id)
	}
	return "[" + strings.Join(list, ",") + "]"
}

func (l ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	number, _ := strconv.Atoi(query.Get("pagina"))
	size, _ := strconv.Atoi(query.Get("tamanhoPagina"))
	size = min(size, l.size)
	all := l.list(statement.Date(query.Get("dataInicio")), statement.Date(query.Get("dataFim")))
	here := all[min(number*size, len(all)):min((number+1)*size, len(all))]
	pages := (len(all) + size - 1) / size
	page := map[string]any{"totalPaginas": pages, "totalElementos": len(all), "ultimaPagina": number >= pages-1,
		"primeiraPagina": number == 0, "tamanhoPagina": size, "numeroDeElementos": len(here), "transacoes": rowsOf(here...)}
	if l.edit != nil {
		l.edit(query, page)
	}
	var fields []string
	for _, key := range []string{"totalPaginas", "totalElementos", "ultimaPagina", "primeiraPagina", "tamanhoPagina", "numeroDeElementos", "transacoes"} {
		if value, ok := page[key]; ok {
			fields = append(fields, fmt.Sprintf("%q:%v", key, value))
		}
	}
	_, _ = io.WriteString(w, "{"+strings.Join(fields, ",")+"}")
}

func ids(rows []statement.Row) (list []string) {
	for _, r := range rows {
		list = append(list, r.BankID)
	}
	slices.Sort(list)
	return list
}

// perDay is n rows on every day of a range.
func perDay(from, to statement.Date, n int) map[statement.Date]int {
	rows := map[statement.Date]int{}
	for day := from; day <= to; day = day.AddDays(1) {
		rows[day] = n
	}
	return rows
}

// The normal case is one call; above 10,000 rows the range is divided, under a
// bank with smaller pages these are put together. Always each row once.
func TestStatementIsWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ledger   ledger
		from, to statement.Date
		calls    int
	}{
		"nothing":               {ledger{nil, 10000, nil}, "2026-01-01", "2026-01-31", 1},
		"one row":               {ledger{perDay("2026-01-05", "2026-01-05", 1), 10000, nil}, "2026-01-01", "2026-01-31", 1},
		"one day":               {ledger{perDay("2026-01-05", "2026-01-05", 3), 10000, nil}, "2026-01-05", "2026-01-05", 1},
		"90 days":               {ledger{perDay("2026-01-01", "2026-03-31", 3), 10000, nil}, "2026-01-01", "2026-03-31", 1}, // 89 lie between
		"10,000 rows":           {ledger{perDay("2026-01-01", "2026-01-01", 10000), 10000, nil}, "2026-01-01", "2026-01-02", 1},
		"10,001 rows":           {ledger{map[statement.Date]int{"2026-01-01": 5001, "2026-01-02": 5000}, 10000, nil}, "2026-01-01", "2026-01-02", 3},
		"all in the first half": {ledger{map[statement.Date]int{"2026-01-01": 6000, "2026-01-02": 6000}, 10000, nil}, "2026-01-01", "2026-01-04", 5},
		"17,000 rows":           {ledger{perDay("2026-01-01", "2026-01-17", 1000), 10000, nil}, "2026-01-01", "2026-01-17", 4}, // in thirds
		"pages of three":        {ledger{perDay("2026-01-01", "2026-01-04", 2), 3, nil}, "2026-01-01", "2026-01-04", 3},
		"pages that are full":   {ledger{perDay("2026-01-01", "2026-01-03", 2), 3, nil}, "2026-01-01", "2026-01-03", 2},
		"pages untold": {ledger{perDay("2026-01-01", "2026-01-03", 2), 4, func(_ url.Values, p map[string]any) {
			delete(p, "totalPaginas")
		}}, "2026-01-01", "2026-01-03", 2},
		"totals and rows alone": {ledger{perDay("2026-01-01", "2026-01-03", 2), 4, func(_ url.Values, p map[string]any) {
			for _, key := range []string{"totalPaginas", "ultimaPagina", "primeiraPagina", "tamanhoPagina", "numeroDeElementos"} {
				delete(p, key)
			}
		}}, "2026-01-01", "2026-01-03", 2},
		"one page where there is none": {ledger{nil, 10000, func(_ url.Values, p map[string]any) { p["totalPaginas"] = 1 }}, "2026-01-01", "2026-01-31", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.statement = test.ledger.ServeHTTP
			s := b.start(t).open(t, inter.Config{})
			got, err := s.Statement(context.Background(), test.from, test.to)
			if err != nil {
				t.Fatal(err)
			}
			want := test.ledger.list(test.from, test.to)
			slices.Sort(want)
			if !slices.Equal(want, ids(got.Rows)) {
				t.Errorf("%d rows, want %d", len(got.Rows), len(want))
			}
			if r := s.Requests(); r.Statement != test.calls || r.Connections != 1 || got.From != test.from || got.To != test.to {
				t.Errorf("%d calls, %d connections, %s to %s; want %d calls, 1, %s to %s", r.Statement, r.Connections, got.From, got.To, test.calls, test.from, test.to)
			}
		})
	}
}

// What cannot be proven whole is refused, with every way that counters can lie.
func TestStatementIsIncomplete(t *testing.T) {
	t.Parallel()
	set := func(page string, key string, value any) func(url.Values, map[string]any) {
		return func(q url.Values, p map[string]any) {
			if q.Get("pagina") == page {
				p[key] = value
			}
		}
	}
	six := perDay("2026-01-01", "2026-01-03", 2)
	for name, test := range map[string]struct {
		ledger ledger
		calls  int
		detail string
	}{
		"total too high":       {ledger{six, 10, set("0", "totalElementos", 7)}, 1, "totalElementos is 7"},
		"total too low":        {ledger{six, 10, set("0", "totalElementos", 5)}, 1, "totalElementos is 5"},
		"total missing":        {ledger{six, 10, set("0", "totalElementos", "null")}, 1, "totalElementos is missing"},
		"rows missing":         {ledger{six, 10, func(_ url.Values, p map[string]any) { delete(p, "transacoes") }}, 1, "transacoes"},
		"count lies":           {ledger{six, 10, set("0", "numeroDeElementos", 5)}, 1, "numeroDeElementos"},
		"more pages than rows": {ledger{six, 10, func(_ url.Values, p map[string]any) { p["totalPaginas"], p["ultimaPagina"] = 2, false }}, 1, "totalPaginas is 2"},
		"no page with rows":    {ledger{six, 10, set("0", "totalPaginas", 0)}, 1, "totalPaginas is 0"},
		"not the last":         {ledger{six, 10, set("0", "ultimaPagina", false)}, 1, "ultimaPagina"},
		"not the first":        {ledger{six, 10, set("0", "primeiraPagina", false)}, 1, "primeiraPagina"},
		"last too early":       {ledger{six, 3, set("0", "ultimaPagina", true)}, 1, "ultimaPagina"},
		"last too early, pages untold": {ledger{six, 3, func(_ url.Values, p map[string]any) {
			delete(p, "totalPaginas")
			p["ultimaPagina"] = true
		}}, 1, "ultimaPagina"},
		"an id twice": {ledger{six, 10, set("0", "transacoes", rowsOf("a", "b", "c", "d", "e", "a"))}, 1, "there twice"},
		"rows vanished": {ledger{six, 10, func(_ url.Values, p map[string]any) {
			p["transacoes"], p["numeroDeElementos"] = "[]", 0
		}}, 1, "6"},
		"total shifts":            {ledger{six, 3, set("1", "totalElementos", 7)}, 2, "changed from 6 to 7"},
		"pages shift":             {ledger{six, 3, set("1", "totalPaginas", 3)}, 2, "totalPaginas changed"},
		"pages vanish":            {ledger{six, 3, set("1", "totalPaginas", "null")}, 2, "totalPaginas changed"},
		"first page again":        {ledger{six, 3, set("1", "primeiraPagina", true)}, 2, "primeiraPagina"},
		"second page is empty":    {ledger{six, 3, func(q url.Values, p map[string]any) { empty(q, p, "1") }}, 2, "empty after 3 of 6"},
		"never ends, pages gone":  {ledger{six, 3, func(q url.Values, p map[string]any) { delete(p, "totalPaginas"); empty(q, p, "1") }}, 2, "page 1"},
		"too many pages":          {ledger{perDay("2026-01-01", "2026-01-31", 1), 3, nil}, 1, "11 pages"},
		"too many in all":         {ledger{six, 10, set("0", "totalElementos", 80001)}, 1, "80001 rows"},
		"parts are not the whole": {ledger{six, 10, grow}, 3, "totalElementos is 12401"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.statement = test.ledger.ServeHTTP
			s := b.start(t).open(t, inter.Config{})
			got, err := s.Statement(context.Background(), "2026-01-01", "2026-01-31")
			wantCode(t, err, statement.IncompleteAnswer)
			if err != nil && !strings.Contains(err.Error(), test.detail) {
				t.Errorf("%v does not say %q", err, test.detail)
			}
			if n := s.Requests().Statement; n != test.calls || len(got.Rows) != 0 {
				t.Errorf("%d calls, %d rows, want %d and none", n, len(got.Rows), test.calls)
			}
		})
	}
}

// More rows on one day than the bank gives cannot be read by any division.
func TestTooManyOnOneDay(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.statement = ledger{perDay("2026-01-03", "2026-01-03", 1), 10, func(_ url.Values, p map[string]any) {
		if p["numeroDeElementos"] == 1 {
			p["totalElementos"] = 10001
		}
	}}.ServeHTTP
	s := b.start(t).open(t, inter.Config{})
	_, err := s.Statement(context.Background(), "2026-01-02", "2026-01-03")
	if wantCode(t, err, statement.IncompleteAnswer); !strings.Contains(err.Error(), "2026-01-03 to 2026-01-03: 10001 rows on one day") {
		t.Errorf("%v does not name the day", err)
	}
	if n := s.Requests().Statement; n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func empty(q url.Values, p map[string]any, page string) {
	if q.Get("pagina") == page {
		p["transacoes"], p["numeroDeElementos"] = "[]", 0
		delete(p, "ultimaPagina")
	}
}

// grow tells of more rows for the whole than its parts have.
func grow(q url.Values, p map[string]any) {
	if q.Get("dataInicio") == "2026-01-01" && q.Get("dataFim") == "2026-01-31" {
		p["totalElementos"] = 12401
	}
}

// A row that a page repeats from the one before is kept once, if the count then
// agrees; changed on the way, or at the cost of another row, it is refused.
func TestShiftedPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		total  int
		second string
		want   []string
	}{
		"repeated":                {4, rowsOf("c", "d"), []string{"a", "b", "c", "d"}},
		"repeated, one is lost":   {5, rowsOf("c", "d"), nil},
		"repeated, but changed":   {4, strings.Replace(rowsOf("c", "d"), "1.00", "2.00", 1), nil},
		"twice on the later page": {4, rowsOf("d", "d"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBank(t)
			b.statement = func(w http.ResponseWriter, r *http.Request) {
				rows := rowsOf("a", "b", "c")
				if r.URL.Query().Get("pagina") == "1" {
					rows = test.second
				}
				_, _ = fmt.Fprintf(w, `{"totalPaginas":2,"totalElementos":%d,"transacoes":%s}`, test.total, rows)
			}
			s := b.start(t).open(t, inter.Config{})
			got, err := s.Statement(context.Background(), "2026-01-01", "2026-01-31")
			if test.want == nil {
				wantCode(t, err, statement.IncompleteAnswer)
				return
			}
			if diff := cmp.Diff(test.want, ids(got.Rows)); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// Rows without any id are counted, not recognised: equal ones are two.
func TestRowsWithoutID(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	const twin = `{"dataTransacao":"2026-01-01","tipoOperacao":"D","valor":"204.42"}`
	b.statement = answer(200, `{"totalElementos":2,"transacoes":[`+twin+`,`+twin+`]}`)
	got, err := b.start(t).open(t, inter.Config{}).Statement(context.Background(), "2026-01-01", "2026-01-31")
	if err != nil || len(got.Rows) != 2 {
		t.Errorf("%d rows, %v, want 2", len(got.Rows), err)
	}
}

// A range that the bank must not be asked for is the caller's mistake: no
// code, no call.
func TestRangeIsChecked(t *testing.T) {
	t.Parallel()
	b := newBank(t).start(t)
	s := b.open(t, inter.Config{})
	for _, r := range [][2]statement.Date{
		{"2026-01-01", "2026-04-01"}, {"2026-01-02", "2026-01-01"}, {"", "2026-01-01"}, {"2026-01-01", ""},
		{"2026-02-30", "2026-03-01"}, {"01/01/2026", "02/01/2026"}, {"2026-01-01", "2026-01-01&x=1"},
	} {
		if _, err := s.Statement(context.Background(), r[0], r[1]); err == nil || statement.Code("") != code(err) {
			t.Errorf("%s to %s: %v", r[0], r[1], err)
		}
	}
	if _, err := s.Balance(context.Background(), "x"); err == nil || code(err) != "" {
		t.Errorf("balance of no day: %v", err)
	}
	if n := len(b.calls()); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func code(err error) statement.Code {
	c, _ := statement.CodeOf(err)
	return c
}

// The recorded answers of two ranges that meet on 2023-03-20 are read whole;
// what both show is the same row.
func TestRecordedRanges(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.statement = func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		_, _ = io.WriteString(w, fixture(t, fmt.Sprintf("recorded2023_completo_%s_%s.json", q.Get("dataInicio"), q.Get("dataFim"))))
	}
	s := b.start(t).open(t, inter.Config{})
	seen := map[string]statement.Row{}
	for _, r := range []struct {
		from, to statement.Date
		want     int
	}{{"2023-03-17", "2023-03-18", 4}, {"2023-03-19", "2023-03-20", 12}, {"2023-03-20", "2023-03-23", 16}} {
		got, err := s.Statement(context.Background(), r.from, r.to)
		if err != nil || len(got.Rows) != r.want {
			t.Fatalf("%s to %s: %d rows, %v, want %d", r.from, r.to, len(got.Rows), err, r.want)
		}
		for _, row := range got.Rows {
			if day := statement.DateOf(row.BookedAt); day < r.from || day > r.to {
				t.Errorf("%s, booked %s, is not of %s to %s", row.BankID, day, r.from, r.to)
			}
			if before, ok := seen[row.BankID]; ok {
				if diff := cmp.Diff(before, row); diff != "" {
					t.Errorf("%s differs between answers:\n%s", row.BankID, diff)
				}
			}
			seen[row.BankID] = row
		}
	}
}
