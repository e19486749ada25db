package main

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// TestE2ERenewalUnderLoad renews while fifty messages of the account wait or
// run, each of which reads the statement with the pair that it found.
func TestE2ERenewalUnderLoad(t *testing.T) {
	t.Parallel()
	const messages = 50
	bank := newBank(t)
	truth, old := newBankAccount(bank, "407312956")
	_, stranger := newBankAccount(bank, "518820047")
	r := startRig(t, bank, "--queue-speed", "60")
	c := r.erp("acme")
	a := c.open(old)
	r.idle()
	path := "/v1/accounts/" + a.ID + "/integration/certificate"
	day := today()
	load := func() {
		for n := range messages {
			r.deliver(1, statement.Message{
				V: 1, Tenant: "acme", Account: statement.AccountID(a.ID), Through: day.AddDays(n % 5), Reason: statement.ReasonManual,
			})
		}
		day = day.AddDays(4)
	}
	// settled watches the account until all is done: it must never be parked.
	settled := func(c *erp) {
		c.t.Helper()
		done := make(chan error, 1)
		var left struct {
			DeadLetters int `json:"dlq"`
		}
		go func() { done <- c.call(c.t.Context(), "GET", "/_local/idle?timeout=30", nil, &left) }()
		for {
			if got := c.account(a.ID); got.Status.State != "active" {
				c.t.Errorf("%+v while messages are in flight", got.Status)
			}
			select {
			case err := <-done:
				if err != nil || left.DeadLetters != 0 {
					c.t.Errorf("%d dead letters, %v", left.DeadLetters, err)
				}
				c.isTheBanks(a.ID, truth, day)
				day = day.AddDays(1)
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}

	t.Run("another company's files", func(t *testing.T) {
		c := c.in(t)
		secret, items := c.secret(a.ID), c.items()
		if p := c.refused("PUT", path, pair(stranger)); p.Code != string(statement.DifferentAccount) {
			t.Errorf("%+v, want different_account", p)
		}
		if c.secret(a.ID) != secret || !reflect.DeepEqual(c.items(), items) {
			t.Error("a refused renewal changed the secret or the table")
		}
		r.deliver(1, statement.Message{V: 1, Tenant: "acme", Account: statement.AccountID(a.ID), Through: day, Reason: statement.ReasonManual})
		settled(c)
	})

	t.Run("another certificate", func(t *testing.T) {
		c := c.in(t)
		load()
		fresh := old.Renew()
		c.must("PUT", path, map[string]any{"certificate": fresh.Certificate(), "key": fresh.Key()}, &a)
		settled(c)
	})

	// The runs that found the old pair are refused with it once the new one is
	// in use: they speak for nobody.
	t.Run("another integration, the old one deleted", func(t *testing.T) {
		c := c.in(t)
		bank.ResetCounters()
		old.Fail(intertest.Token, intertest.Slow(1500*time.Millisecond))
		load()
		for bank.Counters().Clients[old.ClientID()].Requests[intertest.Token] == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		c.must("PUT", path, pair(bank.Issue("new", truth)), &a)
		old.Delete()
		settled(c)
		if bank.Counters().Clients[old.ClientID()].Statuses[http.StatusUnauthorized] == 0 {
			t.Log("no run was refused: all had ended with the old pair")
		}
	})

	run := bankday.After(day)
	if got := r.fire(run); got.Enqueued != 1 {
		t.Errorf("fan-out %+v", got)
	}
	r.idle()
	c.isTheBanks(a.ID, truth, run.AddDays(-1))
	if got := c.account(a.ID); got.Status.Code != "" {
		t.Errorf("%+v after all", got.Status)
	}
}

// secret returns an account's secret as it is kept.
func (c *erp) secret(account string) string {
	c.t.Helper()
	got, err := c.vault().GetSecretValue(c.t.Context(), &secretsmanager.GetSecretValueInput{SecretId: c.secretName(account)})
	if err != nil {
		c.t.Fatal(err)
	}
	return *got.SecretString
}
