package syncer

import (
	"context"
	"errors"
	"fmt"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

// credential loads the pair that this run uses for good, and returns the head
// of that pair: whatever is written on the account later, parking above all, is
// conditional on it. None is a failure of the table.
//
// The secret is what counts. Where the head names another pair, a renewal was
// cut off after it had saved the secret, or its head is just about to follow:
// the head is healed here. A crash right after that leaves it healed.
func (s *Syncer) credential(ctx context.Context, head statement.Account) (statement.Credential, statement.Account, error) {
	cred, err := s.Vault.Load(ctx, head.Ref)
	if errors.Is(err, statement.ErrNotFound) {
		return cred, head, coded{statement.CredentialsMissing, err}
	}
	if err != nil || cred.ID() == head.CredentialID {
		return cred, head, err
	}
	log := s.Log.With("tenant", head.Tenant, "account", head.Account)
	facts, err := credential.Facts(cred.Certificate)
	if err != nil {
		// Nobody saves such a pair through us. What it comes to at the bank's door
		// is told of the pair that the head names.
		log.WarnContext(ctx, "head not healed: the secret's certificate cannot be read")
		return cred, head, nil
	}
	if c := head.Certificate; c != nil && c.Fingerprint == facts.Fingerprint {
		facts.WarnedDays = c.WarnedDays // only the client's id or secret is another
	}
	if err := s.Facts.Heal(ctx, head, cred.ID(), facts); err != nil {
		return cred, head, fmt.Errorf("heal the head: %w", err)
	}
	log.InfoContext(ctx, "head healed: the secret holds another pair", "fingerprint", facts.Fingerprint)
	head.CredentialID, head.Certificate = cred.ID(), &facts
	return cred, head, nil
}

// warn tells, once for each of its days, that a certificate nears its end. Days
// are civil ones in São Paulo: on the certificate's last day none is left.
//
// It is written down first and told then, since only the writing decides which
// of several runs tells it. A crash between loses one telling of seven; the
// account's status goes by the certificate's dates and says it all the time. A
// sync is never given up for it.
func (s *Syncer) warn(ctx context.Context, head statement.Account) {
	if head.Certificate == nil {
		return
	}
	left := statement.DateOf(head.Certificate.NotAfter).DaysSince(statement.DateOf(s.Now()))
	next, due := statement.WarningDue(left, head.Certificate.WarnedDays)
	if !due {
		return
	}
	log := s.Log.With("tenant", head.Tenant, "account", head.Account, "days_left", left)
	switch err := s.Facts.SaveWarning(ctx, head, next); {
	case errors.Is(err, statement.ErrConflict):
		log.DebugContext(ctx, "warning not told: another run told it, or the certificate is another")
	case err != nil:
		log.WarnContext(ctx, "warning not written, and to be told by the next sync", "error", err)
	default:
		log.WarnContext(ctx, "certificate expiring", "not_after", head.Certificate.NotAfter)
		s.Count("CertificatesExpiring", 1)
	}
}
