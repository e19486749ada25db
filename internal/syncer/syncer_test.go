package syncer

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func TestFirstSync(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.book("before", "2026-09-18", 1)   // Friday before covered_from, 2026-09-24
	w.bank.book("first", "2026-09-24", 10)   // D-60
	w.bank.book("sunday", "2026-11-15", 20)  // dated Monday 16
	w.bank.book("weekend", "2026-11-22", 30) // dated Monday 23, after through
	w.bank.book("today", "2026-11-23", 40)   // included after through
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonEnabled)); err != nil {
		t.Fatal(err)
	}
	// D is 23 November: D-60 is 24 September, and a week earlier is asked for.
	if d := cmp.Diff([][2]statement.Date{{"2026-09-17", "2026-11-22"}}, w.bank.asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	var got []string
	for _, e := range w.table.entries[ref] {
		got = append(got, e.BankID)
	}
	if d := cmp.Diff([]string{"first", "sunday", "weekend"}, got); d != "" {
		t.Errorf("entries (-want +got):\n%s", d)
	}
	// Proven through the last banking day: Friday 20 November is a holiday.
	head := w.table.heads[ref]
	if head.ProvenThrough != "2026-11-19" {
		t.Errorf("proven through %s", head.ProvenThrough)
	}
	if d := cmp.Diff([]statement.Date{"2026-11-19", "2026-09-23"}, w.bank.balances); d != "" {
		t.Errorf("balances asked (-want +got):\n%s", d)
	}
	if head.CoveredFrom != "2026-09-24" || head.ReadThrough != "2026-11-22" || head.LastSeq != 3 {
		t.Errorf("head covers %s to %s at %d", head.CoveredFrom, head.ReadThrough, head.LastSeq)
	}
	run := w.table.runs[0]
	if run.Outcome != statement.OutcomeProven || run.Added != 3 || run.Calendar == "" ||
		run.From != "2026-09-17" || run.To != "2026-11-22" {
		t.Errorf("run is recorded as %+v", run)
	}
}

func TestCoveredDayCostsOneRead(t *testing.T) {
	t.Parallel()
	for _, reason := range []statement.Reason{statement.ReasonSchedule, statement.ReasonEnabled, statement.ReasonRenewed} {
		w := newWorld()
		head := w.table.heads[ref]
		head.CoveredFrom, head.ReadThrough = "2026-09-24", "2026-11-22"
		w.table.heads[ref] = head
		if err := w.Syncer.Sync(t.Context(), message("2026-11-22", reason)); err != nil {
			t.Fatal(err)
		}
		if w.table.reads != 1 || w.table.writes != 0 || w.bank.opens != 0 {
			t.Errorf("%s: %d reads, %d writes, %d sessions at the bank; want 1, 0, 0",
				reason, w.table.reads, w.table.writes, w.bank.opens)
		}
	}
}

func TestDailyAndCatchUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name               string
		read, through      statement.Date
		want               [][2]statement.Date
		wantRead           statement.Date
		continued, oneMore bool
	}{
		{name: "daily", read: "2026-11-22", through: "2026-11-23", want: [][2]statement.Date{{"2026-11-14", "2026-11-23"}}, wantRead: "2026-11-23"},
		{name: "three weeks late", read: "2026-11-01", through: "2026-11-23", want: [][2]statement.Date{{"2026-10-26", "2026-11-23"}}, wantRead: "2026-11-23"},
		{name: "half a year late", read: "2026-05-01", through: "2026-11-23", want: [][2]statement.Date{
			{"2026-04-25", "2026-07-23"}, {"2026-07-24", "2026-10-21"}, {"2026-10-22", "2026-11-23"}}, wantRead: "2026-11-23"},
		{name: "two years late", read: "2024-11-23", through: "2026-11-23", want: [][2]statement.Date{
			{"2024-11-17", "2025-02-14"}, {"2025-02-15", "2025-05-15"}, {"2025-05-16", "2025-08-13"}, {"2025-08-14", "2025-11-11"}},
			wantRead: "2025-11-11", continued: true},
	} {
		w := newWorld()
		head := w.table.heads[ref]
		head.CoveredFrom, head.ReadThrough = "2024-01-01", tt.read
		head.DeepRead, head.Opening = tt.through.AddDays(-3), new(statement.Cents)
		w.table.heads[ref] = head
		m := message(tt.through, statement.ReasonSchedule)
		if err := w.Syncer.Sync(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tt.want, w.bank.asked); d != "" {
			t.Errorf("%s: asked (-want +got):\n%s", tt.name, d)
		}
		if got := w.table.heads[ref].ReadThrough; got != tt.wantRead {
			t.Errorf("%s: read through %s, want %s", tt.name, got, tt.wantRead)
		}
		if got := len(w.queue.sent) == 1; got != tt.continued {
			t.Errorf("%s: %d continuation messages", tt.name, len(w.queue.sent))
		}
		for _, next := range w.queue.sent {
			if d := cmp.Diff(m, next); d != "" {
				t.Errorf("%s: continuation (-want +got):\n%s", tt.name, d)
			}
		}
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		from, to  statement.Date
		want      [][2]statement.Date
		wantCover statement.Date
		wantRead  statement.Date
	}{
		{"inside, with the week before", "2026-10-05", "2026-10-09", [][2]statement.Date{{"2026-09-28", "2026-10-09"}}, "2026-09-24", "2026-11-22"},
		{"before: read until it meets what is kept", "2026-09-01", "2026-09-10", [][2]statement.Date{{"2026-08-25", "2026-09-24"}}, "2026-09-01", "2026-11-22"},
		// Newest first, each overlapping the next by the week that it did not keep.
		{"long before", "2026-02-02", "2026-02-10", [][2]statement.Date{
			{"2026-06-27", "2026-09-24"}, {"2026-04-06", "2026-07-04"}, {"2026-01-26", "2026-04-13"}}, "2026-02-02", "2026-11-22"},
		{"beyond a gap: read_through stays", "2026-12-10", "2026-12-11", [][2]statement.Date{{"2026-12-03", "2026-12-11"}}, "2026-09-24", "2026-11-22"},
	} {
		w := newWorld()
		head := w.table.heads[ref]
		head.CoveredFrom, head.ReadThrough, head.Opening = "2026-09-24", "2026-11-22", new(statement.Cents)
		w.table.heads[ref] = head
		m := message("2026-11-22", statement.ReasonRepair)
		m.From, m.To = tt.from, tt.to
		if err := w.Syncer.Sync(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tt.want, w.bank.asked); d != "" {
			t.Errorf("%s: asked (-want +got):\n%s", tt.name, d)
		}
		if head := w.table.heads[ref]; head.CoveredFrom != tt.wantCover || head.ReadThrough != tt.wantRead {
			t.Errorf("%s: covers %s to %s, want %s to %s", tt.name, head.CoveredFrom, head.ReadThrough, tt.wantCover, tt.wantRead)
		}
	}
}

// TestAnyRangeEndsWithEverything plays ranges in pieces, as messages continue.
func TestAnyRangeEndsWithEverything(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for d := statement.Date("2024-01-02"); d < "2026-11-23"; d = d.AddDays(3) {
		w.bank.book("id-"+string(d), d, 100)
	}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonEnabled)); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]statement.Date{{"2024-01-01", "2024-02-01"}, {"2024-01-01", "2026-11-22"}} {
		m := message("2026-11-22", statement.ReasonRepair)
		m.From, m.To = r[0], r[1]
		for todo := []statement.Message{m}; len(todo) > 0; {
			w.queue.sent = nil
			if err := w.Syncer.Sync(t.Context(), todo[0]); err != nil {
				t.Fatal(err)
			}
			todo = append(todo[1:], w.queue.sent...)
			head := w.table.heads[ref]
			if head.ProvenThrough != "2026-11-19" || head.UnprovenFrom != "" {
				t.Fatalf("from %s on: proven through %s, unproven from %s", head.CoveredFrom, head.ProvenThrough, head.UnprovenFrom)
			}
			for _, row := range w.bank.rows {
				n := 0
				for _, e := range w.table.entries[ref] {
					if e.BankID == row.BankID {
						n++
					}
				}
				if want := row.Date >= head.CoveredFrom; (n == 1) != want || n > 1 {
					t.Fatalf("covered from %s: %d entries of %s", head.CoveredFrom, n, row.Date)
				}
			}
		}
	}
	if head := w.table.heads[ref]; head.CoveredFrom != "2024-01-01" {
		t.Errorf("covered from %s", head.CoveredFrom)
	}
}

