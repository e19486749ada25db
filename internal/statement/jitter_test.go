package statement_test

import (
	"testing"
	"time"

	"extrato/internal/statement"
)

func TestJitter(t *testing.T) {
	t.Parallel()
	third := func(limit time.Duration) time.Duration { return limit / 3 }
	if got := statement.Jitter(t.Context(), time.Minute, third); got != 20*time.Second {
		t.Errorf("without one in the context: %s, want what random makes", got)
	}
	ctx := statement.WithJitter(t.Context(), func(limit time.Duration) time.Duration { return limit / 2 })
	if got := statement.Jitter(ctx, time.Minute, third); got != 30*time.Second {
		t.Errorf("with one in the context: %s, want its own", got)
	}
}
