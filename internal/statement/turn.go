package statement

import "context"

// Turn waits until there is room for a large answer of the bank. Whoever has
// its turn keeps it until the account's work is over, and may ask again at no
// cost. It is asked by the one goroutine that works for the account. The error
// is the context's.
type Turn func(ctx context.Context) error

type turnKey struct{}

// WithTurn returns a context in which large answers take turns.
func WithTurn(ctx context.Context, t Turn) context.Context {
	return context.WithValue(ctx, turnKey{}, t)
}

// TurnFrom returns the context's turn, nil where answers of any size may be read.
func TurnFrom(ctx context.Context) Turn {
	t, _ := ctx.Value(turnKey{}).(Turn)
	return t
}
