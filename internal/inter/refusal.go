package inter

import (
	"net/http"
	"strconv"
	"time"

	"extrato/internal/statement"
)

// refusal is one row of the table: what an answer other than 200 means.
type refusal struct {
	token, read bool // for which calls
	from, to    int  // statuses
	says        says // what the body must speak of; anything where 0
	code        statement.Code
}

// refusals is the table, of which the first row that fits decides. It is made
// of what users published: few bodies of refusals ever were, so a body is
// searched for words and never required.
//
// A code that parks an account makes a person act, and a bank in trouble can
// answer all accounts alike on one morning. So only what clearly speaks of the
// credential parks; a page of a gateway, and a status that says nothing, is
// tried again.
func refusals() []refusal {
	const (
		unavailable = statement.BankUnavailable
		permission  = statement.PermissionMissing
		credentials = statement.CredentialsRejected
		certificate = statement.CertificateRejected
		account     = statement.BankAccountRequired
	)
	return []refusal{
		{true, true, 429, 429, 0, statement.BankRateLimited},
		// Gateways tell a refused client certificate in words, in plain text, in
		// JSON or on a page of their own: "The SSL certificate error".
		{true, true, 400, 403, aboutCertificate, certificate},
		{true, true, 495, 496, 0, certificate},
		// A page in place of an answer is from something before the bank.
		{true, true, 400, 400, aPage, unavailable},
		{true, true, 403, 403, aPage, unavailable},

		// The token call. "No registered scope value for this client has been
		// requested" is a 401 like wrong credentials are. OAuth allows 400 for
		// both; a 400 that does not say which (seen with an empty body) may be
		// the gateway's own trouble.
		{true, false, 400, 403, aboutScope, permission},
		{true, false, 401, 401, 0, credentials},
		{true, false, 403, 403, 0, credentials},
		{true, false, 400, 400, aboutClient, credentials},

		// The reads. A 401 arrives here only when a token fresh from the bank
		// was refused as well: the integration is not what it was. The bank's
		// router knows such tokens as "unsuited". A 403 without words is what
		// a missing permission looked like in 2022.
		{false, true, 401, 403, aboutScope, permission},
		{false, true, 401, 401, 0, credentials},
		{false, true, 403, 403, aboutAccount, account},
		{false, true, 403, 403, 0, permission},
		// Somebody else's scroll is over in six minutes, and its error speaks of
		// the "conta corrente".
		{false, true, 400, 400, aboutScroll, unavailable},
		{false, true, 400, 400, aboutAccount, account},
		// Our parameters are right by construction, so a plain 400 means that
		// the bank's rules moved: no answer, and nothing that a person can mend.
		{false, true, 400, 400, 0, statement.IncompleteAnswer},

		// 404 (the bank's router says so of paths it serves on other days), 405,
		// 5xx, redirects, and successes without content.
		{true, true, 100, 999, 0, unavailable},
	}
}

// refused makes the error of an answer other than 200.
func (s *Session) refused(c call, status int, header http.Header, text []byte) *Error {
	words, about := listen(text)
	code := statement.BankUnavailable
	for _, r := range refusals() {
		if (r.token && c == callToken || r.read && c != callToken) &&
			r.from <= status && status <= r.to && about&r.says == r.says {
			code = r.code
			break
		}
	}
	if status >= 300 && status < 400 {
		words = "a redirect, which is not followed"
	}
	e := s.fail(c, code, words)
	e.Status = status
	e.RetryAfter = retryAfter(header.Get("Retry-After"), s.client.config.Now())
	if e.RetryAfter == 0 && code == statement.BankRateLimited {
		e.RetryAfter = retryDefault
	}
	return e
}

const (
	// retryDefault is the wait after a 429 that names none, as the bank's own
	// software does: limits are per minute.
	retryDefault = time.Minute
	retryLongest = time.Hour
)

// retryAfter reads the header's seconds or date; 0 where it tells none.
func retryAfter(text string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(text); err == nil {
		d = time.Duration(min(max(n, 0), int(retryLongest/time.Second))) * time.Second
	} else if t, err := http.ParseTime(text); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), retryLongest)
}
