package statement

import (
	"encoding/json"
	"time"
)

// Operation tells a credit from a debit, in the bank's letters.
type Operation string

// The operations.
const (
	Credit Operation = "C"
	Debit  Operation = "D"
)

// Row is one line of the statement as one answer of the bank told it. No field
// of the answer is dropped: what has no field here is in Extra.
type Row struct {
	BankID         string    // idTransacao as sent; "" where the bank sent none
	BookedAt       time.Time // dataInclusao, UTC, to the millisecond
	Date           Date      // dataTransacao
	Type           string    // tipoTransacao, an open set; "" where absent
	Operation      Operation
	Amount         Cents  // valor with the sign of the operation
	Title          string // titulo as sent: "Pix enviado " ends with a space
	Description    string // descricao as sent
	DocumentNumber string // numeroDocumento
	EndToEndID     string // detalhes.endToEndId
	Counterparty   Counterparty
	Details        json.RawMessage            // detalhes as sent, nil where absent
	Extra          map[string]json.RawMessage // fields of the answer not named above
}

// Counterparty is the other side of an entry, read from detalhes. Either field
// may be "".
type Counterparty struct {
	Name  string
	TaxID string // CPF or CNPJ as sent
}

// Read is a complete answer of the bank: every row whose inclusion date lies
// in From…To. Rows come in no promised order and may be dated after To.
type Read struct {
	From, To Date
	Rows     []Row
}

// Balance is the bank's available balance at the end of a day. Reference is
// the banking day that the bank named instead, "" where it named none.
type Balance struct {
	Date      Date
	Amount    Cents
	Reference Date
}

// Requests counts what one run asked of the bank.
type Requests struct {
	Token, Statement, Balance int
	Connections               int // TLS connections opened
}
