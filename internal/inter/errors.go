package inter

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"extrato/internal/statement"
)

// call names what was asked, in errors and in the table of refusals.
type call string

const (
	callOpen      call = "open"
	callToken     call = "token"
	callStatement call = "statement"
	callBalance   call = "balance"
)

// Error is what went wrong between an account and the bank. It is a
// statement.Coded, and safe to log: it holds no secret.
type Error struct {
	Code       statement.Code
	Call       string // "open", "token", "statement" or "balance"
	Status     int    // of the bank's answer; 0 where there was none
	Detail     string // English, or the bank's own words; at most 400 bytes
	RetryAfter time.Duration
	cause      error // nil, or context.DeadlineExceeded of the caller
}

var _ statement.Coded = (*Error)(nil)

// Error tells call, code, status and detail.
func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("bank %s: %s: status %d: %s", e.Call, e.Code, e.Status, e.Detail)
	}
	return fmt.Sprintf("bank %s: %s: %s", e.Call, e.Code, e.Detail)
}

// Unwrap returns context.DeadlineExceeded where it was the caller's time that
// ran out, else nil: foreign errors may hold foreign text.
func (e *Error) Unwrap() error { return e.cause }

// FailureCode returns Code.
func (e *Error) FailureCode() statement.Code { return e.Code }

// RetryIn returns RetryAfter: the wait that the bank asked for, or a minute
// where it limited us without saying; 0 for other failures.
func (e *Error) RetryIn() time.Duration { return e.RetryAfter }

// fail makes the error of a call. Every Error of a session is made here, so
// that no detail escapes scrubbing.
func (s *Session) fail(c call, code statement.Code, detail string) *Error {
	return &Error{Code: code, Call: string(c), Detail: tidy(s.scrub(detail))}
}

// maxDetail bounds the detail of an error, in bytes.
const maxDetail = 400

// tidy makes foreign text fit for a log line: valid, printable, short.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxDetail {
		return text
	}
	text = text[:maxDetail-len("…")]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text + "…"
}

// scrub takes the session's secrets out of text, in every spelling in which a
// server may echo them. It must come before any shortening.
func (s *Session) scrub(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, held := range s.secrets {
		if held.Empty() {
			continue
		}
		secret := held.Reveal()
		inJSON, _ := json.Marshal(secret)
		for _, spelling := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), strings.Trim(string(inJSON), `"`),
		} {
			text = strings.ReplaceAll(text, spelling, "[redacted]")
		}
	}
	return text
}

// cancelled returns what a call says when the caller's own context has ended,
// or nil. Cancellation tells nothing of the bank and gets no code; that time
// ran out does.
func (s *Session) cancelled(ctx context.Context, c call) error {
	switch cause := context.Cause(ctx); cause {
	case nil:
		return nil
	case context.DeadlineExceeded: // be it by a deadline or by a limit that is not one
		e := s.fail(c, statement.BankUnavailable, "no complete answer in the time that the caller had")
		e.cause = context.DeadlineExceeded
		return e
	default:
		return fmt.Errorf("bank %s: %w", c, ctx.Err())
	}
}
