package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

func (s *server) registerAccounts() {
	register(s, docs{
		id: opCreateAccount, tag: "accounts", summary: "Create an account",
		description: "Creates a bank account of the tenant; with `integration` it is enabled at once, as PUT …/integration does. " +
			"The credential is checked with the bank before anything is stored: a refused one stores nothing. Should storing fail after that, " +
			"the problem names the account, which then exists without integration.",
		status: http.StatusCreated, success: "The account, created.", example: exampleAccount(),
		once: true,
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
		description: "All accounts of the tenant, or those that the filters name, in the order of their creation. With filters a page can be " +
			"shorter than limit, even empty, before the last one: go on while there is a next_cursor. attention=true is the list to show to a " +
			"person: what is parked, fails or differs from the bank's balance, and certificates that end within 60 days.",
		success: "A page of accounts.", example: AccountList{Accounts: []Account{exampleAccount()}},
		codes: []code{codeCursor},
	}, s.listAccounts)

	register(s, docs{
		id: opGetAccount, tag: "accounts", summary: "Read an account",
		description: "The account with the state of its integration, what is kept of its statement and the last sync.",
		success:     "The account.", example: exampleAccount(),
	}, s.getAccount)

	register(s, docs{
		id: opUpdateAccount, tag: "accounts", summary: "Change an account",
		description: "Changes the description, the ERP's own identifier or which account is the default one; what the body does not name stays as it is.",
		success:     "The account, changed.", example: exampleAccount(),
		body: reflect.TypeFor[AccountChange](),
		requests: map[string]*huma.Example{
			"description":        {Summary: "Another description", Value: map[string]any{"description": "Inter filial"}},
			"default":            {Summary: "Make it the default account", Value: map[string]any{"default": true}},
			"remove_external_id": {Summary: "Without the ERP's identifier", Value: map[string]any{"external_id": nil}},
		},
		codes: []code{codeExternalIDTaken, codeDefault, codeConflict},
	}, s.updateAccount)
}

func (s *server) registerIntegration() {
	register(s, docs{
		id: opEnable, tag: "accounts", summary: "Enable the integration",
		description: "Takes the certificate (.crt), key (.key), ClientID and ClientSecret that the bank issued for the integration, checks them, " +
			"asks the bank for a token and for the statement, and only then stores them and starts the first import. A refused credential stores nothing. " +
			"As JSON, or as a form with the two files: curl -X PUT -F certificate=@\"Inter API_Certificado.crt\" -F key=@\"Inter API_Chave.key\" " +
			"-F client_id=… -F client_secret=… . Enabling again, also after the integration was disabled, goes on where the statement ends.",
		success: "The account, enabled; its first import is queued.", example: exampleAccount(),
		body:     reflect.TypeFor[Credential](),
		requests: map[string]*huma.Example{"files": {Summary: "The two files as text, and the two codes", Value: exampleCredential()}},
		form:     true,
		codes:    enablingCodes(),
		faults:   uploadFaults(),
	}, s.enableIntegration)

	register(s, docs{
		id: opRenew, tag: "accounts", summary: "Renew the certificate",
		description: "Takes the new certificate and key of an enabled account, also of one that is parked because the old certificate ended. They are " +
			"checked as when enabling, and must read the same bank account; until then the pair in use stays and works. The bank keeps ClientID and " +
			"ClientSecret when a certificate is renewed; send them where they changed. After it the account syncs at once. As JSON, or as a form with " +
			"the two files, as PUT …/integration.",
		success: "The account, renewed; its next sync is queued.", example: exampleAccount(),
		body:     reflect.TypeFor[Renewal](),
		requests: map[string]*huma.Example{"files": {Summary: "The two new files as text", Value: exampleRenewal()}},
		form:     true,
		codes:    append([]code{codeNotEnabled, code(statement.CredentialsMissing)}, enablingCodes()...),
		faults:   uploadFaults(),
	}, s.renewCertificate)
}

func (s *server) registerLeaving() {
	register(s, docs{
		id: opDisable, tag: "accounts", summary: "Disable the integration",
		description: "Ends the syncs and schedules the credential for deletion in 7 days. What was imported stays and can be read. A repeat changes " +
			"nothing. Enabling again goes on without duplicates.",
		success: "The account, without integration.", example: exampleDisabled(),
		codes: []code{codeConflict},
	}, s.disableIntegration)

	register(s, docs{
		id: opDeleteAccount, tag: "accounts", summary: "Erase an account",
		description: "Takes the account away at once: from now on it is not found. Its credential, entries, days and runs are erased in the " +
			"background. If it was the default account, the oldest other one becomes it. There is no way back; to keep the history, disable the integration.",
		status: http.StatusAccepted, success: "The account is gone, what is kept of it is being erased.",
		example: Erased{ID: "01m8x5t9q3k4v7w2z6c1b0n8hd", Message: sayErased},
		codes:   []code{codeConflict},
	}, s.deleteAccount)
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
		credential.SecretTooLong, credential.SecretMalformed, credential.SecretIsClientID, enable.BankAccountInvalid, enable.CNPJMismatch,
	}
}
