package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/api"
	"extrato/internal/statement"
)

func TestEveryRouteAsksForItsToken(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, route := range api.Routes() {
		path := strings.Replace(route.Path, "{id}", "a1", 1)
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
	c.accounts[theirs] = statement.Account{Ref: theirs}
	c.entries[theirs] = []statement.Entry{{ID: "e", Row: statement.Row{Date: "2026-11-20"}}}
	unknown := c.do("GET", "/v1/accounts/a2", nil)
	for target, body := range map[string]any{
		"GET /v1/accounts/a1": nil, "GET /v1/accounts/a1/entries": nil, "PUT /v1/accounts/a1/integration": upload(),
	} {
		method, path, _ := strings.Cut(target, " ")
		if got := c.do(method, path, body); got.status != 404 || got.text != unknown.text {
			t.Errorf("%s: %d %s", target, got.status, got.text)
		}
	}
	for _, call := range c.calls {
		if strings.Contains(call, "other/") || strings.HasPrefix(call, "Page") || call == "Prepare" {
			t.Errorf("call %s for another tenant's account", call)
		}
	}
}

func TestIDsThatCannotBeAreRefusedBeforeTheStore(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, id := range []string{"a#b", "..", ".", "a/b", "../a1", "a b", "ção", "a\x00", "a%2Fb", strings.Repeat("a", 65), strings.Repeat("a", 10_000), "a.b", "%2e%2e", "a?b", "a;b"} {
		for _, suffix := range []string{"", "/entries", "/integration"} {
			method, body := "GET", any(nil)
			if suffix == "/integration" {
				method, body = "PUT", upload()
			}
			got := c.do(method, "/v1/accounts/"+url.PathEscape(id)+suffix, body)
			if got.status != 404 {
				t.Errorf("%q%s: %d %s", id, suffix, got.status, got.text)
			}
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
		{"POST", "/v1/accounts/a1/integration", "", 405, "method_not_allowed", "PUT"},
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
