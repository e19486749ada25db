package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"extrato/internal/statement"
)

// maxErased bounds what one message deletes: about ten seconds at what one
// partition of the table can write.
const maxErased = 2000

// erase deletes the statement of an erased account, a part of it per message.
// The tombstone was there before the first message, so an account that can be
// read is none that somebody asked to erase: no retry helps such a message.
//
// Deleting goes on wherever it ended. A crash before the next message is queued
// brings this one again, and one after it leaves two, of which the later one
// finds nothing left.
func (s *Syncer) erase(ctx context.Context, log *slog.Logger, m statement.Message) error {
	switch _, err := s.Heads.Account(ctx, m.Ref()); {
	case err == nil:
		return fmt.Errorf("%w: erase of an account that is not erased", statement.ErrMessage)
	case !errors.Is(err, statement.ErrNotFound):
		return fmt.Errorf("erase %s: %w", m.Ref(), err)
	}
	left, err := s.Items.EraseItems(ctx, m.Ref(), maxErased)
	if err != nil {
		return fmt.Errorf("erase %s: %w", m.Ref(), err)
	}
	log.InfoContext(ctx, "statement erased", "left", left)
	if !left {
		return nil
	}
	if err := s.Queue.Send(ctx, []statement.Message{m}); err != nil {
		return fmt.Errorf("go on erasing %s: %w", m.Ref(), err)
	}
	return nil
}
