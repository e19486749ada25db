package intertest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// TestPageLoop reads as Inter's Python SDK does: pages of 50, the default,
// and one page past the end.
func TestPageLoop(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{})
	a.Add(plain("2026-03-18", 120)...)
	var ids []any
	for n, want := range []completePage{
		{TotalPaginas: 3, TotalElementos: 120, PrimeiraPagina: true, TamanhoPagina: 50, NumeroDeElementos: 50},
		{TotalPaginas: 3, TotalElementos: 120, TamanhoPagina: 50, NumeroDeElementos: 50},
		{TotalPaginas: 3, TotalElementos: 120, TamanhoPagina: 50, NumeroDeElementos: 20, UltimaPagina: true},
		{TotalPaginas: 3, TotalElementos: 120, TamanhoPagina: 50, NumeroDeElementos: 0, UltimaPagina: true},
	} {
		got := w.page("2026-03-01", "2026-03-31", "pagina", strconv.Itoa(n))
		ids = append(ids, got.field("idTransacao")...)
		got.Transacoes = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("page %d: %s", n, diff)
		}
	}
	var want []any
	for _, r := range a.Rows("2026-03-01", "2026-03-31") {
		want = append(want, r.BankID)
	}
	if diff := cmp.Diff(want, ids); diff != "" || len(ids) != 120 {
		t.Error(diff)
	}
}

func TestRowOnTheWire(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{})
	a.Add(Entry{
		Number: "900000066", BookedAt: At("2023-03-20", 18, 43, 34, 773), Type: "PAGAMENTO", Amount: -20440,
		Title: "Pagamento de Convênio", Description: `A & "B" <C>`, Document: "12", Details: Details("valorTotal", "204.4"),
		Extra: []Field{{"novo", []byte(`{"x":1}`)}},
	})
	id := base64.StdEncoding.EncodeToString([]byte("001_00019_123456789_2023-03-20_900000066"))
	want := `{"totalPaginas":1,"totalElementos":1,"ultimaPagina":true,"primeiraPagina":true,"tamanhoPagina":50,"numeroDeElementos":1,"transacoes":[` +
		`{"idTransacao":"` + id + `","dataInclusao":"2023-03-20 18:43:34.773","dataTransacao":"2023-03-20","tipoTransacao":"PAGAMENTO","tipoOperacao":"D",` +
		`"valor":"204.40","titulo":"Pagamento de Convênio","descricao":"A & \"B\" <C>","numeroDocumento":"12","detalhes":{"valorTotal":"204.4"},"novo":{"x":1}}]}`
	if diff := cmp.Diff(want, w.get(Statement, "dataInicio", "2023-03-20", "dataFim", "2023-03-20").body); diff != "" {
		t.Error(diff)
	}
	want = `{"transacoes":[{"dataEntrada":"2023-03-20","tipoTransacao":"PAGAMENTO","tipoOperacao":"D","valor":"204.4",` +
		`"titulo":"Pagamento de Convênio","descricao":"Pagamento de Convênio - A & \"B\" <C>"}]}`
	if diff := cmp.Diff(want, w.get(Simple, "dataInicio", "2023-03-20", "dataFim", "2023-03-20").body); diff != "" {
		t.Error(diff)
	}
	if got, want := w.get(Simple, "dataInicio", "2020-01-01", "dataFim", "2020-01-01").body, `{"transacoes":[]}`; got != want {
		t.Errorf("empty period: %s", got)
	}
	pdf := decode[struct{ PDF []byte }](t, w.get(Export, "dataInicio", "2023-03-20", "dataFim", "2023-03-20")).PDF
	if !strings.HasPrefix(string(pdf), "%PDF-1.4\n") || !strings.HasSuffix(string(pdf), "%%EOF\n") || !strings.Contains(string(pdf), "-204.40") {
		t.Error("exportar is not a PDF of the entry")
	}
}

