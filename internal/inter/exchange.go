package inter

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"extrato/internal/statement"
)

// The paths at the bank. They are all that onlyReads lets pass.
const (
	tokenPath     = "/oauth/v2/token"
	statementPath = "/banking/v2/extrato/completo"
	balancePath   = "/banking/v2/saldo"
)

// Bounds of bodies, in bytes after decompression. More is an error, never cut
// off: 10,000 rows with all details are about 15 MB, the other answers a few
// hundred bytes, and of a refusal the first words are enough.
const (
	maxStatementBody = 32 << 20
	maxSmallBody     = 1 << 20
	maxRefusalBody   = 64 << 10
)

// limit returns the time limit of a call.
func (c *Client) limit(what call) time.Duration {
	if what == callStatement {
		return c.config.StatementTimeout
	}
	return c.config.Timeout
}

// count counts a request that is about to be sent.
func (s *Session) count(c call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c {
	case callToken:
		s.counted.Token++
	case callStatement:
		s.counted.Statement++
	case callBalance:
		s.counted.Balance++
	}
}

// get asks one of the two reads and gives the body of a 200 to decode. A 401 to
// a token that the bank has accepted before renews the token once and asks
// again once: tokens are revoked early at times. To be refused with a fresh
// token as well is what the second answer says, by the table of refusals.
//
// An answer for which there is no room yet is asked for again when there is:
// once, since a turn that has come is kept.
func (s *Session) get(ctx context.Context, c call, query url.Values, decode func(io.Reader) error) error {
	path, bound := balancePath, int64(maxSmallBody)
	if c == callStatement {
		path, bound = statementPath, maxStatementBody
	}
	var rejected statement.Secret // the token that was revoked
	for {
		t, err := s.token(ctx, rejected)
		if err != nil {
			return err
		}
		u := *s.client.base
		u.Path += path
		u.RawQuery = query.Encode()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return s.fail(c, statement.BankUnavailable, err.Error())
		}
		r.Header.Set("Authorization", "Bearer "+t.text.Reveal())
		if s.account != "" {
			r.Header.Set("x-conta-corrente", s.account)
		}
		err = s.exchange(r, c, bound, decode)
		var refused *Error
		switch {
		case errors.Is(err, errNoRoom):
			if statement.TurnFrom(ctx)(ctx) != nil {
				return s.cancelled(ctx, c)
			}
		case rejected.Empty() && errors.As(err, &refused) && refused.Status == http.StatusUnauthorized:
			rejected = t.text
		default:
			return err
		}
	}
}

// exchange sends one request under the call's own time limit and gives the
// body of a 200, bounded, to decode. Whatever decode says is IncompleteAnswer,
// unless the body itself could not be read to its end.
func (s *Session) exchange(r *http.Request, c call, bound int64, decode func(io.Reader) error) (err error) {
	ctx := r.Context()
	if s.closed.Load() {
		return errClosed
	}
	if err := s.cancelled(ctx, c); err != nil {
		return err
	}
	own, limit, cancel := limited(ctx, s.client.limit(c))
	defer cancel()
	r = r.WithContext(own)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", s.client.config.UserAgent)
	s.count(c)
	began := time.Now()
	defer func() {
		told := err
		if told == errNoRoom { // the bank did answer
			told = nil
		}
		s.client.config.Observe(string(c), time.Since(began)-limit.waited, told)
	}()
	// The transport is used directly: an http.Client would follow redirects
	// and keep cookies.
	answer, err := s.wire.RoundTrip(r)
	if err != nil {
		return s.lost(ctx, own, c, err)
	}
	// All that is of use is read to its end, so the connection lives on; after a
	// body that is not, it is dropped rather than waiting for the rest.
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxRefusalBody))
		return s.refused(c, answer.StatusCode, answer.Header, text)
	}
	b := &body{from: answer.Body, left: bound}
	if c == callStatement {
		b.more = func(n int) error { return s.room(ctx, n, limit) }
	}
	err = decode(b)
	switch {
	case b.refused == errNoRoom:
		return errNoRoom
	case b.broken != nil:
		return s.lost(ctx, own, c, b.broken)
	case err != nil && own.Err() != nil:
		// A server that notices our leaving can end its answer in good order.
		return s.lost(ctx, own, c, err)
	case b.tooLarge:
		err = errTooLarge
	case err == nil:
		return nil
	}
	e := s.fail(c, statement.IncompleteAnswer, b.describe(err))
	e.Status = answer.StatusCode
	return e
}
