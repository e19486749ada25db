package intertest

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

const day = statement.Date("2026-03-18") // a Wednesday

// decoded is an idTransacao as text.
func decoded(t *testing.T, id any) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(id.(string))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPagesGoWrong(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{})
	a.Add(plain(day, 6)...) // valor 1.05 down to 1.00
	read := func(n string) completePage { return w.page(day, day, "pagina", n, "tamanhoPagina", "3") }
	check := func(name string, p completePage, total, count int, last bool, values ...any) {
		t.Helper()
		if p.TotalElementos != total || p.NumeroDeElementos != count || p.UltimaPagina != last {
			t.Errorf("%s: total %d, count %d, last %v", name, p.TotalElementos, p.NumeroDeElementos, p.UltimaPagina)
		}
		if diff := cmp.Diff(values, p.field("valor")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	a.LieAboutTotal(1, 3)
	check("lying total", read("0"), 9, 3, false, "1.05", "1.04", "1.03")
	check("and then not", read("0"), 6, 3, false, "1.05", "1.04", "1.03")
	a.LieAboutLast(1, true)
	check("lying last", read("0"), 6, 3, true, "1.05", "1.04", "1.03")
	a.ShortPage(1)
	check("short page", read("0"), 6, 3, false, "1.05", "1.04")
	a.RepeatRow(1)
	check("repeated row", read("1"), 6, 3, true, "1.02", "1.01", "1.02")
	a.RepeatAcrossPages(2)
	check("repeated across pages, first", read("0"), 6, 3, false, "1.05", "1.04", "1.03")
	check("repeated across pages, second", read("1"), 6, 3, true, "1.03", "1.01", "1.00")
	a.DistortPage(1, func(p *Page) { p.Count = 99 })
	check("any distortion", read("0"), 6, 99, false, "1.05", "1.04", "1.03")

	a.InsertBetweenPages(1, Entry{BookedAt: At(day, 13, 0, 0, 0), Amount: 900})
	check("before the insertion", read("0"), 6, 3, false, "1.05", "1.04", "1.03")
	check("after it: all moves on by one", read("1"), 7, 3, false, "1.03", "1.02", "1.01")

	a.AfterAnswers(2, func() { a.Add(Entry{BookedAt: At("2026-03-02", 9, 0, 0, 0), Amount: 1}) })
	for i, want := range []int{0, 0, 1} {
		if p := w.page("2026-03-02", "2026-03-02"); p.TotalElementos != want {
			t.Errorf("late inclusion, answer %d: %d rows, want %d", i, p.TotalElementos, want)
		}
	}
	a.AnswerEmpty(1)
	check("empty though active", read("0"), 0, 0, true)
	check("and then not", read("0"), 7, 3, false, "9.00", "1.05", "1.04")
}

func TestEntriesChange(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{})
	s := a.Add(Entry{BookedAt: At(day, 23, 54, 2, 583), Type: "PIX", Amount: -23900, Title: "Pix enviado ", Description: "X",
		Provisional: true, Number: "735299830", Details: Details("endToEndId", "E1", "codBarras", "127")})[0]
	only := func() map[string]any {
		t.Helper()
		p := w.page(day, day.AddDays(2))
		if len(p.Transacoes) != 1 {
			t.Fatalf("%d rows, want 1", len(p.Transacoes))
		}
		return p.Transacoes[0]
	}
	id := func(want string) {
		t.Helper()
		if got := decoded(t, only()["idTransacao"]); got != want {
			t.Errorf("id %s, want %s", got, want)
		}
	}
	id("PROVISORIO_001_00019_123456789_2026-03-18_735299830")
	a.Confirm(s, "")
	id("001_00019_123456789_2026-03-18_900000001")
	a.Confirm(s, "2026-03-19")
	id("001_00019_123456789_2026-03-19_900000002")
	if only()["dataTransacao"] != "2026-03-19" {
		t.Error("confirmed with another date, which the row does not carry")
	}
	a.Renumber(s)
	id("001_00019_123456789_2026-03-19_900000003")
	if found, ok := a.Find(a.BankID(s)); !ok || found != s {
		t.Error("Find does not find the entry by its id")
	}

	a.SetDate(s, "2026-03-20")
	id("001_00019_123456789_2026-03-19_900000003")
	a.SetDescription(s, "Y")
	a.SetAmount(s, 100)
	a.SetBookedAt(s, At(day, 9, 0, 0, 0))
	got := only()
	delete(got, "idTransacao")
	delete(got, "detalhes")
	want := map[string]any{"dataInclusao": "2026-03-18 09:00:00.000", "dataTransacao": "2026-03-20", "tipoTransacao": "PIX",
		"tipoOperacao": "C", "valor": "1.00", "titulo": "Pix enviado ", "descricao": "Y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if before, on := a.BalanceAt("2026-03-19"), a.BalanceAt("2026-03-20"); before != 0 || on != 100 {
		t.Errorf("balances %s and %s do not follow date and amount", before, on)
	}
	a.SetNoID(s, true)
	if _, ok := only()["idTransacao"]; ok {
		t.Error("the row has an id still")
	}
}

