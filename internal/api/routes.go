package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// The scopes a token can have.
const (
	ScopeRead  = "extrato/read"
	ScopeWrite = "extrato/write"
)

// Route is one operation as the gateway must know it.
type Route struct {
	ID     string // operationId
	Method string
	Path   string // with {id} for parameters, as the gateway and net/http write them
	Scope  string // that the token must have; "" is open to everyone
}

// The operations.
const (
	opCreateAccount = "create-account"
	opListAccounts  = "list-accounts"
	opGetAccount    = "get-account"
	opUpdateAccount = "update-account"
	opDeleteAccount = "delete-account"
	opEnable        = "enable-integration"
	opRenew         = "renew-certificate"
	opDisable       = "disable-integration"
	opListEntries   = "list-entries"
	opGetEntry      = "get-entry"
	opListChanges   = "list-changes"
	opListDays      = "list-days"
	opListSyncs     = "list-syncs"
	opRequestSync   = "request-sync"
	opHealth        = "health"
	opDocument      = "openapi"
)

// Routes lists every route that the API serves.
func Routes() []Route {
	return []Route{
		{opCreateAccount, http.MethodPost, "/v1/accounts", ScopeWrite},
		{opListAccounts, http.MethodGet, "/v1/accounts", ScopeRead},
		{opGetAccount, http.MethodGet, "/v1/accounts/{id}", ScopeRead},
		{opUpdateAccount, http.MethodPatch, "/v1/accounts/{id}", ScopeWrite},
		{opDeleteAccount, http.MethodDelete, "/v1/accounts/{id}", ScopeWrite},
		{opEnable, http.MethodPut, "/v1/accounts/{id}/integration", ScopeWrite},
		{opRenew, http.MethodPut, "/v1/accounts/{id}/integration/certificate", ScopeWrite},
		{opDisable, http.MethodDelete, "/v1/accounts/{id}/integration", ScopeWrite},
		{opListEntries, http.MethodGet, "/v1/accounts/{id}/entries", ScopeRead},
		{opGetEntry, http.MethodGet, "/v1/accounts/{id}/entries/{entry}", ScopeRead},
		{opListChanges, http.MethodGet, "/v1/accounts/{id}/changes", ScopeRead},
		{opListDays, http.MethodGet, "/v1/accounts/{id}/days", ScopeRead},
		{opListSyncs, http.MethodGet, "/v1/accounts/{id}/syncs", ScopeRead},
		{opRequestSync, http.MethodPost, "/v1/accounts/{id}/syncs", ScopeWrite},
		{opHealth, http.MethodGet, "/healthz", ""},
		{opDocument, http.MethodGet, "/openapi.json", ""},
	}
}

func routeOf(id string) Route {
	return Routes()[slices.IndexFunc(Routes(), func(r Route) bool { return r.ID == id })]
}

// register adds an operation to the router and to the document. Every error of
// fn becomes a problem here, so huma never sees one of another kind.
func register[I, O any](s *server, d docs, fn func(context.Context, *I) (*O, error)) {
	route := routeOf(d.id)
	op := d.operation(s.huma.OpenAPI().Components.Schemas, route)
	op.Middlewares = huma.Middlewares{s.authorize(route)}
	if d.once {
		op.Middlewares = append(op.Middlewares, s.once(route))
	}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, route, err)
		}
		return out, nil
	})
	d.finish(s.huma.OpenAPI().Components.Schemas, &op)
}
