package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"extrato/internal/statement"
)

func entryItem(ref statement.Ref, e statement.Entry) attrs {
	item := entryKey(ref, e.Date, e.ID).item(28)
	w := writer{item}
	w.text("id", string(e.ID))
	w.text("date", string(e.Date))
	w.moment("booked_at", e.BookedAt)
	w.number("amount_cents", int64(e.Amount))
	w.text("operation", string(e.Operation))
	w.text("type", e.Type)
	w.text("title", e.Title)
	w.text("description", e.Description)
	w.text("document_number", e.DocumentNumber)
	w.text("bank_id", e.BankID)
	w.text("end_to_end_id", e.EndToEndID)
	w.text("counterparty_name", e.Counterparty.Name)
	w.text("counterparty_tax_id", e.Counterparty.TaxID)
	w.text("details", string(e.Details))
	w.text("extra", objectText(e.Extra))
	w.text("status", string(e.Status))
	w.number("seq", e.Seq)
	w.count("first_seq", e.FirstSeq)
	w.number("revision", int64(e.Revision))
	w.text("identity", string(e.Identity))
	w.list("aliases", texts(e.Aliases))
	w.moment("imported_at", e.ImportedAt)
	w.text("run", string(e.Run))
	w.list("revisions", revisionItems(e.Revisions))
	if e.Absence != nil {
		w.object("absence", absenceItem(*e.Absence))
	}
	return item
}

func entryOf(item attrs) (statement.Entry, error) {
	r := reader{from: item}
	e := statement.Entry{
		Row: statement.Row{
			BankID:         r.text("bank_id"),
			BookedAt:       r.moment("booked_at"),
			Date:           statement.Date(r.text("date")),
			Type:           r.text("type"),
			Operation:      statement.Operation(r.text("operation")),
			Amount:         statement.Cents(r.number("amount_cents")),
			Title:          r.text("title"),
			Description:    r.text("description"),
			DocumentNumber: r.text("document_number"),
			EndToEndID:     r.text("end_to_end_id"),
			Counterparty:   statement.Counterparty{Name: r.text("counterparty_name"), TaxID: r.text("counterparty_tax_id")},
		},
		ID:         statement.EntryID(r.text("id")),
		Aliases:    r.texts("aliases"),
		Identity:   statement.Identity(r.text("identity")),
		Status:     statement.Status(r.text("status")),
		Seq:        r.number("seq"),
		FirstSeq:   r.number("first_seq"),
		Revision:   int(r.number("revision")),
		ImportedAt: r.moment("imported_at"),
		Run:        statement.RunID(r.text("run")),
		Revisions:  revisionsOf(&r),
		Absence:    absenceOf(&r),
	}
	if details := r.text("details"); details != "" {
		e.Details = json.RawMessage(details)
	}
	if extra := r.text("extra"); extra != "" {
		if err := json.Unmarshal([]byte(extra), &e.Extra); err != nil && r.err == nil {
			r.err = fmt.Errorf("attribute extra: %w", err)
		}
	}
	if r.err != nil {
		return statement.Entry{}, fmt.Errorf("entry %s: %w", r.text("SK"), r.err)
	}
	return e, nil
}

// objectText writes a JSON object whose values are the very bytes that came:
// encoding/json would compact and escape them. "" for no fields.
func objectText(fields map[string]json.RawMessage) string {
	if len(fields) == 0 {
		return ""
	}
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		quoted, _ := json.Marshal(name) // a string always encodes
		b.WriteByte("{,"[min(i, 1)])
		b.Write(quoted)
		b.WriteByte(':')
		if value := fields[name]; len(value) > 0 {
			b.Write(value)
		} else {
			b.WriteString("null")
		}
	}
	b.WriteByte('}')
	return b.String()
}
