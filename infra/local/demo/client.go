package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"extrato/internal/statement"
)

// client speaks to the API as the ERP would.
type client struct {
	base, token string
}

// account is what the demo needs of the API's account.
type account struct {
	ID          string `json:"id"`
	ExternalID  string `json:"external_id"`
	Description string `json:"description"`
	BankAccount string `json:"bank_account"`
	Status      struct {
		State   string `json:"state"`
		Message string `json:"message"`
	} `json:"status"`
	Coverage struct {
		From        statement.Date `json:"from"`
		ReadThrough statement.Date `json:"read_through"`
	} `json:"coverage"`
}

// entry is what the demo needs of the API's entry.
type entry struct {
	ID           string         `json:"id"`
	Date         statement.Date `json:"date"`
	Amount       string         `json:"amount"`
	Type         string         `json:"type"`
	Title        string         `json:"title"`
	Description  string         `json:"description"`
	BankID       string         `json:"bank_id"`
	Status       string         `json:"status"`
	Counterparty struct {
		Name string `json:"name"`
	} `json:"counterparty"`
}

// call sends a request and decodes the answer. Anything but 2xx is an error
// with the answer's body, which never repeats what was sent.
func (c *client) call(ctx context.Context, method, path string, body []byte, to any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, bytes.TrimSpace(text))
	}
	return json.Unmarshal(text, to)
}

func (c *client) authorize(ctx context.Context) error {
	var answer struct {
		Token string `json:"token"`
	}
	if err := c.call(ctx, "GET", "/_local/token?tenant="+Tenant, nil, &answer); err != nil {
		return err
	}
	c.token = answer.Token
	return nil
}

// enabledAccount returns the demo's account, created and enabled where it is
// not.
func (c *client) enabledAccount(ctx context.Context) (account, error) {
	a, found, err := c.find(ctx)
	if err != nil {
		return a, fmt.Errorf("list accounts: %w", err)
	}
	if !found {
		body, _ := json.Marshal(map[string]any{"description": "Conta demonstração", "bank": "inter", "person_type": "PJ", "external_id": externalID})
		if err := c.call(ctx, "POST", "/v1/accounts", body, &a); err != nil {
			return a, fmt.Errorf("create the account: %w", err)
		}
	}
	if a.Status.State == string(statement.Active) {
		return a, nil
	}
	var issued struct {
		Certificate  string `json:"certificate"`
		Key          string `json:"key"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := c.call(ctx, "GET", "/_local/bank/credentials", nil, &issued); err != nil {
		return a, fmt.Errorf("get credentials of the simulator: %w", err)
	}
	body, err := json.Marshal(issued)
	if err != nil {
		return a, err
	}
	if err := c.call(ctx, "PUT", "/v1/accounts/"+a.ID+"/integration", body, &a); err != nil {
		return a, fmt.Errorf("enable the account: %w", err)
	}
	return a, nil
}

func (c *client) find(ctx context.Context) (account, bool, error) {
	for cursor := ""; ; {
		var page struct {
			Accounts []account `json:"accounts"`
			Next     string    `json:"next_cursor"`
		}
		if err := c.call(ctx, "GET", "/v1/accounts?limit=500&cursor="+url.QueryEscape(cursor), nil, &page); err != nil {
			return account{}, false, err
		}
		for _, a := range page.Accounts {
			if a.ExternalID == externalID {
				return a, true, nil
			}
		}
		if cursor = page.Next; cursor == "" {
			return account{}, false, nil
		}
	}
}

func (c *client) account(ctx context.Context, id string) (account, error) {
	var a account
	err := c.call(ctx, "GET", "/v1/accounts/"+id, nil, &a)
	return a, err
}

// entries returns all entries dated from…to that are not withdrawn.
func (c *client) entries(ctx context.Context, id string, from, to statement.Date) ([]entry, error) {
	var all []entry
	query := url.Values{"from": {string(from)}, "to": {string(to)}, "limit": {"500"}, "status": {string(statement.Booked)}}
	for {
		var page struct {
			Entries []entry `json:"entries"`
			Next    string  `json:"next_cursor"`
		}
		if err := c.call(ctx, "GET", "/v1/accounts/"+id+"/entries?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Entries...)
		if page.Next == "" {
			return all, nil
		}
		query.Set("cursor", page.Next)
	}
}

func (c *client) idle(ctx context.Context) error {
	var answer struct {
		DeadLetters int `json:"dlq"`
	}
	return c.call(ctx, "GET", fmt.Sprintf("/_local/idle?timeout=%.0f", patience.Seconds()), nil, &answer)
}
