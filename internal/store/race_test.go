package store_test

import (
	"errors"
	"net/http"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// meanwhile returns a store that lets something else happen right before its
// first transaction, after all that it read.
func (f fixture) meanwhile(t *testing.T, other func()) *store.Store {
	t.Helper()
	return f.behind(t, transactions(func(n int, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if n == 1 {
			other()
		}
		return send()
	}))
}

func (f fixture) enable(t *testing.T, credential, number string) {
	t.Helper()
	_, err := f.Enable(t.Context(), storetest.Enablement(f.head.Ref, credential, number))
	must(t, err)
}

// claims wants exactly one claim of the tenant, on the number of the account.
func (f fixture) claims(t *testing.T, number string) {
	t.Helper()
	now, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	claims := f.raw(t, "TENANT#acme", "BANK#")
	if now.BankAccount != number || len(claims) != 1 || text(claims[0]["SK"]) != "BANK#inter#"+number {
		t.Errorf("the account says %q, claims are %v; want %s", now.BankAccount, claims, number)
	}
}

// Enable reads the account before it writes: an erasure between the two must
// be refused by the condition.
func TestErasedWhileEnabling(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	st := f.meanwhile(t, func() {
		f.write(t, "TENANT#acme", "ACCOUNT#a1", "erased_at", s("2026-11-23T09:00:00.000Z"))
	})
	if _, err := st.Enable(t.Context(), storetest.Enablement(f.head.Ref, "c2", "123456789")); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
}

func TestTwoBankAccountsAtOnce(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"none before": "", "another before": "111"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := prepareWith(t, before)
			s := f.meanwhile(t, func() { f.enable(t, "c2", "222") })
			if _, err := s.Enable(t.Context(), storetest.Enablement(f.head.Ref, "c3", "333")); !errors.Is(err, statement.ErrConflict) {
				t.Errorf("%v, want ErrConflict", err)
			}
			f.claims(t, "222")
		})
	}
}

func TestStatementBeginsWhileTheBankAccountChanges(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	s := f.meanwhile(t, func() {
		_, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 1, 1))
		must(t, err)
	})
	if _, err := s.Enable(t.Context(), storetest.Enablement(f.head.Ref, "c2", "222")); !errors.Is(err, statement.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
	f.claims(t, "123456789")
}

// A run that read the earlier bank account must not commit its entries into
// the statement of the new one, although the version is still the same.
func TestBankAccountChangesWhileTheStatementBegins(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	f.enable(t, "c2", "222")
	_, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 1, 1))
	if !errors.Is(err, statement.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
	f.claims(t, "222")
}
