package store

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// newAccountItem is the item of an account that has no integration and no
// statement yet.
func newAccountItem(a statement.Account) attrs {
	item := accountKey(a.Ref).attrs()
	w := writer{item}
	w.text("description", a.Description)
	w.text("external_id", a.ExternalID)
	w.text("bank", a.Bank)
	w.text("person_type", a.PersonType)
	w.text("cnpj", a.CNPJ)
	w.moment("created_at", a.CreatedAt)
	w.text("integration_status", string(statement.Disabled))
	w.number("version", 0)
	w.number("last_seq", 0)
	w.text("epoch", a.Epoch)
	return item
}

func accountOf(ref statement.Ref, item attrs) (statement.Account, error) {
	r := &reader{from: item}
	a := statement.Account{
		Ref:          ref,
		Description:  r.text("description"),
		ExternalID:   r.text("external_id"),
		Bank:         r.text("bank"),
		PersonType:   r.text("person_type"),
		CNPJ:         r.text("cnpj"),
		CreatedAt:    r.moment("created_at"),
		State:        statement.IntegrationState(r.text("integration_status")),
		Failure:      statement.Code(r.text("failure_code")),
		FailedAt:     r.moment("failed_at"),
		BankAccount:  r.text("bank_account"),
		SelectBank:   r.flag("select_bank"),
		CredentialID: r.text("credential_id"),
		Version:      r.number("version"),
		LastSeq:      r.number("last_seq"),
		Epoch:        r.text("epoch"),
		Total:        statement.Cents(r.number("total_cents")),
		Ledger:       ledgerOf(r),
	}
	for _, w := range r.texts("warnings") {
		a.Warnings = append(a.Warnings, statement.Code(w))
	}
	certificate, found := r.object("certificate")
	if found {
		a.Certificate = certificateOf(certificate)
	}
	run, found := r.object("last_run")
	if found {
		s := summaryOf(run)
		a.LastRun = &s
	}
	for _, err := range []error{r.err, certificate.err, run.err} {
		if err != nil {
			return statement.Account{}, fmt.Errorf("account %s: %w", ref, err)
		}
	}
	return a, nil
}

func certificateItem(c statement.Certificate) *types.AttributeValueMemberM {
	m := attrs{}
	w := writer{m}
	w.text("fingerprint", c.Fingerprint)
	w.text("subject", c.Subject)
	w.moment("not_before", c.NotBefore)
	w.moment("not_after", c.NotAfter)
	w.count("warned_days", int64(c.WarnedDays))
	return &types.AttributeValueMemberM{Value: m}
}

func certificateOf(r *reader) *statement.Certificate {
	return &statement.Certificate{
		Fingerprint: r.text("fingerprint"),
		Subject:     r.text("subject"),
		NotBefore:   r.moment("not_before"),
		NotAfter:    r.moment("not_after"),
		WarnedDays:  int(r.number("warned_days")),
	}
}

// erased reports whether an account's item is a tombstone.
func erased(item attrs) bool { return item["erased_at"] != nil }
