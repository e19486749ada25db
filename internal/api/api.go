package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

// Accounts keeps the accounts of all tenants.
type Accounts interface {
	// CreateAccount stores a new account, as the tenant's default where asked or
	// where it is the first. ErrExternalIDTaken stores nothing.
	CreateAccount(ctx context.Context, a statement.Account, makeDefault bool) error
	// Account reads an account with all that was written before; ErrNotFound.
	Account(ctx context.Context, ref statement.Ref) (statement.Account, error)
	// Accounts lists up to limit accounts after one; next is "" at the end.
	Accounts(ctx context.Context, t statement.TenantID, limit int, after statement.AccountID) (list []statement.Account, next statement.AccountID, err error)
}

// Defaults knows each tenant's default account.
type Defaults interface {
	// DefaultAccount returns "" for a tenant without accounts.
	DefaultAccount(ctx context.Context, t statement.TenantID) (statement.AccountID, error)
}

// Entries reads entries by date.
type Entries interface {
	// Page returns up to q.Limit entries in the order of their keys, and where
	// the next page begins, "" at the end. A page may be short of q.Limit before
	// the end, where q.Match drops many.
	Page(ctx context.Context, ref statement.Ref, q statement.PageQuery) (entries []statement.Entry, after string, err error)
}

// Store is what the API keeps and reads.
type Store interface {
	Accounts
	Defaults
	Entries
}

// Enabler brings a credential into use. Its errors are credential.Faults,
// *enable.Refusal, *statement.BankAccountTaken and statement.ErrNotFound.
type Enabler interface {
	// Prepare checks an upload, with the bank too, and stores nothing.
	Prepare(ctx context.Context, u credential.Upload, bankAccount string) (*enable.Prepared, error)
	// Finish stores what Prepare found good on an account and asks for its first
	// sync. Repeating it after a failure is safe.
	Finish(ctx context.Context, ref statement.Ref, p *enable.Prepared) (statement.Account, error)
}

// Caller is who asks, by the verified token.
type Caller struct {
	Tenant string // the tenant claim as it is; "" where the token has none
	Scopes []string
}

// Options are what New needs; Store, Enabler and Caller must be set.
type Options struct {
	Store   Store
	Enabler Enabler
	Caller  func(*http.Request) (Caller, bool) // false: no verified token
	// Available says whether a checked credential may be used by a new account of
	// the tenant: *statement.BankAccountTaken where another has its bank account.
	// Without it that is found out by Finish, when the account exists already.
	Available func(context.Context, statement.TenantID, *enable.Prepared) error

	Clock  func() time.Time // default time.Now
	Random io.Reader        // of account ids; default crypto/rand
	Log    *slog.Logger     // default slog.Default()
}

// server is the API behind its routes.
type server struct {
	Options
	mux      *http.ServeMux
	huma     huma.API
	document func() []byte
}

// New returns the API. It is safe for concurrent use and keeps nothing between
// requests.
func New(o Options) http.Handler {
	s := &server{Options: o.withDefaults(), mux: http.NewServeMux()}
	s.huma = humago.New(s.mux, s.config())
	s.registerAccounts()
	s.registerIntegration()
	s.registerEntries()
	s.registerOpen()
	dropUnused(s.huma.OpenAPI())
	s.mux.HandleFunc("/", s.noRoute)
	return s.front(s.mux)
}
