package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

var a1 = statement.Ref{Tenant: "acme", Account: "a1"}

func entry(id string, date statement.Date, change func(*statement.Entry)) statement.Entry {
	e := statement.Entry{
		ID: statement.EntryID(id), Status: statement.Booked, Identity: statement.ByBankID, Revision: 1,
		Row: statement.Row{Date: date, Operation: statement.Debit, Amount: -100, Type: "PIX"},
	}
	if change != nil {
		change(&e)
	}
	return e
}

func withEntries(t *testing.T, entries ...statement.Entry) *client {
	c := newClient(t)
	c.accounts[a1] = statement.Account{Ref: a1}
	c.entries[a1] = entries
	return c
}

func ids(a answer) []string {
	out := []string{}
	list, _ := a.body["entries"].([]any)
	for _, e := range list {
		out = append(out, e.(object)["id"].(string))
	}
	return out
}

func TestEntryAsTheContractNamesIt(t *testing.T) {
	t.Parallel()
	c := withEntries(t,
		statement.Entry{
			ID: "2026-11-20-x", Identity: statement.ByBankID, Status: statement.Booked, Seq: 7, Revision: 2,
			ImportedAt: time.Date(2026, 11, 21, 9, 0, 3, 1e6, time.UTC), Aliases: []string{"other"}, Run: "r",
			Row: statement.Row{
				BankID: "abc", BookedAt: time.Date(2026, 11, 20, 10, 41, 2, 517e6, statement.SaoPaulo), Date: "2026-11-20", Type: "PIX",
				Operation: statement.Debit, Amount: -20442, Title: "Pix enviado ", Description: `a & b <c>`, DocumentNumber: "12", EndToEndID: "E1",
				Counterparty: statement.Counterparty{Name: "Fulano", TaxID: "123"},
				Details:      json.RawMessage(`{"tipoDetalhe":"COMPLETE","n":1.50}`),
				Extra:        map[string]json.RawMessage{"cpmf": json.RawMessage(`"x"`)},
			},
		},
		statement.Entry{ID: "2026-11-20-y", Row: statement.Row{Date: "2026-11-20", Operation: statement.Credit, Amount: 5, Details: json.RawMessage(`[1]`)},
			Identity: statement.ByContent, Status: statement.Withdrawn})
	got := c.do("GET", "/v1/accounts/a1/entries", nil)
	want := object{"entries": []any{
		object{
			"id": "2026-11-20-x", "date": "2026-11-20", "booked_at": "2026-11-20T13:41:02.517Z", "amount": "-204.42", "operation": "D",
			"type": "PIX", "title": "Pix enviado ", "description": "a & b <c>", "document_number": "12", "bank_id": "abc", "end_to_end_id": "E1",
			"counterparty": object{"name": "Fulano", "tax_id": "123"}, "details": object{"tipoDetalhe": "COMPLETE", "n": 1.5},
			"status": "booked", "seq": 7.0, "revision": 2.0, "imported_at": "2026-11-21T09:00:03.001Z", "identity": "bank_id",
		},
		object{
			"id": "2026-11-20-y", "date": "2026-11-20", "booked_at": "0001-01-01T00:00:00.000Z", "amount": "0.05", "operation": "C",
			"type": nil, "title": nil, "description": nil, "document_number": nil, "bank_id": nil, "end_to_end_id": nil,
			"counterparty": object{"name": nil, "tax_id": nil}, "details": nil,
			"status": "withdrawn", "seq": 0.0, "revision": 0.0, "imported_at": "0001-01-01T00:00:00.000Z", "identity": "content",
		},
	}}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(got.text, `"n":1.50`) {
		t.Error("details are not as the bank sent them")
	}
}

func TestRangeOfEntries(t *testing.T) {
	t.Parallel()
	// now is 23 November 2026, so D-1 is the 22nd and the 60 days begin on 24 September.
	c := withEntries(t, entry("a", "2026-09-23", nil), entry("b", "2026-09-24", nil), entry("c", "2026-11-22", nil), entry("d", "2026-11-23", nil))
	for query, want := range map[string][]string{
		"":                               {"b", "c"},
		"?from=2026-09-23":               {"a", "b", "c"},
		"?to=2026-11-23":                 {"c", "d"},
		"?from=2026-11-23":               {"d"},
		"?from=2026-11-22&to=2026-11-22": {"c"},
		"?from=2020-01-01&to=2020-01-01": {},
		"?from=&to=":                     {"b", "c"},
	} {
		got := c.do("GET", "/v1/accounts/a1/entries"+query, nil)
		if diff := cmp.Diff(want, ids(got)); diff != "" || got.status != 200 {
			t.Errorf("%s: %d %s", query, got.status, diff)
		}
	}
}

