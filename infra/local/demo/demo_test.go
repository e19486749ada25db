package demo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/demo"
	"extrato/internal/statement"
)

// Monday 23 November 2026 in São Paulo.
var monday = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// stack plays the local stack: an account that is enabled by the first PUT and
// has the entries.
type stack struct {
	entries     []map[string]any
	days        []map[string]any // proven and without any money where nil
	from        string           // 2026-09-24 where ""
	readThrough string
	exists      bool // an earlier run left the account behind, enabled
	bankingDay  bool

	enabled int
	created int
}

func (s *stack) account(state string) map[string]any {
	return map[string]any{
		"id": "a1", "external_id": "demo", "description": "Conta demonstração", "bank_account": "407312956",
		"status":   map[string]any{"state": state, "message": "mensagem"},
		"coverage": map[string]any{"from": s.coveredFrom(), "read_through": s.readThrough},
	}
}

func (s *stack) coveredFrom() statement.Date {
	if s.from == "" {
		return "2026-09-24"
	}
	return statement.Date(s.from)
}

// list returns the days that are asked for, at most 370 as the API does.
func (s *stack) list(r *http.Request) any {
	from, to := statement.Date(r.URL.Query().Get("from")), statement.Date(r.URL.Query().Get("to"))
	days := []map[string]any{}
	for d := from; d <= to && len(days) < 370; d = d.AddDays(1) {
		if s.days == nil {
			days = append(days, civilDay(d, "proven", 0, "0.00", "0.00", nil, nil))
		}
		for _, day := range s.days {
			if day["date"] == string(d) {
				days = append(days, day)
			}
		}
	}
	return map[string]any{"days": days}
}

func civilDay(date statement.Date, status string, entries int, credits, debits string, balance, difference any) map[string]any {
	return map[string]any{
		"date": string(date), "status": status, "entries": entries, "credits": credits, "debits": debits,
		"balance": balance, "difference": difference,
	}
}

func (s *stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch r.Method + " " + r.URL.Path {
	case "GET /_local/token":
		answer = map[string]string{"token": "t"}
	case "GET /_local/bank/credentials":
		answer = map[string]string{"certificate": "c", "key": "k", "client_id": "i", "client_secret": "s"}
	case "POST /_local/schedule":
		answer = map[string]any{"date": "2026-11-23", "banking_day": s.bankingDay, "reason": "a holiday"}
	case "GET /_local/idle":
		answer = map[string]any{"idle": true, "dlq": 0}
	case "GET /v1/accounts":
		list := []any{}
		if s.exists {
			list = append(list, s.account("active"))
		}
		answer = map[string]any{"accounts": list}
	case "POST /v1/accounts":
		s.created++
		answer = s.account("disabled")
	case "PUT /v1/accounts/a1/integration":
		s.enabled++
		answer = s.account("active")
	case "GET /v1/accounts/a1":
		answer = s.account("active")
	case "GET /v1/accounts/a1/days":
		answer = s.list(r)
	case "GET /v1/accounts/a1/entries": // one a page
		n := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("cursor"), &n)
		page := map[string]any{"entries": s.entries[n : n+1]}
		if n+1 < len(s.entries) {
			page["next_cursor"] = fmt.Sprint(n + 1)
		}
		answer = page
	default:
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func entry(id, date, amount, title, who string) map[string]any {
	return map[string]any{
		"id": id, "date": date, "amount": amount, "type": "PIX", "title": title, "bank_id": id, "status": "booked",
		"counterparty": map[string]any{"name": who}, "description": nil,
	}
}

func row(id string, date statement.Date, cents statement.Cents) statement.Row {
	return statement.Row{BankID: id, Date: date, Amount: cents, Type: "PIX"}
}

func run(t *testing.T, s *stack, truth ...statement.Row) (demo.Result, string, error) {
	t.Helper()
	return runWith(t, s, func(statement.Date) statement.Cents { return 0 }, truth...)
}

func runWith(t *testing.T, s *stack, balance func(statement.Date) statement.Cents, truth ...statement.Row) (demo.Result, string, error) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	var out bytes.Buffer
	r, err := demo.Run(t.Context(), demo.Options{
		URL: server.URL, Out: &out, Clock: func() time.Time { return monday },
		Truth: func(number string, through statement.Date) []statement.Row {
			if number != "407312956" || through != "2026-11-22" {
				t.Errorf("truth of %s through %s asked for", number, through)
			}
			return truth
		},
		Balance: func(number string, day statement.Date) statement.Cents {
			if number != "407312956" {
				t.Errorf("balance of %s asked for", number)
			}
			return balance(day)
		},
	})
	return r, out.String(), err
}

