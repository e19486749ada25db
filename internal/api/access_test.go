package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"extrato/internal/api"
	"extrato/internal/statement"
)

func TestEveryRouteAsksForItsToken(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, route := range api.Routes() {
		path := strings.NewReplacer("{id}", "a1", "{entry}", "2026-11-20-0a").Replace(route.Path)
		for name, test := range map[string]struct {
			caller *api.Caller
			status int
			code   string
		}{
			"no token":         {nil, 401, "unauthenticated"},
			"no tenant":        {&api.Caller{Scopes: []string{route.Scope}}, 403, "tenant_invalid"},
			"tenant with #":    {&api.Caller{Tenant: "a#b", Scopes: []string{route.Scope}}, 403, "tenant_invalid"},
			"tenant with /":    {&api.Caller{Tenant: "a/b", Scopes: []string{route.Scope}}, 403, "tenant_invalid"},
			"long tenant":      {&api.Caller{Tenant: strings.Repeat("a", 65), Scopes: []string{route.Scope}}, 403, "tenant_invalid"},
			"the other scope":  {&api.Caller{Tenant: "acme", Scopes: []string{other(route.Scope)}}, 403, "scope_missing"},
			"a longer scope":   {&api.Caller{Tenant: "acme", Scopes: []string{route.Scope + "s"}}, 403, "scope_missing"},
			"no scope at all":  {&api.Caller{Tenant: "acme"}, 403, "scope_missing"},
			"an empty request": {&api.Caller{Tenant: "acme", Scopes: []string{""}}, 403, "scope_missing"},
		} {
			c.caller = test.caller
			got := c.do(route.Method, path, nil)
			if route.Scope == "" {
				if got.status != 200 {
					t.Errorf("%s, %s: an open route is not open: %d", route.ID, name, got.status)
				}
				continue
			}
			if got.status != test.status || got.body["code"] != test.code || got.header.Get("WWW-Authenticate") == "" && test.code != "tenant_invalid" {
				t.Errorf("%s, %s: got %d %v, want %d %s", route.ID, name, got.status, got.body["code"], test.status, test.code)
			}
		}
	}
	if len(c.calls) > 0 {
		t.Errorf("calls for a caller without access: %v", c.calls)
	}
}

func other(scope string) string {
	if scope == api.ScopeRead {
		return api.ScopeWrite
	}
	return api.ScopeRead
}

func TestAnotherTenantsAccountIsNotFound(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	theirs := statement.Ref{Tenant: "other", Account: "a1"}
	c.accounts[theirs] = statement.Account{Ref: theirs, State: statement.Active, LastSeq: 1}
	c.entries[theirs] = []statement.Entry{{ID: "2026-11-20-0a", Row: statement.Row{Date: "2026-11-20"}}}
	c.changes[theirs] = []statement.FeedChange{{Seq: 1, Entry: c.entries[theirs][0]}}
	c.days[theirs] = []statement.Day{{Date: "2026-11-20"}}
	c.runs[theirs] = []statement.Run{{RunSummary: statement.RunSummary{ID: "r"}}}
	unknown := c.do("GET", "/v1/accounts/a2", nil)
	for _, route := range api.Routes() {
		if !strings.Contains(route.Path, "{id}") {
			continue
		}
		path := strings.NewReplacer("{id}", "a1", "{entry}", "2026-11-20-0a").Replace(route.Path)
		if got := c.do(route.Method, path, goodBody(route)); got.status != 404 || got.text != unknown.text {
			t.Errorf("%s: %d %s", route.ID, got.status, got.text)
		}
	}
	// The caller's own partition is looked into, and nothing else.
	for _, call := range c.calls {
		if call != "Account acme/a1" && call != "Account acme/a2" && call != "Patch acme/a1" && call != "Erase acme/a1" {
			t.Errorf("call %s for another tenant's account", call)
		}
	}
	if _, there := c.accounts[theirs]; !there {
		t.Error("another tenant's account is erased")
	}
}

// goodBody is what a route takes, so that nothing but its path is wrong.
func goodBody(route api.Route) any {
	switch route.ID {
	case "create-account":
		return account()
	case "update-account":
		return object{"description": "x", "external_id": nil, "default": true}
	case "enable-integration", "renew-certificate":
		return upload()
	}
	return nil
}

