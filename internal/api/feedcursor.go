package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"extrato/internal/statement"
)

// feedVersion is the cursor's version. A cursor is valid for ever, so a later
// version must go on reading this one.
const feedVersion = 1

// feedCursor is how far a reader has read an account's feed. It is opaque to
// clients and not secret: all it can do is move within the feed that the caller
// may read anyhow.
type feedCursor struct {
	V     int    `json:"v"`
	Of    string `json:"o"`           // fingerprint of the account
	Epoch string `json:"e,omitempty"` // of the account, when the position was given out
	Seq   int64  `json:"s"`           // the last position read; 0 before the first

	// A reader walks from where it had caught up, Base, to what was the feed's
	// end when it set out, Goal. What was added between and stands there once is
	// new to it, on whatever page of the walk it comes.
	Base int64 `json:"b,omitempty"`
	Goal int64 `json:"g,omitempty"`
}

// setOut begins a walk where the one before has ended.
func (c *feedCursor) setOut(end int64) {
	if c.Seq >= c.Goal {
		c.Base, c.Goal = c.Seq, end
	}
}

// goOn moves to a position. Where the walk has ended there, only the position
// is left: a reader that has caught up keeps one and the same cursor.
func (c *feedCursor) goOn(epoch string, seq int64) {
	c.Epoch, c.Seq = epoch, seq
	if c.Seq >= c.Goal {
		c.Base, c.Goal = 0, 0
	}
}

// kind tells what a position means to the walking reader. The store compares
// with the page alone; an entry that was added on an earlier page and changed
// before the walk is told here for the first time.
func (c feedCursor) kind(f statement.FeedChange) statement.ChangeKind {
	if f.Kind == statement.Modified && f.Entry.FirstSeq > c.Base && f.Seq <= c.Goal {
		return statement.Added
	}
	return f.Kind
}

// feedOf names an account's feed.
func feedOf(ref statement.Ref) string {
	return fingerprint("changes", string(ref.Tenant), string(ref.Account))
}

// String encodes the cursor for a client.
func (c feedCursor) String() string {
	text, _ := json.Marshal(c) // numbers and strings only: cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// parseFeedCursor reads a cursor of the feed with that fingerprint. Only what
// String wrote is one: any other text of the same meaning is refused, so a
// cursor compares by its bytes.
func parseFeedCursor(cursor, of string) (feedCursor, bool) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return feedCursor{}, false
	}
	var c feedCursor
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil || c.V != feedVersion || c.Of != of || c.Seq < 0 || c.Base < 0 || c.Base > c.Seq || c.String() != cursor {
		return feedCursor{}, false
	}
	return c, true
}
