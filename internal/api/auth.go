package api

import (
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"extrato/internal/statement"
)

type callKey struct{}

// call is what the handlers know of the request besides its input.
type call struct {
	tenant      statement.TenantID
	contentType string
}

func callOf(ctx context.Context) call {
	c, _ := ctx.Value(callKey{}).(call)
	return c
}

// authorize lets a request through whose token has the route's scope and names a
// tenant. The gateway has checked token and scope already; this holds where it
// is set up wrongly.
func (s *server) authorize(route Route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		c := call{contentType: r.Header.Get("Content-Type")}
		if route.Scope != "" {
			caller, ok := s.Caller(r)
			switch {
			case !ok:
				w.Header().Set("WWW-Authenticate", "Bearer")
				write(w, newProblem(codeUnauthenticated))
				return
			case !statement.ValidID(caller.Tenant):
				write(w, newProblem(codeTenantInvalid))
				return
			case !slices.Contains(caller.Scopes, route.Scope):
				w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+route.Scope+`"`)
				write(w, newProblem(codeScopeMissing))
				return
			}
			c.tenant = statement.TenantID(caller.Tenant)
		}
		next(huma.WithValue(hc, callKey{}, c))
	}
}

// ref names an account of the caller. An id that cannot be one is answered as
// an unknown account, without asking the store.
func (c call) ref(id string) (statement.Ref, error) {
	if !statement.ValidID(id) {
		return statement.Ref{}, newProblem(codeAccountNotFound)
	}
	return statement.Ref{Tenant: c.tenant, Account: statement.AccountID(id)}, nil
}
