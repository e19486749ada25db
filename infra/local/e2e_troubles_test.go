package main

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"extrato/internal/failure"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// trouble is a way in which a sync can fail that worked the day before, and
// the way out of it.
type trouble struct {
	what string
	code statement.Code
	// happens is what the bank, or a person at the bank, does.
	happens func(*patient)
	// commits says that what came is kept although the sync is to be repeated.
	commits bool
	// silent says that the bank is not asked at all.
	silent bool
	// heals undoes it at the bank. Nil where only a request helps.
	heals func(*patient)
	// request is what a person at the ERP sends then; a trouble that the queue
	// tries again needs none.
	request func(*patient) (path string, body map[string]any)
}

// patient is an account that a trouble happens to.
type patient struct {
	*erp
	trouble
	id    string
	bank  *intertest.Account
	pair  *intertest.Integration // that the account was enabled with
	other *intertest.Integration // of another company

	healed atomic.Bool
}

// The requests that bring a parked account back.
func enableAgain(p *patient) (string, map[string]any) { return "/integration", pair(p.pair) }

func enableAnother(p *patient) (string, map[string]any) {
	return "/integration", pair(p.rig.bank.Issue("another", p.bank))
}

func enableNumbered(p *patient) (string, map[string]any) {
	body := pair(p.pair)
	body["bank_account"] = p.bank.Number()
	return "/integration", body
}

func renewFiles(p *patient) (string, map[string]any) {
	fresh := p.pair.Renew()
	return "/integration/certificate", map[string]any{"certificate": fresh.Certificate(), "key": fresh.Key()}
}

func renewAll(p *patient) (string, map[string]any) {
	return "/integration/certificate", pair(p.pair.Renew())
}

// swapped puts other files than those that were checked in the vault: what the
// account has is then what the bank no longer likes.
func swapped(files func(*patient) *intertest.Integration) func(*patient) {
	return func(p *patient) {
		i := files(p)
		p.putSecret(p.id, map[string]string{
			"certificate": i.Certificate(), "key": i.Key(), "client_id": p.pair.ClientID(), "client_secret": p.pair.ClientSecret(),
		})
	}
}

func fails(e intertest.Endpoint, f intertest.Fault) func(*patient) {
	return func(p *patient) { p.pair.Fail(e, f) }
}

// troubles has every code of the table that a sync of one account can meet; a
// conflict takes two.
func troubles() []trouble {
	heals := func(*patient) {} // the bank's faults are cleared for all at once
	return []trouble{
		{what: "its certificate ended", code: statement.CertificateExpired, silent: true, request: renewFiles,
			happens: swapped(func(p *patient) *intertest.Integration {
				now := time.Now()
				return p.pair.RenewWith(intertest.CertificateOptions{NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.Add(-time.Hour)})
			})},
		{what: "a certificate of another CA", code: statement.CertificateRejected, silent: true, request: renewFiles,
			happens: swapped(func(p *patient) *intertest.Integration {
				stranger, err := intertest.New(intertest.Options{Key: intertest.EC})
				if err != nil {
					p.t.Fatal(err)
				}
				return stranger.Issue("stranger")
			})},
		{what: "the gateway refuses the certificate", code: statement.CertificateRejected, heals: heals, request: renewFiles,
			happens: fails(intertest.Any, intertest.Body(http.StatusBadRequest, "text/html",
				"<html><head><title>400 The SSL certificate error</title></head></html>"))},
		{what: "a certificate of another integration", code: statement.CredentialsRejected, silent: true, request: renewFiles,
			happens: swapped(func(p *patient) *intertest.Integration { return p.other })},
		{what: "another secret", code: statement.CredentialsRejected, request: renewAll,
			happens: func(p *patient) { p.pair.SetSecret("6f2a7c1e-53b8-4e0f-9a6d-1d0c8b7e4f21") }},
		{what: "the integration was deleted", code: statement.CredentialsRejected, request: enableAnother,
			happens: func(p *patient) { p.pair.Delete() }},
		{what: "the permission was taken away", code: statement.PermissionMissing, request: enableAgain,
			happens: func(p *patient) { p.pair.SetScopes("boleto-cobranca.read") },
			heals:   func(p *patient) { p.pair.SetScopes("extrato.read") }},
		{what: "the statement is forbidden", code: statement.PermissionMissing, request: renewFiles,
			happens: func(p *patient) { p.pair.RefuseScope(true) },
			heals:   func(p *patient) { p.pair.RefuseScope(false) }},
		{what: "several accounts now", code: statement.BankAccountRequired, request: enableNumbered,
			happens: func(p *patient) { p.pair.SetAccounts(p.bank, p.rig.bank.AddAccount("600000009")) }},
		{what: "another account behind the integration", code: statement.DifferentAccount, request: renewFiles,
			happens: func(p *patient) {
				other := p.rig.bank.AddAccount("700000007")
				other.Generate(intertest.Profile{}, today().AddDays(-30), today().AddDays(30))
				p.pair.SetAccounts(other)
			},
			heals: func(p *patient) { p.pair.SetAccounts(p.bank) }},
		{what: "the vault is empty", code: statement.CredentialsMissing, silent: true, request: enableAgain,
			happens: func(p *patient) { p.deleteSecret(p.id) }},
		{what: "503", code: statement.BankUnavailable, heals: heals,
			happens: fails(intertest.Statement, intertest.Status(http.StatusServiceUnavailable))},
		{what: "a reset", code: statement.BankUnavailable, heals: heals, happens: fails(intertest.Statement, intertest.Reset())},
		{what: "429", code: statement.BankRateLimited, heals: heals,
			happens: fails(intertest.Statement, intertest.Status(http.StatusTooManyRequests))},
		{what: "a wrong total", code: statement.IncompleteAnswer,
			happens: func(p *patient) { p.bank.LieAboutTotal(1_000, 1) },
			heals:   func(p *patient) { p.bank.LieAboutTotal(1_000, -1) }},
		{what: "half an answer", code: statement.IncompleteAnswer, heals: heals, happens: fails(intertest.Statement, intertest.Cut())},
		{what: "an entry is left out and only one answer had", code: statement.Undecided, commits: true,
			happens: func(p *patient) {
				p.bank.Omit(p.recent(), -1)
				second := false
				p.bank.DistortPage(10_000, func(page *intertest.Page) {
					if second && !p.healed.Load() {
						page.Total++
					}
					second = !second
				})
			},
			heals: func(p *patient) { p.healed.Store(true); p.bank.Omit(p.recent(), 0) }},
	}
}

// recent returns an entry that was read and will be read again.
func (p *patient) recent() intertest.Seq {
	for day := firstRun().AddDays(-2); ; day = day.AddDays(-1) {
		for _, row := range p.bank.Rows(day, day) {
			if seq, ok := p.bank.Find(row.BankID); ok {
				return seq
			}
		}
	}
}

// state is what the account must be told as while it is in trouble.
func (tr trouble) state() string {
	if tr.request == nil {
		return "active"
	}
	return "attention"
}

func TestE2ETroublesAreTheTable(t *testing.T) {
	t.Parallel()
	known := []statement.Code{statement.Conflict}
	for _, tr := range troubles() {
		known = append(known, tr.code)
		row := failure.Of(tr.code)
		if row.Park != (tr.request != nil) {
			t.Errorf("%s: the table parks %t", tr.what, row.Park)
		}
	}
	for _, row := range failure.Table() {
		if !slices.Contains(known, row.Code) {
			t.Errorf("%s happens to nobody here", row.Code)
		}
	}
}
