package api

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

type IDInput struct {
	ID string `path:"id" doc:"The account's identifier." example:"01m8x5t9q3k4v7w2z6c1b0n8hd"`
}

type accountOutput struct{ Body Account }

func (s *server) getAccount(ctx context.Context, in *IDInput) (*accountOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	a, err := s.Store.Account(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	view, err := s.view(ctx, a)
	if err != nil {
		return nil, err
	}
	return &accountOutput{view}, nil
}

type listAccountsInput struct {
	Attention maybe  `query:"attention" doc:"true: only accounts that a person should look at. false: only the others."`
	Status    string `query:"status" enum:"disabled,active,attention" doc:"Only accounts whose status has this state."`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
	Cursor    string `query:"cursor" maxLength:"1024" doc:"next_cursor of the page before."`
}

// AccountList is a page of accounts.
type AccountList struct {
	_          struct{}  `additionalProperties:"true"`
	Accounts   []Account `json:"accounts" nullable:"false" doc:"In the order of their creation. With filters a page can be shorter than limit before the last one."`
	NextCursor string    `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last page."`
}

type accountListOutput struct{ Body AccountList }

func (s *server) listAccounts(ctx context.Context, in *listAccountsInput) (*accountListOutput, error) {
	tenant := callOf(ctx).tenant
	filter := fingerprint("accounts", string(tenant), in.Attention.String(), in.Status)
	var at position
	if in.Cursor != "" {
		var ok bool
		if at, ok = parsePosition(in.Cursor, filter); !ok || !statement.ValidID(at.After) {
			return nil, invalid(codeCursor, "query", "cursor", entryOf(codeCursor).detail)
		}
	}
	now := s.Clock()
	accounts, next, err := s.matching(ctx, tenant, in, statement.AccountID(at.After), now)
	if err != nil {
		return nil, fmt.Errorf("list accounts of %s: %w", tenant, err)
	}
	preferred, err := s.Store.DefaultAccount(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("read default account of %s: %w", tenant, err)
	}
	list := AccountList{Accounts: make([]Account, 0, len(accounts))}
	for _, a := range accounts {
		list.Accounts = append(list.Accounts, viewAccount(a, a.Account == preferred, now))
	}
	if next != "" {
		list.NextCursor = position{After: string(next), Of: filter}.String()
	}
	return &accountListOutput{list}, nil
}

// view tells an account, and whether it is the default one.
func (s *server) view(ctx context.Context, a statement.Account) (Account, error) {
	preferred, err := s.Store.DefaultAccount(ctx, a.Tenant)
	if err != nil {
		return Account{}, fmt.Errorf("read default account of %s: %w", a.Tenant, err)
	}
	return viewAccount(a, a.Account == preferred, s.Clock()), nil
}
