package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

func (s *server) registerAccounts() {
	register(s, docs{
		id: opCreateAccount, tag: "accounts", summary: "Create an account",
		description: "Creates a bank account of the tenant; with `integration` it is enabled at once, as PUT …/integration does. " +
			"The credential is checked with the bank before anything is stored: a refused one stores nothing. Should storing fail after that, " +
			"the problem names the account, which then exists without integration.",
		status: http.StatusCreated, success: "The account, created.", example: exampleAccount(),
		body: reflect.TypeFor[NewAccount](),
		requests: map[string]*huma.Example{
			"account":          {Summary: "An account, enabled later", Value: exampleNewAccount(nil)},
			"with_integration": {Summary: "Created and enabled", Value: exampleNewAccount(exampleCredential())},
		},
		codes:  append([]code{codePersonType, codeBank, codeCNPJ, codeExternalIDTaken}, enablingCodes()...),
		faults: uploadFaults(),
	}, s.createAccount)

	register(s, docs{
		id: opListAccounts, tag: "accounts", summary: "List the accounts",
		description: "All accounts of the tenant, in the order of their creation.",
		success:     "A page of accounts.", example: AccountList{Accounts: []Account{exampleAccount()}},
		codes: []code{codeCursor},
	}, s.listAccounts)

	register(s, docs{
		id: opGetAccount, tag: "accounts", summary: "Read an account",
		description: "The account with the state of its integration, what is kept of its statement and the last sync.",
		success:     "The account.", example: exampleAccount(),
	}, s.getAccount)
}

func (s *server) registerIntegration() {
	register(s, docs{
		id: opEnable, tag: "accounts", summary: "Enable the integration",
		description: "Takes the certificate (.crt), key (.key), ClientID and ClientSecret that the bank issued for the integration, checks them, " +
			"asks the bank for a token and for the statement, and only then stores them and starts the first import. A refused credential stores nothing.",
		success: "The account, enabled; its first import is queued.", example: exampleAccount(),
		body:     reflect.TypeFor[Credential](),
		requests: map[string]*huma.Example{"files": {Summary: "The two files as text, and the two codes", Value: exampleCredential()}},
		codes:    enablingCodes(),
		faults:   uploadFaults(),
	}, s.enableIntegration)
}

// enablingCodes are the ways that enabling can be refused, besides the faults
// of the upload.
func enablingCodes() []code {
	codes := []code{codeBankAccountTaken, codeConflict}
	for _, c := range []statement.Code{
		statement.CredentialsRejected, statement.PermissionMissing, statement.CertificateRejected, statement.CertificateExpired,
		statement.BankAccountRequired, statement.DifferentAccount,
		statement.BankUnavailable, statement.BankRateLimited, statement.IncompleteAnswer,
	} {
		codes = append(codes, code(c))
	}
	return codes
}

// uploadFaults are the codes of what can be wrong with an upload.
func uploadFaults() []string {
	return []string{
		credential.Required, credential.FileTooLarge, credential.ZipNotAccepted, credential.NotPEM, credential.PEMIncomplete, credential.Swapped,
		credential.CertificateNotFound, credential.CertificateUnreadable, credential.CertificateIsCA, credential.CertificateNotYet,
		credential.KeyNotFound, credential.KeyUnreadable, credential.KeyEncrypted, credential.KeyUnsupported, credential.KeyTooWeak,
		credential.SeveralKeys, credential.KeyMismatch, credential.ClientIDNotUUID, credential.ClientIDOther,
		credential.SecretTooLong, credential.SecretMalformed, credential.SecretIsClientID, "bank_account_invalid",
	}
}
