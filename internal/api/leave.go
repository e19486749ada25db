package api

import (
	"context"
	"errors"
	"fmt"

	"extrato/internal/statement"
)

// Erased is the answer to an account's end.
type Erased struct {
	_       struct{} `additionalProperties:"true"`
	ID      string   `json:"id" doc:"The identifier that the account had." example:"01m8x5t9q3k4v7w2z6c1b0n8hd"`
	Message string   `json:"message" doc:"What happens now, in one Portuguese sentence."`
}

const sayErased = "A conta foi excluída. As credenciais e os lançamentos guardados serão apagados em segundo plano."

type erasedOutput struct{ Body Erased }

// deleteAccount takes an account away. A repeat is told that there is no such
// account, and finishes before that what a crash of the first may have left: a
// secret, or the message that removes the items. It touches the caller's own
// partition only.
func (s *server) deleteAccount(ctx context.Context, in *IDInput) (*erasedOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	_, read := s.Store.Account(ctx, ref)
	if read != nil && !errors.Is(read, statement.ErrNotFound) {
		return nil, fmt.Errorf("read account %s: %w", ref, read)
	}
	if err := s.Integrations.Erase(ctx, ref); err != nil {
		return nil, fmt.Errorf("erase account %s: %w", ref, err)
	}
	if read != nil {
		return nil, newProblem(codeAccountNotFound)
	}
	return &erasedOutput{Erased{ID: in.ID, Message: sayErased}}, nil
}

func (s *server) disableIntegration(ctx context.Context, in *IDInput) (*accountOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.Store.Account(ctx, ref); err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	a, err := s.Integrations.Disable(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("disable %s: %w", ref, err)
	}
	view, err := s.view(ctx, a)
	if err != nil {
		return nil, err
	}
	return &accountOutput{view}, nil
}
