// Package enable is the job that connects an account with its integration at
// the bank. Prepare checks what a person uploaded, on paper and live at the
// bank, and saves nothing; Finish saves what passed and queues the first sync.
package enable

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/credential"
	"extrato/internal/statement"
)

// Vault keeps the credential of an account.
type Vault interface {
	// Save makes the credential the account's current one; a repeat is the same.
	Save(context.Context, statement.Ref, statement.Credential) error
}

// Heads changes the head of an account.
type Heads interface {
	// BankAccountOwner returns the account of the tenant that has claimed the
	// bank account, "" where none has.
	BankAccountOwner(ctx context.Context, tenant statement.TenantID, number string) (statement.AccountID, error)
	// Enable claims the bank account and puts the account into the schedule:
	// statement.ErrNotFound, *statement.BankAccountTaken.
	Enable(context.Context, statement.Enablement) (statement.Account, error)
}

// Sender queues messages.
type Sender interface {
	Send(context.Context, []statement.Message) error
}

// Session is the live check's conversation with the bank. Errors of the bank
// are statement.Coded.
type Session interface {
	// Authenticate returns the scope as the bank granted it.
	Authenticate(context.Context) (scope string, err error)
	// Statement returns a complete read; it uses the token of Authenticate.
	Statement(ctx context.Context, from, to statement.Date) (statement.Read, error)
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
	Log   *slog.Logger
}

// Limits of the live check.
const (
	checkLimit = 20 * time.Second // of the 29 s that the API has
	checkDays  = 30               // back from yesterday: enough to see a row, whose id names the account
	scope      = "extrato.read"
)

// Prepared is an upload that passed every check. It holds secrets and prints
// as [redacted].
type Prepared struct {
	cred        statement.Credential
	certificate statement.Certificate
	number      string // of the bank account, "" where nothing told it
	selected    bool   // the person gave it
	warnings    []statement.Code
}

// String returns [redacted].
func (*Prepared) String() string { return "[redacted]" }

// Format writes [redacted] under every verb.
func (*Prepared) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// Refusal is the bank's no to a live check, told as what it means.
type Refusal struct {
	Code       statement.Code
	RetryAfter time.Duration // where waiting helps; 0 otherwise
	Err        error         // of the bank client, for logs
}

// Error tells the code and the bank's words.
func (r *Refusal) Error() string { return fmt.Sprintf("bank refused: %s: %v", r.Code, r.Err) }

// Unwrap returns the bank client's error.
func (r *Refusal) Unwrap() error { return r.Err }

// Prepare checks an upload. bankAccount is "" or the number of one of several
// accounts behind the integration. Errors: credential.Faults for what the
// person can see in the files, *Refusal for what the bank said.
func (s *Service) Prepare(ctx context.Context, u credential.Upload, bankAccount string) (*Prepared, error) {
	now := s.Now()
	cred, certificate, err := credential.Check(u, now)
	number, numberErr := accountNumber(bankAccount)
	if err := joinFaults(err, numberErr); err != nil {
		return nil, err
	}
	p := &Prepared{cred: cred, certificate: certificate, number: number, selected: number != ""}

	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	bank, err := s.Open(cred, number)
	if err != nil {
		return nil, refusal(err)
	}
	defer bank.Close()
	granted, err := bank.Authenticate(ctx)
	if err != nil {
		return nil, refusal(err)
	}
	if wider(granted) {
		p.warnings = append(p.warnings, statement.ScopeWiderThanNeeded)
	}
	yesterday := bankday.Through(statement.DateOf(now))
	read, err := bank.Statement(ctx, yesterday.AddDays(-checkDays), yesterday)
	if err != nil {
		return nil, refusal(err)
	}
	if told := statement.AccountNumber(read.Rows); told != "" && !p.selected {
		p.number = told
	}
	return p, nil
}

