package statement

import (
	"context"
	"sync"
)

// Meter adds up the capacity that the store's calls consume. It is safe for
// use by several goroutines.
type Meter struct {
	mu   sync.Mutex
	used Capacity
}

// Add counts what one call consumed.
func (m *Meter) Add(c Capacity) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used.Read += c.Read
	m.used.Write += c.Write
}

// Used returns the sum so far.
func (m *Meter) Used() Capacity {
	if m == nil {
		return Capacity{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

type meterKey struct{}

// WithMeter returns a context whose store calls count into m.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// MeterFrom returns the context's meter, or nil, to which Add may be called.
func MeterFrom(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}
