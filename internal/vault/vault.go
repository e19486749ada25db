// Package vault keeps the credentials of accounts in AWS Secrets Manager.
//
// The secret <prefix>/<tenant>/<account> holds the JSON object
//
//	{"certificate": PEM, "key": PEM, "client_id": "…", "client_secret": "…"}
//
// New makes a Vault, Load reads an account's credential, Save replaces it, and
// Delete schedules it for deletion. The previous one stays in the secret as
// AWSPREVIOUS.
package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"extrato/internal/statement"
)

// Vault reads and writes credentials. It is safe for use by several goroutines.
type Vault struct {
	client *secretsmanager.Client
	prefix string
	key    string
}

// Option changes how a Vault is made.
type Option func(*Vault)

// WithKey lets secrets be encrypted with a customer managed key of KMS, by its
// id, ARN or alias, when they are created. "" is the key aws/secretsmanager.
func WithKey(id string) Option { return func(v *Vault) { v.key = id } }

// New returns the vault whose secrets' names begin with a prefix and a slash.
func New(client *secretsmanager.Client, prefix string, options ...Option) *Vault {
	v := &Vault{client: client, prefix: prefix}
	for _, o := range options {
		o(v)
	}
	return v
}

// content is the secret's JSON. It exists only between the SDK and a
// Credential: its fields are in the open.
type content struct {
	Certificate  string `json:"certificate"`
	Key          string `json:"key"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// name returns the name of an account's secret. An id of another shape than
// ours could name another account's secret, and is refused.
func (v *Vault) name(ref statement.Ref) (string, error) {
	if !statement.ValidID(string(ref.Tenant)) || !statement.ValidID(string(ref.Account)) {
		return "", errors.New("tenant or account is not an id")
	}
	return v.prefix + "/" + ref.String(), nil
}

// Load returns the credential of an account. The error wraps
// statement.ErrNotFound where there is none, or where it is scheduled for
// deletion. It never quotes what the secret holds.
func (v *Vault) Load(ctx context.Context, ref statement.Ref) (statement.Credential, error) {
	cred, err := v.load(ctx, ref)
	if err != nil {
		return statement.Credential{}, fmt.Errorf("load the credential of %s: %w", ref, err)
	}
	return cred, nil
}

func (v *Vault) load(ctx context.Context, ref statement.Ref) (statement.Credential, error) {
	name, err := v.name(ref)
	if err != nil {
		return statement.Credential{}, err
	}
	out, err := v.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if absent(err) {
		return statement.Credential{}, fmt.Errorf("secret %s: %w", name, statement.ErrNotFound)
	}
	if err != nil {
		return statement.Credential{}, err
	}
	var c content
	// The cause is dropped: it may quote the content.
	if json.Unmarshal([]byte(aws.ToString(out.SecretString)), &c) != nil {
		return statement.Credential{}, fmt.Errorf("secret %s is not the JSON object of a credential", name)
	}
	if c.Certificate == "" || c.Key == "" || c.ClientID == "" || c.ClientSecret == "" {
		return statement.Credential{}, fmt.Errorf("secret %s lacks a part of a credential", name)
	}
	return statement.Credential{Certificate: c.Certificate, Key: statement.NewSecret(c.Key),
		ClientID: c.ClientID, ClientSecret: statement.NewSecret(c.ClientSecret)}, nil
}

// absent reports whether an error says that there is nothing to read, or to
// delete. A scheduled deletion has no error type of its own: it is told from
// the type's other causes by its text, which AWS words as "marked for deletion".
func absent(err error) bool {
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); ok {
		return true
	}
	invalid, ok := errors.AsType[*types.InvalidRequestException](err)
	return ok && strings.Contains(strings.ToLower(invalid.ErrorMessage()), "delet")
}
