package merge

import (
	"cmp"
	"slices"

	"extrato/internal/statement"
)

// work is an entry while a plan is made.
type work struct {
	statement.Entry
	kept *statement.Entry // as stored; nil for one that this run adds
	seen bool             // an answer of this run shows it
	rule statement.Identity
}

func (w *work) booked() bool { return w.Status == statement.Booked }

// pairing gives every row of one answer its entry. Rule by rule over all rows,
// rows and entries in a canonical order, each used once: the order of an
// answer never matters.
type pairing struct {
	rows  []statement.Row
	to    []*work // by row; nil while unpaired
	free  map[*work]bool
	cands []*work
}

// pair pairs the rows of an answer with the candidates among works.
func pair(read statement.Read, works []*work) *pairing {
	p := &pairing{rows: canonical(read.Rows), free: map[*work]bool{}}
	p.to = make([]*work, len(p.rows))
	p.cands = candidates(read, p.rows, works)
	for _, w := range p.cands {
		p.free[w] = true
	}
	inAnswer := make(map[string]bool, len(p.rows))
	for _, r := range p.rows {
		inAnswer[r.BankID] = true
	}

	// 1. The bank's id: an entry's first one before its aliases.
	p.by(statement.ByBankID, func(r statement.Row) string { return r.BankID },
		func(w *work) []string { return []string{w.BankID} }, nil)
	p.by(statement.ByBankID, func(r statement.Row) string { return r.BankID },
		func(w *work) []string { return w.Aliases }, nil)
	// 2. The Pix itself. With the type: a reversal carries the endToEndId of
	// what it reverses.
	p.by(statement.ByEndToEnd, endToEndKey, one(endToEndKey), nil)
	// 3. One side has no final id: everything the same, then only the money
	// and its instant, unless two different Pix say otherwise.
	unsure := func(r statement.Row, w *work) bool { return provisional(r.BankID) || provisional(w.BankID) }
	p.by(statement.ByProvisional, textKey, one(textKey), func(r statement.Row, w *work) bool {
		return unsure(r, w) && !bothWithoutID(r, w)
	})
	p.by(statement.ByProvisional, moneyKey, one(moneyKey), func(r statement.Row, w *work) bool {
		different := r.EndToEndID != "" && w.EndToEndID != "" && r.EndToEndID != w.EndToEndID
		return unsure(r, w) && !bothWithoutID(r, w) && !different
	})
	// 4. Renumbered: the entry's own id is nowhere in the answer, so the new
	// one is not a twin of it.
	p.by(statement.ByRenumbering, renumberKey, one(renumberKey), func(r statement.Row, w *work) bool {
		gone := !inAnswer[w.BankID] && !slices.ContainsFunc(w.Aliases, func(a string) bool { return inAnswer[a] })
		return gone && !provisional(r.BankID) && !provisional(w.BankID)
	})
	// 5. No ids at all: counted content.
	p.by(statement.ByContent, content, one(content), bothWithoutID)
	return p
}

func bothWithoutID(r statement.Row, w *work) bool { return r.BankID == "" && w.BankID == "" }

func one(key func(statement.Row) string) func(*work) []string {
	return func(w *work) []string { return []string{key(w.Row)} }
}

// by applies one rule: rows and free entries with the same key, where allowed
// says so, are paired in order. An empty key pairs with nothing.
func (p *pairing) by(rule statement.Identity, rowKey func(statement.Row) string, workKeys func(*work) []string,
	allowed func(statement.Row, *work) bool) {
	if !slices.Contains(p.to, nil) {
		return
	}
	index := map[string][]*work{}
	for _, w := range p.cands {
		if !p.free[w] {
			continue
		}
		for _, k := range workKeys(w) {
			if k != "" {
				index[k] = append(index[k], w)
			}
		}
	}
	if len(index) == 0 {
		return
	}
	for i, r := range p.rows {
		if p.to[i] != nil {
			continue
		}
		for _, w := range index[rowKey(r)] {
			if p.free[w] && (allowed == nil || allowed(r, w)) {
				p.to[i], p.free[w] = w, false
				w.rule = rule
				break
			}
		}
	}
}

// candidates are the entries that a row of the answer may be: dated from the
// range's first day on, or on the day of a row, or on the day that a row's id
// names. Booked ones come first, then in canonical order.
func candidates(read statement.Read, rows []statement.Row, works []*work) []*work {
	dates := map[statement.Date]bool{}
	for _, r := range rows {
		dates[r.Date] = true
		if b, ok := statement.ParseBankID(r.BankID); ok {
			dates[b.Date] = true
		}
	}
	var out []*work
	for _, w := range works {
		if w.Date >= read.From || dates[w.Date] {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b *work) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), order(a.Row, b.Row), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// canonical returns the rows in an order that does not depend on the answer's.
func canonical(rows []statement.Row) []statement.Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b statement.Row) int {
		if c := order(a, b); c != 0 {
			return c
		}
		return cmp.Compare(content(a), content(b)) // costly, and hardly ever needed
	})
	return rows
}

func order(a, b statement.Row) int {
	return cmp.Or(a.BookedAt.Compare(b.BookedAt), cmp.Compare(a.BankID, b.BankID))
}
