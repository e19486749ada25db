package api_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"extrato/internal/api"
	"extrato/internal/enable"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// wire keeps what reaches DynamoDB.
type wire struct {
	mu     sync.Mutex
	bodies []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	w.bodies = append(w.bodies, string(body))
	w.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// outOfReach is a vault, a queue and a bank that must not be asked.
type outOfReach struct{ t *testing.T }

func (o outOfReach) fail() error {
	o.t.Error("something outside was asked")
	return errors.New("asked")
}
func (o outOfReach) Load(context.Context, statement.Ref) (statement.Credential, error) {
	return statement.Credential{}, o.fail()
}
func (o outOfReach) Save(context.Context, statement.Ref, statement.Credential) error { return o.fail() }
func (o outOfReach) Delete(context.Context, statement.Ref) error                     { return o.fail() }
func (o outOfReach) Send(context.Context, []statement.Message) error                 { return o.fail() }

// TestNoRequestReachesAnotherTenantsPartition asserts on the requests that
// reach DynamoDB: whatever the route and the id, none names another tenant.
func TestNoRequestReachesAnotherTenantsPartition(t *testing.T) {
	t.Parallel()
	w := &wire{}
	client := storetest.Client(t, w)
	table := store.New(client, storetest.Table(t, client))
	theirs := statement.Ref{Tenant: "tenant-of-somebody-else", Account: "their-account"}
	for _, ref := range []statement.Ref{theirs, {Tenant: "acme", Account: "our-account"}} {
		a := storetest.Account(ref)
		a.Ref = ref
		if err := table.CreateAccount(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
	}
	outside := outOfReach{t}
	service := &enable.Service{Vault: outside, Heads: table, Queue: outside, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Open: func(statement.Credential, string) (enable.Session, error) { return nil, outside.fail() }}
	c := newClient(t)
	c.h = api.New(api.Options{Store: table, Enabler: service, Integrations: service, Queue: outside,
		Caller: func(*http.Request) (api.Caller, bool) { return *c.caller, true }, Clock: func() time.Time { return now },
		Random: &counter{}, Log: slog.New(slog.DiscardHandler)})

	asked := 0
	rapid.Check(t, func(rt *rapid.T) {
		route := rapid.SampledFrom(api.Routes()).Draw(rt, "route")
		id := rapid.SampledFrom([]string{"their-account", "tenant-of-somebody-else", "unknown"}).Draw(rt, "id")
		if !strings.Contains(route.Path, "{id}") {
			return
		}
		w.bodies = nil
		path := strings.NewReplacer("{id}", id, "{entry}", "2026-11-20-0a").Replace(route.Path)
		if got := c.do(route.Method, path, goodBody(route)); got.status != 404 {
			rt.Errorf("%s of %s: %d %s", route.ID, id, got.status, got.text)
		}
		asked += len(w.bodies)
		for _, body := range w.bodies {
			if strings.Contains(body, "TENANT#tenant-of-somebody-else") || strings.Contains(body, "STATEMENT#tenant-of-somebody-else") || !strings.Contains(body, "#acme") {
				rt.Errorf("%s of %s sends %s", route.ID, id, body)
			}
		}
	})
	if asked == 0 {
		t.Error("no request reached DynamoDB: the test sees nothing")
	}
	if _, err := table.Account(t.Context(), theirs); err != nil {
		t.Errorf("their account: %v", err)
	}
}
