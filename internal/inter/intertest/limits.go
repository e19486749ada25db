package intertest

import "time"

// Limits of calls per client id. The zero value limits nothing.
type Limits struct {
	Token      int           // calls of the token endpoint within the window, failed ones too; 0 is no limit
	Get        int           // calls of each GET; 0 is no limit
	Shared     bool          // the GETs count together
	Window     time.Duration // 0 is a minute
	RetryAfter time.Duration // told with a 429; 0 tells nothing, as the bank
	EmptyBody  bool          // a 429 has no body
}

// RealLimits are those of the specification. A user was refused the fifth
// token within a minute already: Token: 4 plays that.
func RealLimits() Limits { return Limits{Token: 5, Get: 10} }

// SetLimits replaces the limits; calls already made count.
func (b *Bank) SetLimits(l Limits) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limits = l
}

// callKey is what a limit counts by.
type callKey struct {
	client   string
	endpoint Endpoint
}

// allow counts a call and reports whether it is within the limit, and how
// many more are. A refused call does not count.
func (b *Bank) allow(c *call) (remaining int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	limit, nominal := b.limits.Get, RealLimits().Get
	key := callKey{c.clientID, c.endpoint}
	switch {
	case c.endpoint == Token:
		limit, nominal = b.limits.Token, RealLimits().Token
	case b.limits.Shared:
		key.endpoint = ""
	}
	if limit == 0 {
		return nominal - 1, true
	}
	now := b.now()
	since := now.Add(-or(b.limits.Window, time.Minute))
	recent := b.calls[key][:0]
	for _, at := range b.calls[key] {
		if at.After(since) {
			recent = append(recent, at)
		}
	}
	if ok = len(recent) < limit; ok {
		recent = append(recent, now)
	}
	b.calls[key] = recent
	return limit - len(recent), ok
}
