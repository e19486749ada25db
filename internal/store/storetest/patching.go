package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// another is the nth other account of the tenant.
func another(n int) statement.Ref {
	return statement.Ref{Tenant: "acme", Account: statement.AccountID(fmt.Sprintf("b%d", n))}
}

// withExternal stores an account with an id of the ERP's.
func withExternal(t *testing.T, s *store.Store, ref statement.Ref, id string) statement.Account {
	t.Helper()
	a := Account(ref)
	a.ExternalID = id
	must(t, s.CreateAccount(t.Context(), a, false))
	return head(t, s, ref)
}

func defaultIs(t *testing.T, s *store.Store, want statement.AccountID) {
	t.Helper()
	got, err := s.DefaultAccount(t.Context(), "acme")
	must(t, err)
	same(t, "default account", got, want)
}

var patchTests = map[string]func(*testing.T, *store.Store){
	"patch/what is named changes, and nothing else": func(t *testing.T, s *store.Store) {
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), Additions("2026-11-02", 1, 1))
		must(t, err)
		create(t, s, another(1))
		steps := []struct {
			patch  statement.AccountPatch
			change func()
		}{
			{statement.AccountPatch{}, func() {}},
			{statement.AccountPatch{Description: new("Filial")}, func() { a.Description = "Filial" }},
			{statement.AccountPatch{ExternalID: new("ERP / 1")}, func() { a.ExternalID = "ERP / 1" }},
			{statement.AccountPatch{ExternalID: new("ERP / 1")}, func() {}},
			{statement.AccountPatch{Description: new(""), ExternalID: new("2")}, func() { a.Description, a.ExternalID = "", "2" }},
			{statement.AccountPatch{ExternalID: new(""), MakeDefault: true}, func() { a.ExternalID = "" }},
		}
		for i, step := range steps {
			step.change()
			got, err := s.Patch(t.Context(), Ref(), step.patch)
			must(t, err)
			same(t, fmt.Sprintf("answer %d", i), got, a)
			same(t, fmt.Sprintf("account %d", i), head(t, s, Ref()), a)
		}
		same(t, "index", enabled(t, s), []string{"acme/a1"})
	},
	"patch/absent is not found": func(t *testing.T, s *store.Store) {
		for _, p := range []statement.AccountPatch{{}, {Description: new("x")}, {MakeDefault: true}} {
			if _, err := s.Patch(t.Context(), Ref(), p); !errors.Is(err, statement.ErrNotFound) {
				t.Errorf("%v, want ErrNotFound", err)
			}
		}
		defaultIs(t, s, "")
	},
	"patch/an external id is one account's": func(t *testing.T, s *store.Store) {
		one := withExternal(t, s, Ref(), "1")
		withExternal(t, s, another(2), "2")
		p := statement.AccountPatch{Description: new("x"), ExternalID: new("2"), MakeDefault: true}
		if _, err := s.Patch(t.Context(), another(2), statement.AccountPatch{ExternalID: new("1"), MakeDefault: true}); !errors.Is(err, statement.ErrExternalIDTaken) {
			t.Errorf("%v, want ErrExternalIDTaken", err)
		}
		defaultIs(t, s, "a1")
		if _, err := s.Patch(t.Context(), Ref(), p); !errors.Is(err, statement.ErrExternalIDTaken) {
			t.Errorf("%v, want ErrExternalIDTaken", err)
		}
		same(t, "refused account", head(t, s, Ref()), one)
		// Once given up, it is free; and what was held before is free for another.
		_, err := s.Patch(t.Context(), another(2), statement.AccountPatch{ExternalID: new("")})
		must(t, err)
		_, err = s.Patch(t.Context(), Ref(), p)
		must(t, err)
		withExternal(t, s, another(3), "1")
		if err := s.CreateAccount(t.Context(), statement.Account{Ref: another(4), ExternalID: "2"}, false); !errors.Is(err, statement.ErrExternalIDTaken) {
			t.Errorf("%v, want ErrExternalIDTaken", err)
		}
	},
	"patch/exactly one default, however many ask": func(t *testing.T, s *store.Store) {
		var all sync.WaitGroup
		for i := range 4 {
			create(t, s, another(i))
		}
		for i := range 4 {
			all.Go(func() {
				if _, err := s.Patch(t.Context(), another(i), statement.AccountPatch{MakeDefault: true}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		_, err := s.Patch(t.Context(), another(2), statement.AccountPatch{MakeDefault: true})
		must(t, err)
		defaultIs(t, s, "b2")
	},
	"patch/two at once lose no claim": func(t *testing.T, s *store.Store) {
		withExternal(t, s, Ref(), "old")
		var all sync.WaitGroup
		for _, id := range []string{"x", "y", "z"} {
			all.Go(func() {
				if _, err := s.Patch(t.Context(), Ref(), statement.AccountPatch{ExternalID: &id}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		kept := head(t, s, Ref()).ExternalID
		for i, id := range []string{"old", "x", "y", "z"} {
			a := Account(another(i))
			a.ExternalID = id
			err := s.CreateAccount(t.Context(), a, false)
			if taken := errors.Is(err, statement.ErrExternalIDTaken); taken != (id == kept) || !taken && err != nil {
				t.Errorf("the account has %q, and %q is taken: %v (%v)", kept, id, taken, err)
			}
		}
	},
}
