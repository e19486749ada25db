package statement

import (
	"context"
	"time"
)

type jitterKey struct{}

// WithJitter returns a context in which pauses that are random are made by
// pause, from their limit: a test that plays a history again needs the same ones.
func WithJitter(ctx context.Context, pause func(limit time.Duration) time.Duration) context.Context {
	return context.WithValue(ctx, jitterKey{}, pause)
}

// Jitter returns a pause of up to limit: the context's, or what random makes.
func Jitter(ctx context.Context, limit time.Duration, random func(time.Duration) time.Duration) time.Duration {
	if pause, ok := ctx.Value(jitterKey{}).(func(time.Duration) time.Duration); ok {
		return pause(limit)
	}
	return random(limit)
}
