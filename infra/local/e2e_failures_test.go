package main

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/internal/bankday"
	"extrato/internal/failure"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// firstRun is a banking day some weeks ago: the accounts in trouble must lag
// behind yesterday, up to which an integration brings what is missing at once.
func firstRun() statement.Date { return bankday.LastNotAfter(today().AddDays(-20)) }

// lagging opens an account for each trouble, all of whose first imports fail
// because of the bank until they are given up: afterwards they are active and
// nothing is kept of them. Release ends that trouble of the bank.
func lagging(c *erp, all []trouble) (patients []*patient, release func()) {
	c.t.Helper()
	var released atomic.Bool
	other := c.rig.bank.Issue("another company", c.rig.bank.AddAccount("600000001"))
	for n, tr := range all {
		a := c.rig.bank.AddAccount(fmt.Sprintf("4073%05d", 10_000+n))
		a.SetOpening(2_000_000)
		a.Generate(fewEntries(), today().AddDays(-80), today().AddDays(10))
		checked := false // the check of the credential reads one page
		a.DistortPage(10_000, func(p *intertest.Page) {
			if checked && !released.Load() {
				p.Total++
			}
			checked = true
		})
		i := c.rig.bank.Issue(tr.what, a)
		patients = append(patients, &patient{erp: c, trouble: tr, id: c.open(i).ID, bank: a, pair: i, other: other})
	}
	return patients, func() { released.Store(true) }
}

// TestE2EFailures has every trouble happen, each to an account of its own, on
// the same morning: what the bank answers goes in, what the ERP and the queue
// see comes out.
func TestE2EFailures(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	r := startRig(t, bank, "--queue-speed", "600")
	c := r.erp("acme")
	patients, release := lagging(c, troubles())
	settles := func(day statement.Date, enqueued int) {
		t.Helper()
		if got := r.fire(day); got.Enqueued != enqueued {
			t.Errorf("fan-out %+v, want %d messages", got, enqueued)
		}
		if n := r.idle(); n != 0 {
			t.Errorf("%d dead letters", n)
		}
	}
	r.idle()
	for _, p := range patients {
		if a := c.account(p.id); a.Status.Code != string(statement.IncompleteAnswer) || a.Coverage.ReadThrough != "" {
			t.Fatalf("the first import was to fail: %+v", a)
		}
	}
	release()
	day := firstRun()
	settles(day, len(patients))
	before := map[string]erpAccount{}
	for _, p := range patients {
		c.isTheBanks(p.id, p.bank, day.AddDays(-1))
		before[p.id] = c.account(p.id)
		p.happens(p)
	}

	bank.ResetCounters()
	for range 3 { // the weekend between is in what is missing
		day = bankday.After(day)
	}
	settles(day, len(patients))
	tried := 0
	for _, p := range patients {
		t.Run(p.what, func(t *testing.T) { p.suffers(t, before[p.id]) })
		if p.request == nil {
			tried++
		}
	}
	if n := len(c.inAttention()); n != len(patients) {
		t.Errorf("%d accounts want attention, want %d", n, len(patients))
	}

	bank.ClearFaults()
	for _, p := range patients {
		if p.heals != nil {
			p.heals(p)
		}
	}
	day = bankday.After(day)
	settles(day, tried)
	for _, p := range patients {
		t.Run("after "+p.what, func(t *testing.T) { p.recovers(t, day.AddDays(-1), before[p.id]) })
	}
	settles(bankday.After(today()), len(patients))
}

// suffers looks at the account and at what the bank was asked for it.
func (p *patient) suffers(t *testing.T, before erpAccount) {
	a := p.erp.in(t).account(p.id)
	if a.Status.State != p.state() || a.Status.Code != string(p.code) || a.Status.Message != failure.Of(p.code).Message && p.code != statement.CertificateExpired {
		t.Errorf("%+v, want %s and %s", a.Status, p.state(), p.code)
	}
	if a.Coverage != before.Coverage && !p.commits {
		t.Errorf("coverage %+v, before %+v", a.Coverage, before.Coverage)
	}
	const tries = 6
	runs := p.rig.bank.Counters().Clients[p.pair.ClientID()].Requests[intertest.Token]
	switch {
	case p.silent && runs != 0:
		t.Errorf("the bank was asked %d times", runs)
	case p.request == nil && runs != tries:
		t.Errorf("%d runs asked the bank, want %d", runs, tries)
	case p.request != nil && !p.silent && (runs < 1 || runs > 2): // a refused token is asked for once more
		t.Errorf("%d token calls, want those of one run", runs)
	}
}

// recovers looks at an account after the firing that followed the end of its
// trouble at the bank, and brings a parked one back.
func (p *patient) recovers(t *testing.T, through statement.Date, before erpAccount) {
	c := p.erp.in(t)
	if p.request == nil {
		c.isTheBanks(p.id, p.bank, through)
		if a := c.account(p.id); a.Status.Code != "" {
			t.Errorf("%+v after a good sync", a.Status)
		}
		return
	}
	if a := c.account(p.id); a.Status.Code != string(p.code) || a.Coverage != before.Coverage {
		t.Errorf("%+v, want it parked as it was", a)
	}
	known := c.entries(p.id, "")
	path, body := p.request(p)
	var a erpAccount
	c.must("PUT", "/v1/accounts/"+p.id+path, body, &a)
	if a.Status.State != "active" || a.Status.Code != "" {
		t.Errorf("%+v right after the request", a.Status)
	}
	c.idle()
	c.isTheBanks(p.id, p.bank, bankday.Through(today()))
	now := map[string]erpEntry{}
	for _, e := range c.entries(p.id, "") {
		now[e.ID] = e
	}
	for _, e := range known {
		if now[e.ID] != e {
			t.Errorf("entry %+v was %+v: only missing days were to come", now[e.ID], e)
		}
	}
	if len(now) <= len(known) {
		t.Errorf("%d entries, %d before: the missing days brought none", len(now), len(known))
	}
}

// inAttention returns what is shown to a person.
func (c *erp) inAttention() []erpAccount {
	c.t.Helper()
	var list struct {
		Accounts []erpAccount `json:"accounts"`
	}
	c.must("GET", "/v1/accounts?attention=true&limit=500", nil, &list)
	return list.Accounts
}

func (c *erp) vault() *secretsmanager.Client { return secretsmanager.NewFromConfig(c.config()) }

func (c *erp) secretName(account string) *string {
	return aws.String(stackName + "/" + c.tenant + "/" + account)
}

// putSecret replaces an account's secret behind the product's back.
func (c *erp) putSecret(account string, pair map[string]string) {
	c.t.Helper()
	text, err := json.Marshal(pair)
	if err == nil {
		_, err = c.vault().PutSecretValue(c.t.Context(), &secretsmanager.PutSecretValueInput{
			SecretId: c.secretName(account), SecretString: aws.String(string(text)),
		})
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *erp) deleteSecret(account string) {
	c.t.Helper()
	if _, err := c.vault().DeleteSecret(c.t.Context(), &secretsmanager.DeleteSecretInput{SecretId: c.secretName(account)}); err != nil {
		c.t.Fatal(err)
	}
}
