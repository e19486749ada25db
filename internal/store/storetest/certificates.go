package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"extrato/internal/statement"
	"extrato/internal/store"
)

var certificateTests = map[string]func(*testing.T, *store.Store){
	"warning/is written on the certificate alone": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		for _, days := range []int{61, 31, 1} {
			must(t, s.SaveWarning(t.Context(), a, days))
			want := *a.Certificate
			want.WarnedDays = days
			a.Certificate = &want
			same(t, "account", head(t, s, Ref()), a)
		}
	},
	"warning/once, of many that read the same head": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		var saved atomic.Int32
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				err := s.SaveWarning(t.Context(), a, 61)
				if err == nil {
					saved.Add(1)
				} else if !errors.Is(err, statement.ErrConflict) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		same(t, "saved", saved.Load(), 1)
		now := head(t, s, Ref())
		refused(t, s, now, s.SaveWarning(t.Context(), a, 31))
	},
	"warning/of another credential says nothing": func(t *testing.T, s *store.Store) {
		read := active(t, s, Ref(), "111")
		now, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "111"))
		must(t, err)
		refused(t, s, now, s.SaveWarning(t.Context(), read, 61))
		plain := create(t, s, another(1)) // without any
		refused(t, s, plain, s.SaveWarning(t.Context(), plain, 61))
		plain.Certificate = read.Certificate
		if err := s.SaveWarning(t.Context(), plain, 61); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("%v, want ErrConflict", err)
		}
	},
	"heal/the secret's facts come onto the head": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		must(t, s.SaveWarning(t.Context(), a, 8))
		must(t, s.SaveFailure(t.Context(), a, statement.BankUnavailable, failedAt, false))
		a = head(t, s, Ref())
		facts := statement.Certificate{Fingerprint: "f2", Subject: "CN=2", NotBefore: failedAt, NotAfter: failedAt.Add(time.Hour)}
		must(t, s.Heal(t.Context(), a, "credential-2", facts))
		read := a
		a.CredentialID, a.Certificate = "credential-2", &facts
		same(t, "account", head(t, s, Ref()), a)
		same(t, "index", enabled(t, s), []string{"acme/a1"})
		// A run with the earlier pair no longer speaks for the account; the healed one does.
		refused(t, s, a, s.SaveFailure(t.Context(), read, statement.CredentialsRejected, failedAt, true))
		refused(t, s, a, s.Heal(t.Context(), read, "credential-3", facts))
		must(t, s.SaveFailure(t.Context(), a, statement.CredentialsRejected, failedAt, true))
	},
	"heal/not of a parked account, nor of an absent one": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		must(t, s.SaveFailure(t.Context(), a, statement.CertificateExpired, failedAt, true))
		refused(t, s, head(t, s, Ref()), s.Heal(t.Context(), a, "credential-2", *a.Certificate))
		a.Ref = another(1)
		if err := s.Heal(t.Context(), a, "credential-2", *a.Certificate); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("%v, want ErrConflict", err)
		}
	},
}
