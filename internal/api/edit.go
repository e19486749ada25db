package api

import (
	"context"
	"fmt"
	"strings"

	"extrato/internal/statement"
)

// AccountChange is the body that changes an account; what it does not name stays.
type AccountChange struct {
	Description *string `json:"description,omitempty" minLength:"1" maxLength:"100" doc:"The name that people give the account. Blanks around it are dropped." example:"Inter filial"`
	ExternalID  *string `json:"external_id,omitempty" nullable:"true" maxLength:"128" doc:"The ERP's own identifier, unique per tenant; null or an empty text removes it." example:"conta-18"`
	Default     *bool   `json:"default,omitempty" doc:"true makes it the tenant's default account, in place of the one before. false is refused: make another account the default one." example:"true"`
}

type updateInput struct {
	IDInput
	RawInput
}

func (s *server) updateAccount(ctx context.Context, in *updateInput) (*accountOutput, error) {
	c := callOf(ctx)
	ref, err := c.ref(in.ID)
	if err != nil {
		return nil, err
	}
	body, err := decode[AccountChange](s.schemas(), c.contentType, in.RawBody, prepareChange)
	if err != nil {
		return nil, err
	}
	patch, err := body.patch()
	if err != nil {
		return nil, err
	}
	var a statement.Account
	if patch == (statement.AccountPatch{}) {
		a, err = s.Store.Account(ctx, ref)
	} else {
		a, err = s.Store.Patch(ctx, ref, patch)
	}
	if err != nil {
		return nil, fmt.Errorf("change account %s: %w", ref, err)
	}
	view, err := s.view(ctx, a)
	if err != nil {
		return nil, err
	}
	return &accountOutput{view}, nil
}

// prepareChange tells a field that is removed from one that is not named: as
// everywhere, a null is otherwise like an absent field.
func prepareChange(body map[string]any) {
	if id, named := body["external_id"]; named && id == nil {
		body["external_id"] = ""
	}
	trimDescription(body)
}

// patch returns what the store is to change.
func (b AccountChange) patch() (statement.AccountPatch, error) {
	if b.Default != nil && !*b.Default {
		return statement.AccountPatch{}, invalid(codeDefault, "body", "default", entryOf(codeDefault).detail)
	}
	var texts []string
	if b.Description != nil {
		texts = append(texts, "description", *b.Description)
	}
	if b.ExternalID != nil {
		texts = append(texts, "external_id", *b.ExternalID)
	}
	if p := unprintable(texts...); p != nil {
		return statement.AccountPatch{}, p
	}
	return statement.AccountPatch{Description: b.Description, ExternalID: b.ExternalID, MakeDefault: b.Default != nil}, nil
}

// trimDescription counts the description without the blanks around it.
func trimDescription(body map[string]any) {
	if text, ok := body["description"].(string); ok {
		body["description"] = strings.TrimSpace(text)
	}
}
