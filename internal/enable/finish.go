package enable

import (
	"context"
	"errors"
	"fmt"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Finish saves what Prepare checked and queues the first sync. An account that
// has a statement keeps its bank account: another one is *Refusal
// DifferentAccount. Further errors: credential.Faults where the certificate is
// another company's, *statement.BankAccountTaken, statement.ErrNotFound.
func (s *Service) Finish(ctx context.Context, ref statement.Ref, p *Prepared) (statement.Account, error) {
	head, err := s.Heads.Account(ctx, ref)
	if err == nil {
		err = p.fits(head)
	}
	if err == nil {
		head, err = s.use(ctx, head, p, statement.ReasonEnabled)
	}
	if err != nil {
		return statement.Account{}, fmt.Errorf("enable %s: %w", ref, err)
	}
	return head, nil
}

// Available says whether the bank account of a checked upload is free for a
// new account of the tenant: *statement.BankAccountTaken where it is not.
func (s *Service) Available(ctx context.Context, tenant statement.TenantID, p *Prepared) error {
	if err := s.free(ctx, statement.Ref{Tenant: tenant}, p); err != nil {
		return fmt.Errorf("enable a new account of %s: %w", tenant, err)
	}
	return nil
}

// fits says whether a checked upload may be used by an account.
func (p *Prepared) fits(a statement.Account) error {
	if err := p.belongs(a); err != nil {
		return err
	}
	if a.Version > 0 && a.BankAccount != "" && p.number != "" && p.number != a.BankAccount {
		return different(errOtherNumber)
	}
	return nil
}

// use brings a checked credential into use. The effects, in this order, and
// what a crash after each leaves; the same request again does them all, and
// those that are done change nothing:
//
//  1. the secret, in one call: before it nothing has changed, after it the
//     vault has a pair that passed the check. On first enabling nothing reads it
//     yet. On renewal the next sync uses it and mends the head's facts; an
//     account that was parked stays so until the request is repeated.
//  2. the head, in one transaction with the claim on the bank account: what
//     failed is cleared and the account is in the schedule, so that the next
//     firing syncs it. From here on a sync that loaded the pair before cannot
//     park the account: it names another credential.
//  3. the message: without it the sync waits for the next firing.
//
// A failure of 2 leaves what a crash after 1 does, unless the secret is of no
// use any more: then it is given up.
func (s *Service) use(ctx context.Context, head statement.Account, p *Prepared, reason statement.Reason) (statement.Account, error) {
	// Asked before the secret is saved, so that an ordinary refusal leaves
	// nothing behind; the claim itself is what decides.
	if err := s.free(ctx, head.Ref, p); err != nil {
		return statement.Account{}, err
	}
	if err := s.Vault.Save(ctx, head.Ref, p.cred); err != nil {
		return statement.Account{}, err
	}
	account, err := s.Heads.Enable(ctx, p.enablement(head))
	if useless(head, err) {
		// Known issue: a crash right here leaves it, until Erase is repeated.
		return statement.Account{}, errors.Join(err, s.Vault.Delete(ctx, head.Ref))
	}
	if err != nil {
		return statement.Account{}, err
	}
	if err := s.Queue.Send(ctx, []statement.Message{s.message(head.Ref, reason)}); err != nil {
		s.Log.WarnContext(ctx, "sync not queued, the next firing of the schedule does it",
			"tenant", head.Tenant, "account", head.Account, "reason", reason, "error", err)
	}
	return account, nil
}

// useless reports whether the secret just saved belongs to nothing: the account
// was erased since it was read, or another one was faster to claim the bank
// account and this one was never enabled or is so no more.
func useless(head statement.Account, err error) bool {
	_, taken := errors.AsType[*statement.BankAccountTaken](err)
	return errors.Is(err, statement.ErrNotFound) || taken && head.State == statement.Disabled
}

// enablement is what the check brings to an account. The certificate that it
// had before, sent once more, is not warned of from the start again.
func (p *Prepared) enablement(head statement.Account) statement.Enablement {
	e := statement.Enablement{
		Ref:          head.Ref,
		CredentialID: p.cred.ID(),
		Certificate:  p.certificate,
		BankAccount:  p.number,
		SelectBank:   p.selected,
		Warnings:     p.warnings,
	}
	if head.Certificate != nil && head.Certificate.Fingerprint == e.Certificate.Fingerprint {
		e.Certificate.WarnedDays = head.Certificate.WarnedDays
	}
	return e
}

// free says whether no other account has claimed the bank account.
func (s *Service) free(ctx context.Context, ref statement.Ref, p *Prepared) error {
	if p.number == "" {
		return nil
	}
	owner, err := s.Heads.BankAccountOwner(ctx, ref.Tenant, p.number)
	if err == nil && owner != "" && owner != ref.Account {
		err = &statement.BankAccountTaken{By: owner}
	}
	return err
}

// message is for an account, up to yesterday.
func (s *Service) message(ref statement.Ref, reason statement.Reason) statement.Message {
	return statement.Message{
		V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account,
		Through: bankday.Through(statement.DateOf(s.Now())), Reason: reason,
	}
}
