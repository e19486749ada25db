package api

import (
	"context"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"extrato/internal/statement"
)

// What a filtered list reads: so many accounts at a time, and no more than so
// many in all for one page. An account is 1 to 2 KB.
const (
	scanPage = 500
	scanMost = 5000
)

// matching returns up to limit accounts that the filters let through. next is ""
// only where nothing is left to read: a page may end early, at the most that
// one request reads, and then goes on after the last account it looked at.
func (s *server) matching(ctx context.Context, t statement.TenantID, in *listAccountsInput, after statement.AccountID, now time.Time) (list []statement.Account, next statement.AccountID, err error) {
	if !in.Attention.Set && in.Status == "" {
		return s.Store.Accounts(ctx, t, in.Limit, after)
	}
	for read := 0; read < scanMost; read += scanPage {
		accounts, next, err := s.Store.Accounts(ctx, t, scanPage, after)
		if err != nil {
			return nil, "", err
		}
		for _, a := range accounts {
			if !in.lets(a, now) {
				continue
			}
			if len(list) == in.Limit { // there is one more
				return list, list[in.Limit-1].Account, nil
			}
			list = append(list, a)
		}
		if next == "" {
			return list, "", nil
		}
		after = next
	}
	return list, after, nil
}

// lets reports whether the filters let an account through.
func (in *listAccountsInput) lets(a statement.Account, now time.Time) bool {
	state := a.State
	if state == "" {
		state = statement.Disabled
	}
	return (in.Status == "" || in.Status == string(state)) &&
		(!in.Attention.Set || in.Attention.Value == needsAttention(a, now))
}

// maybe is a boolean parameter that may be absent.
type maybe struct{ Value, Set bool }

// Schema says that it is a boolean.
func (maybe) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeBoolean} }

// Receiver returns where huma writes the value.
func (m *maybe) Receiver() reflect.Value { return reflect.ValueOf(m).Elem().Field(0) }

// OnParamSet learns from huma whether the parameter was sent.
func (m *maybe) OnParamSet(isSet bool, _ any) { m.Set = isSet }

// String returns true, false, or "" where it is absent.
func (m maybe) String() string {
	if !m.Set {
		return ""
	}
	return strconv.FormatBool(m.Value)
}
