package statement

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"unique"
)

const redacted = "[redacted]"

// Secret is text that must not be seen: a private key, a client secret, a
// token. Every way to print it gives [redacted]: all fmt verbs, JSON, text
// encoding and slog. Only Reveal gives the text, to the bank and to the vault.
// Equal texts make equal (==) Secrets; the zero Secret is empty.
//
// The text is behind a handle because fmt cannot call methods on an unexported
// field of somebody's struct, nor under %p: it would print a string found there,
// and prints an address this way.
type Secret struct{ text unique.Handle[string] }

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{unique.Make(text)}
}

// Reveal returns the text. Its callers are the places to audit.
func (s Secret) Reveal() string {
	if s.Empty() {
		return ""
	}
	return s.text.Value()
}

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s == Secret{} }

// Equal reports whether both hold the same text.
func (s Secret) Equal(other Secret) bool { return s == other }

// String returns [redacted].
func (Secret) String() string { return redacted }

// Format writes [redacted] under every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText returns [redacted]; encoding/json uses it too.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Credential is what the bank issues for one integration.
type Credential struct {
	Certificate  string // PEM, leaf first; not a secret, but shown to nobody
	Key          Secret // PEM
	ClientID     string
	ClientSecret Secret
}

// ID names this content: equal credentials have equal ids. It is a SHA-256 in
// hex, so it tells nothing of the content.
func (c Credential) ID() string {
	h := sha256.New()
	for _, part := range []string{c.Certificate, c.Key.Reveal(), c.ClientID, c.ClientSecret.Reveal()} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// String returns [redacted], so that a credential printed by mistake shows nothing.
func (Credential) String() string { return redacted }

// Format writes [redacted] under every verb.
func (Credential) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText returns [redacted]; encoding/json uses it too.
func (Credential) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns [redacted].
func (Credential) LogValue() slog.Value { return slog.StringValue(redacted) }
