package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/api"
)

var update = flag.Bool("update", false, "write testdata/openapi.json")

const golden = "testdata/openapi.json"

func document(t *testing.T) object {
	t.Helper()
	got := newClient(t).do("GET", "/openapi.json", nil)
	if got.status != 200 || got.header.Get("Content-Type") != "application/json" {
		t.Fatal(got.status, got.header)
	}
	return got.body
}

func TestDocumentIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(c.do("GET", "/openapi.json", nil).text), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("run go test ./internal/api -update if this is meant:\n%s", diff)
	}
}

func TestDocumentSaysWhatTheContractAsks(t *testing.T) {
	t.Parallel()
	doc := document(t)
	if v := doc["openapi"].(string); !strings.HasPrefix(v, "3.1.") {
		t.Error(v)
	}
	served := map[string]api.Route{}
	for _, r := range api.Routes() {
		served[r.Method+" "+r.Path] = r
	}
	var ids []string
	for path, item := range doc["paths"].(object) {
		for method, o := range item.(object) {
			op := o.(object)
			route, ok := served[strings.ToUpper(method)+" "+path]
			if !ok || op["operationId"] != route.ID {
				t.Errorf("%s %s is documented and not served", method, path)
			}
			delete(served, strings.ToUpper(method)+" "+path)
			ids = append(ids, route.ID)
			for _, field := range []string{"summary", "description", "tags"} {
				if op[field] == nil {
					t.Errorf("%s has no %s", route.ID, field)
				}
			}
			checkSecurity(t, op, route)
			checkResponses(t, op, route)
		}
	}
	if len(served) > 0 {
		t.Errorf("served and not documented: %v", served)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(api.Routes()) {
		t.Error("operation ids repeat")
	}
	text, _ := json.Marshal(doc)
	for _, forbidden := range []string{"$schema", "ErrorModel", "ErrorDetail", `"application/octet-stream":`, "/docs"} {
		if strings.Contains(string(text), forbidden) {
			t.Errorf("the document has %s", forbidden)
		}
	}
}

func checkSecurity(t *testing.T, op object, route api.Route) {
	t.Helper()
	want := []any{object{}} // nothing is asked for
	if route.Scope != "" {
		want = []any{object{"jwt": []any{route.Scope}}}
	}
	if diff := cmp.Diff(any(want), op["security"]); diff != "" {
		t.Errorf("%s: %s", route.ID, diff)
	}
}

// checkResponses wants an example of success, and problems that say their status.
func checkResponses(t *testing.T, op object, route api.Route) {
	t.Helper()
	codes := map[string]bool{}
	for status, r := range op["responses"].(object) {
		content, _ := r.(object)["content"].(object)
		if strings.HasPrefix(status, "2") {
			media := content["application/json"].(object)
			if media["schema"] == nil || media["example"] == nil && route.ID != "openapi" {
				t.Errorf("%s %s has no schema or no example", route.ID, status)
			}
			continue
		}
		media := content["application/problem+json"].(object)
		if media["schema"].(object)["$ref"] != "#/components/schemas/Problem" {
			t.Errorf("%s %s is no Problem", route.ID, status)
		}
		for code, example := range media["examples"].(object) {
			codes[code] = true
			value := example.(object)["value"].(object)
			if value["code"] != code || value["status"] != jsonNumber(status) || value["detail"] == "" {
				t.Errorf("%s %s: example %s says %v", route.ID, status, code, value)
			}
			if !strings.Contains(r.(object)["description"].(string), code) {
				t.Errorf("%s %s: %s is not listed", route.ID, status, code)
			}
		}
	}
	want := []string{"internal_error"}
	if route.Scope != "" {
		want = append(want, "unauthenticated", "tenant_invalid", "scope_missing")
	}
	if strings.Contains(route.Path, "{id}") {
		want = append(want, "account_not_found")
	}
	if op["requestBody"] != nil {
		want = append(want, "body_too_large", "content_type_not_supported", "json_invalid", "validation_failed")
	}
	want = append(want, map[string][]string{
		"create-account":      {"body_required", "idempotency_key_invalid", "idempotency_key_reused", "idempotency_in_progress", "zip_not_accepted", "bank_unavailable"},
		"enable-integration":  {"body_required", "form_invalid", "zip_not_accepted", "bank_unavailable"},
		"update-account":      {"body_required", "external_id_taken", "default_cannot_be_unset"},
		"delete-account":      {"conflict"},
		"renew-certificate":   {"body_required", "form_invalid", "zip_not_accepted", "bank_unavailable", "integration_not_enabled", "different_account"},
		"disable-integration": {"conflict"},
		"list-entries":        {"period_invalid", "cursor_invalid"},
		"get-entry":           {"entry_not_found"},
		"list-changes":        {"cursor_invalid", "cursor_reset"},
		"list-days":           {"period_invalid", "period_too_long"},
		"list-syncs":          {"cursor_invalid"},
		"request-sync":        {"idempotency_key_invalid", "idempotency_key_reused", "idempotency_in_progress", "account_not_active", "period_invalid", "period_out_of_reach", "queue_unavailable"},
	}[route.ID]...)
	for _, code := range want {
		if !codes[code] {
			t.Errorf("%s does not list %s", route.ID, code)
		}
	}
}

func jsonNumber(status string) any {
	var n any
	_ = json.Unmarshal([]byte(status), &n)
	return n
}

// TestReferencesOfTheDocumentResolve finds every $ref among the components, and
// every component among the references.
func TestReferencesOfTheDocumentResolve(t *testing.T) {
	t.Parallel()
	doc := document(t)
	schemas := doc["components"].(object)["schemas"].(object)
	used := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case object:
			if ref, ok := v["$ref"].(string); ok {
				name := strings.TrimPrefix(ref, "#/components/schemas/")
				used[name] = true
				if schemas[name] == nil {
					t.Errorf("%s is not there", ref)
				}
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(doc)
	for name := range schemas {
		if !used[name] {
			t.Errorf("schema %s is not used", name)
		}
	}
}

// TestRequestExamplesAreTaken: what the document shows works when it is sent.
func TestRequestExamplesAreTaken(t *testing.T) {
	t.Parallel()
	paths := document(t)["paths"].(object)
	example := func(path, method, name string) any {
		content := paths[path].(object)[method].(object)["requestBody"].(object)["content"].(object)
		return content["application/json"].(object)["examples"].(object)[name].(object)["value"]
	}
	c := newClient(t)
	first := c.do("POST", "/v1/accounts", example("/v1/accounts", "post", "account"))
	if first.status != 201 {
		t.Fatal(first.status, first.text)
	}
	put := c.do("PUT", "/v1/accounts/"+first.body["id"].(string)+"/integration", example("/v1/accounts/{id}/integration", "put", "files"))
	if put.status != 200 {
		t.Error(put.status, put.text)
	}
	asked := []any{example("/v1/accounts/{id}/syncs", "post", "now"), example("/v1/accounts/{id}/syncs", "post", "repair")}
	for _, body := range asked { // the account is active now
		if got := c.do("POST", "/v1/accounts/"+first.body["id"].(string)+"/syncs", body); got.status != 202 {
			t.Error(got.status, got.text)
		}
	}
	other := newClient(t)
	if got := other.do("POST", "/v1/accounts", example("/v1/accounts", "post", "with_integration")); got.status != 201 {
		t.Error(got.status, got.text)
	}
}

// TestResponseExamplesHaveTheFieldsOfTheirSchemas: an example is what is
// answered, so it has every field that the schema requires.
func TestResponseExamplesHaveTheFieldsOfTheirSchemas(t *testing.T) {
	t.Parallel()
	doc := document(t)
	schemas := doc["components"].(object)["schemas"].(object)
	var check func(where string, schema object, value any)
	check = func(where string, schema object, value any) {
		if ref, ok := schema["$ref"].(string); ok {
			schema = schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(object)
		}
		switch value := value.(type) {
		case object:
			required, _ := schema["required"].([]any)
			for _, name := range required {
				if _, ok := value[name.(string)]; !ok {
					t.Errorf("%s has no %s", where, name)
				}
			}
			properties, _ := schema["properties"].(object)
			for name, inner := range value {
				if property, ok := properties[name].(object); ok {
					check(where+"."+name, property, inner)
				} else if len(properties) > 0 {
					t.Errorf("%s has %s, which its schema does not know", where, name)
				}
			}
		case []any:
			for _, inner := range value {
				check(where, schema["items"].(object), inner)
			}
		}
	}
	for path, item := range doc["paths"].(object) {
		for method, op := range item.(object) {
			for status, r := range op.(object)["responses"].(object) {
				if media, ok := r.(object)["content"].(object)["application/json"].(object); ok && media["example"] != nil {
					check(method+" "+path+" "+status, media["schema"].(object), media["example"])
				}
			}
		}
	}
}

func BenchmarkNew(b *testing.B) {
	o := api.Options{Caller: func(*http.Request) (api.Caller, bool) { return api.Caller{}, false }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	for b.Loop() {
		api.New(o)
	}
}
