package events_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"extrato/internal/api"
	"extrato/internal/credential"
	"extrato/internal/fanout"
	"extrato/internal/statement"
)

// test is what an event must bring about. says are members of the answer, of its
// body where it is the API's, by their path: "errors.0.code".
type test struct {
	status int // of the API's answer
	says   map[string]any
	after  func(*world) // looks at what was done
}

// tests has every file of this folder.
var tests = map[string]test{
	"fanout/scheduled.json": {says: map[string]any{"date": "2026-11-23", "banking_day": true, "through": "2026-11-22", "enqueued": 1.0},
		after: func(w *world) { w.queued(1) }},
	"fanout/holiday.json": {says: map[string]any{"date": "2026-11-02", "banking_day": false, "enqueued": 0.0}, // Finados
		after: func(w *world) { w.queued(0) }},
	"sync/batch.json":         {says: nothingFailed, after: imported},
	"sync/later-version.json": {says: nothingFailed, after: func(w *world) { w.rejected(1) }},

	"api/get-healthz.json":                    {status: 200},
	"api/get-openapi.json":                    {status: 200, says: map[string]any{"openapi": "3.1.0"}},
	"api/get-accounts.json":                   {status: 200, says: map[string]any{"accounts.0.id": "conta-demo", "accounts.#": 1.0}},
	"api/get-accounts-of-another-tenant.json": {status: 200, says: map[string]any{"accounts.#": 0.0}},
	"api/post-accounts.json": {status: 201, says: map[string]any{"description": "Inter matriz", "external_id": "conta-17", "cnpj": "11222333000181",
		"status.state": "disabled", "default": false}},
	"api/post-accounts-pf.json":              {status: 422, says: map[string]any{"code": "person_type_not_supported"}},
	"api/get-account.json":                   {status: 200, says: map[string]any{"id": "conta-demo", "status.state": "active", "coverage.proven_through": "2026-11-19"}},
	"api/get-account-of-another-tenant.json": {status: 404, says: map[string]any{"code": "account_not_found"}},
	"api/patch-account.json":                 {status: 200, says: map[string]any{"description": "Conta principal"}},
	"api/delete-account.json": {status: 202, after: func(w *world) {
		if _, err := w.store.Account(w.t.Context(), demo); err == nil {
			w.t.Error("the account is still there")
		}
		w.queued(1) // its items go in the background
	}},
	"api/put-integration.json": {status: 422, says: map[string]any{
		"errors.0.field": credential.FieldCertificate, "errors.0.code": credential.NotPEM, "errors.1.field": credential.FieldKey, "errors.1.code": credential.NotPEM}},
	"api/put-integration-zip.json": {status: 422, says: map[string]any{"errors.0.field": credential.FieldCertificate, "errors.0.code": credential.ZipNotAccepted}},
	"api/put-certificate.json":     {status: 422, says: map[string]any{"errors.0.field": credential.FieldCertificate, "errors.0.code": credential.NotPEM}},
	"api/delete-integration.json": {status: 200, says: map[string]any{"status.state": "disabled"}, after: func(w *world) {
		if head, err := w.store.Account(w.t.Context(), demo); err != nil || head.State != statement.Disabled {
			w.t.Errorf("the account is %s, %v", head.State, err)
		}
	}},
	"api/get-entries.json": {status: 200, says: map[string]any{"entries.#": 1.0, "entries.0.id": entryID, "entries.0.amount": "123.45"}},
	"api/get-entry.json":   {status: 200, says: map[string]any{"id": entryID, "identity": "bank_id"}},
	"api/get-changes.json": {status: 200, says: map[string]any{"changes.#": 1.0, "changes.0.seq": 1.0, "changes.0.change": "added", "has_more": false}},
	"api/get-days.json": {status: 200, says: map[string]any{"days.#": 2.0, "days.0.date": "2026-11-19", "days.0.status": "proven", "days.0.credits": "123.45",
		"days.1.status": "missing"}},
	"api/get-syncs.json":  {status: 200, says: map[string]any{"syncs.#": 1.0, "syncs.0.outcome": "proven"}},
	"api/post-syncs.json": {status: 202, after: func(w *world) { w.queued(1) }},
}

var nothingFailed = map[string]any{"batchItemFailures.#": 0.0}

// imported: the good message of the batch was carried out, the bad one set aside.
// Friday, 20 November, is a holiday: the last banking day is the 19th.
func imported(w *world) {
	w.rejected(1)
	head, err := w.store.Account(w.t.Context(), demo)
	w.must(err)
	if head.State != statement.Active || head.ReadThrough != "2026-11-22" || head.ProvenThrough != "2026-11-19" || head.LastSeq == 0 {
		w.t.Errorf("the account is %s, read through %s, proven through %s, at %d", head.State, head.ReadThrough, head.ProvenThrough, head.LastSeq)
	}
}

