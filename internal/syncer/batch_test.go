package syncer

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func delivery(t *testing.T, id string, receives int, m statement.Message) Delivery {
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return Delivery{ID: id, Receipt: "receipt-" + id, Body: string(body), Receives: receives}
}

func TestPoisonGoesToTheDeadLetterQueueAlone(t *testing.T) {
	t.Parallel()
	refs := make([]statement.Ref, 9)
	for i := range refs {
		refs[i] = statement.Ref{Tenant: "t1", Account: statement.AccountID(fmt.Sprintf("a%d", i))}
	}
	w := newWorld(refs...)
	var ds []Delivery
	for i, r := range refs {
		m := message("2026-11-22", statement.ReasonSchedule)
		m.Account = r.Account
		ds = append(ds, delivery(t, fmt.Sprint(i), 1, m))
	}
	ds = append(ds, Delivery{ID: "poison", Receipt: "r", Body: `{"v":2}`, Receives: 1})
	if again := w.Run(t.Context(), ds); len(again) != 0 {
		t.Errorf("to come again: %v", again)
	}
	if d := cmp.Diff([]string{`{"v":2}`}, w.queue.rejected); d != "" {
		t.Errorf("rejected (-want +got):\n%s", d)
	}
	if n := w.counts.all["MessagesRejected"]; n != 1 {
		t.Errorf("MessagesRejected %d, want 1", n)
	}
	for _, r := range refs {
		if w.table.heads[r].ReadThrough != "2026-11-22" {
			t.Errorf("%s was not synced", r)
		}
	}
	w.queue.down = true
	if again := w.Run(t.Context(), ds[9:]); !slices.Equal(again, []string{"poison"}) {
		t.Errorf("the dead-letter queue is down and the message is lost: %v", again)
	}
}

func TestSameMessageFiveTimesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.book("x", "2026-11-19", 5)
	var ds []Delivery
	for i := range 5 {
		ds = append(ds, delivery(t, fmt.Sprint(i), 1, message("2026-11-22", statement.ReasonSchedule)))
	}
	if again := w.Run(t.Context(), ds); len(again) != 0 {
		t.Errorf("to come again: %v", again)
	}
	if len(w.table.entries[ref]) != 1 || w.bank.opens != 1 {
		t.Errorf("%d entries, %d sessions; want 1 and 1", len(w.table.entries[ref]), w.bank.opens)
	}
}

func TestTemporaryFailure(t *testing.T) {
	t.Parallel()
	want := []time.Duration{1 * time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute}
	w := newWorld()
	for i, delay := range want {
		w.bank.fail = []error{refusal{code: statement.BankUnavailable}}
		d := delivery(t, fmt.Sprint(i), i+1, message("2026-11-22", statement.ReasonSchedule))
		if again := w.Run(t.Context(), []Delivery{d}); !slices.Equal(again, []string{d.ID}) {
			t.Fatalf("receive %d: to come again %v", i+1, again)
		}
		if got := w.queue.delays[d.Receipt]; got != delay {
			t.Errorf("receive %d: delayed by %s, want %s", i+1, got, delay)
		}
	}
	if w.table.heads[ref].Failure != "" || len(w.table.runs) != 0 {
		t.Error("something was written before the retries were used up")
	}
	w.bank.fail = []error{refusal{code: statement.BankUnavailable}}
	if again := w.Run(t.Context(), []Delivery{delivery(t, "6", 6, message("2026-11-22", statement.ReasonSchedule))}); len(again) != 0 {
		t.Errorf("the sixth receive is to come again: %v", again)
	}
	head := w.table.heads[ref]
	if head.Failure != statement.BankUnavailable || head.State != statement.Active || head.ReadThrough != "" {
		t.Errorf("the account says %+v", head)
	}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if head := w.table.heads[ref]; head.Failure != "" || head.ReadThrough != "2026-11-22" {
		t.Errorf("after the next firing the account says %+v", head)
	}
}

func TestTheBanksWaitIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.fail = []error{refusal{statement.BankRateLimited, 3 * time.Minute}}
	w.Run(t.Context(), []Delivery{delivery(t, "1", 1, message("2026-11-22", statement.ReasonSchedule))})
	if got := w.queue.delays["receipt-1"]; got != 3*time.Minute {
		t.Errorf("delayed by %s, the bank asked for 3m", got)
	}
}

func TestUnknownFailureIsNeverSwallowed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.fail = []error{errors.New("table is gone")}
	d := delivery(t, "1", 7, message("2026-11-22", statement.ReasonSchedule))
	if again := w.Run(t.Context(), []Delivery{d}); len(again) != 1 {
		t.Error("a failure of ours was acknowledged: it belongs into the dead-letter queue by redrive")
	}
}

func TestPanicFailsOneMessage(t *testing.T) {
	t.Parallel()
	other := statement.Ref{Tenant: "t1", Account: "a2"}
	w := newWorld(ref, other)
	w.Syncer.Vault = panicky{w.Syncer.Vault}
	m := message("2026-11-22", statement.ReasonSchedule)
	good := m
	good.Account = other.Account
	again := w.Run(t.Context(), []Delivery{delivery(t, "bad", 1, m), delivery(t, "good", 1, good)})
	if !slices.Equal(again, []string{"bad"}) || w.table.heads[other].ReadThrough != "2026-11-22" {
		t.Errorf("to come again: %v", again)
	}
	if w.counts.all["Panics"] != 1 || w.counts.all["AccountsRetried"] != 1 || w.queue.delays["receipt-bad"] != time.Minute {
		t.Errorf("metrics %v, delays %v", w.counts.all, w.queue.delays)
	}
}

func TestTwoWorkersInTheSameSecond(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.book("x", "2026-11-19", 5)
	m := message("2026-11-22", statement.ReasonSchedule)
	w.table.beforeCommit = func() { // the other worker is faster, once
		w.table.beforeCommit = nil
		if err := w.Syncer.Sync(t.Context(), m); err != nil {
			t.Errorf("the faster one: %v", err)
		}
	}
	if again := w.Run(t.Context(), []Delivery{delivery(t, "1", 1, m)}); len(again) != 0 {
		t.Error("the slower one waits for the queue, though the day is covered")
	}
	if len(w.table.entries[ref]) != 1 || len(w.queue.delays) != 0 {
		t.Errorf("%d entries, %d delays", len(w.table.entries[ref]), len(w.queue.delays))
	}
}
