package syncer

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store/storetest"
)

func eraseMessage() statement.Message { return message("2026-11-22", statement.ReasonErase) }

// play runs messages, as they queue one another, until none is left, and
// returns how many there were.
func (w *world) play(t *testing.T, m statement.Message) (n int) {
	t.Helper()
	for todo := []statement.Message{m}; len(todo) > 0 && n < 100; n++ {
		w.queue.sent = nil
		if again := w.Run(t.Context(), []Delivery{delivery(t, fmt.Sprint(n), 1, todo[0])}); len(again) > 0 {
			t.Fatalf("message %d is to come again", n)
		}
		todo = append(todo[1:], w.queue.sent...)
	}
	return n
}

func TestEraseGoesOnByMessages(t *testing.T) {
	t.Parallel()
	w := newWorld()
	delete(w.table.heads, ref)
	w.table.entries[ref] = make([]statement.Entry, 4001)
	if err := w.Syncer.Sync(t.Context(), eraseMessage()); err != nil {
		t.Fatal(err)
	}
	// 2,000 a message.
	if n := len(w.table.entries[ref]); n != 2001 {
		t.Errorf("%d entries left after the first message, want 2001", n)
	}
	if d := cmp.Diff([]statement.Message{eraseMessage()}, w.queue.sent); d != "" {
		t.Errorf("queued (-want +got):\n%s", d)
	}
	if n := w.play(t, eraseMessage()); n != 2 || len(w.table.entries[ref]) != 0 {
		t.Errorf("%d more messages, %d entries left; want 2 and 0", n, len(w.table.entries[ref]))
	}
	if n := w.play(t, eraseMessage()); n != 1 { // the same once more
		t.Errorf("%d messages of a repetition, want 1", n)
	}
	if w.bank.opens != 0 {
		t.Error("the bank was asked")
	}
}

// TestEraseOfALiveAccountIsRefused, in whatever state it is: nothing is
// deleted, and no retry would help.
func TestEraseOfALiveAccountIsRefused(t *testing.T) {
	t.Parallel()
	for _, state := range []statement.IntegrationState{statement.Active, statement.Attention, statement.Disabled} {
		w := newWorld()
		a := account(ref)
		a.State = state
		w.table.heads[ref] = a
		w.table.entries[ref] = make([]statement.Entry, 3)
		again := w.Run(t.Context(), []Delivery{delivery(t, "1", 1, eraseMessage())})
		if len(again) > 0 || len(w.queue.rejected) != 1 || len(w.table.entries[ref]) != 3 {
			t.Errorf("%s: to come again %v, rejected %d, %d entries left", state, again, len(w.queue.rejected), len(w.table.entries[ref]))
		}
	}
}

// TestEraseInterrupted: what fails comes again and goes on.
func TestEraseInterrupted(t *testing.T) {
	t.Parallel()
	w := newWorld()
	delete(w.table.heads, ref)
	w.table.entries[ref] = make([]statement.Entry, 2001)
	d := delivery(t, "1", 1, eraseMessage())
	w.table.failErase = errors.New("throttled")
	if again := w.Run(t.Context(), []Delivery{d}); !slices.Equal(again, []string{"1"}) {
		t.Errorf("the table failed, to come again %v", again)
	}
	w.table.failErase, w.queue.down = nil, true
	if again := w.Run(t.Context(), []Delivery{d}); !slices.Equal(again, []string{"1"}) {
		t.Errorf("the queue failed with items left, to come again %v", again)
	}
	w.queue.down = false
	if again := w.Run(t.Context(), []Delivery{d}); len(again) > 0 || len(w.table.entries[ref]) > 0 {
		t.Errorf("to come again %v, %d entries left", again, len(w.table.entries[ref]))
	}
}

// TestErasedWhileSyncing is the real store: the account is erased while a run
// reads the bank. The run ends without a trace, and so does every message.
func TestErasedWhileSyncing(t *testing.T) {
	t.Parallel()
	w, s := onStore(t, nil)
	events := w.events("message dropped: no such account")
	w.bank.book("x", "2026-11-19", 5)
	if err := w.Syncer.Sync(t.Context(), message("2026-11-20", statement.ReasonEnabled)); err != nil {
		t.Fatal(err)
	}
	w.bank.book("y", "2026-11-21", 7)
	w.bank.block = func() {
		if err := s.Erase(t.Context(), ref, time.Unix(1.8e9, 0)); err != nil {
			t.Error(err)
		}
		for left := true; left; {
			var err error
			if left, err = s.EraseItems(t.Context(), ref, 2); err != nil {
				t.Error(err)
				return
			}
		}
	}
	if again := w.Run(t.Context(), []Delivery{delivery(t, "1", 1, message("2026-11-22", statement.ReasonSchedule))}); len(again) > 0 {
		t.Errorf("to come again: %v", again)
	}
	if n := len(events()); n != 1 {
		t.Errorf("%d events of a dropped message, want 1", n)
	}
	if n := w.play(t, eraseMessage()); n != 1 {
		t.Errorf("%d erase messages, want 1", n)
	}
	entries, err := s.Window(t.Context(), ref, "", "")
	runs, _, runsErr := s.Runs(t.Context(), ref, 10, "")
	if err != nil || runsErr != nil || len(entries)+len(runs) > 0 {
		t.Errorf("left: %d entries, %d runs, %v, %v", len(entries), len(runs), err, runsErr)
	}
	// The bank account and the tenant's default are free for another one.
	other := statement.Ref{Tenant: ref.Tenant, Account: "a2"}
	if err := s.CreateAccount(t.Context(), storetest.Account(other), false); err != nil {
		t.Fatal(err)
	}
	if id, err := s.DefaultAccount(t.Context(), ref.Tenant); err != nil || id != "a2" {
		t.Errorf("default account %q, %v", id, err)
	}
}
