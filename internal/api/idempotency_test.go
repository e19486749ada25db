package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/enable"
	"extrato/internal/statement"
)

const key = "Idempotency-Key"

func TestARepeatedPostGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	c := active(t)
	for path, body := range map[string]any{
		"/v1/accounts": account("external_id", "x", "integration", upload()),
		syncs:          object{"from": "2026-10-01", "to": "2026-10-02"},
	} {
		first := c.do("POST", path, body, key, "a-key-"+path)
		if first.status > 202 || first.header.Get("Idempotency-Replayed") != "" {
			t.Fatal(path, first.status, first.text)
		}
		done := len(c.wrote())
		again := c.do("POST", path, body, key, "a-key-"+path)
		if again.status != first.status || again.text != first.text || again.header.Get("Idempotency-Replayed") != "true" ||
			again.header.Get("Location") != first.header.Get("Location") || again.header.Get("Content-Type") != "application/json" ||
			again.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", path, again.status, again.text, again.header)
		}
		if len(c.wrote()) != done {
			t.Errorf("%s: done again: %v", path, c.wrote())
		}
	}
	// Without a key every request is its own.
	a, b := c.do("POST", "/v1/accounts", account()), c.do("POST", "/v1/accounts", account())
	if a.body["id"] == b.body["id"] {
		t.Error("one account for two requests")
	}
}

func TestAKeyIsForOneRequestOfOneTenant(t *testing.T) {
	t.Parallel()
	c := active(t)
	first := c.do("POST", "/v1/accounts", account(), key, "k")
	for name, got := range map[string]answer{
		"another body":  c.do("POST", "/v1/accounts", account("description", "x"), key, "k"),
		"another route": c.do("POST", syncs, account(), key, "k"),
	} {
		if got.status != 422 || got.body["code"] != "idempotency_key_reused" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		if diff := cmp.Diff([]string{"Idempotency-Key idempotency_key_reused"}, got.fields()); diff != "" {
			t.Error(name, diff)
		}
	}
	c.caller.Tenant = "other"
	if got := c.do("POST", "/v1/accounts", account(), key, "k"); got.status != 201 || got.body["id"] == first.body["id"] {
		t.Error(got.status, got.text)
	}
}

func TestARequestInProgress(t *testing.T) {
	t.Parallel()
	c := active(t)
	c.do("POST", syncs, nil, key, "k")
	c.answers["acme k"].status = 0
	got := c.do("POST", syncs, nil, key, "k")
	if got.status != 409 || got.body["code"] != "idempotency_in_progress" || got.header.Get("Retry-After") == "" || c.asked("Send") != 1 {
		t.Error(got.status, got.text, got.header)
	}
}

