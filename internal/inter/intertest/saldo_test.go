package intertest

import (
	"strings"
	"testing"

	"extrato/internal/statement"
)

func TestBalances(t *testing.T) {
	t.Parallel()
	b, a, w := ready(t, Options{Clock: newClock("2026-04-06 10:00").now})
	a.SetOpening(100_000)
	a.Add( // 3 April 2026 is Good Friday
		Entry{BookedAt: At("2026-04-02", 10, 0, 0, 0), Amount: 50_55},
		Entry{BookedAt: At("2026-04-04", 10, 0, 0, 0), Amount: -30_05}, // Saturday, dated Monday
		Entry{BookedAt: At("2026-04-06", 9, 0, 0, 0), Amount: -2000_00},
	)
	check := func(day, want string) {
		t.Helper()
		query := []string{"dataSaldo", day}
		if day == "" {
			query = nil
		}
		if r := w.get(Balance, query...); r.status != 200 || r.body != want {
			t.Errorf("%s: %d %s, want %s", day, r.status, r.body, want)
		}
	}
	check("2026-04-01", `{"disponivel":1000}`)
	check("2026-04-02", `{"disponivel":1050.55}`)
	check("2026-04-03", `{"disponivel":1050.55,"dataReferencia":"02/04/2026"}`)
	check("2026-04-05", `{"disponivel":1050.55,"dataReferencia":"02/04/2026"}`)
	check("2026-04-06", `{"disponivel":-979.5}`)
	check("", `{"bloqueadoCheque":0,"disponivel":-979.5,"bloqueadoJudicialmente":0,"bloqueadoAdministrativo":0,"limite":0}`)

	a.SetBalanceOffset("2026-04-02", 10)
	check("2026-04-01", `{"disponivel":1000}`)
	check("2026-04-05", `{"disponivel":1050.65,"dataReferencia":"02/04/2026"}`)
	if got := a.BalanceAt("2026-04-06"); got != -97950 {
		t.Errorf("the truth moved to %s", got)
	}
	a.SetBalanceOffset("2026-04-02", 0)
	check("2026-04-02", `{"disponivel":1050.55}`)

	a.RefuseBalance(1)
	if r := w.get(Balance); r.status != 503 {
		t.Errorf("refused: %d", r.status)
	}
	check("2026-04-02", `{"disponivel":1050.55}`)
	a.RefuseBalance(-1)
	for range 3 {
		if r := w.get(Balance); r.status != 503 {
			t.Errorf("refused for good: %d", r.status)
		}
	}
	a.RefuseBalance(0)
	b.Behave(func(v *Behaviour) { v.BalanceRefused = "2026-04-02" })
	if r := w.get(Balance, "dataSaldo", "2026-04-01"); r.status != 400 {
		t.Errorf("too old: %d", r.status)
	}
	check("2026-04-02", `{"disponivel":1050.55}`)
	b.Behave(func(v *Behaviour) { v.BalanceOverride = `"n/d"` })
	check("2026-04-02", `{"disponivel":"n/d"}`)
}

// TestClosingCheck: the balance before, and the entries, make the balance after.
func TestClosingCheck(t *testing.T) {
	t.Parallel()
	_, a, w := ready(t, Options{Seed: 11})
	a.SetOpening(1_234_56)
	a.Generate(Profile{}, "2026-01-01", "2026-03-31")
	const from, to = statement.Date("2026-01-31"), statement.Date("2026-03-29") // a Saturday, a Sunday
	sum := a.BalanceAt(from)
	for _, r := range a.Dated(from.AddDays(1), to) {
		sum += r.Amount
	}
	want := `{"disponivel":` + string(number(sum)) + `,"dataReferencia":"27/03/2026"}`
	if got := w.get(Balance, "dataSaldo", string(to)).body; got != want || !strings.Contains(got, ".") {
		t.Errorf("%s, want %s", got, want)
	}
}