// TestDates: filter by inclusion, dates of weekends and holidays, order.
func TestDates(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{Seed: 3})
	a.Add( // 3 April 2026 is Good Friday
		Entry{BookedAt: At("2026-04-02", 23, 59, 59, 999), Amount: 1},
		Entry{BookedAt: At("2026-04-03", 0, 0, 0, 0), Amount: 2},
		Entry{BookedAt: At("2026-04-05", 12, 0, 0, 0), Amount: 3},
		Entry{BookedAt: At("2026-04-06", 8, 0, 0, 0), Amount: 4},
		Entry{BookedAt: At("2026-04-06", 9, 0, 0, 0), Amount: 5, Date: "2026-04-08"},
	)
	check := func(name string, from, to statement.Date, values, dates []any) {
		t.Helper()
		p := w.page(from, to)
		if diff := cmp.Diff([][]any{values, dates}, [][]any{p.field("valor"), p.field("dataTransacao")}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	check("holiday and weekend", "2026-04-03", "2026-04-05", []any{"0.03", "0.02"}, []any{"2026-04-06", "2026-04-06"})
	check("the Monday", "2026-04-06", "2026-04-06", []any{"0.05", "0.04"}, []any{"2026-04-08", "2026-04-06"})
	check("the Thursday", "2026-04-02", "2026-04-02", []any{"0.01"}, []any{"2026-04-02"})
	if got := len(a.Dated("2026-04-06", "2026-04-06")); got != 3 {
		t.Errorf("%d dated the Monday, want 3", got)
	}

	b.Behave(func(v *Behaviour) { v.FilterByDate = true })
	check("by date", "2026-04-06", "2026-04-06", []any{"0.04", "0.03", "0.02"}, []any{"2026-04-06", "2026-04-06", "2026-04-06"})
	b.Behave(func(v *Behaviour) { v.FilterByDate, v.Order = false, OldestFirst })
	check("oldest first", "2026-04-05", "2026-04-06", []any{"0.03", "0.04", "0.05"}, []any{"2026-04-06", "2026-04-06", "2026-04-08"})
	b.Behave(func(v *Behaviour) { v.Order = Shuffled })
	got := w.page("2026-04-01", "2026-04-30").field("valor")
	if again := w.page("2026-04-01", "2026-04-30").field("valor"); !cmp.Equal(got, again) {
		t.Error("shuffled otherwise the second time")
	}
	newest := []any{"0.05", "0.04", "0.03", "0.02", "0.01"}
	if cmp.Equal(got, newest) {
		t.Error("not shuffled")
	}
	slices.SortFunc(got, func(x, y any) int { return strings.Compare(y.(string), x.(string)) })
	if diff := cmp.Diff(newest, got); diff != "" {
		t.Errorf("shuffling lost rows: %s", diff)
	}
	b.Behave(func(v *Behaviour) { v.Order, v.DateOnly = NewestFirst, true })
	if got := w.page("2026-04-02", "2026-04-02").field("dataInclusao"); got[0] != "2026-04-02" {
		t.Errorf("dataInclusao %v without time", got)
	}
	b.Behave(func(v *Behaviour) { v.CapDays = 4 })
	check("capped", "2026-03-01", "2026-04-06", []any{"0.05", "0.04", "0.03", "0.02"}, []any{"2026-04-08", "2026-04-06", "2026-04-06", "2026-04-06"})
}

func TestRealtimeHidesTheFuture(t *testing.T) {
	t.Parallel()
	c := newClock("2026-03-18 12:00")
	_, a, w := ready(t, Options{Clock: c.now, Realtime: true})
	a.Add(Entry{BookedAt: At("2026-03-18", 11, 0, 0, 0), Amount: 100}, Entry{BookedAt: At("2026-03-18", 13, 0, 0, 0), Amount: 200})
	for _, want := range []struct {
		rows    int
		balance string
	}{{1, `"disponivel":1,`}, {2, `"disponivel":3,`}} {
		if got := len(w.page("2026-03-18", "2026-03-18").Transacoes); got != want.rows {
			t.Errorf("%d rows, want %d", got, want.rows)
		}
		if got := w.get(Balance).body; !strings.Contains(got, want.balance) {
			t.Errorf("balance %s, want %s", got, want.balance)
		}
		c.add(2 * time.Hour)
		w.authenticate()
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{Clock: newClock("2023-01-01 00:00").now})
	a.Add(plain("2026-01-15", 1)...)
	a.Add(Entry{BookedAt: At("2026-01-16", 9, 0, 0, 0), Amount: -5, Type: "PIX"})
	const invalid = `{"title":"Dados inválidos.","detail":"Verifique se os dados informados estão de acordo com a documentação disponibilizada e tente novamente.",` +
		`"timestamp":"2023-01-01T00:00:00.000000000-03:00","violacoes":[`
	r := w.get(Statement, "dataFim", "2026-01-31")
	if diff := cmp.Diff(invalid+`{"razao":"O valor não pode ser nulo.","propriedade":"dataInicio"}]}`, r.body); r.status != 400 || diff != "" {
		t.Errorf("%d %s", r.status, diff)
	}
	r = w.get(Balance, "dataSaldo", "31/01/2026")
	if diff := cmp.Diff(invalid+`{"razao":"Não foi possível converter o valor.","propriedade":"dataSaldo"}]}`, r.body); r.status != 400 || diff != "" {
		t.Errorf("%d %s", r.status, diff)
	}
	for _, tc := range []struct {
		query []string
		want  int
	}{
		{[]string{"dataInicio", "2026-02-30"}, 400},
		{[]string{"dataInicio", "2026-02-01"}, 400}, // after the end
		{[]string{"pagina", "-1"}, 400},
		{[]string{"pagina", "x"}, 400},
		{[]string{"tamanhoPagina", "0"}, 400},
		{[]string{"tamanhoPagina", "10001"}, 400},
		{[]string{"tamanhoPagina", "10000"}, 200},
		{[]string{"tipoOperacao", "X"}, 400},
		{[]string{"dataInicio", "2025-11-02"}, 200}, // 90 days before
		{[]string{"dataInicio", "2025-11-01"}, 400},
	} {
		query := append([]string{"dataInicio", "2026-01-01", "dataFim", "2026-01-31"}, tc.query...)
		if r := w.get(Statement, query...); r.status != tc.want {
			t.Errorf("%v: status %d, want %d", tc.query, r.status, tc.want)
		}
	}
	b.Behave(func(v *Behaviour) { v.MaxDays = 89 })
	for _, e := range []Endpoint{Statement, Simple, Export} {
		if r := w.get(e, "dataInicio", "2025-11-02", "dataFim", "2026-01-31"); r.status != 400 {
			t.Errorf("%s: 90 days where 89 are the most: %d", e, r.status)
		}
	}
	for query, want := range map[string]string{"tipoOperacao=D": "0.05", "tipoTransacao=PIX": "0.05", "tipoOperacao=C": "1.00"} {
		name, value, _ := strings.Cut(query, "=")
		if got := w.page("2026-01-01", "2026-01-31", name, value).field("valor"); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	if p := w.page("2020-01-01", "2020-01-31"); p.TotalPaginas != 0 || !p.UltimaPagina || !p.PrimeiraPagina || p.Transacoes == nil {
		t.Errorf("empty period: %+v", p)
	}
	b.Behave(func(v *Behaviour) { v.EmptyPages = 1 })
	if p := w.page("2020-01-01", "2020-01-31"); p.TotalPaginas != 1 || !p.UltimaPagina {
		t.Errorf("empty period: %+v", p)
	}
}

func TestPathsMethodsAndAccounts(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{})
	w.bearer = ""
	if r := w.get("/banking/v2/cartoes"); r.status != 404 || r.body != `{"title":"Não Encontrado.","status":"404","detail":"Entidade não encontrada."}` {
		t.Errorf("unknown path before the token: %d %s", r.status, r.body)
	}
	if r := w.get(Token); r.status != 405 || r.header.Get("Allow") != "POST" {
		t.Errorf("GET of the token endpoint: %d", r.status)
	}
	if r := w.get(Balance); r.status != 401 || r.header.Get("X-Request-Id") == "" {
		t.Errorf("no token: %d", r.status)
	}
	other, foreign := b.AddAccount("55555"), b.AddAccount("77777")
	other.SetOpening(42)
	w.authenticate()
	w.with.SetAccounts(a, other)
	for _, tc := range []struct {
		account string
		want    int
	}{{"", 400}, {a.Number(), 200}, {other.Number(), 200}, {foreign.Number(), 403}, {"0123456789", 400}, {"1-2", 400}} {
		w.header.Set("x-conta-corrente", tc.account)
		if r := w.get(Balance); r.status != tc.want {
			t.Errorf("x-conta-corrente %q: %d, want %d", tc.account, r.status, tc.want)
		}
	}
	w.header.Set("x-conta-corrente", other.Number())
	if r := w.get(Balance, "dataSaldo", "2026-03-18"); r.body != `{"disponivel":0.42}` {
		t.Errorf("balance of the other account: %s", r.body)
	}
	w.header.Del("x-conta-corrente")
	b.Behave(func(v *Behaviour) { v.MissingAccount = http.StatusForbidden })
	if r := w.get(Balance); r.status != 403 {
		t.Errorf("missing account: %d, want 403", r.status)
	}
}
