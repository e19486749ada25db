package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func TestWhyAnEntryIsHere(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 9, 0, 3, 250e6, time.UTC)
	c := withEntries(t, entry("2026-11-20-0a", "2026-11-19", func(e *statement.Entry) {
		e.Identity, e.Aliases, e.Run, e.Seq, e.FirstSeq, e.Revision = statement.ByProvisional, []string{"p1", "p2"}, "run-1", 42, 17, 2
		e.BankID, e.ImportedAt, e.BookedAt = "final", at, at
		e.Revisions = []statement.Revision{
			{Field: "description", Old: "", New: "x", At: at, Run: "run-2"}, {Field: "date", Old: "2026-11-20", New: "2026-11-19", At: at, Run: "run-2"},
		}
		e.Absence = &statement.Absence{First: "2026-11-21", Last: "2026-11-23", Runs: 2, Gone: 1}
	}))
	got := c.do("GET", "/v1/accounts/a1/entries/2026-11-20-0a", nil)
	if text, _ := got.body["identity_explained"].(string); !strings.Contains(text, "provisório") {
		t.Errorf("identity is explained as %q", text)
	}
	delete(got.body, "identity_explained")
	want := object{
		"id": "2026-11-20-0a", "date": "2026-11-19", "booked_at": "2026-11-23T09:00:03.250Z", "amount": "-1.00", "operation": "D", "type": "PIX",
		"title": nil, "description": nil, "document_number": nil, "bank_id": "final", "end_to_end_id": nil,
		"counterparty": object{"name": nil, "tax_id": nil}, "details": nil, "status": "booked", "seq": 42.0, "revision": 2.0,
		"imported_at": "2026-11-23T09:00:03.250Z", "identity": "provisional",
		"aliases": []any{"p1", "p2"}, "run": object{"id": "run-1"}, "first_seq": 17.0,
		"revisions": []any{
			object{"field": "description", "old": nil, "new": "x", "at": "2026-11-23T09:00:03.250Z", "run": "run-2"},
			object{"field": "date", "old": "2026-11-20", "new": "2026-11-19", "at": "2026-11-23T09:00:03.250Z", "run": "run-2"},
		},
		"absence": object{"first": "2026-11-21", "last": "2026-11-23", "runs": 2.0, "gone": 1.0},
	}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
}

func TestAnEntryOfWhichLittleIsKnown(t *testing.T) {
	t.Parallel()
	c := withEntries(t, entry("2026-11-20-0a", "2026-11-20", nil))
	got := c.do("GET", "/v1/accounts/a1/entries/2026-11-20-0a", nil).body
	want := object{"aliases": []any{}, "run": object{"id": nil}, "revisions": []any{}, "absence": nil}
	if diff := cmp.Diff(want, object{"aliases": got["aliases"], "run": got["run"], "revisions": got["revisions"], "absence": got["absence"]}); diff != "" {
		t.Error(diff)
	}
}

func TestEveryIdentityIsExplained(t *testing.T) {
	t.Parallel()
	seen := map[any]bool{}
	for _, rule := range []statement.Identity{statement.ByBankID, statement.ByEndToEnd, statement.ByProvisional, statement.ByRenumbering, statement.ByContent, "new"} {
		c := withEntries(t, entry("2026-11-20-0a", "2026-11-20", func(e *statement.Entry) { e.Identity = rule }))
		text := c.do("GET", "/v1/accounts/a1/entries/2026-11-20-0a", nil).body["identity_explained"]
		if text == "" || seen[text] {
			t.Errorf("%s is explained as %q", rule, text)
		}
		seen[text] = true
	}
}

func TestAnEntryThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := withEntries(t, entry("2026-11-20-0a", "2026-11-20", nil))
	a2 := statement.Ref{Tenant: "acme", Account: "a2"}
	c.accounts[a2] = statement.Account{Ref: a2}
	for target, want := range map[string]string{
		"/v1/accounts/a1/entries/2026-11-20-0b": "entry_not_found",
		"/v1/accounts/a2/entries/2026-11-20-0a": "entry_not_found",
		"/v1/accounts/a3/entries/2026-11-20-0a": "account_not_found",
	} {
		if got := c.do("GET", target, nil); got.status != 404 || got.body["code"] != want {
			t.Errorf("%s: %d %s", target, got.status, got.text)
		}
	}
}
