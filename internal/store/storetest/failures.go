package storetest

import (
	"errors"
	"testing"
	"time"

	"extrato/internal/statement"
	"extrato/internal/store"
)

var failedAt = time.Date(2026, 11, 23, 9, 1, 2, 3e6, time.UTC)

// refused wants ErrConflict and an account that is as it was.
func refused(t *testing.T, s *store.Store, want statement.Account, err error) {
	t.Helper()
	if !errors.Is(err, statement.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
	same(t, "account", head(t, s, want.Ref), want)
}

var failureTests = map[string]func(*testing.T, *store.Store){
	"failure/temporary one is written and the account stays enabled": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		must(t, s.SaveFailure(t.Context(), a, statement.BankUnavailable, failedAt, false))
		a.Failure, a.FailedAt = statement.BankUnavailable, failedAt
		same(t, "account", head(t, s, Ref()), a)
		same(t, "index", enabled(t, s), []string{"acme/a1"})
	},
	"failure/parking takes the account out": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		must(t, s.SaveFailure(t.Context(), a, statement.PermissionMissing, failedAt, true))
		a.State, a.Failure, a.FailedAt = statement.Attention, statement.PermissionMissing, failedAt
		same(t, "account", head(t, s, Ref()), a)
		same(t, "index", enabled(t, s), nil)
	},
	"failure/success meanwhile is not hidden": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		now, err := s.Commit(t.Context(), read, Additions("2026-11-02", 1, 1))
		must(t, err)
		refused(t, s, now, s.SaveFailure(t.Context(), read, statement.BankUnavailable, failedAt, false))
	},
	"failure/parking holds although the version moved": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		_, err := s.Commit(t.Context(), read, Additions("2026-11-02", 1, 1))
		must(t, err)
		must(t, s.SaveFailure(t.Context(), read, statement.CredentialsRejected, failedAt, true))
		same(t, "state", head(t, s, Ref()).State, statement.Attention)
	},
	"failure/of another credential says nothing": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		now, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "111"))
		must(t, err)
		for _, park := range []bool{true, false} {
			refused(t, s, now, s.SaveFailure(t.Context(), read, statement.CertificateExpired, failedAt, park))
		}
		same(t, "index", enabled(t, s), []string{"acme/a1"})
	},
	"failure/temporary one does not hide why the account is parked": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		must(t, s.SaveFailure(t.Context(), read, statement.CertificateExpired, failedAt, true))
		parked := head(t, s, Ref())
		refused(t, s, parked, s.SaveFailure(t.Context(), read, statement.BankUnavailable, failedAt, false))
	},
	"failure/disabled account is not parked": func(t *testing.T, s *store.Store) {
		a := create(t, s, Ref())
		refused(t, s, a, s.SaveFailure(t.Context(), a, statement.CertificateExpired, failedAt, true))
	},
	"failure/unknown account": func(t *testing.T, s *store.Store) {
		if err := s.SaveFailure(t.Context(), Account(Ref()), statement.BankUnavailable, failedAt, true); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("%v, want ErrConflict", err)
		}
		if _, err := s.Account(t.Context(), Ref()); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("a failure made an account: %v", err)
		}
	},
	"failure/success clears it": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		must(t, s.SaveFailure(t.Context(), a, statement.BankUnavailable, failedAt, false))
		got, err := s.Commit(t.Context(), head(t, s, Ref()), statement.Commit{Ledger: statement.Ledger{ReadThrough: "2026-11-02"}, Run: Summary("r")})
		must(t, err)
		same(t, "failure", got.Failure, statement.Code(""))
		same(t, "account", head(t, s, Ref()), got)
	},
	"failure/success does not hide a parking that came meanwhile": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		must(t, s.SaveFailure(t.Context(), read, statement.CertificateExpired, failedAt, true))
		parked := head(t, s, Ref())
		_, err := s.Commit(t.Context(), read, Additions("2026-11-02", 1, 1))
		refused(t, s, parked, err)
		// A run that knows of the parking, asked for by hand, brings its data
		// and leaves the status to a person.
		got, err := s.Commit(t.Context(), parked, Additions("2026-11-02", 1, 1))
		must(t, err)
		same(t, "failure", got.Failure, statement.CertificateExpired)
		same(t, "account", head(t, s, Ref()), got)
	},
}
