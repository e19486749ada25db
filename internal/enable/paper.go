package enable

import (
	"errors"
	"strings"
	"time"

	"extrato/internal/cnpj"
	"extrato/internal/credential"
	"extrato/internal/statement"
)

// The codes of faults that only an account can tell. They are stable.
const (
	BankAccountInvalid = "bank_account_invalid" // not the number of a bank account
	CNPJMismatch       = "cnpj_mismatch"        // the certificate's company is not the account's
)

// onPaper checks an upload without the bank: all faults at once.
func onPaper(a statement.Account, u credential.Upload, bankAccount string, now time.Time) (*Prepared, error) {
	cred, certificate, err := credential.Check(u, now)
	number, numberErr := accountNumber(bankAccount)
	p := &Prepared{cred: cred, certificate: certificate, number: number, selected: number != ""}
	p.company, _ = credential.CNPJOf(cred.Certificate)
	if err := joinFaults(err, p.belongs(a), numberErr); err != nil {
		return nil, err
	}
	return p, nil
}

// belongs compares the company in the certificate with the account's, where
// both are known. The fault names the account's number only: nothing of an
// upload is repeated.
func (p *Prepared) belongs(a statement.Account) error {
	if p.company == "" || a.CNPJ == "" || string(p.company) == a.CNPJ {
		return nil
	}
	return credential.Faults{{
		Code: CNPJMismatch, Field: credential.FieldCertificate,
		Message: "Este certificado é de uma empresa com outro CNPJ: esta conta está cadastrada com o CNPJ " + cnpj.Format(cnpj.CNPJ(a.CNPJ)) +
			". Envie o certificado dessa empresa, ou cadastre outra conta para a empresa do certificado.",
	}}
}

// accountNumber reads the number a person typed: digits with the check digit,
// separators and leading zeros allowed.
func accountNumber(typed string) (string, error) {
	digits := strings.NewReplacer(" ", "", ".", "", "-", "").Replace(strings.TrimSpace(typed))
	number := strings.TrimLeft(digits, "0")
	if typed == "" {
		return "", nil
	}
	if number == "" || len(digits) > 20 || strings.Trim(digits, "0123456789") != "" {
		return "", credential.Faults{{
			Code: BankAccountInvalid, Field: "bank_account",
			Message: "O número da conta corrente deve ter só números, com o dígito e sem a agência. Exemplo: 12345678.",
		}}
	}
	return number, nil
}

// joinFaults returns all faults of the errors, or the first error that is none.
func joinFaults(errs ...error) error {
	var all credential.Faults
	for _, err := range errs {
		var faults credential.Faults
		switch {
		case errors.As(err, &faults):
			all = append(all, faults...)
		case err != nil:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
