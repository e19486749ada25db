package api

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"time"

	"extrato/internal/statement"
)

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// idAlphabet keeps the order of the bytes it encodes, and has no letters that
// are read as digits.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// newAccountID makes an id of 26 characters: 48 bits of milliseconds, then 80
// random bits. Later accounts sort after earlier ones, so a list is in the order
// of creation.
func newAccountID(now time.Time, random io.Reader) (statement.AccountID, error) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", fmt.Errorf("make an account id: %w", err)
	}
	return statement.AccountID(base32.NewEncoding(idAlphabet).WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}
