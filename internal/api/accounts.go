package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"extrato/internal/cnpj"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

// NewAccount is the body that creates an account.
type NewAccount struct {
	Description string      `json:"description" minLength:"1" maxLength:"100" doc:"The name that people give the account. Blanks around it are dropped." example:"Inter matriz"`
	Bank        string      `json:"bank" enum:"inter" doc:"The bank."`
	PersonType  string      `json:"person_type" enum:"PJ" doc:"Only business accounts: PF and MEI have no access to the integration at the bank."`
	CNPJ        string      `json:"cnpj,omitempty" doc:"The company's CNPJ, numeric or alphanumeric, with or without punctuation." example:"11.222.333/0001-81"`
	ExternalID  string      `json:"external_id,omitempty" minLength:"1" maxLength:"128" doc:"The ERP's own identifier of the account: printable characters, unique per tenant." example:"conta-17"`
	Default     bool        `json:"default,omitempty" doc:"Make it the tenant's default account. The first account is it in any case."`
	Integration *Credential `json:"integration,omitempty" doc:"Enable the integration at once."`
}

type createdOutput struct {
	Location string `header:"Location" doc:"The account's path." example:"/v1/accounts/01m8x5t9q3k4v7w2z6c1b0n8hd"`
	Body     Account
}

// createAccount creates an account and, where a credential comes with it,
// enables it. The credential is checked first, with the bank too, so a refused
// upload stores nothing. What can go wrong after that leaves a whole account
// without integration, and the problem says so and names it.
func (s *server) createAccount(ctx context.Context, in *RawInput) (*createdOutput, error) {
	c := callOf(ctx)
	body, err := decode[NewAccount](s.schemas(), c.contentType, in.RawBody, trimDescription)
	if err != nil {
		return nil, explain(err)
	}
	a, err := s.newAccount(c.tenant, body)
	if err != nil {
		return nil, err
	}
	var prepared *enable.Prepared
	if body.Integration != nil {
		if prepared, err = s.prepare(ctx, a, *body.Integration); err != nil {
			return nil, inField(err, "integration")
		}
	}
	if err := s.Store.CreateAccount(ctx, a, body.Default); err != nil {
		return nil, fmt.Errorf("create account of %s: %w", c.tenant, err)
	}
	if prepared != nil {
		enabled, err := s.Enabler.Finish(ctx, a.Ref, prepared)
		if err != nil {
			return nil, s.halfDone(ctx, a.Account, err)
		}
		a = enabled
	}
	view, err := s.view(ctx, a)
	if err != nil {
		return nil, err
	}
	return &createdOutput{Location: "/v1/accounts/" + view.ID, Body: view}, nil
}

// prepare checks a credential for a new account.
func (s *server) prepare(ctx context.Context, a statement.Account, c Credential) (*enable.Prepared, error) {
	p, err := s.Enabler.Prepare(ctx, a, c.upload(), c.BankAccount)
	if err != nil {
		return nil, fmt.Errorf("check a credential of %s: %w", a.Tenant, err)
	}
	if s.Available != nil {
		if err := s.Available(ctx, a.Tenant, p); err != nil {
			return nil, fmt.Errorf("check a credential of %s: %w", a.Tenant, err)
		}
	}
	return p, nil
}

// halfDone tells that the account exists and its integration does not.
func (s *server) halfDone(ctx context.Context, created statement.AccountID, err error) error {
	p := s.problem(ctx, routeOf(opCreateAccount), err)
	p.Detail += fmt.Sprintf(" A conta foi criada sem a integração, com o identificador %s: habilite-a depois, nela mesma.", created)
	if p.AccountID == "" {
		p.AccountID = string(created)
	}
	return p
}

// newAccount makes the account that a body describes.
func (s *server) newAccount(t statement.TenantID, body NewAccount) (statement.Account, error) {
	if p := unprintable("description", body.Description, "external_id", body.ExternalID); p != nil {
		return statement.Account{}, p
	}
	var number cnpj.CNPJ
	if body.CNPJ != "" {
		var err error
		if number, err = cnpj.Parse(body.CNPJ); err != nil {
			return statement.Account{}, invalid(codeCNPJ, "body", "cnpj", entryOf(codeCNPJ).detail)
		}
	}
	now := s.Clock()
	id, err := newAccountID(now, s.Random)
	if err != nil {
		return statement.Account{}, err
	}
	return statement.Account{
		Ref:         statement.Ref{Tenant: t, Account: id},
		Description: body.Description,
		ExternalID:  body.ExternalID,
		Bank:        body.Bank,
		PersonType:  body.PersonType,
		CNPJ:        string(number),
		CreatedAt:   now.UTC().Truncate(time.Millisecond),
		State:       statement.Disabled,
	}, nil
}

// unprintable tells which of some fields, given as names and texts in turn,
// have characters that nobody sees; nil where none has.
func unprintable(fields ...string) *Problem {
	p := newProblem(codeValidation)
	for i := 0; i < len(fields); i += 2 {
		if strings.ContainsFunc(fields[i+1], func(r rune) bool { return !unicode.IsPrint(r) }) {
			p.Errors = append(p.Errors, FieldError{Location: "body", Field: fields[i], Code: "characters_invalid",
				Message: "Use apenas caracteres visíveis e espaços, em uma linha."})
		}
	}
	if len(p.Errors) == 0 {
		return nil
	}
	return p
}

// explain gives the values that the product cannot accept their own code, with
// the reason: it is the first thing that a person of the wrong kind must know.
func explain(err error) error {
	var p *Problem
	if !errors.As(err, &p) {
		return err
	}
	errs := p.Errors
	for i, e := range errs { // sorted by field: the person's type comes last and names the whole
		c, ok := map[string]code{"bank": codeBank, "person_type": codePersonType}[e.Field]
		if ok && e.Code == "value_not_allowed" {
			p = newProblem(c)
			errs[i].Code, errs[i].Message = string(c), p.Detail
		}
	}
	p.Errors = errs
	return p
}
