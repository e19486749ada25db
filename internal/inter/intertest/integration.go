package intertest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"extrato/internal/statement"
)

// The names that the bank gives its files.
const (
	ZipName         = "Inter_API-Chave_e_Certificado.zip"
	CertificateName = "Inter API_Certificado.crt"
	KeyName         = "Inter API_Chave.key"
)

// scopeStatement is the permission "Consulta de extrato e saldo".
const scopeStatement = "extrato.read"

// client is what the bank knows of an integration, whatever its certificates.
// The bank's lock guards it.
type client struct {
	id, secret, name string
	accounts         []*Account
	scopes           []string // registered: a token gets those of them that it asks for
	wider            []string // granted with every token, asked for or not
	refuseScope      bool
	deleted          bool
}

// Integration is one certificate of one integration, with what belongs to it.
// It prints as its name only.
type Integration struct {
	bank             *Bank
	client           *client
	certificate, key string
}

// Issue creates an integration with access to accounts, the permission to
// read statements and a certificate for a year from now.
func (b *Bank) Issue(name string, accounts ...*Account) *Integration {
	return b.IssueWith(name, CertificateOptions{}, accounts...)
}

// IssueWith is Issue with another certificate.
func (b *Bank) IssueWith(name string, o CertificateOptions, accounts ...*Account) *Integration {
	c := &client{
		id: uuid.NewString(), secret: uuid.NewString(), name: name,
		accounts: slices.Clone(accounts), scopes: []string{scopeStatement},
	}
	b.mu.Lock()
	b.clients = append(b.clients, c)
	b.mu.Unlock()
	return b.certify(c, o)
}

// Renew issues another certificate for the same integration: client id and
// secret stay, and so does the old certificate until its end.
func (i *Integration) Renew() *Integration { return i.RenewWith(CertificateOptions{}) }

// RenewWith is Renew with another certificate.
func (i *Integration) RenewWith(o CertificateOptions) *Integration {
	return i.bank.certify(i.client, o)
}

// Certificate returns the content of the .crt file.
func (i *Integration) Certificate() string { return i.certificate }

// Key returns the content of the .key file.
func (i *Integration) Key() string { return i.key }

// ClientID returns the integration's id, which is the OU of its certificates.
func (i *Integration) ClientID() string { return i.client.id }

// ClientSecret returns the secret of the token endpoint.
func (i *Integration) ClientSecret() string { return i.client.secret }

// Name returns the name it was issued under.
func (i *Integration) Name() string { return i.client.name }

// Credential returns all four together.
func (i *Integration) Credential() statement.Credential {
	return statement.Credential{
		Certificate: i.certificate, Key: statement.NewSecret(i.key),
		ClientID: i.client.id, ClientSecret: statement.NewSecret(i.client.secret),
	}
}

// Format writes the name under every verb, since the rest is secret.
func (i *Integration) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "integration %q", i.client.name)
}

// Zip returns the file that the bank hands out, with both files in it.
func (i *Integration) Zip() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{CertificateName: i.certificate, KeyName: i.key} {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Integrations returns every certificate issued, in order.
func (b *Bank) Integrations() []*Integration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.integrations)
}

func (i *Integration) change(f func(*client)) {
	i.bank.mu.Lock()
	defer i.bank.mu.Unlock()
	f(i.client)
}

// SetAccounts replaces the accounts behind the integration.
func (i *Integration) SetAccounts(accounts ...*Account) {
	i.change(func(c *client) { c.accounts = slices.Clone(accounts) })
}

// SetScopes replaces the permissions of the integration. Without extrato.read
// a token for it is refused with 401.
func (i *Integration) SetScopes(scopes ...string) {
	i.change(func(c *client) { c.scopes = slices.Clone(scopes) })
}

// GrantAlso makes every token carry further scopes, asked for or not.
func (i *Integration) GrantAlso(scopes ...string) {
	i.change(func(c *client) { c.wider = slices.Clone(scopes) })
}

// RefuseScope makes GETs answer 403 although the token was granted.
func (i *Integration) RefuseScope(refuse bool) { i.change(func(c *client) { c.refuseScope = refuse }) }

// SetSecret replaces the client secret, so that the old one is refused.
func (i *Integration) SetSecret(secret string) { i.change(func(c *client) { c.secret = secret }) }

// Delete removes the integration, as a person may in the Internet Banking:
// its certificates still pass the handshake, its id and tokens are refused.
func (i *Integration) Delete() { i.change(func(c *client) { c.deleted = true }) }

// RevokeTokens makes every token handed out so far invalid before its end.
func (i *Integration) RevokeTokens() {
	i.change(func(c *client) {
		for text, t := range i.bank.tokens {
			if t.client == c {
				delete(i.bank.tokens, text)
			}
		}
	})
}

// CertificateOptions say how a certificate differs from the usual.
type CertificateOptions struct {
	NotBefore time.Time // zero is now
	NotAfter  time.Time // zero is a year after NotBefore
	Key       KeyKind   // Default is the bank's
	OU        string    // "" is the client id
}
