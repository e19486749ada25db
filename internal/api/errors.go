package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

// retryDefault is asked of the client where the bank named no time. The bank
// counts its limits by the minute.
const retryDefault = time.Minute

// problem joins the errors of the layers below with what a client sees. What no
// rule knows is logged once, here, and told as internal_error. The layers'
// errors never carry secrets.
func (s *server) problem(ctx context.Context, route Route, err error) *Problem {
	var (
		ready   *Problem
		faults  credential.Faults
		refusal *enable.Refusal
		taken   *statement.BankAccountTaken
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &faults):
		return faultsProblem(faults)
	case errors.As(err, &refusal):
		return refusalProblem(refusal)
	case errors.As(err, &taken):
		return s.takenProblem(ctx, taken.By)
	case errors.Is(err, enable.ErrNotEnabled):
		return newProblem(codeNotEnabled)
	case errors.Is(err, statement.ErrNotFound):
		return newProblem(codeAccountNotFound)
	case errors.Is(err, statement.ErrExternalIDTaken):
		return invalid(codeExternalIDTaken, "body", "external_id", "Outra conta já usa este identificador.")
	case errors.Is(err, statement.ErrConflict):
		return newProblem(codeConflict)
	}
	s.Log.ErrorContext(ctx, "request failed", slog.String("operation", route.ID),
		slog.String("tenant", string(callOf(ctx).tenant)), slog.String("error", err.Error()))
	return newProblem(codeInternal)
}

// faultsProblem tells what is wrong with an upload. The first fault names the
// whole, so that a program need not look into the list.
func faultsProblem(faults credential.Faults) *Problem {
	p := newProblem(codeCredentialInvalid)
	for i, f := range faults {
		if i == 0 {
			p.Code, p.Detail = f.Code, f.Message
		}
		p.Errors = append(p.Errors, FieldError{Location: "body", Field: f.Field, Code: f.Code, Message: f.Message})
	}
	return p
}

func refusalProblem(r *enable.Refusal) *Problem {
	p := newProblem(code(r.Code))
	if p.Status == 503 {
		p.retryAfter = r.RetryAfter
		if p.retryAfter <= 0 {
			p.retryAfter = retryDefault
		}
	}
	return p
}

// takenProblem names the account that has the bank account: by its description,
// which is what the person knows, where it can be read.
func (s *server) takenProblem(ctx context.Context, by statement.AccountID) *Problem {
	p := newProblem(codeBankAccountTaken)
	p.AccountID = string(by)
	name := string(by)
	if a, err := s.Store.Account(ctx, statement.Ref{Tenant: callOf(ctx).tenant, Account: by}); err == nil {
		name = a.Description
	}
	p.Detail = fmt.Sprintf("Esta conta bancária já está integrada na conta %q. Continue usando essa conta.", name)
	return p
}

// inField puts the fields of a problem below a field of the body.
func inField(err error, parent string) error {
	var faults credential.Faults
	if !errors.As(err, &faults) {
		return err
	}
	below := make(credential.Faults, len(faults))
	for i, f := range faults {
		f.Field = parent + "." + f.Field
		below[i] = f
	}
	return below
}
