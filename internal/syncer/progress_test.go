package syncer

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// told takes what a world's metrics say of endings since it was last called,
// the zeros left out.
func (c *counts) told() (endings map[string]int, behind []float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	endings = map[string]int{}
	for _, name := range []string{"AccountsProven", "AccountsUnproven", "AccountsGivenUp", "AccountsParked"} {
		if c.all[name] != 0 {
			endings[name] = c.all[name]
		}
		delete(c.all, name)
	}
	behind = c.values["OldestUnprovenDays"]
	delete(c.values, "OldestUnprovenDays")
	return endings, behind
}

func (w *world) wantTold(t *testing.T, when string, endings map[string]int, behind ...float64) {
	t.Helper()
	got, days := w.counts.told()
	if d := cmp.Diff(endings, got); d != "" {
		t.Errorf("%s: endings (-want +got):\n%s", when, d)
	}
	if d := cmp.Diff(behind, days); d != "" {
		t.Errorf("%s: days behind (-want +got):\n%s", when, d)
	}
}

// The days of November 2026: 13 is a Friday, 16 a Monday, 20 a holiday.
func TestEveryMessageEndsInOneWay(t *testing.T) {
	t.Parallel()
	w := proven(t) // through Friday 13, by a message that covers Sunday 15
	only := func(name string) map[string]int { return map[string]int{name: 1} }
	none := map[string]int{}
	w.wantTold(t, "first sync", only("AccountsProven"), 0)
	run := func(m statement.Message, receives int) {
		w.Run(t.Context(), []Delivery{delivery(t, "1", receives, m)})
	}
	schedule := func(d statement.Date) statement.Message { return message(d, statement.ReasonSchedule) }

	run(schedule("2026-11-15"), 1)
	w.wantTold(t, "covered, no banking day since", only("AccountsProven"), 0)

	w.bank.book("c", "2026-11-16", 500)
	w.bank.failBal = []error{refusal{code: statement.BankRateLimited}}
	run(schedule("2026-11-16"), 1)
	w.wantTold(t, "no balance to be had", only("AccountsUnproven"), 1)
	run(schedule("2026-11-16"), 1)
	w.wantTold(t, "covered, and not proven", only("AccountsUnproven"), 1)

	w.bank.fail = []error{refusal{code: statement.BankUnavailable}}
	run(schedule("2026-11-17"), 1)
	w.wantTold(t, "to be tried again", none)
	w.bank.fail = []error{refusal{code: statement.BankUnavailable}}
	run(schedule("2026-11-17"), maxReceives)
	w.wantTold(t, "all retries used", only("AccountsGivenUp"), 2)

	run(schedule("2026-11-18"), 1)
	w.wantTold(t, "the next firing", only("AccountsProven"), 0)
	run(schedule("2026-11-22"), 1)
	w.wantTold(t, "over a holiday and a weekend", only("AccountsProven"), 0)

	w.bank.fail = []error{refusal{code: statement.CredentialsRejected}}
	run(schedule("2026-11-23"), 1)
	w.wantTold(t, "parked", only("AccountsParked"))
	run(schedule("2026-11-23"), 1)
	w.wantTold(t, "dropped: not active", none)
}

// An account whose statement is not decided yet comes again: nothing has ended.
func TestUndecidedHasNotEnded(t *testing.T) {
	t.Parallel()
	w := proven(t)
	w.counts.told()
	w.bank.rows = w.bank.rows[:1]
	w.bank.opening = 7 // so that no balance agrees, with or without the row
	w.Run(t.Context(), []Delivery{delivery(t, "1", 1, message("2026-11-16", statement.ReasonSchedule))})
	if run := w.table.runs[len(w.table.runs)-1]; run.Outcome != statement.OutcomeUndecided {
		t.Fatalf("outcome %s", run.Outcome)
	}
	w.wantTold(t, "undecided", map[string]int{})
}

