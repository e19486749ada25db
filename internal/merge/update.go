package merge

import (
	"bytes"
	"slices"
	"strconv"

	"extrato/internal/statement"
)

// take plays one answer into the works: paired rows update their entry, the
// others are added, unless dated before CoveredFrom.
func (m *merger) take(read statement.Read) {
	p := pair(read, m.works)
	nth := map[string]int{}
	for _, w := range m.works {
		if w.BankID == "" {
			nth[content(w.Row)]++
		}
	}
	for i, row := range p.rows {
		if w := p.to[i]; w != nil {
			w.seen = true
			m.update(w, row)
			continue
		}
		if row.Date < m.in.CoveredFrom {
			continue
		}
		n := 0
		if row.BankID == "" {
			nth[content(row)]++
			n = nth[content(row)]
		}
		id, rule := newID(row, n)
		id = m.unused(id)
		m.works = append(m.works, &work{seen: true, rule: rule, Entry: statement.Entry{
			Row: row, ID: id, Identity: rule, Status: statement.Booked, Revision: 1,
			ImportedAt: m.in.Now, Run: m.in.Run,
		}})
	}
}

// unused returns the id, or the next free one derived from it: an entry whose
// row changed so that no rule pairs it still holds the id of its first row.
func (m *merger) unused(id statement.EntryID) statement.EntryID {
	for n := 2; m.ids[id]; n++ {
		id = hash(statement.Date(id[:10]), string(id), strconv.Itoa(n))
	}
	m.ids[id] = true
	return id
}

// update brings an entry up to what a row says. What the row leaves out stays
// as it was: absence is no information.
func (m *merger) update(w *work, row statement.Row) {
	m.identify(w, row.BankID)
	set := func(field string, old *string, now string) {
		if now != "" && now != *old {
			m.revise(w, field, *old, now)
			*old = now
		}
	}
	date, operation := string(w.Date), string(w.Operation)
	set("date", &date, string(row.Date))
	set("operation", &operation, string(row.Operation))
	w.Date, w.Operation = statement.Date(date), statement.Operation(operation)
	if row.Amount != w.Amount {
		m.revise(w, "amount", w.Amount.String(), row.Amount.String())
		w.Amount = row.Amount
	}
	if !row.BookedAt.IsZero() && !row.BookedAt.Equal(w.BookedAt) {
		m.revise(w, "booked_at", instant(w.Row), instant(row))
		w.BookedAt = row.BookedAt
	}
	set("type", &w.Type, row.Type)
	set("title", &w.Title, row.Title)
	set("description", &w.Description, row.Description)
	set("document_number", &w.DocumentNumber, row.DocumentNumber)
	set("end_to_end_id", &w.EndToEndID, row.EndToEndID)
	set("counterparty_name", &w.Counterparty.Name, row.Counterparty.Name)
	set("counterparty_tax_id", &w.Counterparty.TaxID, row.Counterparty.TaxID)
	if len(row.Details) > 0 && !bytes.Equal(row.Details, w.Details) {
		m.revise(w, "details", string(w.Details), string(row.Details))
		w.Details = row.Details
	}
	if len(row.Extra) > 0 {
		w.Extra = row.Extra
	}
	if w.Status == statement.Withdrawn {
		m.revise(w, "status", string(w.Status), string(statement.Booked))
		w.Status = statement.Booked
		m.decide(w.ID, "came back", "the bank shows it again")
	}
	w.Absence = nil
}

// identify writes down the id that the bank now uses. A final id replaces a
// provisional one, never the other way round; every other one is an alias.
func (m *merger) identify(w *work, id string) {
	if id == "" || id == w.BankID || slices.Contains(w.Aliases, id) {
		return
	}
	if provisional(w.BankID) && !provisional(id) {
		m.revise(w, "bank_id", w.BankID, id)
		if w.BankID != "" {
			w.Aliases = append(slices.Clone(w.Aliases), w.BankID)
		}
		w.BankID = id
	} else {
		w.Aliases = append(slices.Clone(w.Aliases), id)
	}
	w.Identity = w.rule
	m.decide(w.ID, "recognised", "by rule "+string(w.rule)+" under another id of the bank")
}

// revise keeps the value that a field had before.
func (m *merger) revise(w *work, field, old, now string) {
	w.Revisions = append(slices.Clone(w.Revisions), statement.Revision{
		Field: field, Old: old, New: now, At: m.in.Now, Run: m.in.Run,
	})
}
