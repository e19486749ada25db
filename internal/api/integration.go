package api

import (
	"context"
	"fmt"
	"reflect"

	"extrato/internal/credential"
)

// Credential is what the bank issued for the integration. It prints as
// [redacted].
type Credential struct {
	Certificate  string `json:"certificate" writeOnly:"true" doc:"The .crt file as text (PEM). The .zip that holds it is not accepted."`
	Key          string `json:"key" writeOnly:"true" doc:"The .key file as text (PEM), without a password."`
	ClientID     string `json:"client_id" writeOnly:"true" doc:"The ClientID shown in the integration's details." example:"01234567-89ab-cdef-0123-456789abcdef"`
	ClientSecret string `json:"client_secret" writeOnly:"true" doc:"The ClientSecret shown in the integration's details."`
	BankAccount  string `json:"bank_account,omitempty" doc:"The account's number with its digit; needed where the integration gives access to several accounts." example:"123456789"`
}

// Format writes [redacted] under every verb.
func (Credential) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// MarshalText returns [redacted]; encoding/json and slog use it too.
func (Credential) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

func (c Credential) upload() credential.Upload {
	return credential.Upload{
		Certificate:  []byte(c.Certificate),
		Key:          []byte(c.Key),
		ClientID:     c.ClientID,
		ClientSecret: c.ClientSecret,
	}
}

type enableInput struct {
	IDInput
	RawInput
}

// enableIntegration checks a credential with the bank and puts it into use. An
// account that does not exist is told before the bank is asked.
func (s *server) enableIntegration(ctx context.Context, in *enableInput) (*accountOutput, error) {
	c := callOf(ctx)
	ref, err := c.ref(in.ID)
	if err != nil {
		return nil, err
	}
	body, err := uploaded(s.schemas(), reflect.TypeFor[Credential](), c.contentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	head, err := s.Store.Account(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	prepared, err := s.Enabler.Prepare(ctx, head, body.upload(), body.BankAccount)
	if err != nil {
		return nil, fmt.Errorf("check the credential of %s: %w", ref, err)
	}
	if head, err = s.Enabler.Finish(ctx, ref, prepared); err != nil {
		return nil, fmt.Errorf("enable %s: %w", ref, err)
	}
	view, err := s.view(ctx, head)
	if err != nil {
		return nil, err
	}
	return &accountOutput{view}, nil
}