func TestParametersOfEntries(t *testing.T) {
	t.Parallel()
	c := withEntries(t)
	for query, want := range map[string]struct {
		code  string
		field string
	}{
		"from=2026-11-02&to=2026-11-01": {"period_invalid", "from period_invalid"},
		"from=01/11/2026":               {"validation_failed", "from date_invalid"},
		"from=2026-02-30":               {"validation_failed", "from date_invalid"},
		"to=0001-01-01":                 {"validation_failed", "to date_invalid"},
		"limit=0":                       {"validation_failed", "limit too_small"},
		"limit=501":                     {"validation_failed", "limit too_large"},
		"limit=many":                    {"validation_failed", "limit type_invalid"},
		"operation=X":                   {"validation_failed", "operation value_not_allowed"},
		"status=gone":                   {"validation_failed", "status value_not_allowed"},
		"form=2026-11-01":               {"validation_failed", " unknown_parameter"},
		"cursor=abc":                    {"cursor_invalid", "cursor cursor_invalid"},
		"cursor=e30":                    {"cursor_invalid", "cursor cursor_invalid"}, // {}
	} {
		got := c.do("GET", "/v1/accounts/a1/entries?"+query, nil)
		if got.status != 422 || got.body["code"] != want.code {
			t.Errorf("%s: %d %s", query, got.status, got.text)
		}
		if diff := cmp.Diff([]string{want.field}, got.fields()); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if len(c.calls) > 0 {
		t.Error(c.calls)
	}
}

func TestFiltersOfEntries(t *testing.T) {
	t.Parallel()
	c := withEntries(t,
		entry("title", "2026-11-01", func(e *statement.Entry) { e.Title = "Aluguel do GALPÃO" }),
		entry("description", "2026-11-02", func(e *statement.Entry) { e.Description = "PIX - Açaí & Cia"; e.Operation = statement.Credit }),
		entry("name", "2026-11-03", func(e *statement.Entry) { e.Counterparty.Name = "José  da Silva"; e.Type = "TRANSFERENCIA" }),
		entry("document", "2026-11-04", func(e *statement.Entry) { e.DocumentNumber = "NF-0042"; e.Status = statement.Withdrawn }),
		entry("decomposed", "2026-11-05", func(e *statement.Entry) { e.Title = "sa\u0303o joa\u0303o" }),
		entry("elsewhere", "2026-11-06", func(e *statement.Entry) {
			e.Details = json.RawMessage(`{"x":"galpão"}`)
			e.Counterparty.TaxID = "0042"
		}))
	for query, want := range map[string][]string{
		"q=galpao":              {"title"},
		"q=GALPÃO":              {"title"},
		"q=acai":                {"description"},
		"q=JOSE da SILVA":       {"name"},
		"q= 0042 ":              {"document"},
		"q=são joão":            {"decomposed"},
		"q=nothing":             {},
		"operation=C":           {"description"},
		"type=transferencia":    {"name"},
		"type=TRANSF":           {},
		"status=withdrawn":      {"document"},
		"status=booked&q=nf":    {},
		"operation=D&q=aluguel": {"title"},
	} {
		values, _ := url.ParseQuery(query)
		got := c.do("GET", "/v1/accounts/a1/entries?"+values.Encode(), nil)
		if diff := cmp.Diff(want, ids(got)); diff != "" || got.status != 200 {
			t.Errorf("%s: %d %s", query, got.status, diff)
		}
	}
}

func TestPagesOfEntries(t *testing.T) {
	t.Parallel()
	var all []statement.Entry
	var want []string
	for i := range 23 {
		all = append(all, entry(fmt.Sprintf("2026-11-%02d-x", i+1), statement.Date("2026-11-01").AddDays(i), nil))
		if i < 22 { // the 23rd is today
			want = append(want, string(all[i].ID))
		}
	}
	c := withEntries(t, all...)
	for _, limit := range []int{1, 7, 11, 22, 500} {
		var got []string
		target := fmt.Sprintf("/v1/accounts/a1/entries?limit=%d", limit)
		for next := target; next != ""; {
			page := c.do("GET", next, nil)
			got = append(got, ids(page)...)
			next = ""
			if cursor, ok := page.body["next_cursor"].(string); ok {
				next = target + "&cursor=" + cursor
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

func TestACursorBelongsToItsList(t *testing.T) {
	t.Parallel()
	c := withEntries(t, entry("a", "2026-11-01", nil), entry("b", "2026-11-02", nil))
	a2 := statement.Ref{Tenant: "acme", Account: "a2"}
	c.accounts[a2] = statement.Account{Ref: a2}
	cursor := c.do("GET", "/v1/accounts/a1/entries?limit=1&operation=D", nil).body["next_cursor"].(string)
	for target, want := range map[string]int{
		"/v1/accounts/a1/entries?operation=D&cursor=" + cursor:                                       200,
		"/v1/accounts/a1/entries?operation=D&limit=9&cursor=" + cursor:                               200,
		"/v1/accounts/a1/entries?operation=D&from=2026-09-24&to=2026-11-22&cursor=" + cursor:         200,
		"/v1/accounts/a1/entries?cursor=" + cursor:                                                   422,
		"/v1/accounts/a1/entries?operation=C&cursor=" + cursor:                                       422,
		"/v1/accounts/a1/entries?operation=D&q=x&cursor=" + cursor:                                   422,
		"/v1/accounts/a1/entries?operation=D&from=2026-09-25&cursor=" + cursor:                       422,
		"/v1/accounts/a2/entries?operation=D&cursor=" + cursor:                                       422,
		"/v1/accounts?cursor=" + cursor:                                                              422,
		"/v1/accounts/a1/entries?operation=D&cursor=" + cursor + "A":                                 422,
		"/v1/accounts/a1/entries?operation=D&cursor=" + strings.Repeat("A", 1025):                    422,
		"/v1/accounts/a1/entries?operation=D&cursor=" + url.QueryEscape(cursor[:len(cursor)-3]+"=="): 422,
	} {
		if got := c.do("GET", target, nil); got.status != want {
			t.Errorf("%s: %d %s", target, got.status, got.text)
		}
	}
}
