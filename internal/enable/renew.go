package enable

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

// Renew replaces the credential of an account that has one. The new pair is
// checked in memory, at the bank and against the account's statement; until all
// of that has passed nothing is written, and the pair before goes on working.
// Then use says what is written in which order. A parked account is back in the
// schedule afterwards. ClientID and ClientSecret are each kept where they come
// empty; with another ClientID its own secret is needed.
//
// Errors: statement.ErrNotFound, ErrNotEnabled, credential.Faults, *Refusal,
// *statement.BankAccountTaken, statement.ErrConflict.
func (s *Service) Renew(ctx context.Context, ref statement.Ref, u credential.Upload) (statement.Account, error) {
	head, err := s.Heads.Account(ctx, ref)
	if err == nil {
		head, err = s.renew(ctx, head, u)
	}
	s.tally(err)
	if err != nil {
		return statement.Account{}, fmt.Errorf("renew %s: %w", ref, err)
	}
	return head, nil
}

func (s *Service) renew(ctx context.Context, head statement.Account, u credential.Upload) (statement.Account, error) {
	if head.State != statement.Active && head.State != statement.Attention {
		return statement.Account{}, ErrNotEnabled
	}
	u, err := s.keepCodes(ctx, head.Ref, u)
	if err != nil {
		return statement.Account{}, err
	}
	p, err := onPaper(head, u, "", s.Now())
	if err != nil {
		return statement.Account{}, err
	}
	if err := s.liveRenewal(ctx, p, head); err != nil {
		return statement.Account{}, err
	}
	return s.use(ctx, head, p, statement.ReasonRenewed)
}

// keepCodes puts the codes of the current pair where none were sent. A secret
// belongs to its client id, so it is not kept for another one. Where the vault
// has no pair, the upload stays as it is, and the check asks for the codes.
func (s *Service) keepCodes(ctx context.Context, ref statement.Ref, u credential.Upload) (credential.Upload, error) {
	id, secret := strings.TrimSpace(u.ClientID), strings.TrimSpace(u.ClientSecret)
	if id != "" && secret != "" {
		return u, nil
	}
	current, err := s.Vault.Load(ctx, ref)
	if errors.Is(err, statement.ErrNotFound) {
		return u, nil
	}
	if err != nil {
		return credential.Upload{}, err
	}
	if id == "" {
		u.ClientID = current.ClientID
	}
	if secret == "" && (id == "" || strings.EqualFold(id, current.ClientID)) {
		u.ClientSecret = current.ClientSecret.Reveal()
	}
	return u, nil
}

// liveRenewal is the live check of a renewal. The header goes out as it did
// before. Where the bank asks for it now, because the integration has come to
// serve several accounts, the account's own number is the answer: nobody needs
// to type it, and the one token more is spent in this case only. A bank account
// that is not behind the integration means another company's files.
func (s *Service) liveRenewal(ctx context.Context, p *Prepared, head statement.Account) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	if head.SelectBank {
		p.number, p.selected = head.BankAccount, true
	}
	err := s.live(ctx, p, head, true)
	several := wantsAccount(err) && !p.selected
	if several && head.BankAccount != "" {
		p.number, p.selected = head.BankAccount, true
		err = s.live(ctx, p, head, true)
	}
	if p.selected && s.notBehind(ctx, p, err, several) {
		return different(errors.Join(errNotBehind, err))
	}
	return err
}
