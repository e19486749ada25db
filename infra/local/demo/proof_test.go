package demo_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/demo"
	"extrato/internal/statement"
)

// From Friday to Sunday; 20 November is a holiday.
const friday, sunday = "2026-11-13", "2026-11-22"

// week is proven: 1,000.00 on the eve, what is dated on a Saturday counts with
// Monday, Tuesday is quiet and has no balance of its own.
func week() []map[string]any {
	return []map[string]any{
		civilDay("2026-11-13", "proven", 2, "500.00", "100.50", "1399.50", nil),
		civilDay("2026-11-14", "proven", 1, "0.50", "0.00", nil, nil),
		civilDay("2026-11-15", "proven", 0, "0.00", "0.00", nil, nil),
		civilDay("2026-11-16", "proven", 1, "0.00", "1500.00", "-100.00", nil),
		civilDay("2026-11-17", "proven", 0, "0.00", "0.00", nil, nil),
		civilDay("2026-11-18", "proven", 1, "100.00", "0.00", "0.00", nil),
		civilDay("2026-11-19", "proven", 1, "7.00", "0.00", "7.00", nil),
		civilDay("2026-11-20", "read", 0, "0.00", "0.00", nil, nil),
		civilDay("2026-11-21", "read", 0, "0.00", "0.00", nil, nil),
		civilDay("2026-11-22", "missing", 0, "0.00", "0.00", nil, nil),
	}
}

// weekAtBank is what the bank has at the end of the days.
func weekAtBank(d statement.Date) statement.Cents {
	switch {
	case d < "2026-11-13":
		return 100000
	case d < "2026-11-16":
		return 139950
	case d < "2026-11-18":
		return -10000
	case d < "2026-11-19":
		return 0
	}
	return 700
}

func TestProofIsATableOfBankingDays(t *testing.T) {
	t.Parallel()
	s := &stack{from: friday, readThrough: sunday, bankingDay: true, days: week(), entries: []map[string]any{entry("1", "2026-11-13", "1.00", "x", "")}}
	r, out, err := runWith(t, s, weekAtBank, row("1", "2026-11-13", 100))
	if err != nil || r.Check() != nil {
		t.Fatalf("%v, %v", err, r.Check())
	}
	_, out, _ = strings.Cut(out, "\n\nProva")
	want := ` por dia útil: saldo anterior + créditos - débitos = saldo do banco

Data         Saldo anterior  Lançamentos        Créditos         Débitos   Saldo do banco
13/11/2026         1.000,00            2          500,00         -100,50         1.399,50  ✓
16/11/2026         1.399,50            2            0,50       -1.500,00          -100,00  ✓
17/11/2026          -100,00            0            0,00            0,00          -100,00  ✓
18/11/2026          -100,00            1          100,00            0,00             0,00  ✓
19/11/2026             0,00            1            7,00            0,00             7,00  ✓

prova: 5 de 5 dias úteis provados
demo: 1 entries, 1 at the bank, 0 missing, 0 duplicated
`
	if d := cmp.Diff(want, out); d != "" {
		t.Errorf("output (-want +got):\n%s", d)
	}
}

func TestADayIsTickedOnlyWhenAllAgree(t *testing.T) {
	t.Parallel()
	const wednesday = 5 // its index in week
	for name, c := range map[string]struct {
		day  map[string]any
		told string
		bank func(statement.Date) statement.Cents
	}{
		"unproven":          {civilDay("2026-11-18", "unproven", 1, "100.00", "0.00", "12.34", "12.34"), "✗ diferença 12,34", weekAtBank},
		"read":              {civilDay("2026-11-18", "read", 1, "100.00", "0.00", nil, nil), "✗ não provado", weekAtBank},
		"missing":           {civilDay("2026-11-18", "missing", 0, "0.00", "0.00", nil, nil), "✗ não provado", weekAtBank},
		"not in the answer": {civilDay("2026-11-23", "proven", 0, "0.00", "0.00", nil, nil), "✗ não provado", weekAtBank},
		"another sum":       {civilDay("2026-11-18", "proven", 1, "99.00", "0.00", "0.00", nil), "✗ a soma não fecha: -1,00", weekAtBank},
		"another balance at the bank": {civilDay("2026-11-18", "proven", 1, "100.00", "0.00", "0.00", nil), "✗ o banco tem 0,01",
			func(d statement.Date) statement.Cents {
				if d == "2026-11-18" {
					return 1
				}
				return weekAtBank(d)
			}},
		"no balance though entries": {civilDay("2026-11-18", "proven", 1, "100.00", "0.00", nil, nil), "✗ o banco tem 0,00", weekAtBank},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			days := week()
			days[wednesday] = c.day
			s := &stack{from: friday, readThrough: sunday, bankingDay: true, days: days, entries: []map[string]any{entry("1", "2026-11-13", "1.00", "x", "")}}
			r, out, err := runWith(t, s, c.bank, row("1", "2026-11-13", 100))
			if err != nil {
				t.Fatal(err)
			}
			if r.Check() == nil || r.Proven == r.Days || !strings.Contains(out, "  "+c.told+"\n") {
				t.Errorf("%d of %d proven, error %v, want %s in\n%s", r.Proven, r.Days, r.Check(), c.told, out)
			}
			if !strings.HasSuffix(out, " dias úteis provados\ndemo: 1 entries, 1 at the bank, 0 missing, 0 duplicated\n") {
				t.Errorf("ends %q", out[len(out)-120:])
			}
		})
	}
}

func TestNothingProvenIsNotRight(t *testing.T) {
	t.Parallel()
	if (demo.Result{Entries: 1, AtBank: 1}).Check() == nil {
		t.Error("a statement without any banking day passes")
	}
}

func TestMoreDaysThanTheAPIListsAtOnce(t *testing.T) {
	t.Parallel()
	s := &stack{from: "2024-11-01", readThrough: sunday, bankingDay: true, entries: []map[string]any{entry("1", "2026-11-13", "1.00", "x", "")}}
	r, _, err := run(t, s, row("1", "2026-11-13", 100))
	if err != nil || r.Check() != nil || r.Days < 500 {
		t.Errorf("%v, %v, %d banking days of two years", err, r.Check(), r.Days)
	}
}