// A catch-up of more slices than a message may read ends with its last message.
func TestAContinuedMessageHasNotEnded(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.book("a", "2025-01-10", 5)
	m := message("2026-11-22", statement.ReasonManual)
	m.From, m.To = "2025-01-01", "2026-11-22"
	for n := 0; ; n++ {
		w.queue.sent = nil
		if err := w.Syncer.Sync(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if len(w.queue.sent) == 0 {
			break
		}
		w.wantTold(t, "goes on in another message", map[string]int{})
		if m = w.queue.sent[0]; n > 9 {
			t.Fatal("it never ends")
		}
	}
	if endings, _ := w.counts.told(); len(endings) != 1 {
		t.Errorf("ended as %v", endings)
	}
}

func TestBehind(t *testing.T) {
	t.Parallel()
	at := func(d statement.Date) time.Time { return d.Time().Add(15 * time.Hour) }
	made := at("2026-11-02") // a holiday, Monday
	for name, test := range map[string]struct {
		head    statement.Account
		through statement.Date
		want    float64
	}{
		"proven to the day":             {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2026-11-18"}}, "2026-11-18", 0},
		"proven beyond":                 {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2026-11-19"}}, "2026-11-18", 0},
		"Friday, on Sunday":             {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2026-11-13"}}, "2026-11-15", 0},
		"Friday, on Monday":             {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2026-11-13"}}, "2026-11-16", 1},
		"as far as is ordinary":         {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2026-11-13"}}, "2026-11-18", 3},
		"over a holiday":                {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2026-11-18"}}, "2026-11-23", 2}, // 19 and 23
		"never, made a week ago":        {statement.Account{CreatedAt: made}, "2026-11-06", 4},
		"never, certificate is younger": {statement.Account{CreatedAt: made, Certificate: &statement.Certificate{NotBefore: at("2026-11-05")}}, "2026-11-06", 1},
		"never, certificate is older":   {statement.Account{CreatedAt: made, Certificate: &statement.Certificate{NotBefore: at("2026-10-05")}}, "2026-11-06", 4},
		"never, made today":             {statement.Account{CreatedAt: made}, "2026-11-01", 0},
		"for years":                     {statement.Account{Ledger: statement.Ledger{ProvenThrough: "2020-01-02"}}, "2026-11-18", 99},
	} {
		w := newWorld()
		var log bytes.Buffer
		w.Syncer.Log = slog.New(slog.NewTextHandler(&log, nil))
		w.Syncer.behind(t.Context(), test.head, test.through)
		if _, got := w.counts.told(); len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: %v days, want %g", name, got, test.want)
		}
		if named := strings.Contains(log.String(), "account far behind"); named != (test.want > 3) {
			t.Errorf("%s: %g days behind, and the log says %q", name, test.want, log.String())
		}
	}
}

func TestEntriesAreCountedOnceDurable(t *testing.T) {
	t.Parallel()
	w := proven(t) // two entries
	want := map[string]int{"EntriesAdded": 2}
	entries := func() map[string]int {
		got := map[string]int{}
		for _, name := range []string{"EntriesAdded", "EntriesModified", "EntriesWithdrawn"} {
			if n := w.counts.all[name]; n != 0 {
				got[name] = n
			}
		}
		return got
	}
	if d := cmp.Diff(want, entries()); d != "" {
		t.Errorf("first sync (-want +got):\n%s", d)
	}
	w.bank.book("c", "2026-11-16", 500)
	w.bank.rows[1].Title = "another"
	w.table.beforeCommit = func() {
		a := w.table.heads[ref]
		a.Version++ // somebody else was first
		w.table.heads[ref] = a
	}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-16", statement.ReasonSchedule)); err == nil {
		t.Fatal("no conflict")
	}
	if d := cmp.Diff(want, entries()); d != "" {
		t.Errorf("after a conflict (-want +got):\n%s", d)
	}
	w.table.beforeCommit = nil
	if err := w.Syncer.Sync(t.Context(), message("2026-11-16", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"EntriesAdded": 3, "EntriesModified": 1}, entries()); d != "" {
		t.Errorf("second sync (-want +got):\n%s", d)
	}
}