// TestNoRouteReachesAnotherTenant is the same for any tenants and any id: every
// call that leaves the API is for the tenant of the token.
func TestNoRouteReachesAnotherTenant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		mine := rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(rt, "mine")
		other := rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Filter(func(s string) bool { return s != mine }).Draw(rt, "other")
		id := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`), rapid.String(),
			rapid.SampledFrom([]string{other + "/x", other + "#x", "../" + other + "/x", "TENANT#" + other})).Draw(rt, "id")
		route := rapid.SampledFrom(api.Routes()).Draw(rt, "route")
		if !strings.Contains(route.Path, "{id}") {
			return
		}
		c := newClient(t)
		c.caller.Tenant = mine
		if statement.ValidID(id) {
			theirs := statement.Ref{Tenant: statement.TenantID(other), Account: statement.AccountID(id)}
			c.accounts[theirs] = statement.Account{Ref: theirs, State: statement.Active}
		}
		path := strings.NewReplacer("{id}", url.PathEscape(id), "{entry}", "2026-11-20-0a").Replace(route.Path)
		if id == "" || id == "." || id == ".." { // another path
			return
		}
		if got := c.do(route.Method, path, goodBody(route), "Idempotency-Key", "k"); got.status != 404 {
			rt.Errorf("%s of %q: %d %s", route.ID, id, got.status, got.text)
		}
		for _, call := range c.calls {
			if _, ref, _ := strings.Cut(call, " "); !strings.HasPrefix(ref, mine+"/") {
				rt.Errorf("%s asks %s", route.ID, call)
			}
		}
	})
}

func TestIDsThatCannotBeAreRefusedBeforeTheStore(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, id := range []string{"a#b", "..", ".", "a/b", "../a1", "a b", "ção", "a\x00", "a%2Fb", strings.Repeat("a", 65), strings.Repeat("a", 10_000), "a.b", "%2e%2e", "a?b", "a;b"} {
		for _, route := range api.Routes() {
			if !strings.Contains(route.Path, "{id}") {
				continue
			}
			path := strings.NewReplacer("{id}", url.PathEscape(id), "{entry}", "2026-11-20-0a").Replace(route.Path)
			if got := c.do(route.Method, path, goodBody(route)); got.status != 404 {
				t.Errorf("%s of %q: %d %s", route.ID, id, got.status, got.text)
			}
		}
	}
	if len(c.calls) > 0 {
		t.Error(c.calls)
	}
}

// TestEntryIDsThatCannotBeAreRefusedBeforeTheStore: an entry's id is its first
// date and a hash. Nothing else reaches a key.
func TestEntryIDsThatCannotBeAreRefusedBeforeTheStore(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, id := range []string{
		"a", "2026-11-20", "2026-11-20-", "2026-11-20-0A", "2026-11-20-0g", "2026-11-20-0a#", "2026-11-20-0a\n", "2026-11-20-0a\x00", " 2026-11-20-0a",
		"x2026-11-20-0a", "2026-11-20-0a/..", "2026-11-20#0a", "26-11-20-0a", "2026-11-20-" + strings.Repeat("a", 64), "..", "%2e%2e", "ENTRY#2026-11-20#0a",
		"２０26-11-20-0a", mark,
	} {
		got := c.do("GET", "/v1/accounts/a1/entries/"+url.PathEscape(id), nil)
		if got.status != 404 || leaks(got.text) {
			t.Errorf("%q: %d %s", id, got.status, got.text)
		}
	}
	if len(c.calls) > 0 {
		t.Error(c.calls)
	}
}

func TestWhatNoRouteServes(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.caller = nil // the route comes before the token
	for _, test := range []struct {
		method, path, accept string
		status               int
		code, allow          string
	}{
		{"GET", "/", "", 404, "route_not_found", ""},
		{"GET", "/v1/nothing", "", 404, "route_not_found", ""},
		{"GET", "/v1/accounts/", "", 404, "route_not_found", ""},
		{"GET", "/v1//accounts", "", 404, "route_not_found", ""},
		{"GET", "/v1/accounts/../accounts", "", 404, "route_not_found", ""},
		{"GET", "/docs", "", 404, "route_not_found", ""},
		{"GET", "/openapi.yaml", "", 404, "route_not_found", ""},
		{"GET", "/schemas/Account.json", "", 404, "route_not_found", ""},
		{"DELETE", "/v1/accounts", "", 405, "method_not_allowed", "GET, POST"},
		{"POST", "/v1/accounts/a1/integration", "", 405, "method_not_allowed", "DELETE, PUT"},
		{"PUT", "/v1/accounts/a1", "", 405, "method_not_allowed", "DELETE, GET, PATCH"},
		{"DELETE", "/v1/accounts/a1/integration/certificate", "", 405, "method_not_allowed", "PUT"},
		{"PUT", "/v1/accounts/a1/syncs", "", 405, "method_not_allowed", "GET, POST"},
		{"DELETE", "/v1/accounts/a1/entries/2026-11-20-0a", "", 405, "method_not_allowed", "GET"},
		{"GET", "/v1/accounts/a1/entries/", "", 404, "route_not_found", ""},
		{"GET", "/healthz", "text/html", 406, "not_acceptable", ""},
		{"GET", "/healthz", "application/json;q=0", 406, "not_acceptable", ""},
	} {
		got := c.do(test.method, test.path, nil, "Accept", test.accept)
		if got.status != test.status || got.body["code"] != test.code || got.header.Get("Allow") != test.allow {
			t.Errorf("%s %s: %d %s, Allow %q", test.method, test.path, got.status, got.text, got.header.Get("Allow"))
		}
	}
	for _, accept := range []string{"", "*/*", "application/*;q=0.5", "text/html, application/json", "application/problem+json", "text/html,*/*;q=0.1"} {
		if got := c.do("GET", "/healthz", nil, "Accept", accept); got.status != 200 {
			t.Errorf("Accept %q: %d", accept, got.status)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	got := c.do("GET", "/healthz", nil)
	if diff := cmp.Diff(object{"status": "ok"}, got.body); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, path := range []string{"/healthz", "/v1/accounts", "/v1/accounts/a1", "/nothing", "/v1//x"} {
		got := c.do("GET", path, nil)
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Error(path, got.header)
		}
	}
}

// TestACreateIsNotDoneForAnAnswerThatCannotBeSent: 406 must come before the work.
func TestACreateIsNotDoneForAnAnswerThatCannotBeSent(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	if got := c.do("POST", "/v1/accounts", account(), "Accept", "text/csv"); got.status != 406 || len(c.calls) > 0 {
		t.Error(got.status, c.calls)
	}
}

// TestABodyWithoutLengthIsBounded: a client need not say how long a body is.
func TestABodyWithoutLengthIsBounded(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	req := httptest.NewRequest(http.MethodPost, "/v1/accounts", strings.NewReader(strings.Repeat(" ", 1<<20)))
	req.ContentLength = -1
	if got := c.send(req); got.status != 413 || got.body["code"] != "body_too_large" {
		t.Error(got.status, got.text)
	}
}
