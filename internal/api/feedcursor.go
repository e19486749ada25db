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
	if err := dec.Decode(&c); err != nil || c.V != feedVersion || c.Of != of || c.Seq < 0 || c.String() != cursor {
		return feedCursor{}, false
	}
	return c, true
}
