package inter

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"extrato/internal/statement"
)

// wireRow has the bytes of each field of a row as sent; nil where absent.
type wireRow struct {
	id, bookedAt, date, kind, operation, amount, title, description, document, details []byte
	extra                                                                              map[string]json.RawMessage
}

// field returns where a key's value belongs, or nil for an unknown key.
func (w *wireRow) field(key []byte) *[]byte {
	switch string(key) {
	case "idTransacao":
		return &w.id
	case "dataInclusao":
		return &w.bookedAt
	case "dataTransacao":
		return &w.date
	case "tipoTransacao":
		return &w.kind
	case "tipoOperacao":
		return &w.operation
	case "valor":
		return &w.amount
	case "titulo":
		return &w.title
	case "descricao":
		return &w.description
	case "numeroDocumento":
		return &w.document
	case "detalhes":
		return &w.details
	}
	return nil
}

// split takes a row apart. A key sent twice is an error: nobody could say which
// of the two is the amount.
func (w *wireRow) split(raw []byte) error {
	return members(raw, func(key, value []byte) error {
		if f := w.field(key); f != nil {
			if *f != nil {
				return fmt.Errorf("%s is there twice", key)
			}
			*f = value
			return nil
		}
		if _, twice := w.extra[string(key)]; twice {
			return fmt.Errorf("%q is there twice", clip(string(key)))
		}
		if w.extra == nil {
			w.extra = map[string]json.RawMessage{}
		}
		w.extra[string(key)] = append(json.RawMessage(nil), value...)
		return nil
	})
}

// decodeRow reads one row of the statement exactly, or says what is wrong with
// it, naming its id and the field. raw is one valid JSON value, of which the
// row keeps nothing.
//
// Required are dataTransacao, tipoOperacao (C or D) and valor. Every scalar may
// be text, a number or null, which is the same as absent. Without dataInclusao
// BookedAt is the zero time: the row still has its date, so nothing is lost,
// and an instant that nobody told would decide later whether rows are the same.
func decodeRow(raw []byte) (statement.Row, error) {
	if len(raw) == 0 || raw[0] != '{' {
		return statement.Row{}, errors.New("is not an object")
	}
	if !utf8.Valid(raw) {
		// The decoder would put U+FFFD for what it cannot read, and lose it.
		return statement.Row{}, errors.New("is not UTF-8")
	}
	var w wireRow
	splitErr := w.split(raw)
	row := statement.Row{Extra: w.extra}
	fail := func(err error) (statement.Row, error) {
		if id, ok := scalar(w.id); ok && id != "" {
			err = fmt.Errorf("(idTransacao %s): %w", clip(id), err)
		}
		return statement.Row{}, err
	}
	if splitErr != nil {
		return fail(splitErr)
	}
	var date, operation, amount, bookedAt string
	for _, f := range []struct {
		name string
		raw  []byte
		to   *string
	}{
		{"idTransacao", w.id, &row.BankID},
		{"dataInclusao", w.bookedAt, &bookedAt},
		{"dataTransacao", w.date, &date},
		{"tipoTransacao", w.kind, &row.Type},
		{"tipoOperacao", w.operation, &operation},
		{"valor", w.amount, &amount},
		{"titulo", w.title, &row.Title},
		{"descricao", w.description, &row.Description},
		{"numeroDocumento", w.document, &row.DocumentNumber},
	} {
		var ok bool
		if *f.to, ok = scalar(f.raw); !ok {
			return fail(fmt.Errorf("%s is neither text nor a number", f.name))
		}
	}
	var err error
	if row.Date, err = statement.ParseDate(date); err != nil {
		return fail(fmt.Errorf("dataTransacao %w", err))
	}
	if bookedAt != "" {
		if row.BookedAt, err = parseBookedAt(bookedAt); err != nil {
			return fail(fmt.Errorf("dataInclusao %w", err))
		}
	}
	if row.Amount, err = statement.ParseCents(amount); err != nil {
		return fail(fmt.Errorf("valor %w", err))
	}
	if row.Amount < 0 {
		return fail(fmt.Errorf("valor %q is negative", clip(amount)))
	}
	switch row.Operation = statement.Operation(operation); row.Operation {
	case statement.Credit:
	case statement.Debit:
		row.Amount = -row.Amount
	default:
		return fail(fmt.Errorf("tipoOperacao %q is neither C nor D", clip(operation)))
	}
	if len(w.details) > 0 && w.details[0] != 'n' {
		row.Details = append(json.RawMessage(nil), w.details...)
		row.EndToEndID, row.Counterparty = readDetails(w.details, row.Type, row.Operation)
	}
	return row, nil
}
