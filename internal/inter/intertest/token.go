package intertest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// token is one that was handed out; the bank's lock guards it. Several of an
// integration are alive side by side.
type token struct {
	client  *client
	scopes  []string
	expires time.Time
	uses    int
}

// token answers POST /oauth/v2/token.
func (b *Bank) token(c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := c.http.BasicAuth(); ok {
		id, secret = user, password
	}
	scope := strings.Fields(form.Get("scope"))
	if err != nil || id == "" || secret == "" || len(scope) == 0 || form.Get("grant_type") != "client_credentials" {
		return answer{status: http.StatusBadRequest}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.client == nil || c.client.deleted || c.client.id != id || c.client.secret != secret {
		return b.tokenRefused(c, "The given client credentials were not valid", "201")
	}
	granted := slices.DeleteFunc(scope, func(s string) bool { return !slices.Contains(c.client.scopes, s) })
	if len(granted) == 0 {
		return b.tokenRefused(c, "No registered scope value for this client has been requested", "")
	}
	for _, s := range c.client.wider {
		if !slices.Contains(granted, s) {
			granted = append(granted, s)
		}
	}
	now := b.now()
	for text, t := range b.tokens {
		if now.After(t.expires) {
			delete(b.tokens, text)
		}
	}
	text, lifetime := uuid.NewString(), c.behaviour.lifetime()
	b.tokens[text] = &token{client: c.client, scopes: granted, expires: now.Add(lifetime)}
	// The spacing is the recorded one.
	body := fmt.Sprintf(`{"access_token": "%s","token_type": "Bearer", "expires_in": %d, "scope": "%s"}`,
		text, int(lifetime.Seconds()), strings.Join(granted, " "))
	return answer{status: http.StatusOK, body: []byte(body)}
}

func (b *Bank) tokenRefused(c *call, text, caErr string) answer {
	name := "error"
	if c.behaviour.Errors == ErrorsTitle {
		name = "error_title"
	}
	a := b.failed(c, http.StatusUnauthorized, object{}.text(name, text))
	if caErr != "" {
		a.header = http.Header{"X-Ca-Err": {caErr}}
	}
	return a
}

// bearer finds the token of a GET, nil where it is none that is good for the
// client of this connection, and counts its use.
func (b *Bank) bearer(c *call) *token {
	text, ok := strings.CutPrefix(c.http.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tokens[text]
	if t == nil || t.client != c.client || t.client.deleted || !b.now().Before(t.expires) {
		return nil
	}
	if most := c.behaviour.TokenUses; most > 0 && t.uses >= most {
		return nil
	}
	t.uses++
	return t
}
