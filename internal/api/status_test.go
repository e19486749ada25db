package api

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/failure"
	"extrato/internal/statement"
)

func saoPaulo(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, statement.SaoPaulo)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNextFiring(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]string{
		"2026-11-23 05:59": "2026-11-23 06:00", // Monday
		"2026-11-23 06:00": "2026-11-23 10:00",
		"2026-11-23 13:00": "2026-11-23 14:00",
		"2026-11-23 17:59": "2026-11-23 18:00",
		"2026-11-23 18:00": "2026-11-24 06:00",
		"2026-11-27 19:00": "2026-11-30 06:00", // Friday night
		"2026-11-28 12:00": "2026-11-30 06:00", // Saturday
		"2026-11-19 20:00": "2026-11-23 06:00", // before the holiday of Friday 20 November
		"2026-02-13 20:00": "2026-02-18 06:00", // before Carnival: Monday 16 and Tuesday 17
		"2026-12-31 20:00": "2027-01-04 06:00",
	} {
		if got := nextFiring(saoPaulo(t, now)); !got.Equal(saoPaulo(t, want)) {
			t.Errorf("after %s: %s, want %s", now, got, want)
		}
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	row := failure.Of
	ledger := func(unprovenFrom statement.Date, difference statement.Cents) statement.Account {
		return statement.Account{State: statement.Active, Ledger: statement.Ledger{
			ReadThrough: "2026-11-20", UnprovenFrom: unprovenFrom, Difference: difference}}
	}
	with := func(a statement.Account, change func(*statement.Account)) statement.Account {
		change(&a)
		return a
	}
	for name, test := range map[string]struct {
		account  statement.Account
		state    string
		code     string
		message  string
		nextStep string
	}{
		"new":                      {statement.Account{}, "disabled", "", sayDisabled, howToEnable},
		"disabled after a failure": {statement.Account{State: statement.Disabled, Failure: statement.BankUnavailable}, "disabled", "", sayDisabled, howToEnable},
		"enabled":                  {statement.Account{State: statement.Active}, "active", "", sayFirst, waitFirst},
		"imported":                 {statement.Account{State: statement.Active, Ledger: statement.Ledger{ReadThrough: "2026-11-20"}}, "active", "", "Extrato importado até 20/11/2026.", sayReconcile},
		"failing":                  {statement.Account{State: statement.Active, Ledger: statement.Ledger{ReadThrough: "2026-11-20"}, Failure: statement.BankUnavailable}, "active", "bank_unavailable", row(statement.BankUnavailable).Message, row(statement.BankUnavailable).NextStep},
		"parked":                   {statement.Account{State: statement.Attention, Failure: statement.CertificateExpired}, "attention", "certificate_expired", row(statement.CertificateExpired).Message, row(statement.CertificateExpired).NextStep},
		"warned":                   {statement.Account{State: statement.Active, Ledger: statement.Ledger{ReadThrough: "2026-11-20"}, Warnings: []statement.Code{statement.ScopeWiderThanNeeded}}, "active", "scope_wider_than_needed", sayWider, narrow},
		"failing and warned":       {statement.Account{State: statement.Active, Failure: statement.BankRateLimited, Warnings: []statement.Code{statement.ScopeWiderThanNeeded}}, "active", "bank_rate_limited", row(statement.BankRateLimited).Message, row(statement.BankRateLimited).NextStep},
		"balance above": {ledger("2026-10-22", 1234), "active", "balance_differs",
			"O saldo do banco difere do extrato importado em R$ 12,34 desde 22/10/2026: o saldo do banco é maior.",
			"Compare os lançamentos a partir de 22/10/2026 com o extrato no Internet Banking do Inter. A conferência se repete a cada sincronização."},
		"balance below": {ledger("2026-10-22", -123456), "active", "balance_differs",
			"O saldo do banco difere do extrato importado em R$ 1.234,56 desde 22/10/2026: o saldo do banco é menor.",
			"Compare os lançamentos a partir de 22/10/2026 com o extrato no Internet Banking do Inter. A conferência se repete a cada sincronização."},
		"balance differs and failing": {with(ledger("2026-10-22", 1234), func(a *statement.Account) { a.Failure = statement.BankUnavailable }),
			"active", "bank_unavailable", row(statement.BankUnavailable).Message, row(statement.BankUnavailable).NextStep},
		"balance differs and disabled": {with(ledger("2026-10-22", 1234), func(a *statement.Account) { a.State = statement.Disabled }),
			"disabled", "", sayDisabled, howToEnable},
		"balance differs and warned": {with(ledger("2026-10-22", 1), func(a *statement.Account) {
			a.Warnings = []statement.Code{statement.ScopeWiderThanNeeded}
		}), "active", "balance_differs", "O saldo do banco difere do extrato importado em R$ 0,01 desde 22/10/2026: o saldo do banco é maior.",
			"Compare os lançamentos a partir de 22/10/2026 com o extrato no Internet Banking do Inter. A conferência se repete a cada sincronização."},
		"balance in doubt": {with(ledger("", 0), func(a *statement.Account) { a.DoubtFrom = "2026-11-10" }), "active", "balance_differs",
			"O saldo do banco difere do extrato importado até 10/11/2026. O primeiro dia com diferença ainda está sendo localizado.",
			"Não é preciso fazer nada: a busca continua na próxima sincronização."},
		"undecided": {with(ledger("", 0), func(a *statement.Account) { a.Failure = statement.Undecided }),
			"active", "statement_undecided", row(statement.Undecided).Message, row(statement.Undecided).NextStep},
		"something is open": {with(ledger("", 0), func(a *statement.Account) { a.OpenFrom = "2026-11-18" }), "active", "",
			"Extrato importado até 20/11/2026. O banco deixou de mostrar lançamentos já importados desde 18/11/2026: as próximas sincronizações dirão se foram cancelados.", sayReconcile},
	} {
		want := Status{State: test.state, Code: optional(test.code), Message: test.message, NextStep: optional(test.nextStep)}
		if diff := cmp.Diff(want, viewStatus(test.account, exampleNow())); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestCoverageIsTheLedgers: what is told as covered is what the head says.
func TestCoverageIsTheLedgers(t *testing.T) {
	t.Parallel()
	balance := statement.Cents(-5)
	text := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		ledger statement.Ledger
		want   Coverage
	}{
		"nothing yet": {statement.Ledger{}, Coverage{}},
		"read":        {statement.Ledger{CoveredFrom: "2026-09-21", ReadThrough: "2026-11-22"}, Coverage{From: text("2026-09-21"), ReadThrough: text("2026-11-22")}},
		"proven": {statement.Ledger{CoveredFrom: "2026-09-21", ReadThrough: "2026-11-22", ProvenThrough: "2026-11-20", Balance: &balance},
			Coverage{From: text("2026-09-21"), ReadThrough: text("2026-11-22"), ProvenThrough: text("2026-11-20"), Balance: text("-0.05")}},
	} {
		got := viewAccount(statement.Account{Ledger: test.ledger}, false, exampleNow()).Coverage
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDaysLeftAreCivilDays(t *testing.T) {
	t.Parallel()
	end := saoPaulo(t, "2026-12-10 09:00")
	for now, want := range map[string]int{
		"2026-12-09 23:59": 1,
		"2026-12-10 00:00": 0,
		"2026-12-10 12:00": 0,
		"2026-12-11 00:00": 0,
		"2026-11-10 20:00": 30,
	} {
		a := statement.Account{Certificate: &statement.Certificate{NotAfter: end}}
		if got := viewAccount(a, false, saoPaulo(t, now)).Certificate.Value.DaysLeft; got != want {
			t.Errorf("at %s: %d days left, want %d", now, got, want)
		}
	}
}

func TestAccountIDs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	ones := strings.NewReader(strings.Repeat("\xff", 10))
	early, err := newAccountID(at, ones)
	if err != nil || !statement.ValidID(string(early)) || len(early) != 26 {
		t.Fatalf("id %q, %v", early, err)
	}
	late, err := newAccountID(at.Add(time.Millisecond), strings.NewReader(strings.Repeat("\x00", 10)))
	if err != nil || late <= early {
		t.Errorf("%q is not after %q", late, early)
	}
	if _, err := newAccountID(at, strings.NewReader("short")); err == nil {
		t.Error("an id without randomness")
	}
}

// TestEveryCodeIsTold: a refusal of the bank has its words while enabling too.
func TestEveryCodeIsTold(t *testing.T) {
	t.Parallel()
	for _, r := range failure.Table() {
		e := entryOf(code(r.Code))
		if e.title == "" || e.detail == "" || e.status < 400 {
			t.Errorf("%s: %+v", r.Code, e)
		}
		if e.status == 503 && strings.Contains(e.detail, "forma automática") {
			t.Errorf("%s promises a retry that nobody makes while enabling", r.Code)
		}
	}
}