func TestStatementAsAPersonReadsIt(t *testing.T) {
	t.Parallel()
	s := &stack{readThrough: "2026-11-22", bankingDay: true, entries: []map[string]any{
		entry("1", "2026-10-30", "1234567.89", "Pix recebido", "Ação & Cia"),
		entry("2", "2026-10-30", "-204.42", "Pix enviado ", "Fornecedor Exemplo com um nome que não cabe na coluna"),
		entry("3", "2026-11-23", "-0.05", "Tarifa", ""),
	}}
	r, out, err := run(t, s, row("3", "2026-11-23", -5), row("2", "2026-10-30", -20442), row("1", "2026-10-30", 123456789), row("0", "2026-09-23", 1))
	if err != nil {
		t.Fatal(err)
	}
	if want := (demo.Result{Account: "a1", Entries: 3, AtBank: 3, Days: 39, Proven: 39}); r != want || r.Check() != nil {
		t.Errorf("result %+v (%v), want %+v", r, r.Check(), want)
	}
	out, _, _ = strings.Cut(out, "Prova por dia útil")
	line := strings.Repeat("-", 94)
	want := `
Extrato: Conta demonstração, Banco Inter, conta 407312956
Lançamentos datados desde 24/09/2026, incluídos até 22/11/2026

Data        Descrição                                     Tipo                      Valor (R$)
30/10/2026  Pix recebido · Ação & Cia                     PIX                     1.234.567,89
30/10/2026  Pix enviado · Fornecedor Exemplo com um nom…  PIX                          -204,42
` + line + `
10/2026     2 lançamentos   créditos 1.234.567,89   débitos -204,42   saldo do mês 1.234.363,47

23/11/2026  Tarifa                                        PIX                            -0,05
` + line + `
11/2026     1 lançamento   créditos 0,00   débitos -0,05   saldo do mês -0,05

`
	if d := cmp.Diff(want, out); d != "" {
		t.Errorf("output (-want +got):\n%s", d)
	}
	if s.created != 1 || s.enabled != 1 {
		t.Errorf("created %d and enabled %d accounts, want 1 and 1", s.created, s.enabled)
	}
}

func TestAnAccountLeftBehindIsUsedAgain(t *testing.T) {
	t.Parallel()
	s := &stack{readThrough: "2026-11-22", bankingDay: true, exists: true, entries: []map[string]any{entry("1", "2026-11-20", "1.00", "x", "")}}
	if r, _, err := run(t, s, row("1", "2026-11-20", 100)); err != nil || r.Check() != nil || s.created+s.enabled != 0 {
		t.Errorf("%+v, %v, created %d, enabled %d", r, err, s.created, s.enabled)
	}
}

func TestADayOffIsTold(t *testing.T) {
	t.Parallel()
	s := &stack{readThrough: "2026-11-22", entries: []map[string]any{entry("1", "2026-11-20", "1.00", "x", "")}}
	_, out, err := run(t, s, row("1", "2026-11-20", 100))
	if err != nil || !strings.Contains(out, "2026-11-23 is not a banking day (a holiday)") {
		t.Errorf("%v, output %s", err, out)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	noID := entry("x", "2026-11-20", "1.00", "Tarifa", "")
	noID["bank_id"] = nil
	tariff := statement.Row{Date: "2026-11-20", Amount: 100, Type: "PIX", Title: "Tarifa"}
	one := entry("1", "2026-11-20", "1.00", "x", "")
	for name, c := range map[string]struct {
		entries             []map[string]any
		truth               []statement.Row
		missing, duplicated int
	}{
		"equal":               {[]map[string]any{one}, []statement.Row{row("1", "2026-11-20", 100)}, 0, 0},
		"missing":             {[]map[string]any{one}, []statement.Row{row("1", "2026-11-20", 100), row("2", "2026-11-20", 100)}, 1, 0},
		"duplicated":          {[]map[string]any{one, one}, []statement.Row{row("1", "2026-11-20", 100)}, 0, 1},
		"not at the bank":     {[]map[string]any{one}, nil, 0, 1},
		"another amount":      {[]map[string]any{one}, []statement.Row{row("1", "2026-11-20", -100)}, 1, 1},
		"another date":        {[]map[string]any{one}, []statement.Row{row("1", "2026-11-23", 100)}, 1, 1},
		"without id, twins":   {[]map[string]any{noID, noID}, []statement.Row{tariff, tariff}, 0, 0},
		"without id, one too": {[]map[string]any{noID, noID}, []statement.Row{tariff}, 0, 1},
		"before the first":    {[]map[string]any{one}, []statement.Row{row("1", "2026-11-20", 100), row("0", "2026-09-23", 1)}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, out, err := run(t, &stack{readThrough: "2026-11-22", bankingDay: true, entries: c.entries}, c.truth...)
			if err != nil {
				t.Fatal(err)
			}
			last := fmt.Sprintf("\nprova: 39 de 39 dias úteis provados\ndemo: %d entries, %d at the bank, %d missing, %d duplicated\n", len(c.entries), r.AtBank, c.missing, c.duplicated)
			if r.Missing != c.missing || r.Duplicated != c.duplicated || (r.Check() == nil) != (c.missing+c.duplicated == 0) || !strings.HasSuffix(out, last) {
				t.Errorf("result %+v, want %d missing, %d duplicated; output ends %q", r, c.missing, c.duplicated, out[len(out)-80:])
			}
		})
	}
}

func TestNotReadFarEnough(t *testing.T) {
	t.Parallel()
	_, _, err := run(t, &stack{readThrough: "2026-11-21", bankingDay: true, entries: []map[string]any{entry("1", "2026-11-20", "1.00", "x", "")}})
	if err == nil || !strings.Contains(err.Error(), `"2026-11-21", 2026-11-22 is due: mensagem`) {
		t.Errorf("error %v", err)
	}
}
