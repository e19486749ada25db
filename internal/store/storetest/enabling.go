package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// enabled reads the whole index.
func enabled(t *testing.T, s *store.Store) []string {
	t.Helper()
	var all []string
	for shard := range store.Shards {
		must(t, s.Enabled(t.Context(), shard, func(refs []statement.Ref) error {
			for _, r := range refs {
				all = append(all, r.String())
			}
			return nil
		}))
	}
	slices.Sort(all)
	return all
}

// taken wants the error that names an account.
func taken(t *testing.T, err error, by statement.AccountID) {
	t.Helper()
	if e, ok := errors.AsType[*statement.BankAccountTaken](err); !ok || e.By != by {
		t.Errorf("%v, want BankAccountTaken by %s", err, by)
	}
}

var enableTests = map[string]func(*testing.T, *store.Store){
	"enable/account is active and in the index": func(t *testing.T, s *store.Store) {
		before := create(t, s, Ref())
		same(t, "index before", enabled(t, s), nil)
		e := Enablement(Ref(), "credential-1", "123456789")
		e.SelectBank, e.Warnings = true, []statement.Code{statement.ScopeWiderThanNeeded}
		got, err := s.Enable(t.Context(), e)
		must(t, err)
		want := before
		want.State, want.CredentialID, want.Certificate = statement.Active, "credential-1", &e.Certificate
		want.BankAccount, want.SelectBank, want.Warnings = "123456789", true, e.Warnings
		same(t, "answer", got, want)
		same(t, "account", head(t, s, Ref()), want)
		same(t, "index", enabled(t, s), []string{"acme/a1"})
	},
	"enable/again clears what was said before": func(t *testing.T, s *store.Store) {
		create(t, s, Ref())
		first := Enablement(Ref(), "credential-1", "123456789")
		first.SelectBank, first.Warnings = true, []statement.Code{statement.ScopeWiderThanNeeded}
		a, err := s.Enable(t.Context(), first)
		must(t, err)
		must(t, s.SaveFailure(t.Context(), a, statement.CertificateExpired, time.Unix(1e9, 0), true))
		// The number is not known this time: the claim stays.
		got, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", ""))
		must(t, err)
		want := a
		want.CredentialID, want.SelectBank, want.Warnings = "credential-2", false, nil
		same(t, "answer", got, want)
		same(t, "index", enabled(t, s), []string{"acme/a1"})
	},
	"enable/unknown account is not found": func(t *testing.T, s *store.Store) {
		if _, err := s.Enable(t.Context(), Enablement(Ref(), "c", "1")); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
	},
	"enable/a bank account belongs to one account of a tenant": func(t *testing.T, s *store.Store) {
		active(t, s, Ref(), "123456789")
		second := statement.Ref{Tenant: "acme", Account: "a2"}
		before := create(t, s, second)
		_, err := s.Enable(t.Context(), Enablement(second, "c2", "123456789"))
		taken(t, err, "a1")
		same(t, "refused account", head(t, s, second), before)
		same(t, "index", enabled(t, s), []string{"acme/a1"})
		// Another tenant has bank accounts of its own.
		active(t, s, statement.Ref{Tenant: "other", Account: "a1"}, "123456789")
	},
	"enable/a bank account may change before there is a statement": func(t *testing.T, s *store.Store) {
		active(t, s, Ref(), "111")
		a, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "222"))
		must(t, err)
		same(t, "bank account", a.BankAccount, "222")
		// The earlier claim is free, the new one is not.
		second := statement.Ref{Tenant: "acme", Account: "a2"}
		create(t, s, second)
		_, err = s.Enable(t.Context(), Enablement(second, "c2", "222"))
		taken(t, err, "a1")
		_, err = s.Enable(t.Context(), Enablement(second, "c2", "111"))
		must(t, err)
	},
	"enable/a statement keeps its bank account": func(t *testing.T, s *store.Store) {
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), Additions("2026-11-02", 1, 1))
		must(t, err)
		if _, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "222")); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("%v, want ErrConflict", err)
		}
		same(t, "account", head(t, s, Ref()), a)
		second := active(t, s, statement.Ref{Tenant: "acme", Account: "a2"}, "222")
		same(t, "the other number is free", second.BankAccount, "222")
		again, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "111"))
		must(t, err)
		same(t, "version", again.Version, a.Version)
	},
	"enable/a run under way may still commit": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		_, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "111"))
		must(t, err)
		_, err = s.Commit(t.Context(), read, Additions("2026-11-02", 1, 1))
		must(t, err)
		same(t, "credential", head(t, s, Ref()).CredentialID, "credential-2")
	},
	"enabled/every account in exactly one shard": func(t *testing.T, s *store.Store) {
		var want []string
		for i := range 40 {
			ref := statement.Ref{Tenant: statement.TenantID(fmt.Sprintf("t%d", i%3)), Account: statement.AccountID(fmt.Sprintf("a%d", i))}
			if i%4 == 0 {
				create(t, s, ref)
				continue
			}
			a := active(t, s, ref, fmt.Sprint(1000+i))
			if i%4 == 1 {
				must(t, s.SaveFailure(t.Context(), a, statement.CredentialsRejected, time.Unix(1e9, 0), true))
				continue
			}
			want = append(want, ref.String())
		}
		slices.Sort(want)
		same(t, "index", enabled(t, s), want)
	},
	"enabled/the reader's error ends it": func(t *testing.T, s *store.Store) {
		active(t, s, Ref(), "111")
		stop := errors.New("stop")
		var got []string
		for shard := range store.Shards {
			if err := s.Enabled(t.Context(), shard, func([]statement.Ref) error { return stop }); err != nil {
				got = append(got, err.Error())
			}
		}
		same(t, "errors", strings.Join(got, ","), "stop")
	},
}
