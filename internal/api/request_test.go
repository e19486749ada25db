package api_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/failure"
	"extrato/internal/statement"
)

func active(t *testing.T) *client {
	c := newClient(t)
	c.accounts[a1] = statement.Account{Ref: a1, State: statement.Active}
	return c
}

const syncs = "/v1/accounts/a1/syncs"

// runID is the shape of a run's id that begins at now.
var runID = regexp.MustCompile(`^20261123T100000000Z-[0-9a-f]{16}$`)

func TestAskingForASync(t *testing.T) {
	t.Parallel()
	daily := statement.Message{V: 1, Tenant: "acme", Account: "a1", Through: "2026-11-22", Reason: "manual"}
	repair := statement.Message{V: 1, Tenant: "acme", Account: "a1", Through: "2026-11-22", Reason: "repair"}
	ranged := func(from, to statement.Date) statement.Message {
		m := repair
		m.From, m.To = from, to
		return m
	}
	for name, test := range map[string]struct {
		body any
		want statement.Message
	}{
		"no body":                {nil, daily},
		"an empty body":          {"", daily},
		"nothing asked for":      {`{}`, daily},
		"nulls":                  {`{"from":null,"to":null}`, daily},
		"a range":                {object{"from": "2026-10-01", "to": "2026-10-31"}, ranged("2026-10-01", "2026-10-31")},
		"one day":                {object{"from": "2026-10-01", "to": "2026-10-01"}, ranged("2026-10-01", "2026-10-01")},
		"from the first day on":  {object{"from": "2015-01-01", "to": "2026-11-22"}, ranged("2015-01-01", "2026-11-22")},
		"yesterday":              {object{"from": "2026-11-22", "to": "2026-11-22"}, ranged("2026-11-22", "2026-11-22")},
		"a day of its leap year": {object{"from": "2024-02-29", "to": "2024-02-29"}, ranged("2024-02-29", "2024-02-29")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := active(t)
			got := c.do("POST", syncs, test.body)
			if got.status != 202 || len(c.sent) != 1 {
				t.Fatal(got.status, got.text, c.sent)
			}
			m := c.sent[0]
			if !runID.MatchString(string(m.RunID)) {
				t.Errorf("run id %q", m.RunID)
			}
			test.want.RunID = m.RunID
			if diff := cmp.Diff(test.want, m); diff != "" {
				t.Error(diff)
			}
			want := object{"id": string(m.RunID), "reason": string(m.Reason), "from": nil, "to": nil, "through": "2026-11-22"}
			if m.From != "" {
				want["from"], want["to"] = string(m.From), string(m.To)
			}
			if diff := cmp.Diff(want, got.body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTwoRequestsAreTwoRuns(t *testing.T) {
	t.Parallel()
	c := active(t)
	a, b := c.do("POST", syncs, nil).body["id"], c.do("POST", syncs, nil).body["id"]
	if a == b || a == nil {
		t.Error(a, b)
	}
}

// TestDaysAheadOfTheClockThatAreReadAreCovered: where the schedule was played
// ahead, a sync on request goes as far and never back.
func TestDaysAheadOfTheClockThatAreReadAreCovered(t *testing.T) {
	t.Parallel()
	c := active(t)
	a := c.accounts[a1]
	a.ReadThrough = "2027-01-31"
	c.accounts[a1] = a
	if got := c.do("POST", syncs, nil); got.body["through"] != "2027-01-31" {
		t.Error(got.text)
	}
	if got := c.do("POST", syncs, object{"from": "2027-01-01", "to": "2027-01-31"}); got.status != 202 {
		t.Error(got.text)
	}
	if got := c.do("POST", syncs, object{"from": "2027-01-01", "to": "2027-02-01"}); got.status != 422 {
		t.Error(got.text)
	}
}

func TestARefusedRequestSendsNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   any
		status int
		code   string
		fields []string
		says   string
	}{
		"from after to":     {object{"from": "2026-10-02", "to": "2026-10-01"}, 422, "period_invalid", []string{"from period_invalid"}, "posterior"},
		"from alone":        {object{"from": "2026-10-02"}, 422, "validation_failed", []string{"to required"}, "from e to"},
		"to alone":          {object{"to": "2026-10-02"}, 422, "validation_failed", []string{"from required"}, "from e to"},
		"to an empty text":  {object{"from": "2026-10-02", "to": ""}, 422, "validation_failed", []string{"to date_invalid"}, "AAAA-MM-DD"},
		"today":             {object{"from": "2026-11-23", "to": "2026-11-23"}, 422, "period_out_of_reach", []string{"to period_out_of_reach"}, "22/11/2026"},
		"far ahead":         {object{"from": "2026-10-01", "to": "9998-12-31"}, 422, "period_out_of_reach", []string{"to period_out_of_reach"}, "22/11/2026"},
		"long ago":          {object{"from": "2014-12-31", "to": "2026-10-01"}, 422, "period_out_of_reach", []string{"from period_out_of_reach"}, "01/01/2015"},
		"no date":           {object{"from": "01/10/2026", "to": "2026-10-01"}, 422, "validation_failed", []string{"from date_invalid"}, "AAAA-MM-DD"},
		"a day that is not": {object{"from": "2026-02-29", "to": "2026-10-01"}, 422, "validation_failed", []string{"from date_invalid"}, "AAAA-MM-DD"},
		"a number":          {object{"from": 20261001, "to": "2026-10-01"}, 422, "validation_failed", []string{"from type_invalid"}, "texto"},
		"an unknown field":  {object{"through": "2026-10-01"}, 422, "validation_failed", []string{" unknown_field"}, "from, to"},
		"a list":            {`[]`, 422, "validation_failed", []string{" type_invalid"}, ""},
		"half a body":       {`{"from":`, 400, "json_invalid", nil, ""},
		"a large body":      {strings.Repeat(" ", 64<<10+1), 413, "body_too_large", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := active(t)
			got := c.do("POST", syncs, test.body)
			if got.status != test.status || got.body["code"] != test.code || !strings.Contains(got.text, test.says) {
				t.Errorf("got %d %s", got.status, got.text)
			}
			if diff := cmp.Diff(test.fields, got.fields()); diff != "" {
				t.Error(diff)
			}
			if n := c.asked("Send"); n > 0 {
				t.Error("a refused request is sent")
			}
		})
	}
}

func TestAnotherContentTypeIsRefused(t *testing.T) {
	t.Parallel()
	c := active(t)
	if got := c.do("POST", syncs, `{}`, "Content-Type", "text/plain"); got.status != 415 {
		t.Error(got.status, got.text)
	}
}

func TestOnlyAnActiveAccountIsSynced(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		account statement.Account
		says    string
	}{
		"never enabled": {statement.Account{}, "Nova integração"},
		"disabled":      {statement.Account{State: statement.Disabled}, "Nova integração"},
		"parked": {statement.Account{State: statement.Attention, Failure: statement.CertificateExpired},
			failure.Of(statement.CertificateExpired).NextStep},
	} {
		c := newClient(t)
		test.account.Ref = a1
		c.accounts[a1] = test.account
		got := c.do("POST", syncs, nil)
		if got.status != 409 || got.body["code"] != "account_not_active" || !strings.Contains(fmt.Sprint(got.body["detail"]), test.says) {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		if len(c.sent) > 0 {
			t.Errorf("%s: sent", name)
		}
	}
}

func TestAQueueThatCannotBeReached(t *testing.T) {
	t.Parallel()
	c := active(t)
	c.failSend = fmt.Errorf("sqs: connection refused")
	got := c.do("POST", syncs, nil)
	if got.status != 503 || got.body["code"] != "queue_unavailable" || got.header.Get("Retry-After") != "60" || strings.Contains(got.text, "sqs") {
		t.Error(got.status, got.header, got.text)
	}
	if n := strings.Count(c.log.String(), "connection refused"); n != 1 {
		t.Errorf("logged %d times", n)
	}
}
