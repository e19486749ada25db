package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// erp is a tenant's client of the API. What it decodes is written down here
// once more, from the design, and shares nothing with the API's own types.
type erp struct {
	*rig
	tenant, token string
}

type erpAccount struct {
	ID          string `json:"id"`
	BankAccount string `json:"bank_account"`
	Status      struct {
		State   string `json:"state"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"status"`
	Coverage struct {
		From          statement.Date `json:"from"`
		ReadThrough   statement.Date `json:"read_through"`
		ProvenThrough statement.Date `json:"proven_through"`
		Balance       string         `json:"balance"`
	} `json:"coverage"`
}

type erpEntry struct {
	ID          string         `json:"id"`
	Date        statement.Date `json:"date"`
	Amount      string         `json:"amount"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	BankID      string         `json:"bank_id"`
	Status      string         `json:"status"`
	Seq         int64          `json:"seq"`
	Revision    int            `json:"revision"`
}

// key is all of an entry that the bank tells too.
func (e erpEntry) key() string {
	return strings.Join([]string{e.BankID, string(e.Date), e.Amount, e.Title, e.Description}, " | ")
}

// rowKeys returns the same of the bank's rows that are dated from a day on.
func rowKeys(rows []statement.Row, from statement.Date) []string {
	var keys []string
	for _, r := range rows {
		if r.Date >= from {
			e := erpEntry{BankID: r.BankID, Date: r.Date, Amount: r.Amount.String(), Title: r.Title, Description: r.Description}
			keys = append(keys, e.key())
		}
	}
	return keys
}

func entryKeys(entries []erpEntry) []string {
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.key())
	}
	return keys
}

// sameLines compares two lists whatever their order, each line as often as it
// is there, and shows the first lines that differ.
func sameLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	count := map[string]int{}
	for _, k := range want {
		count[k]++
	}
	for _, k := range got {
		count[k]--
	}
	const most = 5
	shown := 0
	for _, k := range slices.Sorted(maps.Keys(count)) {
		if n := count[k]; n != 0 {
			if shown++; shown <= most {
				t.Errorf("%s: %d too few (negative: too many): %s", what, n, k)
			}
		}
	}
	if shown > most {
		t.Errorf("%s: and %d further lines differ", what, shown-most)
	}
	if len(want) == 0 && shown == 0 {
		t.Errorf("%s: nothing to compare", what)
	}
}

// erp returns a client of a tenant with every scope.
func (r *rig) erp(tenant string) *erp {
	r.t.Helper()
	c := &erp{rig: r, tenant: tenant}
	var answer struct {
		Token string `json:"token"`
	}
	c.must("GET", "/_local/token?tenant="+tenant, nil, &answer)
	c.token = answer.Token
	return c
}

// in returns the client for a subtest.
func (c *erp) in(t *testing.T) *erp {
	r := *c.rig
	r.t = t
	return &erp{&r, c.tenant, c.token}
}

// send sends a request and returns the answer.
func (c *erp) send(ctx context.Context, method, path string, body any) (status int, contentType string, answer []byte, err error) {
	var text []byte
	if body != nil {
		if text, err = json.Marshal(body); err != nil {
			return 0, "", nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(text))
	if err != nil {
		return 0, "", nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("Content-Type"), answer, err
}

// call is send for what must succeed.
func (c *erp) call(ctx context.Context, method, path string, body, to any) error {
	status, _, answer, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	if status/100 != 2 {
		return fmt.Errorf("%s %s: %d %s", method, path, status, answer)
	}
	return json.Unmarshal(answer, to)
}

func (c *erp) must(method, path string, body, to any) {
	c.t.Helper()
	if err := c.call(c.t.Context(), method, path, body, to); err != nil {
		c.t.Fatal(err)
	}
}

// newAccount is the body that creates an account.
func newAccount() map[string]any {
	return map[string]any{"description": "Inter matriz", "bank": "inter", "person_type": "PJ"}
}

// pair is the integration's part of a body.
func pair(i *intertest.Integration) map[string]any {
	return map[string]any{"certificate": i.Certificate(), "key": i.Key(), "client_id": i.ClientID(), "client_secret": i.ClientSecret()}
}

// open creates an account that is enabled.
func (c *erp) open(i *intertest.Integration) erpAccount {
	c.t.Helper()
	var a erpAccount
	body := newAccount()
	body["integration"] = pair(i)
	c.must("POST", "/v1/accounts", body, &a)
	if a.Status.State != "active" {
		c.t.Fatalf("account is %+v after its creation with an integration", a)
	}
	return a
}

func (c *erp) account(id string) erpAccount {
	c.t.Helper()
	var a erpAccount
	c.must("GET", "/v1/accounts/"+id, nil, &a)
	return a
}

// entries returns every entry of an account, withdrawn ones too where status is "".
func (c *erp) entries(id, status string) []erpEntry {
	c.t.Helper()
	var all []erpEntry
	query := url.Values{"from": {"2000-01-01"}, "to": {"2099-12-31"}, "limit": {"500"}}
	if status != "" {
		query.Set("status", status)
	}
	for {
		var page struct {
			Entries []erpEntry `json:"entries"`
			Next    string     `json:"next_cursor"`
		}
		c.must("GET", "/v1/accounts/"+id+"/entries?"+query.Encode(), nil, &page)
		all = append(all, page.Entries...)
		if page.Next == "" {
			return all
		}
		query.Set("cursor", page.Next)
	}
}

// fanoutAnswer is what a firing of the schedule tells.
type fanoutAnswer struct {
	Date       statement.Date `json:"date"`
	BankingDay bool           `json:"banking_day"`
	Reason     string         `json:"reason"`
	Through    statement.Date `json:"through"`
	Enqueued   int            `json:"enqueued"`
}

// fire runs the schedule at 6 h of a day in São Paulo.
func (r *rig) fire(day statement.Date) fanoutAnswer {
	r.t.Helper()
	var a fanoutAnswer
	(&erp{rig: r}).must("POST", "/_local/schedule", map[string]any{"time": string(day) + "T09:00:00Z"}, &a)
	if a.Date != day {
		r.t.Fatalf("the fan-out ran for %s, want %s", a.Date, day)
	}
	return a
}

// idle waits until nothing is left to do and returns how many dead letters
// there are. It fails where something is left for longer than it should take.
func (r *rig) idle() (deadLetters int) {
	r.t.Helper()
	var a struct {
		DeadLetters int `json:"dlq"`
	}
	(&erp{rig: r}).must("GET", "/_local/idle?timeout=30", nil, &a)
	return a.DeadLetters
}
