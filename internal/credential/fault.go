package credential

import (
	"fmt"
	"log/slog"
	"strings"

	"extrato/internal/statement"
)

// The fields of an upload, as the API names them.
const (
	FieldCertificate  = "certificate"
	FieldKey          = "key"
	FieldClientID     = "client_id"
	FieldClientSecret = "client_secret"
)

// The codes of what can be wrong with an upload. They are stable.
const (
	Required              = "required"                         // any field: not sent, or empty
	FileTooLarge          = "file_too_large"                   // a file of more than 16 KB
	ZipNotAccepted        = "zip_not_accepted"                 // a file is the zip that holds both
	NotPEM                = "not_pem"                          // a file is something else: the message says what
	PEMIncomplete         = "pem_incomplete"                   // a file ends in the middle of a block
	Swapped               = "certificate_and_key_swapped"      // each file is in the other's field
	CertificateNotFound   = "certificate_not_found"            // PEM, but no certificate in it
	CertificateUnreadable = "certificate_unreadable"           // a certificate's block that cannot be decoded
	CertificateIsCA       = "certificate_is_ca"                // an authority's certificate, not the integration's
	CertificateExpired    = "certificate_expired"              //
	CertificateNotYet     = "certificate_not_yet_valid"        //
	KeyNotFound           = "key_not_found"                    // PEM, but no private key in it
	KeyUnreadable         = "key_unreadable"                   // a key's block that cannot be decoded
	KeyEncrypted          = "key_encrypted"                    // protected by a password
	KeyUnsupported        = "key_unsupported"                  // a kind of key that TLS cannot use here
	KeyTooWeak            = "key_too_weak"                     // RSA of less than 2048 bits
	SeveralKeys           = "several_keys"                     // more than one private key in the file
	KeyMismatch           = "key_does_not_match"               // not the key of this certificate
	ClientIDNotUUID       = "client_id_not_uuid"               //
	ClientIDOther         = "client_id_of_another_integration" // not the one in the certificate's OU
	SecretTooLong         = "client_secret_too_long"           //
	SecretMalformed       = "client_secret_malformed"          // dots of a hidden field, line breaks
	SecretIsClientID      = "client_secret_is_client_id"       // the same code in both fields
)

// Fault is one thing wrong with an upload.
type Fault struct {
	Code    string // one of the codes above
	Field   string // one of the fields above
	Message string // pt-BR: what happened and the way out; nothing of the upload in it
}

// Faults are all the faults found, at least one, in the order of the fields. A
// fault that only follows from another is left out.
type Faults []Fault

// Error names fields and codes only: "upload refused: key: key_encrypted".
func (f Faults) Error() string {
	parts := make([]string, len(f))
	for i, fault := range f {
		parts[i] = fault.Field + ": " + fault.Code
	}
	return "upload refused: " + strings.Join(parts, "; ")
}

// Upload is what a person sends. It prints as [redacted].
type Upload struct {
	Certificate, Key       []byte // the files as they are
	ClientID, ClientSecret string
}

// String returns [redacted].
func (Upload) String() string { return statement.Secret{}.String() }

// Format writes [redacted] under every verb.
func (u Upload) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(u.String())) }

// MarshalText returns [redacted]; encoding/json uses it too.
func (u Upload) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue returns [redacted].
func (u Upload) LogValue() slog.Value { return slog.StringValue(u.String()) }
