package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

var accountTests = map[string]func(*testing.T, *store.Store){
	"account/new one reads back disabled": func(t *testing.T, s *store.Store) {
		a := Account(Ref())
		a.ExternalID, a.Epoch = "ERP 77 / ação", "e1"
		must(t, s.CreateAccount(t.Context(), a, false))
		want := a
		want.State = statement.Disabled
		same(t, "account", head(t, s, a.Ref), want)
	},
	"account/each has an epoch of its own": func(t *testing.T, s *store.Store) {
		one := create(t, s, Ref())
		two := create(t, s, statement.Ref{Tenant: "acme", Account: "a2"})
		if one.Epoch == "" || two.Epoch == "" || one.Epoch == two.Epoch {
			t.Errorf("epochs %q and %q: want two different ones", one.Epoch, two.Epoch)
		}
	},
	"account/absent is not found": func(t *testing.T, s *store.Store) {
		create(t, s, Ref())
		for _, ref := range []statement.Ref{
			{Tenant: "acme", Account: "a2"}, {Tenant: "other", Account: "a1"},
			{Tenant: "acme#a", Account: "1"}, {Tenant: "", Account: ""}, {Tenant: "acme", Account: statement.AccountID(strings.Repeat("a", 65))},
		} {
			if _, err := s.Account(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", ref, err)
			}
		}
	},
	"account/same id twice is a conflict": func(t *testing.T, s *store.Store) {
		before := create(t, s, Ref())
		again := Account(Ref())
		again.Description, again.ExternalID = "another", "x1"
		if err := s.CreateAccount(t.Context(), again, true); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("%v, want ErrConflict", err)
		}
		same(t, "account", head(t, s, Ref()), before)
		// Nor did the refused creation leave its external id claimed.
		other := Account(statement.Ref{Tenant: "acme", Account: "a2"})
		other.ExternalID = "x1"
		must(t, s.CreateAccount(t.Context(), other, false))
	},
	"account/external id is unique in its tenant": func(t *testing.T, s *store.Store) {
		make := func(tenant statement.TenantID, id statement.AccountID) error {
			a := Account(statement.Ref{Tenant: tenant, Account: id})
			a.ExternalID = "77"
			return s.CreateAccount(t.Context(), a, false)
		}
		must(t, make("acme", "a1"))
		must(t, make("other", "a1"))
		if err := make("acme", "a2"); !errors.Is(err, statement.ErrExternalIDTaken) {
			t.Errorf("%v, want ErrExternalIDTaken", err)
		}
		if _, err := s.Account(t.Context(), statement.Ref{Tenant: "acme", Account: "a2"}); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("the refused account is there: %v", err)
		}
	},
	"account/exactly one default": func(t *testing.T, s *store.Store) {
		steps := []struct {
			id          statement.AccountID
			makeDefault bool
			want        statement.AccountID
		}{
			{"", false, ""},
			{"m", false, "m"},
			{"a", false, "m"},
			{"z", true, "z"},
			{"b", false, "z"},
		}
		for _, step := range steps {
			if step.id != "" {
				must(t, s.CreateAccount(t.Context(), Account(statement.Ref{Tenant: "acme", Account: step.id}), step.makeDefault))
			}
			got, err := s.DefaultAccount(t.Context(), "acme")
			must(t, err)
			same(t, "default after "+string(step.id), got, step.want)
		}
		got, err := s.DefaultAccount(t.Context(), "other")
		must(t, err)
		same(t, "default of another tenant", got, statement.AccountID(""))
	},
	"account/pages": func(t *testing.T, s *store.Store) {
		var all []statement.AccountID
		for i := range 6 {
			id := statement.AccountID(fmt.Sprintf("a%d", i))
			create(t, s, statement.Ref{Tenant: "acme", Account: id})
			all = append(all, id)
		}
		create(t, s, statement.Ref{Tenant: "acme2", Account: "a9"})
		for _, limit := range []int{1, 2, 3, 4, 6, 7, 500} {
			var got []statement.AccountID
			pages := 0
			for after := statement.AccountID(""); (pages == 0 || after != "") && pages < 100; pages++ {
				page, next, err := s.Accounts(t.Context(), "acme", limit, after)
				must(t, err)
				for _, a := range page {
					got = append(got, a.Account)
					same(t, "account of a page", a, head(t, s, a.Ref))
				}
				if len(page) != limit && next != "" {
					t.Errorf("limit %d: a page of %d that is not the last", limit, len(page))
				}
				after = next
			}
			same(t, fmt.Sprintf("accounts by %d", limit), got, all)
			same(t, "pages", pages, (6+limit-1)/limit)
		}
	},
}
