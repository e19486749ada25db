package main

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

func TestE2ELeaving(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	truth, first := newBankAccount(bank, "407312956")
	stays, staysPair := newBankAccount(bank, "518820047")
	r := startRig(t, bank, "--queue-speed", "60")
	c := r.erp("acme")
	a, other := c.open(first), c.open(staysPair)
	r.idle()
	yesterday := bankday.Through(today())
	c.isTheBanks(a.ID, truth, yesterday)
	history := c.entries(a.ID, "")
	path := "/v1/accounts/" + a.ID

	enableAgainWith := func(what string, body map[string]any) {
		t.Helper()
		var got erpAccount
		c.must("DELETE", path+"/integration", nil, &got)
		c.must("DELETE", path+"/integration", nil, &got) // a repeat is the same
		if got.Status.State != "disabled" || got.Status.Code != "" {
			t.Errorf("%s: %+v after disabling", what, got.Status)
		}
		if c.hasSecret(a.ID) {
			t.Errorf("%s: the secret can be read after disabling", what)
		}
		if now := c.entries(a.ID, ""); !reflect.DeepEqual(now, history) {
			t.Errorf("%s: %d entries can be read after disabling, want %d as they were", what, len(now), len(history))
		}
		if fired := r.fire(bankday.LastNotAfter(today().AddDays(-30))); fired.Enqueued != 1 {
			t.Errorf("%s: fan-out %+v, want the other account only", what, fired)
		}
		c.must("PUT", path+"/integration", body, &got)
		if got.Status.State != "active" || got.Coverage.ReadThrough != yesterday {
			t.Errorf("%s: %+v after enabling", what, got)
		}
		r.deliver(1, statement.Message{V: 1, Tenant: "acme", Account: statement.AccountID(a.ID), Through: yesterday, Reason: statement.ReasonManual})
		r.idle()
		if now := c.entries(a.ID, ""); !reflect.DeepEqual(now, history) {
			t.Errorf("%s: %d entries after enabling again, want the %d of before", what, len(now), len(history))
		}
	}
	enableAgainWith("the same pair", pair(first))
	second := bank.Issue("another integration", truth)
	enableAgainWith("another integration", pair(second))

	run := bankday.After(today())
	if fired := r.fire(run); fired.Enqueued != 2 {
		t.Errorf("fan-out %+v, want both accounts", fired)
	}
	r.idle()
	c.isTheBanks(a.ID, truth, run.AddDays(-1))

	t.Run("erase", func(t *testing.T) { c.in(t).erases(a.ID) })
	t.Run("the bank account is free again", func(t *testing.T) {
		c := c.in(t)
		again := c.open(second)
		c.idle()
		c.isTheBanks(again.ID, truth, yesterday)
		c.isTheBanks(other.ID, stays, run.AddDays(-1))
	})
}

// erases takes an account away and looks at what is left of it.
func (c *erp) erases(id string) {
	t := c.t
	t.Helper()
	path := "/v1/accounts/" + id
	if n := len(c.itemsOf(id)); n < 100 {
		t.Fatalf("%d items of the account before: too few to tell", n)
	}
	var gone struct{ ID string }
	c.must("DELETE", path, nil, &gone)
	for _, below := range []string{"", "/entries", "/changes", "/days", "/syncs"} {
		if status, _, body, err := c.send(t.Context(), "GET", path+below, nil); err != nil || status != http.StatusNotFound {
			t.Errorf("GET %s right after: %d %s, %v", below, status, body, err)
		}
	}
	if n := c.idle(); n != 0 {
		t.Errorf("%d dead letters", n)
	}
	onlyTombstone := func(when string) map[string]map[string]any {
		left := c.itemsOf(id)
		if len(left) != 1 || left["TENANT#"+c.tenant+" ACCOUNT#"+id]["erased_at"] == nil {
			t.Errorf("%s there are %d items, want the tombstone only: %q", when, len(left), slices.Sorted(maps.Keys(left))[:min(5, len(left))])
		}
		return left
	}
	before := onlyTombstone("after it")
	if c.hasSecret(id) {
		t.Error("the secret can be read")
	}

	c.rig.bank.ResetCounters()
	for _, reason := range []statement.Reason{statement.ReasonSchedule, statement.ReasonManual, statement.ReasonRenewed, statement.ReasonErase} {
		c.deliver(1, statement.Message{V: 1, Tenant: statement.TenantID(c.tenant), Account: statement.AccountID(id), Through: today().AddDays(5), Reason: reason})
	}
	if n := c.idle(); n != 0 {
		t.Errorf("%d dead letters of late messages", n)
	}
	if n := c.rig.bank.Counters().Accepted; n != 0 {
		t.Errorf("late messages made %d connections to the bank", n)
	}
	if after := onlyTombstone("after late messages"); !reflect.DeepEqual(before, after) {
		t.Errorf("late messages left %d items changed or added to %d", len(after), len(before))
	}
	for _, path := range []string{path, path + "/integration"} {
		if status, _, body, err := c.send(t.Context(), "DELETE", path, nil); err != nil || status != http.StatusNotFound {
			t.Errorf("DELETE %s again: %d %s, %v", path, status, body, err)
		}
	}
	c.idle()
}

// itemsOf returns the items of an account: its partitions' and those of the
// tenant that name it.
func (c *erp) itemsOf(id string) map[string]map[string]any {
	c.t.Helper()
	all := c.items()
	for key, item := range all {
		if !strings.Contains(fmt.Sprint(item), id) {
			delete(all, key)
		}
	}
	return all
}

// hasSecret reports whether an account's secret can be read.
func (c *erp) hasSecret(account string) bool {
	c.t.Helper()
	_, err := c.vault().GetSecretValue(c.t.Context(), &secretsmanager.GetSecretValueInput{SecretId: c.secretName(account)})
	if err != nil && !strings.Contains(err.Error(), "ResourceNotFoundException") && !strings.Contains(err.Error(), "InvalidRequestException") {
		c.t.Fatal(err)
	}
	return err == nil
}
