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

// Editor changes what people may change of an account.
type Editor interface {
	// Patch makes all changes or none: ErrNotFound, ErrExternalIDTaken.
	Patch(ctx context.Context, ref statement.Ref, p statement.AccountPatch) (statement.Account, error)
}

// Answers keeps the first answer to a request that must not be done twice, under
// a key that the client chose.
type Answers interface {
	// Begin claims the key for a request. state is "new" where it is this one's to
	// do, "running" where the same request is being done or was cut off within the
	// last minute, "done" where it was done, with what Finish stored, and "other" where the key belongs to another request.
	Begin(ctx context.Context, t statement.TenantID, key, body string) (answer []byte, status int, state string, err error)
	// Finish stores the answer for 24 h.
	Finish(ctx context.Context, t statement.TenantID, key string, status int, answer []byte) error
	// Forget frees the key.
	Forget(ctx context.Context, t statement.TenantID, key string) error
}

// Entries reads entries.
type Entries interface {
	// Page returns up to q.Limit entries in the order of their keys, and where
	// the next page begins, "" at the end. A page may be short of q.Limit before
	// the end, where q.Match drops many.
	Page(ctx context.Context, ref statement.Ref, q statement.PageQuery) (entries []statement.Entry, after string, err error)
	// Entry reads one entry by its id, whatever date it has now; ErrNotFound.
	Entry(ctx context.Context, ref statement.Ref, id statement.EntryID) (statement.Entry, error)
}

// Feed reads what happened to an account's entries.
type Feed interface {
	// Changes returns up to limit changes after a position, in the order of their
	// commits, each with the entry as it now stands. next is the last position
	// that was looked at, at least after, and not beyond one that is not durable
	// yet; more says whether there is more behind it.
	Changes(ctx context.Context, ref statement.Ref, after int64, limit int) (changes []statement.FeedChange, next int64, more bool, err error)
}

// Days reads what is kept of an account's days.
type Days interface {
	// Days returns the day items of from…to, by date.
	Days(ctx context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Day, error)
	// DayBefore returns the latest day item dated before d; false for none.
	DayBefore(ctx context.Context, ref statement.Ref, d statement.Date) (statement.Day, bool, error)
}

// Runs reads the records of an account's syncs.
type Runs interface {
	// Runs returns up to limit runs, newest first: those before a run, where one
	// is given. next is where the next page begins, "" at the end.
	Runs(ctx context.Context, ref statement.Ref, limit int, before statement.RunID) (runs []statement.Run, next statement.RunID, err error)
}

// Store is what the API keeps and reads.
type Store interface {
	Accounts
	Defaults
	Editor
	Answers
	Entries
	Feed
	Days
	Runs
}

// Sender queues syncs.
type Sender interface {
	// Send returns when every message is on the queue, or an error.
	Send(ctx context.Context, messages []statement.Message) error
}

// Enabler brings a credential into use. Its errors are credential.Faults,
// *enable.Refusal, *statement.BankAccountTaken and statement.ErrNotFound.
type Enabler interface {
	// Prepare checks an upload for an account as it is stored or is about to be
	// created, with the bank too, and stores nothing.
	Prepare(ctx context.Context, a statement.Account, u credential.Upload, bankAccount string) (*enable.Prepared, error)
	// Finish stores what Prepare found good on an account and asks for its first
	// sync. Repeating it after a failure is safe.
	Finish(ctx context.Context, ref statement.Ref, p *enable.Prepared) (statement.Account, error)
}

// Integrations looks after what is enabled. A repeat of any of them is safe, and
// finishes what a crash left.
type Integrations interface {
	// Renew replaces the certificate and key of an enabled account by those of an
	// upload that passed every check; without client id and secret those in use
	// stay. Errors are those of Enabler, and enable.ErrNotEnabled.
	Renew(ctx context.Context, ref statement.Ref, u credential.Upload) (statement.Account, error)
	// Disable ends the syncs and gives the credential up; what was imported stays.
	Disable(ctx context.Context, ref statement.Ref) (statement.Account, error)
	// Erase takes the account away at once and all that is kept of it later.
	Erase(ctx context.Context, ref statement.Ref) error
}

// Caller is who asks, by the verified token.
type Caller struct {
	Tenant string // the tenant claim as it is; "" where the token has none
	Scopes []string
}

// Options are what New needs; Store, Enabler, Integrations, Queue and Caller
// must be set.
type Options struct {
	Store        Store
	Enabler      Enabler
	Integrations Integrations
	Queue        Sender
	Caller       func(*http.Request) (Caller, bool) // false: no verified token
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
	s := newServer(o)
	return s.front(s.mux)
}

func newServer(o Options) *server {
	s := &server{Options: o.withDefaults(), mux: http.NewServeMux()}
	s.huma = humago.New(s.mux, s.config())
	s.registerAccounts()
	s.registerIntegration()
	s.registerLeaving()
	s.registerEntries()
	s.registerLedger()
	s.registerSyncs()
	s.registerOpen()
	dropUnused(s.huma.OpenAPI())
	s.mux.HandleFunc("/", s.noRoute)
	return s
}
