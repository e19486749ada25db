package api_test

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

// kept is what the fake knows of an idempotency key.
type kept struct {
	body   string
	status int // 0 while it runs
	answer []byte
}

func (f *fake) Patch(_ context.Context, ref statement.Ref, p statement.AccountPatch) (statement.Account, error) {
	if err := f.called("Patch", ref); err != nil {
		return statement.Account{}, err
	}
	f.patches = append(f.patches, p)
	a, ok := f.accounts[ref]
	if !ok {
		return statement.Account{}, statement.ErrNotFound
	}
	if p.Description != nil {
		a.Description = *p.Description
	}
	if p.ExternalID != nil {
		for other, b := range f.accounts {
			if other.Tenant == ref.Tenant && other != ref && *p.ExternalID != "" && b.ExternalID == *p.ExternalID {
				return statement.Account{}, statement.ErrExternalIDTaken
			}
		}
		a.ExternalID = *p.ExternalID
	}
	if p.MakeDefault {
		f.preferred[ref.Tenant] = ref.Account
	}
	f.accounts[ref] = a
	return a, nil
}

func (f *fake) Renew(_ context.Context, ref statement.Ref, u credential.Upload) (statement.Account, error) {
	if err := f.called("Renew", ref); err != nil {
		return statement.Account{}, err
	}
	f.renewals = append(f.renewals, u)
	a, ok := f.accounts[ref]
	switch {
	case !ok:
		return statement.Account{}, statement.ErrNotFound
	case f.failRenew != nil:
		return statement.Account{}, f.failRenew
	case a.State != statement.Active && a.State != statement.Attention:
		return statement.Account{}, enable.ErrNotEnabled
	}
	a.State, a.Failure = statement.Active, ""
	f.accounts[ref] = a
	return a, nil
}

func (f *fake) Disable(_ context.Context, ref statement.Ref) (statement.Account, error) {
	if err := f.called("Disable", ref); err != nil {
		return statement.Account{}, err
	}
	a, ok := f.accounts[ref]
	if !ok {
		return statement.Account{}, statement.ErrNotFound
	}
	a.State, a.Failure, a.Warnings = statement.Disabled, "", nil
	f.accounts[ref] = a
	return a, nil
}

// Erase remembers tombstones: a repeat is nil, an account that never was is not found.
func (f *fake) Erase(_ context.Context, ref statement.Ref) error {
	if err := f.called("Erase", ref); err != nil {
		return err
	}
	_, there := f.accounts[ref]
	if !there && !slices.Contains(f.tombs, ref) {
		return statement.ErrNotFound
	}
	delete(f.accounts, ref)
	f.tombs = append(f.tombs, ref)
	return f.failErase
}

func (f *fake) Begin(_ context.Context, t statement.TenantID, key, body string) ([]byte, int, string, error) {
	if err := f.called("Begin", statement.Ref{Tenant: t}); err != nil {
		return nil, 0, "", err
	}
	f.begun = append(f.begun, body)
	if err := f.failAnswers["Begin"]; err != nil {
		return nil, 0, "", err
	}
	k := string(t) + " " + key
	switch a := f.answers[k]; {
	case a == nil:
		f.answers[k] = &kept{body: body}
		return nil, 0, "new", nil
	case a.body != body:
		return nil, 0, "other", nil
	case a.status == 0:
		return nil, 0, "running", nil
	default:
		return a.answer, a.status, "done", nil
	}
}

// table is the fake as the store: Finish of an answer, not of an enabling.
type table struct{ *fake }

func (f table) Finish(ctx context.Context, t statement.TenantID, key string, status int, answer []byte) error {
	if err := f.called("Keep", statement.Ref{Tenant: t}); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := f.failAnswers["Finish"]; err != nil {
		return err
	}
	a := f.answers[string(t)+" "+key]
	if a == nil {
		return statement.ErrNotFound
	}
	if status < 200 || status > 299 {
		f.t.Errorf("an answer of %d is kept", status)
	}
	a.status, a.answer = status, bytes.Clone(answer)
	return nil
}

func (f *fake) Forget(ctx context.Context, t statement.TenantID, key string) error {
	if err := errors.Join(f.called("Forget", statement.Ref{Tenant: t}), ctx.Err(), f.failAnswers["Forget"]); err != nil {
		return err
	}
	delete(f.answers, string(t)+" "+key)
	return nil
}