// TestWhatFailsCanBeTriedAgain: with the same key, whatever went wrong.
func TestWhatFailsCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body  any
		spoil func(*client)
	}{
		"refused body":   {object{}, func(*client) {}},
		"refused upload": {account("integration", upload()), func(c *client) { c.refuse = &enable.Refusal{Code: statement.BankUnavailable} }},
		"half done":      {account("integration", upload()), func(c *client) { c.failFinish = statement.ErrConflict }},
	} {
		c := active(t)
		test.spoil(c)
		if got := c.do("POST", "/v1/accounts", test.body, key, "k"); got.status < 400 {
			t.Fatal(name, got.status)
		}
		if len(c.answers) > 0 {
			t.Errorf("%s: the key stays claimed", name)
		}
		c.refuse, c.failFinish = nil, nil
		if got := c.do("POST", "/v1/accounts", account(), key, "k"); got.status != 201 || got.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	c := active(t)
	c.panicWith = "x"
	if got := c.do("POST", syncs, nil, key, "k"); got.status != 500 || len(c.answers) > 0 {
		t.Error("a panic keeps the key", got.status)
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	c := active(t)
	for _, bad := range [][]string{{""}, {" "}, {"a b"}, {"é"}, {"a\x00"}, {"a\x7f"}, {strings.Repeat("k", 256)}, {"a", "a"}, {mark + " "}} {
		req := httptest.NewRequest(http.MethodPost, syncs, nil)
		req.Header[key] = bad
		got := c.send(req)
		if got.status != 422 || got.body["code"] != "idempotency_key_invalid" {
			t.Errorf("%q: %d %s", bad, got.status, got.text)
		}
		c.mustNotLeak(got)
	}
	if len(c.calls) > 0 {
		t.Error(c.calls)
	}
	for _, good := range []string{"!", "~", strings.Repeat("k", 255), `"quoted"`, "5f0c1c1e-8d9b-4a51-9a39-0d5f6f0f7b11", "TENANT#a/b"} {
		if got := c.do("POST", syncs, nil, key, good); got.status != 202 {
			t.Errorf("%q: %d", good, got.status)
		}
	}
}

// TestAKeyNeedsItsToken: nothing is claimed or told before the caller is known.
func TestAKeyNeedsItsToken(t *testing.T) {
	t.Parallel()
	c := active(t)
	c.do("POST", syncs, nil, key, "k")
	before := len(c.calls)
	c.caller.Scopes = []string{"extrato/read"}
	if got := c.do("POST", syncs, nil, key, "k"); got.status != 403 {
		t.Error(got.status)
	}
	c.caller = nil
	if got := c.do("POST", syncs, nil, key, "k"); got.status != 401 || len(c.calls) != before {
		t.Error(got.status, c.calls)
	}
}

func TestAStoreOfAnswersThatFails(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int{"Begin": 500, "Finish": 202, "Forget": 202} {
		c := active(t)
		c.failAnswers = map[string]error{method: errors.New("dynamodb: no")}
		got := c.do("POST", syncs, nil, key, "k")
		if got.status != want || strings.Contains(got.text, "dynamodb") {
			t.Errorf("%s: %d %s", method, got.status, got.text)
		}
		if logged := strings.Count(c.log.String(), "dynamodb: no"); method != "Forget" && logged != 1 {
			t.Errorf("%s: logged %d times", method, logged)
		}
		if sent := c.asked("Send"); (sent == 1) != (want == 202) {
			t.Errorf("%s: %d sent", method, sent)
		}
	}
}

// TestAClientThatHasGone: what was done is kept all the same.
func TestAClientThatHasGone(t *testing.T) {
	t.Parallel()
	c := active(t)
	ctx, cancel := context.WithCancel(t.Context())
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, syncs, nil)
	req.Header.Set(key, "k")
	cancel()
	if got := c.send(req); got.status != 202 || c.answers["acme k"].status != 202 {
		t.Error(got.status, c.answers)
	}
}

// TestNoSecretReachesTheStoreOfAnswers: neither with the request nor with the answer.
func TestNoSecretReachesTheStoreOfAnswers(t *testing.T) {
	t.Parallel()
	c := active(t)
	secrets := object{"certificate": mark, "key": mark, "client_id": mark, "client_secret": mark, "bank_account": mark}
	if got := c.do("POST", "/v1/accounts", account("integration", secrets), key, "k"); got.status != 201 {
		t.Fatal(got.status)
	}
	if len(c.begun) != 1 || leaks(strings.Join(c.begun, "")) || leaks(string(c.answers["acme k"].answer)) {
		t.Error("the store of answers gets what was sent")
	}
}

// TestALargeBodyWithAKey: the limit holds, with a length and without.
func TestALargeBodyWithAKey(t *testing.T) {
	t.Parallel()
	c := active(t)
	for _, length := range []int64{1 << 20, -1} {
		req := httptest.NewRequest(http.MethodPost, "/v1/accounts", strings.NewReader(strings.Repeat(" ", 1<<20)))
		req.ContentLength = length
		req.Header.Set(key, "k")
		if got := c.send(req); got.status != 413 || len(c.calls) > 0 {
			t.Error(got.status, c.calls)
		}
	}
}
