package bank_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"extrato/infra/local/bank"
	"extrato/infra/local/controls"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) *bank.Bank {
	t.Helper()
	b, err := bank.Open(bank.Options{Dir: dir, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHistoryOnlyGrows(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	if _, err := b.Credentials(""); err != nil {
		t.Fatal(err)
	}
	before := b.Truth(bank.DemoAccount, "2026-11-23")
	if len(before) == 0 || before[0].BookedAt.After(now.AddDate(0, 0, 1)) {
		t.Fatalf("%d entries up to today", len(before))
	}
	if err := b.Extend("2027-03-01"); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, b.Truth(bank.DemoAccount, "2026-11-23")) {
		t.Error("the past changed")
	}
	if after := b.Truth(bank.DemoAccount, "2027-03-01"); len(after) <= len(before) {
		t.Errorf("%d entries after playing on, %d before", len(after), len(before))
	}
	if err := b.Extend("9000-01-01"); !errors.Is(err, controls.ErrTooFar) {
		t.Errorf("error %v, want ErrTooFar", err)
	}
}

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir)
	want, err := first.Credentials("98765")
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Extend("2026-12-24"); err != nil {
		t.Fatal(err)
	}
	truth := first.Truth("98765", "2026-12-24")
	first.Close()
	second := open(t, dir)
	got, err := second.Credentials("98765")
	if err != nil {
		t.Fatal(err)
	}
	// The zip is made anew, with the files in any order.
	got.Zip, want.Zip = nil, nil
	if !reflect.DeepEqual(got, want) { // no diff: there is a key in it
		t.Error("other credentials after a restart")
	}
	if first.CAPEM() != second.CAPEM() {
		t.Error("another CA after a restart")
	}
	if !reflect.DeepEqual(truth, second.Truth("98765", "2026-12-24")) {
		t.Error("another history after a restart")
	}
}

func TestAccountsAreOpenedOnDemand(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	one, err := b.Credentials("12345678")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := b.Credentials("12345678")
	other, _ := b.Credentials("87654321")
	if one.ClientID != again.ClientID || one.ClientID == other.ClientID || one.Account != "12345678" {
		t.Errorf("clients %s, %s and %s of accounts %s, the same and another", one.ClientID, again.ClientID, other.ClientID, one.Account)
	}
	for _, bad := range []string{"0123", "1", "12a", "1234567890123456", "12 34", "../x"} {
		if _, err := b.Credentials(bad); !errors.Is(err, controls.ErrBadAccount) {
			t.Errorf("%q: error %v, want ErrBadAccount", bad, err)
		}
	}
}
