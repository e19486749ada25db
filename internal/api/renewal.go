package api

import (
	"context"
	"fmt"
	"reflect"
)

// Renewal is the body that renews the certificate: what of Credential it needs.
// It is read into a Credential; its values are never in a Renewal.
type Renewal struct {
	Certificate  string `json:"certificate" writeOnly:"true" doc:"The new .crt file as text (PEM). The .zip that holds it is not accepted."`
	Key          string `json:"key" writeOnly:"true" doc:"The .key file that came with it, as text (PEM), without a password."`
	ClientID     string `json:"client_id,omitempty" writeOnly:"true" doc:"Where it changed; without it the one in use stays." example:"01234567-89ab-cdef-0123-456789abcdef"`
	ClientSecret string `json:"client_secret,omitempty" writeOnly:"true" doc:"Where it changed; without it the one in use stays."`
}

// renewCertificate puts a new certificate into use. Until it has passed every
// check, at the bank too, the one in use stays and works.
func (s *server) renewCertificate(ctx context.Context, in *enableInput) (*accountOutput, error) {
	c := callOf(ctx)
	ref, err := c.ref(in.ID)
	if err != nil {
		return nil, err
	}
	body, err := uploaded(s.schemas(), reflect.TypeFor[Renewal](), c.contentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	if _, err := s.Store.Account(ctx, ref); err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	a, err := s.Integrations.Renew(ctx, ref, body.upload())
	if err != nil {
		return nil, fmt.Errorf("renew the certificate of %s: %w", ref, err)
	}
	view, err := s.view(ctx, a)
	if err != nil {
		return nil, err
	}
	return &accountOutput{view}, nil
}
