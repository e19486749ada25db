package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"extrato/internal/statement"
	"extrato/internal/store"
)

var erasedAt = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func erase(t *testing.T, s *store.Store, ref statement.Ref) {
	t.Helper()
	must(t, s.Erase(t.Context(), ref, erasedAt))
	if _, err := s.Account(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("%s is still there: %v", ref, err)
	}
}

// leftOver counts what can still be read of a statement.
func leftOver(t *testing.T, s *store.Store, ref statement.Ref) int {
	t.Helper()
	days, err := s.Days(t.Context(), ref, "", "")
	must(t, err)
	runs, _, err := s.Runs(t.Context(), ref, 500, "")
	must(t, err)
	return len(window(t, s, ref)) + len(days) + len(runs)
}

var leaveTests = map[string]func(*testing.T, *store.Store){
	"disable/out of the schedule, history stays": func(t *testing.T, s *store.Store) {
		create(t, s, Ref())
		e := Enablement(Ref(), "credential-1", "111")
		e.SelectBank, e.Warnings, e.Certificate.WarnedDays = true, []statement.Code{statement.ScopeWiderThanNeeded}, 61
		a, err := s.Enable(t.Context(), e)
		must(t, err)
		a, err = s.Commit(t.Context(), a, Additions("2026-11-02", 3, 3))
		must(t, err)
		must(t, s.SaveFailure(t.Context(), a, statement.CertificateExpired, failedAt, true))
		a.State, a.Warnings = statement.Disabled, nil
		for range 2 {
			got, err := s.Disable(t.Context(), Ref())
			must(t, err)
			same(t, "answer", got, a)
			same(t, "account", head(t, s, Ref()), a)
		}
		same(t, "index", enabled(t, s), nil)
		same(t, "entries", len(window(t, s, Ref())), 3)
		// The bank account stays claimed, and a run under way can neither park nor heal.
		second := create(t, s, another(1))
		_, err = s.Enable(t.Context(), Enablement(second.Ref, "c2", "111"))
		taken(t, err, "a1")
		refused(t, s, a, s.SaveFailure(t.Context(), a, statement.CredentialsRejected, failedAt, true))
		refused(t, s, a, s.Heal(t.Context(), a, "c9", *a.Certificate))
		again, err := s.Enable(t.Context(), Enablement(Ref(), "credential-2", "111"))
		must(t, err)
		same(t, "version", again.Version, a.Version)
		same(t, "index", enabled(t, s), []string{"acme/a1"})
	},
	"disable/an active one leaves the index": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		got, err := s.Disable(t.Context(), Ref())
		must(t, err)
		a.State = statement.Disabled
		same(t, "account", got, a)
		same(t, "index", enabled(t, s), nil)
	},
	"disable/one that never was enabled, and one that is not there": func(t *testing.T, s *store.Store) {
		a := create(t, s, Ref())
		got, err := s.Disable(t.Context(), Ref())
		must(t, err)
		same(t, "account", got, a)
		create(t, s, another(1))
		erase(t, s, another(1))
		for _, ref := range []statement.Ref{another(1), another(2), {Tenant: "other", Account: "a1"}, {Tenant: "a#b", Account: "c"}} {
			if _, err := s.Disable(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", ref, err)
			}
		}
	},
	"erase/gone at once, and its claims are free": func(t *testing.T, s *store.Store) {
		withExternal(t, s, Ref(), "77")
		a, err := s.Enable(t.Context(), Enablement(Ref(), "credential-1", "111"))
		must(t, err)
		a, err = s.Commit(t.Context(), a, Additions("2026-11-02", 3, 3))
		must(t, err)
		erase(t, s, Ref())
		same(t, "index", enabled(t, s), nil)
		list, next, err := s.Accounts(t.Context(), "acme", 10, "")
		must(t, err)
		same(t, "accounts", list, nil)
		same(t, "next page", next, "")
		// Whatever was read before says nothing any more.
		_, commitErr := s.Commit(t.Context(), a, Additions("2026-11-05", 1, 1))
		for what, err := range map[string]error{
			"commit": commitErr, "park": s.SaveFailure(t.Context(), a, statement.CertificateExpired, failedAt, true),
			"warn": s.SaveWarning(t.Context(), a, 61), "heal": s.Heal(t.Context(), a, "c2", *a.Certificate),
		} {
			if !errors.Is(err, statement.ErrConflict) {
				t.Errorf("%s: %v, want ErrConflict", what, err)
			}
		}
		_, enableErr := s.Enable(t.Context(), Enablement(Ref(), "c2", "111"))
		_, patchErr := s.Patch(t.Context(), Ref(), statement.AccountPatch{ExternalID: new("78"), MakeDefault: true})
		for _, err := range []error{enableErr, patchErr} {
			if !errors.Is(err, statement.ErrNotFound) {
				t.Errorf("%v, want ErrNotFound", err)
			}
		}
		withExternal(t, s, another(1), "77")
		_, err = s.Enable(t.Context(), Enablement(another(1), "c2", "111"))
		must(t, err)
		// Again changes nothing, not even what others took over meanwhile.
		must(t, s.Erase(t.Context(), Ref(), erasedAt.Add(time.Hour)))
		same(t, "other account", head(t, s, another(1)).ExternalID, "77")
		_, err = s.Enable(t.Context(), Enablement(create(t, s, another(2)).Ref, "c3", "111"))
		taken(t, err, "b1")
	},
	"erase/absent is not found": func(t *testing.T, s *store.Store) {
		create(t, s, another(1))
		for _, ref := range []statement.Ref{Ref(), {Tenant: "other", Account: "b1"}, {Tenant: "acme", Account: "#"}} {
			if err := s.Erase(t.Context(), ref, erasedAt); !errors.Is(err, statement.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", ref, err)
			}
		}
		defaultIs(t, s, "b1")
	},
	"erase/the oldest takes over as default": func(t *testing.T, s *store.Store) {
		made := map[int]int{0: 1, 1: 4, 2: 2, 3: 3} // by age, not by id
		for i := range 4 {
			a := Account(another(i))
			a.CreatedAt = a.CreatedAt.AddDate(0, 0, made[i])
			must(t, s.CreateAccount(t.Context(), a, false))
		}
		for _, step := range []struct {
			erase int
			want  statement.AccountID
		}{{3, "b0"}, {0, "b2"}, {2, "b1"}, {1, ""}} {
			erase(t, s, another(step.erase))
			defaultIs(t, s, step.want)
		}
		create(t, s, another(9))
		defaultIs(t, s, "b9")
	},
	"erase/exactly one default, whatever happens at once": func(t *testing.T, s *store.Store) {
		var all sync.WaitGroup
		do := func(f func() error) { all.Go(func() { ignore(t, f()) }) }
		for round := range 6 {
			for i := range 3 {
				do(func() error { return s.CreateAccount(t.Context(), Account(another(10*round+i)), false) })
				if round > 0 {
					do(func() error { return s.Erase(t.Context(), another(10*(round-1)+i), erasedAt) })
				}
			}
			if round > 0 {
				do(func() error {
					_, err := s.Patch(t.Context(), another(10*(round-1)), statement.AccountPatch{MakeDefault: true})
					return err
				})
			}
			all.Wait()
			id, err := s.DefaultAccount(t.Context(), "acme")
			must(t, err)
			head(t, s, statement.Ref{Tenant: "acme", Account: id})
		}
	},
	"erase items/so many at a time, and nothing else": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		_, err := s.Commit(t.Context(), a, Additions("2026-11-02", 60, 10)) // 60 entries, 6 days, 1 commit or more
		must(t, err)
		must(t, s.PutRun(t.Context(), Ref(), statement.Run{RunSummary: Summary("run-1")}))
		neighbour := active(t, s, statement.Ref{Tenant: "acme", Account: "a12"}, "222")
		_, err = s.Commit(t.Context(), neighbour, Additions("2026-11-02", 5, 5))
		must(t, err)
		before := leftOver(t, s, Ref())
		if left, err := s.EraseItems(t.Context(), Ref(), 10); err == nil || left {
			t.Errorf("of an account that is not erased: %v, %v", left, err)
		}
		same(t, "items", leftOver(t, s, Ref()), before)
		erase(t, s, Ref())
		calls := 0
		for left := true; left; calls++ {
			if left, err = s.EraseItems(t.Context(), Ref(), 30); err != nil || calls > 9 {
				t.Fatalf("call %d: %v", calls, err)
			}
		}
		same(t, "calls for 60 entries, 6 days, a commit and a run", calls, 3)
		same(t, "items", leftOver(t, s, Ref()), 0)
		same(t, "neighbour's items", leftOver(t, s, neighbour.Ref), 6)
		for range 2 { // again, and of one that is not there
			left, err := s.EraseItems(t.Context(), Ref(), 1)
			same(t, "again", fmt.Sprint(left, err), "false <nil>")
			left, err = s.EraseItems(t.Context(), another(9), 1)
			same(t, "of none", fmt.Sprint(left, err), "false <nil>")
		}
		if _, err := s.Account(t.Context(), another(9)); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("erasing the items of none made an account: %v", err)
		}
		// The tombstone stays, so that the erasure can be repeated.
		must(t, s.Erase(t.Context(), Ref(), erasedAt))
	},
	"erase items/two at once": func(t *testing.T, s *store.Store) {
		_, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), Additions("2026-11-02", 60, 10))
		must(t, err)
		erase(t, s, Ref())
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for left, err := true, error(nil); left; {
					if left, err = s.EraseItems(t.Context(), Ref(), 7); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		same(t, "items", leftOver(t, s, Ref()), 0)
	},
}

// ignore lets a call lose against others, and nothing else.
func ignore(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, statement.ErrNotFound) && !errors.Is(err, statement.ErrConflict) {
		t.Error(err)
	}
}
