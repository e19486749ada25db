package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// ending is an account whose certificate ends on Thursday 10 December 2026 at
// 09:00 in São Paulo: the firing of 06:00 is the last one, and brings the 9th.
func ending(t *testing.T, change func(*statement.Account)) statement.Account {
	t.Helper()
	a := statement.Account{State: statement.Active, Ledger: statement.Ledger{ReadThrough: "2026-11-20"},
		Certificate: &statement.Certificate{NotAfter: saoPaulo(t, "2026-12-10 09:00")}}
	if change != nil {
		change(&a)
	}
	return a
}

// TestCertificateEnding: the first day that is missing is the last firing's own,
// and counted as the first of 90 days it is among them until 89 days later:
// 10/12/2026 + 89 days = 09/03/2027.
func TestCertificateEnding(t *testing.T) {
	t.Parallel()
	const cost = " Sem a renovação, os lançamentos a partir de 10/12/2026 deixam de ser importados: " +
		"o banco entrega os últimos 90 dias, e esse dia só pode ser buscado até 09/03/2027."
	for at, when := range map[string]string{
		"2026-10-11 12:00": "em 10/12/2026, daqui a 60 dias.",
		"2026-11-23 07:00": "em 10/12/2026, daqui a 17 dias.",
		"2026-12-08 23:59": "em 10/12/2026, daqui a 2 dias.",
		"2026-12-09 00:00": "amanhã, 10/12/2026.",
		"2026-12-10 08:59": "hoje, 10/12/2026.",
	} {
		want := Status{State: "active", Code: optional("certificate_expiring"), Message: "O certificado da integração vence " + when + cost, NextStep: optional(renewInTime)}
		a := ending(t, nil)
		if diff := cmp.Diff(want, viewStatus(a, saoPaulo(t, at))); diff != "" {
			t.Errorf("at %s: %s", at, diff)
		}
		if diff := cmp.Diff([]Warning{{Code: "certificate_expiring", Message: want.Message}}, viewWarnings(a, saoPaulo(t, at))); diff != "" {
			t.Errorf("at %s: %s", at, diff)
		}
	}
	if got := viewStatus(ending(t, nil), saoPaulo(t, "2026-10-10 12:00")); got.Code != nil || got.Message != "Extrato importado até 20/11/2026." {
		t.Errorf("61 days before: %+v", got)
	}
	for _, path := range []string{"Soluções para sua empresa > Gestão de integrações", "Baixar chave e certificado", ".zip"} {
		if !strings.Contains(renewInTime, path) || !strings.Contains(renewEnded, path) {
			t.Errorf("the next step does not say %q", path)
		}
	}
}