func (w *world) queued(want int) {
	w.t.Helper()
	// A firing spreads its messages over time: which one waits is chance.
	if got := w.depth("SyncQueue"); got != fmt.Sprintf("%d+0", want) && got != fmt.Sprintf("0+%d", want) {
		w.t.Errorf("the sync queue holds %s, want %d", got, want)
	}
}

func (w *world) rejected(want int) {
	w.t.Helper()
	if got := w.depth("SyncDeadLetterQueue"); got != fmt.Sprintf("%d+0", want) {
		w.t.Errorf("the dead-letter queue holds %s, want %d", got, want)
	}
}

// TestEvents decodes every file and gives it to its function.
func TestEvents(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := tests[filepath.ToSlash(file)]; !ok {
			t.Errorf("nothing is known of %s: add it to tests", file)
		}
	}
	shared := newClouds(t)
	routes := map[string]bool{}
	for n, file := range slices.Sorted(maps.Keys(tests)) {
		text, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Error(err)
			continue
		}
		folder, _, _ := strings.Cut(file, "/")
		t.Run(file, func(t *testing.T) {
			if reveals.Match(text) {
				t.Error("it holds what looks like a secret")
			}
			w := shared.world(t, fmt.Sprintf("events-%d", n))
			switch folder {
			case "fanout":
				strictly[fanout.Event](t, text)
				w.check(tests[file], w.invoke("FanoutFunction", text))
			case "sync":
				strictly[events.SQSEvent](t, text)
				w.check(tests[file], w.invoke("SyncFunction", text))
			case "api":
				e := strictly[events.APIGatewayV2HTTPRequest](t, text)
				fits(t, e)
				routes[e.RouteKey] = true
				w.withStatement()
				w.http(tests[file], w.invoke("ApiFunction", text))
			default:
				t.Errorf("no function is called %s", folder)
			}
		})
	}
	for _, r := range api.Routes() {
		if !routes[r.Method+" "+r.Path] {
			t.Errorf("no event asks for %s %s", r.Method, r.Path)
		}
	}
}

// reveals matches a private key, an AWS key and a JSON web token.
var reveals = regexp.MustCompile(`-----BEGIN|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_-]{20,}`)

// strictly decodes an event into AWS's type; a member that it lacks is an error.
func strictly[E any](t *testing.T, text []byte) (e E) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

// fits: the parts of a request agree with each other and with the API's routes.
func fits(t *testing.T, e events.APIGatewayV2HTTPRequest) {
	t.Helper()
	at := slices.IndexFunc(api.Routes(), func(r api.Route) bool { return r.Method+" "+r.Path == e.RouteKey })
	if at < 0 {
		t.Fatalf("%s is no route", e.RouteKey)
	}
	route, c := api.Routes()[at], e.RequestContext
	path := route.Path
	for name, value := range e.PathParameters {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if e.Version != "2.0" || c.RouteKey != e.RouteKey || c.HTTP.Method != route.Method || e.RawPath != path || c.HTTP.Path != path {
		t.Errorf("version %s, routes %s and %s, paths %s and %s: want 2.0, %s %s", e.Version, e.RouteKey, c.RouteKey, e.RawPath, c.HTTP.Path, route.Method, path)
	}
	switch {
	case route.Scope == "":
		if c.Authorizer != nil {
			t.Error("the route is open, and the event has an authorizer")
		}
	case c.Authorizer == nil || c.Authorizer.JWT == nil || !slices.Contains(c.Authorizer.JWT.Scopes, route.Scope):
		t.Errorf("the event lacks the scope %s", route.Scope)
	}
}

// http checks an answer to a request.
func (w *world) http(want test, answer []byte) {
	w.t.Helper()
	r := strictly[events.APIGatewayV2HTTPResponse](w.t, answer)
	if r.StatusCode != want.status {
		w.t.Errorf("answered %d, want %d: %s", r.StatusCode, want.status, r.Body)
		return
	}
	if r.IsBase64Encoded {
		w.t.Error("the answer is not text")
	}
	w.check(want, []byte(r.Body))
}

func (w *world) check(want test, answer []byte) {
	w.t.Helper()
	var v any
	if len(want.says) > 0 {
		w.must(json.Unmarshal(answer, &v))
	}
	for path, value := range want.says {
		if got := at(v, path); got != value {
			w.t.Errorf("%s is %v, want %v: %s", path, got, value, answer)
		}
	}
	if want.after != nil {
		want.after(w)
	}
}

// at follows a path into members and elements; "#" is a list's length. What is
// absent or null has none.
func at(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			var n int
			if step == "#" {
				v = float64(len(in))
			} else if _, err := fmt.Sscan(step, &n); err == nil && n < len(in) {
				v = in[n]
			} else {
				v = nil
			}
		default:
			if step == "#" && v == nil {
				return 0.0
			}
			return nil
		}
	}
	return v
}
