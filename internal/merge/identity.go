package merge

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"extrato/internal/statement"
)

// kept is the index of what is stored, by each way to recognise it.
type kept struct {
	byBankID  map[string]statement.EntryID
	byContent map[string]int // entries without an id of the bank, counted by content
	taken     map[string]int // of those, how many this answer has shown so far
}

func index(stored []statement.Entry) *kept {
	k := &kept{
		byBankID:  make(map[string]statement.EntryID, len(stored)),
		byContent: map[string]int{},
		taken:     map[string]int{},
	}
	for _, e := range stored {
		for _, alias := range e.Aliases {
			k.byBankID[alias] = e.ID
		}
		if e.BankID != "" {
			k.byBankID[e.BankID] = e.ID
		} else {
			k.byContent[content(e.Row)]++
		}
	}
	return k
}

// recognise returns the id of the row's entry, the rule, and whether it is kept.
func (k *kept) recognise(row statement.Row) (statement.EntryID, statement.Identity, bool) {
	if row.BankID != "" {
		if id, ok := k.byBankID[row.BankID]; ok {
			return id, statement.ByBankID, true
		}
		return entryID(row.Date, "bank_id", row.BankID), statement.ByBankID, false
	}
	c := content(row)
	k.taken[c]++
	n := k.taken[c]
	return entryID(row.Date, "content", c, strconv.Itoa(n)), statement.ByContent, n <= k.byContent[c]
}

// entryID derives the id of an entry from what it is recognised by. 80 bits
// keep the chance of a collision within an account far below that of a fault
// in memory.
func entryID(date statement.Date, parts ...string) statement.EntryID {
	sum := sha256.Sum256([]byte(join(parts...)))
	return statement.EntryID(string(date) + "-" + hex.EncodeToString(sum[:10]))
}

// content is everything that two rows without an id must share to be the same
// line. Amounts carry the sign of the operation.
func content(r statement.Row) string {
	return join(string(r.Date), r.BookedAt.UTC().Format(time.RFC3339Nano), r.Type, string(r.Operation),
		r.Amount.String(), r.Title, r.Description, r.DocumentNumber, r.EndToEndID)
}

// join writes parts so that no two lists of parts give the same text.
func join(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%d:%s", len(p), p)
	}
	return b.String()
}
