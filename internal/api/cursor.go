package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"extrato/internal/statement"
)

// position is where a list goes on. It is opaque to clients, and not secret:
// all it can do is move within the list that the caller may read anyhow.
type position struct {
	After string         `json:"a"`           // the store's position
	From  statement.Date `json:"f,omitempty"` // the range, as the first page had it:
	To    statement.Date `json:"t,omitempty"` // a default would move on at midnight
	Of    string         `json:"o"`           // fingerprint of the list and its filters
}

// fingerprint names a list: whose it is and how it is filtered.
func fingerprint(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// String encodes a position for a client.
func (p position) String() string {
	text, _ := json.Marshal(p) // strings only: cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// parsePosition reads a cursor of the list with that fingerprint. What the store
// gets of it is printable ASCII of a bounded length, and dates are dates.
func parsePosition(cursor, of string) (position, bool) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return position{}, false
	}
	var p position
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil || dec.More() || p.Of != of || p.After == "" {
		return position{}, false
	}
	for _, d := range []statement.Date{p.From, p.To} {
		if _, err := statement.ParseDate(string(d)); d != "" && err != nil {
			return position{}, false
		}
	}
	if strings.ContainsFunc(p.After, func(r rune) bool { return r < ' ' || r > '~' }) {
		return position{}, false
	}
	return p, true
}
