package inter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"extrato/internal/statement"
)

// Scope is all that is asked for: it covers statement and balance, and cannot
// move money.
const Scope = "extrato.read"

// maxTokenCalls bounds the token calls of a session. The bank allows five a
// minute to an integration and was seen to refuse the fifth; a run needs one,
// and one more for each token that is revoked early.
const maxTokenCalls = 4

const (
	tokenMargin  = time.Minute     // a token is not used in its last minute
	tokenDefault = 5 * time.Minute // life of a token whose end is not told; the bank documents an hour
	tokenLongest = 24 * time.Hour
)

// token is an access token as granted. The zero value is none.
type token struct {
	text  statement.Secret
	scope string
	until time.Time // not used from then on
}

// Authenticate gets a token, unless the session has one, and returns the scope
// that the bank granted, which may be wider than Scope.
func (s *Session) Authenticate(ctx context.Context) (scope string, err error) {
	t, err := s.token(ctx, statement.Secret{})
	return t.scope, err
}

// token returns the session's token and gets one where there is none, where it
// is near its end, or where it is the one that the bank refuses. One
// caller at a time asks the bank; the others wait and share what it got.
func (s *Session) token(ctx context.Context, rejected statement.Secret) (token, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return token{}, s.cancelled(ctx, callToken)
	}
	s.mu.Lock()
	held, spent := s.held, s.counted.Token
	s.mu.Unlock()
	if !held.text.Empty() && held.text != rejected && s.client.config.Now().Before(held.until) {
		return held, nil
	}
	if spent >= maxTokenCalls {
		e := s.fail(callToken, statement.BankRateLimited, "the run has spent its token calls")
		e.RetryAfter = retryDefault
		return token{}, e
	}
	t, err := s.postToken(ctx)
	if err != nil {
		return token{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = t
	return t, nil
}

// postToken asks the bank for a token.
func (s *Session) postToken(ctx context.Context) (token, error) {
	form := url.Values{
		"client_id":     {s.cred.ClientID},
		"client_secret": {s.cred.ClientSecret.Reveal()},
		"grant_type":    {"client_credentials"},
		"scope":         {Scope},
	}
	u := *s.client.base
	u.Path += tokenPath
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return token{}, s.fail(callToken, statement.BankUnavailable, err.Error())
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	asked := s.client.config.Now()
	var t token
	err = s.exchange(r, callToken, maxSmallBody, func(b io.Reader) (err error) {
		t, err = decodeToken(b, asked)
		if !t.text.Empty() {
			s.mu.Lock()
			s.secrets = append(s.secrets, t.text)
			s.mu.Unlock()
		}
		return err
	})
	if err != nil {
		return token{}, err
	}
	return t, nil
}

// decodeToken reads the bank's answer; asked is when it was asked for. A scope
// that is not told is the one asked for (RFC 6749, 5.1).
func decodeToken(r io.Reader, asked time.Time) (token, error) {
	var wire struct {
		Token   string          `json:"access_token"`
		Expires json.RawMessage `json:"expires_in"`
		Scope   string          `json:"scope"`
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return token{}, err
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		// The decoder's words are not told: they may quote the token.
		return token{}, errors.New("the answer is not a token")
	}
	t := token{text: statement.NewSecret(wire.Token), scope: wire.Scope}
	if t.scope == "" {
		t.scope = Scope
	}
	if wire.Token == "" || strings.ContainsFunc(wire.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return t, errors.New("access_token is missing or not a token")
	}
	life := tokenDefault
	if seconds, err := strconv.ParseFloat(string(bytes.Trim(wire.Expires, `"`)), 64); err == nil && seconds > 0 {
		life = time.Duration(min(seconds, tokenLongest.Seconds()) * float64(time.Second))
	}
	// A token that lives two minutes or less would otherwise hardly be used.
	t.until = asked.Add(life - min(tokenMargin, life/2))
	return t, nil
}