func TestCutOffFirstSyncKeepsItsBeginning(t *testing.T) {
	t.Parallel()
	w := newWorld()
	head := w.table.heads[ref]
	head.CoveredFrom = "2026-09-23" // yesterday's first sync was killed before it moved read_through
	w.table.heads[ref] = head
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][2]statement.Date{{"2026-09-16", "2026-11-22"}}, w.bank.asked); d != "" {
		t.Errorf("asked (-want +got):\n%s", d)
	}
	if got := w.table.heads[ref].CoveredFrom; got != "2026-09-23" {
		t.Errorf("covered_from moved to %s", got)
	}
}

func TestDropped(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*world){
		"unknown account": func(w *world) { delete(w.table.heads, ref) },
		"disabled":        func(w *world) { a := account(ref); a.State = statement.Disabled; w.table.heads[ref] = a },
		"parked":          func(w *world) { a := account(ref); a.State = statement.Attention; w.table.heads[ref] = a },
	} {
		w := newWorld()
		prepare(w)
		if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w.bank.opens+w.table.writes != 0 {
			t.Errorf("%s: the bank was asked or something written", name)
		}
	}
}

func TestParked(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.fail = []error{refusal{code: statement.CredentialsRejected}}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatalf("a parked account's message is done with, got %v", err)
	}
	head := w.table.heads[ref]
	if head.State != statement.Attention || head.Failure != statement.CredentialsRejected || head.ReadThrough != "" {
		t.Errorf("head is %+v", head)
	}
	if len(w.table.runs) != 1 || w.table.runs[0].Outcome != statement.OutcomeFailed {
		t.Errorf("runs: %+v", w.table.runs)
	}

	w = newWorld()
	w.bank.fail = []error{refusal{code: statement.CredentialsRejected}}
	w.bank.block = func() { // the account is renewed while the bank refuses the old pair
		w.table.mu.Lock()
		defer w.table.mu.Unlock()
		head := w.table.heads[ref]
		head.CredentialID = "c2"
		w.table.heads[ref] = head
	}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if head := w.table.heads[ref]; head.State != statement.Active || head.Failure != "" {
		t.Errorf("a run with the old pair parked the renewed account: %+v", head)
	}
}

func TestMissingSecretParks(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.Syncer.Vault = vault{}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if head := w.table.heads[ref]; head.State != statement.Attention || head.Failure != statement.CredentialsMissing {
		t.Errorf("head is %+v", head)
	}
}

func TestConflictLeavesTheWinner(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.book("x", "2026-11-19", 5)
	m := message("2026-11-22", statement.ReasonSchedule)
	once := false
	w.table.beforeCommit = func() {
		if !once {
			once = true
			if err := w.Syncer.Sync(t.Context(), m); err != nil {
				t.Errorf("the first to commit: %v", err)
			}
		}
	}
	if err := w.Syncer.Sync(t.Context(), m); !errors.Is(err, statement.ErrConflict) {
		t.Fatalf("the loser got %v, want a conflict", err)
	}
	if n := len(w.table.entries[ref]); n != 1 {
		t.Errorf("%d entries after two workers, want 1", n)
	}
}
