package statement

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
)

// TenantID names a tenant. It comes from the token only.
type TenantID string

// AccountID names an account within its tenant. We make it.
type AccountID string

// EntryID names an entry within its account. It begins with the entry's first
// date, is derived at first sight and never changes.
type EntryID string

// RunID names a run within its account. Later runs have greater ids.
type RunID string

var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ValidID reports whether s may be a tenant or account id. Nothing else ever
// becomes part of a key or of a secret's name.
func ValidID(s string) bool { return idPattern.MatchString(s) }

// Ref names one account of one tenant.
type Ref struct {
	Tenant  TenantID
	Account AccountID
}

// String returns tenant/account, for logs and errors.
func (r Ref) String() string { return string(r.Tenant) + "/" + string(r.Account) }

// NewRunID returns an id for a run that begins now: 20261123T090000123Z and 64
// random bits, so that ids sort by time.
func NewRunID(now time.Time) RunID {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	stamp := strings.Replace(now.UTC().Format("20060102T150405.000Z"), ".", "", 1)
	return RunID(stamp + "-" + hex.EncodeToString(random[:]))
}
