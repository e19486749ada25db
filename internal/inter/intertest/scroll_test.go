package intertest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBeyondTenThousand(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{})
	a.Add(plain("2026-01-15", 10_003)...)
	type counted struct {
		TotalElementos, TotalPaginas int
		Transacoes                   []struct{}
	}
	page := func(n, size string) reply {
		return w.get(Statement, "dataInicio", "2026-01-05", "dataFim", "2026-01-30", "pagina", n, "tamanhoPagina", size)
	}
	if p := decode[counted](t, page("0", "10000")); p.TotalElementos != 10_003 || p.TotalPaginas != 2 || len(p.Transacoes) != 10_000 {
		t.Errorf("first page: %d of %d on %d", len(p.Transacoes), p.TotalElementos, p.TotalPaginas)
	}
	if r := page("1", "10000"); r.status != 400 {
		t.Errorf("row 10,001 by paging: %d, want 400", r.status)
	}
	b.Behave(func(v *Behaviour) { v.BeyondReach = true })
	if p := decode[counted](t, page("1", "10000")); len(p.Transacoes) != 3 {
		t.Errorf("allowed to: %d rows, want 3", len(p.Transacoes))
	}
}

func TestScroll(t *testing.T) {
	t.Parallel()
	c := newClock("2026-03-20 10:00")
	b, a, w := ready(t, Options{Clock: c.now})
	a.Add(plain("2026-03-18", 5)...)
	b.Behave(func(v *Behaviour) { v.ScrollBatch = 2 })
	begin := func() reply {
		return w.get(Statement, "dataInicio", "2026-03-18", "dataFim", "2026-03-18", "scrollEnabled", "true")
	}
	more := func(id, to string) reply {
		return w.get(Statement, "dataInicio", "2026-03-18", "dataFim", to, "scrollId", id)
	}
	p := decode[completePage](t, begin())
	var sizes []int
	values := p.field("valor")
	id := p.ScrollID
	for sizes = append(sizes, p.NumeroDeElementos); p.HasMore; sizes = append(sizes, p.NumeroDeElementos) {
		if len(sizes) == 1 {
			if r := begin(); r.status != 400 || !strings.Contains(r.body, `"typeError":"SCROLL_ALREADY_ACTIVE"`) {
				t.Errorf("a second scroll: %d %s", r.status, r.body)
			}
			a.Add(plain("2026-03-18", 1)...) // a scroll shows what was there when it began
			c.add(6 * time.Minute)           // idle, but not for more
		}
		p = decode[completePage](t, more(p.ScrollID, "2026-03-18"))
		values = append(values, p.field("valor")...)
	}
	if diff := cmp.Diff([]int{2, 2, 1}, sizes); diff != "" || p.TotalElementos != 5 || p.ScrollID != "" {
		t.Errorf("%s; end %+v", diff, p)
	}
	if diff := cmp.Diff([]any{"1.04", "1.03", "1.02", "1.01", "1.00"}, values); diff != "" {
		t.Error(diff)
	}
	expired := func(r reply, when string) {
		t.Helper()
		if r.status != 400 || !strings.Contains(r.body, `"typeError":"SCROLL_EXPIRED"`) {
			t.Errorf("%s: %d %s", when, r.status, r.body)
		}
	}
	expired(more(id, "2026-03-18"), "after the end")
	p = decode[completePage](t, begin())
	expired(more(p.ScrollID, "2026-03-19"), "other dates")
	c.add(6*time.Minute + time.Second)
	expired(more(p.ScrollID, "2026-03-18"), "after six minutes")
	if r := begin(); r.status != 200 {
		t.Errorf("a new scroll after six minutes: %d", r.status)
	}
}
