package controls_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"extrato/infra/local/controls"
)

// ask serves one request as if it came from this machine.
func ask(o controls.Options, method, target, body string) (int, string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:40000"
	w := httptest.NewRecorder()
	controls.New(o).ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

func options() controls.Options {
	return controls.Options{
		Scopes: "extrato/read extrato/write",
		Mint:   func(tenant, scopes string) (string, error) { return tenant + "|" + scopes, nil },
		Schedule: func(_ context.Context, at time.Time) (json.RawMessage, error) {
			return json.RawMessage(`{"at":"` + at.UTC().Format(time.RFC3339) + `"}`), nil
		},
		Left: func(context.Context) (controls.Left, error) { return controls.Left{DeadLetter: 2}, nil },
		Credentials: func(account string) (controls.Credentials, error) {
			if account == "x" {
				return controls.Credentials{}, controls.ErrBadAccount
			}
			return controls.Credentials{Account: account, ClientID: "id", Zip: []byte("PK")}, nil
		},
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, target, body string
		status               int
		want                 string // a part of the answer
	}{
		{"GET", "/_local/token?tenant=acme", "", 200, `{"token":"acme|extrato/read extrato/write"}`},
		{"GET", "/_local/token?tenant=acme&scope=extrato/read", "", 200, `{"token":"acme|extrato/read"}`},
		{"GET", "/_local/token?tenant=acme&scope=a&scope=b", "", 200, `{"token":"acme|a b"}`},
		{"GET", "/_local/token?tenant=acme&scope=", "", 200, `{"token":"acme|"}`},
		{"GET", "/_local/token", "", 400, "tenant is missing"},
		{"POST", "/_local/token?tenant=acme", "", 405, `{"message":"Method Not Allowed"}`},
		{"POST", "/_local/schedule", `{"time":"2026-11-23T06:00:00-03:00"}`, 200, `{"at":"2026-11-23T09:00:00Z"}`},
		{"POST", "/_local/schedule", "", 200, `{"at":"20`},
		{"POST", "/_local/schedule", "{}", 200, `{"at":"20`},
		{"POST", "/_local/schedule", `{"time":"tomorrow"}`, 400, "2026-11-23T09:00:00Z"},
		{"POST", "/_local/schedule", `{"time":"2026-02-30T09:00:00Z"}`, 400, "the body must be"},
		{"POST", "/_local/schedule", `{"time":7}`, 400, "the body must be"},
		{"POST", "/_local/schedule", `now`, 400, "the body must be"},
		{"GET", "/_local/schedule", "", 405, `{"message":"Method Not Allowed"}`},
		{"GET", "/_local/idle", "", 200, `{"dlq":2,"idle":true}`},
		{"GET", "/_local/idle?timeout=-1", "", 400, "timeout"},
		{"GET", "/_local/idle?timeout=NaN", "", 400, "timeout"},
		{"GET", "/_local/bank/credentials?account=12", "", 200, `"account":"12","certificate":"","key":"","client_id":"id","client_secret":"","zip":"UEs="`},
		{"GET", "/_local/bank/credentials?account=x", "", 400, "digits"},
		{"GET", "/_local/", "", 404, `{"message":"Not Found"}`},
		{"GET", "/_local/else", "", 404, `{"message":"Not Found"}`},
	} {
		status, got := ask(options(), c.method, c.target, c.body)
		if status != c.status || !strings.Contains(got, c.want) {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.target, c.body, status, got, c.status, c.want)
		}
	}
}

func TestAnotherBankHasNoCredentials(t *testing.T) {
	t.Parallel()
	o := options()
	o.Credentials = nil
	if status, got := ask(o, "GET", "/_local/bank/credentials", ""); status != 404 || got != `{"message":"Not Found"}` {
		t.Errorf("%d %s, want 404", status, got)
	}
}

func TestIdleWaitsUntilNothingIsLeft(t *testing.T) {
	t.Parallel()
	left := []controls.Left{{Waiting: 1}, {Delayed: 1}, {InFlight: 1}, {Running: 1}, {}}
	asked := 0
	o := options()
	o.Left = func(context.Context) (controls.Left, error) {
		asked++
		return left[asked-1], nil
	}
	if status, got := ask(o, "GET", "/_local/idle", ""); status != 200 || got != `{"dlq":0,"idle":true}` || asked != len(left) {
		t.Errorf("%d %s after %d looks, want 200 after %d", status, got, asked, len(left))
	}
}

func TestIdleGivesUp(t *testing.T) {
	t.Parallel()
	o := options()
	o.Left = func(context.Context) (controls.Left, error) { return controls.Left{Waiting: 3, DeadLetter: 1}, nil }
	want := `{"idle":false,"waiting":3,"delayed":0,"in_flight":0,"running":0,"dlq":1}`
	if status, got := ask(o, "GET", "/_local/idle?timeout=0.1", ""); status != 504 || got != want {
		t.Errorf("%d %s, want 504 %s", status, got, want)
	}
}

func TestFailuresAreTold(t *testing.T) {
	t.Parallel()
	o := options()
	o.Schedule = func(_ context.Context, at time.Time) (json.RawMessage, error) {
		if at.Year() > 3000 {
			return nil, controls.ErrTooFar
		}
		return nil, errors.New("no table")
	}
	if status, got := ask(o, "POST", "/_local/schedule", `{"time":"9000-01-01T00:00:00Z"}`); status != 400 || !strings.Contains(got, "ten years") {
		t.Errorf("%d %s, want 400", status, got)
	}
	if status, got := ask(o, "POST", "/_local/schedule", ""); status != 502 || got != `{"message":"the fan-out failed: no table"}` {
		t.Errorf("%d %s", status, got)
	}
}

func TestOnlyThisMachine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		host, peer string
		status     int
	}{
		{"localhost:8080", "127.0.0.1:1", 200},
		{"LOCALHOST", "[::1]:1", 200},
		{"[::1]:8080", "[::1]:1", 200},
		{"evil.example:8080", "127.0.0.1:1", 403}, // a name of somebody else's that resolves to here
		{"localhost:8080", "192.0.2.1:1", 403},
	} {
		r := httptest.NewRequest("GET", "/_local/token?tenant=acme", nil)
		r.Host, r.RemoteAddr = c.host, c.peer
		w := httptest.NewRecorder()
		controls.New(options()).ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("host %s from %s: %d, want %d", c.host, c.peer, w.Code, c.status)
		}
	}
}
