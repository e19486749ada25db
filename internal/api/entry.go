package api

import "extrato/internal/statement"

// Entry is one line of the statement as the API tells it.
type Entry struct {
	_              struct{}     `additionalProperties:"true"`
	ID             string       `json:"id" doc:"The entry's identifier; it never changes."`
	Date           string       `json:"date" format:"date" doc:"The bank's accounting date. A weekend's entry carries the next banking day." example:"2026-11-20"`
	BookedAt       string       `json:"booked_at" format:"date-time" doc:"When the bank booked it." example:"2026-11-20T13:41:02.517Z"`
	Amount         string       `json:"amount" doc:"Decimal with two places, negative for a debit." example:"-204.42"`
	Operation      string       `json:"operation" enum:"C,D" doc:"C credit, D debit." example:"D"`
	Type           *string      `json:"type" doc:"The bank's type of transaction; an open set." example:"PIX"`
	Title          *string      `json:"title" example:"Pix enviado"`
	Description    *string      `json:"description" example:"PIX ENVIADO - Cp :00000000-FORNECEDOR LTDA"`
	DocumentNumber *string      `json:"document_number"`
	BankID         *string      `json:"bank_id" doc:"The bank's idTransacao, where it sent one."`
	EndToEndID     *string      `json:"end_to_end_id" doc:"The Pix end-to-end id."`
	Counterparty   Counterparty `json:"counterparty"`
	Details        details      `json:"details" doc:"The bank's details as it sent them; their fields depend on the type."`
	Status         string       `json:"status" enum:"booked,withdrawn" doc:"withdrawn: the bank no longer shows it; it is kept and does not count."`
	Seq            int64        `json:"seq" doc:"Position of the entry's last change in the account's feed." example:"42"`
	Revision       int          `json:"revision" doc:"1 at first sight, one more with every change." example:"1"`
	ImportedAt     string       `json:"imported_at" format:"date-time"`
	Identity       string       `json:"identity" doc:"The rule that recognised the entry." example:"bank_id"`
}

// Counterparty is the other side of an entry.
type Counterparty struct {
	_     struct{} `additionalProperties:"true"`
	Name  *string  `json:"name"`
	TaxID *string  `json:"tax_id" doc:"CPF or CNPJ as the bank sent it."`
}

func viewEntry(e statement.Entry) Entry {
	return Entry{
		ID:             string(e.ID),
		Date:           string(e.Date),
		BookedAt:       instant(e.BookedAt),
		Amount:         e.Amount.String(),
		Operation:      string(e.Operation),
		Type:           optional(e.Type),
		Title:          optional(e.Title),
		Description:    optional(e.Description),
		DocumentNumber: optional(e.DocumentNumber),
		BankID:         optional(e.BankID),
		EndToEndID:     optional(e.EndToEndID),
		Counterparty:   Counterparty{Name: optional(e.Counterparty.Name), TaxID: optional(e.Counterparty.TaxID)},
		Details:        details(e.Details),
		Status:         string(e.Status),
		Seq:            e.Seq,
		Revision:       e.Revision,
		ImportedAt:     instant(e.ImportedAt),
		Identity:       string(e.Identity),
	}
}