// TestFirstDayMissing: weekends, hours and what is read already.
func TestFirstDayMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ ends, readThrough, first, fetch string }{
		"in the morning":           {"2026-12-10 05:59", "", "09/12/2026", "08/03/2027"},
		"at a firing":              {"2026-12-10 06:00", "", "10/12/2026", "09/03/2027"},
		"at night":                 {"2026-12-10 23:59", "", "10/12/2026", "09/03/2027"},
		"on a Sunday":              {"2026-12-13 12:00", "", "11/12/2026", "10/03/2027"},
		"on Christmas, a Friday":   {"2026-12-25 12:00", "", "24/12/2026", "23/03/2027"},
		"read further than that":   {"2026-12-10 09:00", "2026-12-14", "15/12/2026", "14/03/2027"},
		"read up to the day":       {"2026-12-10 09:00", "2026-12-10", "11/12/2026", "10/03/2027"},
		"read to the day before":   {"2026-12-10 09:00", "2026-12-09", "10/12/2026", "09/03/2027"},
		"over the end of February": {"2027-12-01 09:00", "", "01/12/2027", "28/02/2028"},
	} {
		a := ending(t, func(a *statement.Account) {
			a.Certificate.NotAfter, a.ReadThrough = saoPaulo(t, test.ends), statement.Date(test.readThrough)
		})
		got := sayEnding(a, a.Certificate.NotAfter.AddDate(0, 0, -5))
		if !strings.Contains(got, "a partir de "+test.first+" deixam") || !strings.Contains(got, "buscado até "+test.fetch+".") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestCertificateEnded(t *testing.T) {
	t.Parallel()
	const ended = "O certificado da integração venceu em 10/12/2026 e o banco não aceita mais a conexão."
	for name, test := range map[string]struct {
		at     string
		change func(*statement.Account)
		code   string
		says   string
	}{
		"not yet": {"2026-12-10 09:00", nil, "certificate_expiring", "vence hoje"},
		"just now": {"2026-12-10 09:01", func(a *statement.Account) { a.ReadThrough = "2026-12-09" }, "certificate_expired",
			ended + " Os lançamentos a partir de 10/12/2026 só serão importados depois da renovação: o banco entrega os últimos 90 dias, e esse dia só pode ser buscado até 09/03/2027."},
		"parked for it": {"2026-12-14 10:00", func(a *statement.Account) {
			a.State, a.Failure, a.ReadThrough = statement.Attention, statement.CertificateExpired, "2026-12-09"
		}, "certificate_expired", "a partir de 10/12/2026 só serão importados"},
		"on the last day to fetch": {"2027-03-09 23:00", func(a *statement.Account) { a.ReadThrough = "2026-12-09" }, "certificate_expired", "buscado até 09/03/2027."},
		// On 10/03/2027 the last 90 days begin on 11/12/2026.
		"a day is lost": {"2027-03-10 00:00", func(a *statement.Account) { a.ReadThrough = "2026-12-09" }, "certificate_expired",
			ended + " Os lançamentos a partir de 10/12/2026 só serão importados depois da renovação. O banco entrega os últimos 90 dias: os anteriores a 11/12/2026 já ficaram fora desse prazo."},
		"never read":           {"2026-12-14 10:00", func(a *statement.Account) { a.ReadThrough = "" }, "certificate_expired", "Nenhum lançamento foi importado ainda."},
		"before other trouble": {"2026-12-14 10:00", func(a *statement.Account) { a.Failure, a.UnprovenFrom = statement.BankUnavailable, "2026-11-10" }, "certificate_expired", ended},
		"parked for another reason": {"2026-12-14 10:00", func(a *statement.Account) {
			a.State, a.Failure = statement.Attention, statement.PermissionMissing
		}, "permission_missing", "Consultar extrato e saldo"},
		"disabled": {"2026-12-14 10:00", func(a *statement.Account) { a.State = statement.Disabled }, "", sayDisabled},
	} {
		a := ending(t, test.change)
		got := viewStatus(a, saoPaulo(t, test.at))
		code := ""
		if got.Code != nil {
			code = *got.Code
		}
		if code != test.code || !strings.Contains(got.Message, test.says) {
			t.Errorf("%s: %s %s", name, code, got.Message)
		}
		if list := viewWarnings(a, saoPaulo(t, test.at)); len(list) > 0 && test.code != "certificate_expiring" {
			t.Errorf("%s: warned of %v", name, list)
		}
	}
	// The bank says it has ended, and its dates do not: they are not told.
	a := ending(t, func(a *statement.Account) { a.State, a.Failure = statement.Attention, statement.CertificateExpired })
	if got := viewStatus(a, saoPaulo(t, "2026-11-23 10:00")); strings.Contains(got.Message, "10/12/2026") || *got.Code != "certificate_expired" {
		t.Errorf("%+v", got)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	a := ending(t, func(a *statement.Account) {
		a.Warnings = []statement.Code{statement.AccountUnconfirmed, statement.ScopeWiderThanNeeded, "of_a_later_version"}
	})
	at := saoPaulo(t, "2026-12-01 10:00")
	want := []Warning{
		{Code: "certificate_expiring", Message: sayEnding(a, at)},
		{Code: "account_unconfirmed", Message: sayUnconfirmed},
		{Code: "scope_wider_than_needed", Message: sayWider},
		{Code: "of_a_later_version", Message: sayOther},
	}
	if diff := cmp.Diff(want, viewWarnings(a, at)); diff != "" {
		t.Error(diff)
	}
	a.Certificate = nil
	got := viewStatus(a, at)
	if *got.Code != "account_unconfirmed" || got.Message != sayUnconfirmed || *got.NextStep != seeUnconfirmed {
		t.Errorf("%+v", got)
	}
	// A failure is told first, and the warnings stay.
	a.Failure = statement.BankUnavailable
	if got := viewAccount(a, false, at); *got.Status.Code != "bank_unavailable" || len(got.Warnings) != 3 {
		t.Errorf("%+v", got)
	}
	for _, off := range []statement.IntegrationState{statement.Disabled, ""} {
		a.State = off
		if got := viewAccount(a, false, at).Warnings; got == nil || len(got) > 0 {
			t.Errorf("an account that is %q is warned of %v", off, got)
		}
	}
	for _, text := range []string{sayUnconfirmed, seeUnconfirmed, sayWider, narrow, sayOther, renewInTime, renewEnded} {
		if !strings.HasSuffix(text, ".") {
			t.Errorf("%q is not a sentence", text)
		}
	}
}

func TestNeedsAttention(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		at     string
		change func(*statement.Account)
		want   bool
	}{
		"all well":                {"2026-10-10 12:00", nil, false},
		"61 days left":            {"2026-10-10 23:59", nil, false},
		"60 days left":            {"2026-10-11 00:00", nil, true},
		"the last day":            {"2026-12-10 08:00", nil, true},
		"ended":                   {"2027-01-10 08:00", nil, true},
		"ended and disabled":      {"2027-01-10 08:00", func(a *statement.Account) { a.State = statement.Disabled }, false},
		"never enabled":           {"2026-10-10 12:00", func(a *statement.Account) { *a = statement.Account{} }, false},
		"parked":                  {"2026-10-10 12:00", func(a *statement.Account) { a.State = statement.Attention }, true},
		"failing":                 {"2026-10-10 12:00", func(a *statement.Account) { a.Failure = statement.BankUnavailable }, true},
		"balance differs":         {"2026-10-10 12:00", func(a *statement.Account) { a.UnprovenFrom = "2026-10-01" }, true},
		"balance in doubt":        {"2026-10-10 12:00", func(a *statement.Account) { a.DoubtFrom = "2026-10-01" }, true},
		"differs and is off":      {"2026-10-10 12:00", func(a *statement.Account) { a.State, a.UnprovenFrom = statement.Disabled, "2026-10-01" }, false},
		"a warning that can wait": {"2026-10-10 12:00", func(a *statement.Account) { a.Warnings = []statement.Code{statement.ScopeWiderThanNeeded} }, false},
	} {
		if got := needsAttention(ending(t, test.change), saoPaulo(t, test.at)); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
