package storetest

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// begins wants what Begin says.
func begins(t *testing.T, s *store.Store, tenant statement.TenantID, key, body, want string) (answer string, status int) {
	t.Helper()
	a, status, state, err := s.Begin(t.Context(), tenant, key, body)
	must(t, err)
	same(t, "state of "+key, state, want)
	if want != "done" && (len(a) > 0 || status != 0) {
		t.Errorf("%s with the answer %d %q", state, status, a)
	}
	return string(a), status
}

var requestTests = map[string]func(*testing.T, *store.Store){
	"request/the first answer again": func(t *testing.T, s *store.Store) {
		key := strings.Repeat("ação # / ", 1000) // longer than a sort key
		begins(t, s, "acme", key, "{}", "new")
		begins(t, s, "acme", key, "{}", "running")
		begins(t, s, "acme", key, `{"other":1}`, "other")
		must(t, s.Finish(t.Context(), "acme", key, 201, []byte(`{"id":"ação"}`)))
		for range 2 {
			answer, status := begins(t, s, "acme", key, "{}", "done")
			same(t, "answer", answer, `{"id":"ação"}`)
			same(t, "status", status, 201)
		}
		begins(t, s, "acme", key, `{"other":1}`, "other")
		begins(t, s, "acme", key+"x", "{}", "new")
		begins(t, s, "other", key, "{}", "new")
	},
	"request/an answer without a body": func(t *testing.T, s *store.Store) {
		begins(t, s, "acme", "k", "", "new")
		must(t, s.Finish(t.Context(), "acme", "k", 202, nil))
		answer, status := begins(t, s, "acme", "k", "", "done")
		same(t, "answer", answer, "")
		same(t, "status", status, 202)
	},
	"request/forgotten is new": func(t *testing.T, s *store.Store) {
		must(t, s.Forget(t.Context(), "acme", "k")) // none
		begins(t, s, "acme", "k", "{}", "new")
		must(t, s.Forget(t.Context(), "acme", "k"))
		begins(t, s, "acme", "k", `{"other":1}`, "new")
	},
	"request/an answer to none": func(t *testing.T, s *store.Store) {
		if err := s.Finish(t.Context(), "acme", "k", 201, []byte("{}")); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
		begins(t, s, "acme", "k", "{}", "new")
	},
	"request/one of many at once is new": func(t *testing.T, s *store.Store) {
		var first atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, _, state, err := s.Begin(t.Context(), "acme", "k", "{}")
				if state == "new" {
					first.Add(1)
				} else if state != "running" {
					t.Errorf("state %q, %v", state, err)
				}
			})
		}
		all.Wait()
		same(t, "new", first.Load(), 1)
	},
	"request/a foreign tenant": func(t *testing.T, s *store.Store) {
		_, _, _, err := s.Begin(t.Context(), "a#b", "k", "{}")
		for _, err := range []error{err, s.Finish(t.Context(), "a#b", "k", 1, nil), s.Forget(t.Context(), "a#b", "k")} {
			if !errors.Is(err, statement.ErrNotFound) {
				t.Errorf("%v, want ErrNotFound", err)
			}
		}
	},
}
