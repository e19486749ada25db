// Package enable is the job that connects an account with its integration at
// the bank, renews the connection and ends it.
//
//   - Prepare and Prepare check what a person uploaded, on paper and live at
//     the bank, and save nothing; Finish saves what passed and queues the first
//     sync.
//   - Renew does both for an account that has an integration, and makes sure
//     that the new pair reads the same bank account.
//   - Disable and Erase end the integration, and the account with it.
//
// Every method can be repeated: what a crash between two effects leaves behind
// is written beside the effects, and the same call again ends what was begun.
package enable

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"extrato/internal/statement"
)

// ErrNotEnabled says that there is no integration to renew: enabling comes first.
var ErrNotEnabled = errors.New("the integration is not enabled")

// Vault keeps the credential of an account.
//
// The API's role may read secrets for one reason: whoever renews a certificate
// has the two new files at hand and seldom the two codes, which the bank leaves
// as they are. Load is called by Renew only, what it returns goes to the bank
// and back into the vault, and no answer holds any of it.
type Vault interface {
	// Load returns the current credential: statement.ErrNotFound where there is
	// none, or where it is scheduled for deletion.
	Load(context.Context, statement.Ref) (statement.Credential, error)
	// Save makes the credential the account's current one, durable on return; a
	// repeat is the same. Until then the one before stays whole. One that was
	// scheduled for deletion comes back.
	Save(context.Context, statement.Ref, statement.Credential) error
	// Delete schedules the deletion; nil where there is nothing to delete.
	Delete(context.Context, statement.Ref) error
}

// Reads are what is asked of the table, strongly consistent.
type Reads interface {
	// Account returns the head; none, or an erased one, is statement.ErrNotFound.
	Account(context.Context, statement.Ref) (statement.Account, error)
	// Window returns all entries dated in from…to; to is "" for all.
	Window(ctx context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Entry, error)
	// BankAccountOwner returns the account of the tenant that has claimed the
	// bank account, "" where none has.
	BankAccountOwner(ctx context.Context, tenant statement.TenantID, number string) (statement.AccountID, error)
}

// Writes change the head, each in one transaction; statement.ErrNotFound where
// there is no such account.
type Writes interface {
	// Enable claims the bank account, writes the certificate's facts, clears what
	// failed and puts the account into the schedule: *statement.BankAccountTaken,
	// statement.ErrConflict.
	Enable(context.Context, statement.Enablement) (statement.Account, error)
	// Disable takes the account out of the schedule; a repeat is the same.
	Disable(context.Context, statement.Ref) (statement.Account, error)
	// Erase leaves a tombstone in the account's place; nil where there is one.
	Erase(ctx context.Context, ref statement.Ref, at time.Time) error
}

// Heads are the accounts in the table.
type Heads interface {
	Reads
	Writes
}

// Sender queues messages.
type Sender interface {
	// Send returns when every message is on the queue, or an error.
	Send(context.Context, []statement.Message) error
}

// Session is the live check's conversation with the bank; all of it goes by the
// token of Authenticate. Errors of the bank are statement.Coded.
type Session interface {
	// Authenticate returns the scope as the bank granted it.
	Authenticate(context.Context) (scope string, err error)
	// Statement returns a complete read or an error.
	Statement(ctx context.Context, from, to statement.Date) (statement.Read, error)
	// Balance returns the balance at the end of a day.
	Balance(ctx context.Context, day statement.Date) (statement.Balance, error)
	Close()
}

// Opener starts a session; bankAccount is "" or goes out as x-conta-corrente.
type Opener func(cred statement.Credential, bankAccount string) (Session, error)

// Service enables accounts. Its fields are set once; it is safe for concurrent use.
type Service struct {
	Vault Vault
	Heads Heads
	Queue Sender
	Open  Opener
	Now   func() time.Time
	Count func(metric string, n int) // nil: nothing is counted
	Log   *slog.Logger
}
