package merge

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"extrato/internal/statement"
)

// provisional reports whether an id is absent or one that the bank may replace.
func provisional(id string) bool {
	if id == "" {
		return true
	}
	b, ok := statement.ParseBankID(id)
	return ok && b.Provisional
}

// newID derives the id of an entry from the strongest identity of its first
// row: the bank's id, or the content and how many of that content came before.
// 80 bits keep the chance of a collision within an account far below that of a
// fault in memory.
func newID(row statement.Row, nth int) (statement.EntryID, statement.Identity) {
	if row.BankID != "" {
		return hash(row.Date, "bank_id", row.BankID), statement.ByBankID
	}
	return hash(row.Date, "content", content(row), strconv.Itoa(nth)), statement.ByContent
}

func hash(date statement.Date, parts ...string) statement.EntryID {
	sum := sha256.Sum256([]byte(join(parts...)))
	return statement.EntryID(string(date) + "-" + hex.EncodeToString(sum[:10]))
}

// The keys by which rows and entries are the same under a rule.

func instant(r statement.Row) string { return r.BookedAt.UTC().Format(time.RFC3339Nano) }

func endToEndKey(r statement.Row) string {
	if r.EndToEndID == "" {
		return ""
	}
	return join(r.EndToEndID, string(r.Operation), r.Amount.String(), r.Type)
}

func textKey(r statement.Row) string {
	return join(string(r.Date), r.Type, r.Title, r.Description, moneyKey(r))
}

func moneyKey(r statement.Row) string {
	return join(string(r.Operation), r.Amount.String(), instant(r))
}

func renumberKey(r statement.Row) string { return join(r.Type, r.Title, r.Description, moneyKey(r)) }

// content is everything that two rows without an id must share to be the same line.
func content(r statement.Row) string { return join(textKey(r), r.DocumentNumber, r.EndToEndID) }

// join writes parts so that no two lists of parts give the same text.
func join(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strconv.Itoa(len(p)))
		b.WriteByte(':')
		b.WriteString(p)
	}
	return b.String()
}
