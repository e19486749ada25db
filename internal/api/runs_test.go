package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/failure"
	"extrato/internal/statement"
)

func withRuns(t *testing.T, runs ...statement.Run) *client {
	c := newClient(t)
	c.accounts[a1] = statement.Account{Ref: a1}
	c.runs[a1] = runs
	return c
}

func TestARunAsTheContractNamesIt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 9, 0, 3, 250e6, time.UTC)
	c := withRuns(t,
		statement.Run{
			RunSummary: statement.RunSummary{ID: "20261123T090003250Z-b", At: at, Reason: statement.ReasonRepair,
				Outcome: statement.OutcomeUnproven, Added: 1, Modified: 2, Withdrawn: 3},
			From: "2026-10-01", To: "2026-10-31", Through: "2026-11-22", Calendar: "br-1", EndedAt: at.Add(2 * time.Second),
			Requests: statement.Requests{Token: 1, Statement: 4, Balance: 7, Connections: 2},
			Capacity: statement.Capacity{Read: 4.5, Write: 36},
			Decisions: []statement.Decision{{Entry: "2026-10-05-0a", What: "kept", Reason: "the balance has it"},
				{What: "unproven", Reason: "differs"}},
		},
		statement.Run{RunSummary: statement.RunSummary{ID: "20261122T090003250Z-a", At: at.AddDate(0, 0, -1),
			Reason: statement.ReasonSchedule, Outcome: statement.OutcomeFailed}, Failure: statement.BankUnavailable})
	got := c.do("GET", "/v1/accounts/a1/syncs", nil)
	want := object{"syncs": []any{
		object{
			"id": "20261123T090003250Z-b", "reason": "repair", "at": "2026-11-23T09:00:03.250Z", "ended_at": "2026-11-23T09:00:05.250Z",
			"from": "2026-10-01", "to": "2026-10-31", "through": "2026-11-22", "outcome": "unproven", "code": nil, "message": nil,
			"added": 1.0, "modified": 2.0, "withdrawn": 3.0,
			"requests": object{"token": 1.0, "statement": 4.0, "balance": 7.0, "connections": 2.0},
			"capacity": object{"read_units": 4.5, "write_units": 36.0}, "calendar_version": "br-1",
			"decisions": []any{
				object{"entry": "2026-10-05-0a", "what": "kept", "why": "the balance has it"},
				object{"entry": nil, "what": "unproven", "why": "differs"},
			},
		},
		object{
			"id": "20261122T090003250Z-a", "reason": "schedule", "at": "2026-11-22T09:00:03.250Z", "ended_at": nil,
			"from": nil, "to": nil, "through": nil, "outcome": "failed", "code": "bank_unavailable",
			"message": failure.Of(statement.BankUnavailable).Message,
			"added":   0.0, "modified": 0.0, "withdrawn": 0.0,
			"requests": object{"token": 0.0, "statement": 0.0, "balance": 0.0, "connections": 0.0},
			"capacity": object{"read_units": 0.0, "write_units": 0.0}, "calendar_version": nil,
			"decisions": []any{},
		},
	}}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
}

func TestAnUndecidedRunSaysWhy(t *testing.T) {
	t.Parallel()
	c := withRuns(t, statement.Run{RunSummary: statement.RunSummary{ID: "r", Outcome: statement.OutcomeUndecided}})
	run := c.do("GET", "/v1/accounts/a1/syncs", nil).body["syncs"].([]any)[0].(object)
	if run["code"] != "statement_undecided" || run["message"] != failure.Of(statement.Undecided).Message {
		t.Error(run["code"], run["message"])
	}
}

func TestPagesOfRuns(t *testing.T) {
	t.Parallel()
	var all []statement.Run
	var want []any
	for i := range 7 {
		id := fmt.Sprintf("2026112%dT090003250Z-0", 9-i)
		all = append(all, statement.Run{RunSummary: statement.RunSummary{ID: statement.RunID(id)}})
		want = append(want, id)
	}
	c := withRuns(t, all...)
	for _, limit := range []int{1, 3, 7, 500} {
		var got []any
		target := fmt.Sprintf("/v1/accounts/a1/syncs?limit=%d", limit)
		for next := target; next != ""; {
			page := c.do("GET", next, nil)
			for _, one := range page.body["syncs"].([]any) {
				got = append(got, one.(object)["id"])
			}
			next = ""
			if cursor, ok := page.body["next_cursor"].(string); ok {
				next = target + "&cursor=" + cursor
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

func TestACursorOfRunsBelongsToItsAccount(t *testing.T) {
	t.Parallel()
	c := withRuns(t, statement.Run{RunSummary: statement.RunSummary{ID: "r2"}}, statement.Run{RunSummary: statement.RunSummary{ID: "r1"}})
	a2 := statement.Ref{Tenant: "acme", Account: "a2"}
	c.accounts[a2] = statement.Account{Ref: a2}
	cursor := c.do("GET", "/v1/accounts/a1/syncs?limit=1", nil).body["next_cursor"].(string)
	// A cursor is no secret: whoever looks into it can make another one.
	text, _ := base64.RawURLEncoding.DecodeString(cursor)
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(text), `"a":"r2"`, `"a":"r#2"`, 1)))
	for target, want := range map[string]int{
		"/v1/accounts/a1/syncs?cursor=" + cursor:         200,
		"/v1/accounts/a2/syncs?cursor=" + cursor:         422,
		"/v1/accounts/a1/entries?cursor=" + cursor:       422,
		"/v1/accounts/a1/changes?cursor=" + cursor:       422,
		"/v1/accounts/a1/syncs?cursor=" + cursor + "AAA": 422,
		"/v1/accounts/a1/syncs?cursor=" + forged:         422,
		"/v1/accounts/a1/syncs?limit=0":                  422,
	} {
		if got := c.do("GET", target, nil); got.status != want {
			t.Errorf("%s: %d %s", target, got.status, got.text)
		}
	}
}
