package intertest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// recording is the recorded answer, put on one line as it was on the wire.
func recording(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/recorded2023_" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRecordedAnswers asks for the four recorded ranges. Three come back byte
// for byte. The fourth counted 73 rows on two pages, of which the second was
// never recorded: with 23 other entries booked before, it comes back byte for
// byte too, counters included.
func TestRecordedAnswers(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	a := b.Recorded()
	w := dial(t, b, b.Issue("erp", a)).authenticate()
	check := func(from, to, name string) {
		t.Helper()
		r := w.get(Statement, "dataInicio", from, "dataFim", to)
		if diff := cmp.Diff(recording(t, name), r.body); diff != "" {
			t.Errorf("%s (-recorded +answered):\n%s", name, diff)
		}
	}
	check("2023-03-17", "2023-03-18", "completo_2023-03-17_2023-03-18")
	check("2023-03-19", "2023-03-20", "completo_2023-03-19_2023-03-20")
	check("2023-03-20", "2023-03-23", "completo_2023-03-20_2023-03-23")

	first := w.page("2023-01-01", "2023-03-22")
	if first.TotalElementos != RecordedRows || len(first.Transacoes) != RecordedRows || !first.UltimaPagina {
		t.Errorf("as recorded: %d of %d rows", len(first.Transacoes), first.TotalElementos)
	}
	a.Add(plain("2023-02-01", 23)...)
	check("2023-01-01", "2023-03-22", "completo_2023-01-01_2023-03-22_pagina0")
}

func TestRecordedFacts(t *testing.T) {
	t.Parallel()
	b := listening(t, Options{})
	a := b.Recorded()
	if b.Recorded() != a {
		t.Error("Recorded added the account twice")
	}
	rows := a.Rows(RecordedFrom, RecordedTo)
	if len(rows) != RecordedRows || a.Count() != RecordedRows {
		t.Fatalf("%d rows, count %d", len(rows), a.Count())
	}
	var weekend, twins, provisional int
	for _, r := range rows {
		id, ok := statement.ParseBankID(r.BankID)
		if !ok || id.Account != RecordedAccount || id.Date != r.Date {
			t.Errorf("id %s says %+v", r.BankID, id)
		}
		if id.Provisional {
			provisional++
		}
		if day := statement.DateOf(r.BookedAt); day != r.Date {
			weekend++
			if day.AddDays(1) != r.Date || r.Date.Weekday() != 1 {
				t.Errorf("included %s, dated %s", day, r.Date)
			}
		}
		if r.Amount == -20442 && r.Date == "2023-03-21" {
			twins++
		}
	}
	// Three Sundays: 5 March twice, 12 March once, 19 March three times.
	if weekend != 6 || twins != 2 || provisional != 1 {
		t.Errorf("%d dated later, %d twins, %d provisional; want 6, 2, 1", weekend, twins, provisional)
	}
	if got := rows[0]; got.EndToEndID != "E00416968202303212006aqaUDhooLMT" || got.Title != "Pix enviado " || got.Amount != -21700 {
		t.Errorf("newest row %+v", got)
	}
}

// TestRecordedDating: what the bank dated is what Add dates by itself.
func TestRecordedDating(t *testing.T) {
	t.Parallel()
	entries, err := recordedEntries()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if got := accounting(statement.DateOf(e.BookedAt)); got != e.Date {
			t.Errorf("%s: dated %s, the bank said %s", e.BookedAt, got, e.Date)
		}
	}
}