// Finish saves what Prepare checked and queues the first sync. In this order:
//
//  1. the secret: a crash after it leaves a secret that nothing reads, and the
//     repeated request overwrites;
//  2. the head, in one transaction with the claim on the bank account: a crash
//     after it leaves an enabled account that the next firing syncs;
//  3. the message: without it the first sync waits for the next firing.
func (s *Service) Finish(ctx context.Context, ref statement.Ref, p *Prepared) (statement.Account, error) {
	// Asked before the secret is saved, so that an ordinary refusal leaves
	// nothing behind; the claim itself is what decides.
	owner, err := s.owner(ctx, ref.Tenant, p)
	if err != nil {
		return statement.Account{}, fmt.Errorf("enable %s: %w", ref, err)
	}
	if owner != "" && owner != ref.Account {
		return statement.Account{}, fmt.Errorf("enable %s: %w", ref, &statement.BankAccountTaken{By: owner})
	}
	if err := s.Vault.Save(ctx, ref, p.cred); err != nil {
		return statement.Account{}, fmt.Errorf("enable %s: %w", ref, err)
	}
	account, err := s.Heads.Enable(ctx, statement.Enablement{
		Ref:          ref,
		CredentialID: p.cred.ID(),
		Certificate:  p.certificate,
		BankAccount:  p.number,
		SelectBank:   p.selected,
		Warnings:     p.warnings,
	})
	if err != nil {
		return statement.Account{}, fmt.Errorf("enable %s: %w", ref, err)
	}
	err = s.Queue.Send(ctx, []statement.Message{{
		V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account,
		Through: bankday.Through(statement.DateOf(s.Now())), Reason: statement.ReasonEnabled,
	}})
	if err != nil {
		s.Log.WarnContext(ctx, "first sync not queued, the next firing of the schedule does it",
			"tenant", ref.Tenant, "account", ref.Account, "error", err)
	}
	return account, nil
}

// Available says whether the bank account of a checked upload is free for a
// new account of the tenant: *statement.BankAccountTaken where it is not.
func (s *Service) Available(ctx context.Context, tenant statement.TenantID, p *Prepared) error {
	owner, err := s.owner(ctx, tenant, p)
	if err == nil && owner != "" {
		err = &statement.BankAccountTaken{By: owner}
	}
	if err != nil {
		return fmt.Errorf("enable a new account of %s: %w", tenant, err)
	}
	return nil
}

// owner returns the account that has claimed the bank account, "" for none.
func (s *Service) owner(ctx context.Context, tenant statement.TenantID, p *Prepared) (statement.AccountID, error) {
	if p.number == "" {
		return "", nil
	}
	return s.Heads.BankAccountOwner(ctx, tenant, p.number)
}

// refusal gives the bank's error its code; an error without one is ours.
func refusal(err error) error {
	code, wait := statement.CodeOf(err)
	if code == "" {
		return err
	}
	return &Refusal{Code: code, RetryAfter: wait, Err: err}
}

// wider reports whether the bank granted more than was asked for.
func wider(granted string) bool {
	for _, g := range strings.Fields(granted) {
		if g != scope {
			return true
		}
	}
	return false
}

// accountNumber reads the number a person typed: digits with the check digit,
// separators and leading zeros allowed.
func accountNumber(typed string) (string, error) {
	digits := strings.NewReplacer(" ", "", ".", "", "-", "").Replace(strings.TrimSpace(typed))
	number := strings.TrimLeft(digits, "0")
	if typed == "" {
		return "", nil
	}
	if number == "" || len(digits) > 20 || strings.Trim(digits, "0123456789") != "" {
		return "", credential.Faults{{
			Code: "bank_account_invalid", Field: "bank_account",
			Message: "O número da conta corrente deve ter só números, com o dígito e sem a agência. Exemplo: 12345678.",
		}}
	}
	return number, nil
}

// joinFaults returns all faults of both errors, or the error that is none.
func joinFaults(errs ...error) error {
	var all credential.Faults
	for _, err := range errs {
		var faults credential.Faults
		switch {
		case errors.As(err, &faults):
			all = append(all, faults...)
		case err != nil:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