func TestRowsGoWrong(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{})
	s := a.Add(Entry{BookedAt: At(day, 9, 0, 0, 0), Type: "PIX", Amount: 100, Title: "Pix recebido", Description: "x", Details: Details("txId", "")})[0]
	row := func() map[string]any { t.Helper(); return w.page(day, day).Transacoes[0] }
	for _, f := range []Field{
		{"detalhes", []byte("null")}, {"valor", []byte(`"1.0.0"`)}, {"valor", []byte("1.00")},
		{"tipoTransacao", []byte(`"NUNCA_VISTO"`)}, {"novoCampo", []byte(`{"a":[1]}`)}, {"dataTransacao", []byte(`"18/03/2026"`)},
	} {
		a.SetField(s, f.Name, f.Value)
		body := w.get(Statement, "dataInicio", string(day), "dataFim", string(day)).body
		if want := `"` + f.Name + `":` + string(f.Value); !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
		a.Mend(s)
	}
	a.DropFields(s, "titulo", "descricao", "tipoTransacao", "detalhes")
	got := row()
	for _, name := range []string{"titulo", "descricao", "tipoTransacao", "detalhes"} {
		if _, ok := got[name]; ok {
			t.Errorf("%s is there", name)
		}
	}
	body := w.get(Simple, "dataInicio", string(day), "dataFim", string(day)).body
	if want := `{"transacoes":[{"dataEntrada":"2026-03-18","tipoOperacao":"C","valor":"1.0"}]}`; body != want {
		t.Errorf("simple: %s, want %s", body, want)
	}
	a.Mend(s)
	b.Behave(func(v *Behaviour) { v.RewriteText = strings.ToUpper })
	if got := row()["descricao"]; got != "X" {
		t.Errorf("rewritten text %v, want X", got)
	}
	if got := a.Rows(day, day)[0]; got.Amount != 100 || got.Description != "x" || got.Type != "PIX" {
		t.Errorf("the truth changed: %+v", got)
	}
}

func TestEntriesComeAndGo(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{})
	seqs := a.Add(plain(day, 2)...)
	rows := func(want int, when string) {
		t.Helper()
		if got := w.page(day, day).TotalElementos; got != want {
			t.Errorf("%s: %d rows, want %d", when, got, want)
		}
	}
	balance := func(want string, when string) {
		t.Helper()
		if got := w.get(Balance, "dataSaldo", string(day)).body; got != `{"disponivel":`+want+`}` {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	a.Omit(seqs[0], 2)
	rows(1, "omitted")
	balance("2.01", "omitted")
	rows(1, "omitted twice")
	rows(2, "no more omitted")
	a.Omit(seqs[0], -1)
	rows(1, "omitted for good")
	rows(1, "omitted for good")
	a.Omit(seqs[0], 0)
	rows(2, "shown again")
	a.Withdraw(seqs[0])
	rows(1, "withdrawn")
	balance("1.01", "withdrawn")
	if a.Count() != 1 {
		t.Errorf("count %d, want 1", a.Count())
	}
	a.Restore(seqs[0])
	rows(2, "restored")
	balance("2.01", "restored")
}

func TestTwin(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{})
	s := a.Add(Entry{BookedAt: At(day, 9, 15, 37, 560), Type: "PAGAMENTO", Amount: -20442, Title: "T", Description: "D",
		Details: Details("codBarras", "123", "hora", "09h15", "autenticacao", "447")})[0]
	a.AddTwin(s, 20*time.Millisecond)
	rows := w.page(day, day).Transacoes
	if len(rows) != 2 || rows[0]["dataInclusao"] != "2026-03-18 09:15:37.580" || rows[0]["idTransacao"] == rows[1]["idTransacao"] {
		t.Fatalf("%v", rows)
	}
	if diff := cmp.Diff(map[string]any{"codBarras": "127", "hora": "09h15", "autenticacao": "448"}, rows[0]["detalhes"]); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"dataInclusao", "idTransacao", "detalhes"} {
		delete(rows[0], name)
		delete(rows[1], name)
	}
	if diff := cmp.Diff(rows[1], rows[0]); diff != "" {
		t.Error(diff)
	}
}
