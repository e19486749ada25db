package inter

import (
	"context"
	"errors"
	"time"

	"extrato/internal/statement"
)

const (
	// largeAnswer is what the statements of a session may have before it must
	// have its turn (statement.Turn), in bytes: some 1,200 rows. What most
	// accounts are answered all year is a twentieth of it; ten thousand rows
	// are 9 MB and several times that once they are decoded and merged.
	largeAnswer = 1 << 20
	// patience is how long an answer may lie unread. A bank cuts a connection
	// that nobody reads, after a minute by most servers' settings; most turns
	// take a second or two, since a large answer mostly brings little that is new.
	patience = 10 * time.Second
)

// errNoRoom says that an answer was left unread: the turn did not come soon.
var errNoRoom = errors.New("no room for a large answer yet")

// timer is a call's time limit, which stands still while the call waits for us
// rather than for the bank.
type timer struct {
	limit  time.Duration
	end    *time.Timer
	waited time.Duration
}

// limited returns a context that ends when the call's time is over, as a
// cancellation: whether it was the call's time or the caller's, the caller's own
// context tells.
func limited(ctx context.Context, limit time.Duration) (context.Context, *timer, context.CancelFunc) {
	own, cancel := context.WithCancel(ctx)
	t := &timer{limit: limit, end: time.AfterFunc(limit, cancel)}
	return own, t, func() { t.end.Stop(); cancel() }
}

// room lets a session read on: at once while its statements are small or its
// turn has come, else after a wait of at most patience.
//
// Nobody waits for long with an answer in hand. It would hold what it has read
// of it, and a bank that gives up on the connection would fail the account;
// get leaves the answer, waits without a connection, and asks again.
func (s *Session) room(ctx context.Context, read int, t *timer) error {
	take := statement.TurnFrom(ctx)
	if s.statements.Add(int64(read)) < largeAnswer || take == nil || s.roomy.Load() {
		return nil
	}
	began := time.Now()
	t.end.Stop()
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := take(short)
	t.waited += time.Since(began)
	t.end.Reset(t.limit)
	switch {
	case err == nil:
		s.roomy.Store(true)
		return nil
	case ctx.Err() != nil:
		return err
	}
	return errNoRoom
}
