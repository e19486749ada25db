package api

import (
	"encoding/json"
	"errors"
	"time"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

// The examples of the document. They are made of the types that are answered,
// so that they cannot say anything else.

func exampleNow() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

func exampleCredential() *exampleUpload {
	return &exampleUpload{
		Certificate:  "-----BEGIN CERTIFICATE-----\nMIID…\n-----END CERTIFICATE-----\n",
		Key:          "-----BEGIN PRIVATE KEY-----\nMIIE…\n-----END PRIVATE KEY-----\n",
		ClientID:     "01234567-89ab-cdef-0123-456789abcdef",
		ClientSecret: "fedcba98-7654-3210-fedc-ba9876543210",
	}
}

// exampleUpload is Credential as a client writes it; Credential itself prints
// as [redacted], in JSON too.
type exampleUpload struct {
	Certificate  string `json:"certificate"`
	Key          string `json:"key"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// exampleRenewal leaves the codes as they are.
func exampleRenewal() map[string]any {
	u := exampleCredential()
	return map[string]any{"certificate": u.Certificate, "key": u.Key}
}

func exampleNewAccount(u *exampleUpload) map[string]any {
	body := map[string]any{
		"description": "Inter matriz", "bank": "inter", "person_type": "PJ",
		"cnpj": "11.222.333/0001-81", "external_id": "conta-17", "default": true,
	}
	if u != nil {
		body["integration"] = u
	}
	return body
}

func exampleAccount() Account {
	balance := statement.Cents(1023456)
	return viewAccount(statement.Account{
		Ref:         statement.Ref{Account: "01m8x5t9q3k4v7w2z6c1b0n8hd"},
		ExternalID:  "conta-17",
		Description: "Inter matriz",
		Bank:        "inter",
		PersonType:  "PJ",
		CNPJ:        "11222333000181",
		BankAccount: "123456789",
		State:       statement.Active,
		Certificate: &statement.Certificate{
			Subject:     "CN=EMPRESA EXEMPLO LTDA,OU=01234567-89ab-cdef-0123-456789abcdef",
			Fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			NotBefore:   time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC),
			NotAfter:    time.Date(2027, 11, 20, 14, 0, 0, 0, time.UTC),
		},
		Ledger: statement.Ledger{CoveredFrom: "2026-09-21", ReadThrough: "2026-11-22", ProvenThrough: "2026-11-20", Balance: &balance},
		LastRun: &statement.RunSummary{
			At: time.Date(2026, 11, 23, 9, 0, 4, 0, time.UTC), Reason: statement.ReasonSchedule,
			Outcome: statement.OutcomeProven, Added: 12,
		},
		CreatedAt: time.Date(2026, 11, 20, 14, 3, 11, 250e6, time.UTC),
	}, true, exampleNow())
}

func exampleDisabled() Account {
	return viewAccount(statement.Account{
		Ref:         statement.Ref{Account: "01m8x5t9q3k4v7w2z6c1b0n8hd"},
		Description: "Inter matriz",
		Bank:        "inter",
		PersonType:  "PJ",
		BankAccount: "123456789",
		State:       statement.Disabled,
		Ledger:      statement.Ledger{CoveredFrom: "2026-09-21", ReadThrough: "2026-11-20"},
		CreatedAt:   time.Date(2026, 11, 20, 14, 3, 11, 250e6, time.UTC),
	}, false, exampleNow())
}

func exampleEntry() Entry {
	return viewEntry(statement.Entry{
		Row: exampleRow(),
		ID:  "2026-11-20-0123456789abcdef0123", Identity: statement.ByBankID, Status: statement.Booked,
		Seq: 42, Revision: 1, ImportedAt: time.Date(2026, 11, 23, 9, 0, 4, 0, time.UTC),
	})
}

func exampleRow() statement.Row {
	return statement.Row{
		BankID:       "MDAxXzAwMDE5XzEyMzQ1Njc4OV8yMDI2LTExLTIwXzE=",
		BookedAt:     time.Date(2026, 11, 20, 13, 41, 2, 517e6, time.UTC),
		Date:         "2026-11-20",
		Type:         "PIX",
		Operation:    statement.Debit,
		Amount:       -20442,
		Title:        "Pix enviado ",
		Description:  "PIX ENVIADO - Cp :00000000-FORNECEDOR EXEMPLO LTDA",
		EndToEndID:   "E00416968202611201341abcdefghijk",
		Counterparty: statement.Counterparty{Name: "FORNECEDOR EXEMPLO LTDA", TaxID: "11222333000181"},
		Details:      json.RawMessage(`{"tipoDetalhe":"COMPLETE","endToEndId":"E00416968202611201341abcdefghijk"}`),
	}
}

// exampleFaults is the answer to the mistake that people make first.
func exampleFaults() *Problem {
	zip := []byte("PK\x03\x04")
	_, _, err := credential.Check(credential.Upload{Certificate: zip, Key: zip,
		ClientID: "01234567-89ab-cdef-0123-456789abcdef", ClientSecret: "fedcba98-7654-3210-fedc-ba9876543210"}, exampleNow())
	var faults credential.Faults
	errors.As(err, &faults)
	return faultsProblem(faults)
}
