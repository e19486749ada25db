package enable

import (
	"context"
	"errors"
	"fmt"

	"extrato/internal/statement"
)

// Disable ends the integration; the statement stays. The effects, in this order:
//
//  1. the head: no sync begins any more, and one under way cannot park it. A
//     crash after it leaves a secret that nothing reads; repeating the request
//     deletes it, enabling replaces it.
//  2. the secret is scheduled for deletion, from which enabling brings it back.
//
// Known issue: an enabling that runs at the very same time may save its secret
// before 2 and be left without. The next sync says so (credentials_missing), and
// enabling again mends it.
//
// Errors: statement.ErrNotFound.
func (s *Service) Disable(ctx context.Context, ref statement.Ref) (statement.Account, error) {
	account, err := s.Heads.Disable(ctx, ref)
	if err == nil {
		err = s.Vault.Delete(ctx, ref)
	}
	if err != nil {
		return statement.Account{}, fmt.Errorf("disable %s: %w", ref, err)
	}
	return account, nil
}

// Erase removes an account for good. The effects, in this order:
//
//  1. the tombstone: from here on readers find nothing and commits are refused;
//  2. the secret is scheduled for deletion;
//  3. the message, on which the items are removed in the background.
//
// One of the last two that fails does not keep the other from being done.
// Repeating it is nil as long as the tombstone stands, and does again what a
// crash left undone, so a caller must not look for the account first.
//
// Errors: statement.ErrNotFound where the account never was.
func (s *Service) Erase(ctx context.Context, ref statement.Ref) error {
	err := s.Heads.Erase(ctx, ref, s.Now())
	if err == nil {
		err = errors.Join(
			s.Vault.Delete(ctx, ref),
			s.Queue.Send(ctx, []statement.Message{s.message(ref, statement.ReasonErase)}),
		)
	}
	if err != nil {
		return fmt.Errorf("erase %s: %w", ref, err)
	}
	return nil
}
