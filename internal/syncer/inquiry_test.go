package syncer

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// proven is a world that was synced and proven through Sunday 15 November.
func proven(t *testing.T) *world {
	t.Helper()
	w := newWorld()
	w.bank.book("a", "2026-11-10", 1000)
	w.bank.book("b", "2026-11-12", -300)
	if err := w.Syncer.Sync(t.Context(), message("2026-11-15", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if p := w.table.heads[ref].ProvenThrough; p != "2026-11-13" {
		t.Fatalf("proven through %s", p)
	}
	w.bank.asked, w.bank.balances = nil, nil
	return w
}

func TestRateLimitDuringProofCommitsAsRead(t *testing.T) {
	t.Parallel()
	w := proven(t)
	w.bank.book("c", "2026-11-16", 500)
	w.bank.failBal = []error{refusal{code: statement.BankRateLimited}}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-16", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	head := w.table.heads[ref]
	if head.ReadThrough != "2026-11-16" || head.ProvenThrough != "2026-11-13" || len(w.table.entries[ref]) != 3 {
		t.Errorf("head reads %s, proves %s, %d entries", head.ReadThrough, head.ProvenThrough, len(w.table.entries[ref]))
	}
	if run := w.table.runs[len(w.table.runs)-1]; run.Outcome != statement.OutcomeRead {
		t.Errorf("outcome %s", run.Outcome)
	}
	if len(w.bank.asked) != 1 || len(w.bank.balances) != 1 {
		t.Errorf("after a 429 the run asked %d statements, %d balances", len(w.bank.asked), len(w.bank.balances))
	}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-17", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if p := w.table.heads[ref].ProvenThrough; p != "2026-11-17" {
		t.Errorf("the next run proves through %s", p)
	}
}

func TestNoBalanceToBeHad(t *testing.T) {
	t.Parallel()
	w := proven(t)
	w.bank.failBal = []error{refusal{code: statement.BankUnavailable}, refusal{code: statement.BankUnavailable}}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-16", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if head := w.table.heads[ref]; head.ReadThrough != "2026-11-16" || head.ProvenThrough != "2026-11-13" {
		t.Errorf("head reads %s, proves %s", head.ReadThrough, head.ProvenThrough)
	}
}

func TestUndecidedIsCommittedAndRetried(t *testing.T) {
	t.Parallel()
	w := proven(t)
	w.bank.book("c", "2026-11-16", 500)
	w.bank.rows = append(w.bank.rows[:1:1], w.bank.rows[2:]...) // "b" is no longer shown
	w.bank.fail = []error{nil, refusal{code: statement.BankUnavailable}}
	m := message("2026-11-16", statement.ReasonSchedule)
	if again := w.Run(t.Context(), []Delivery{delivery(t, "1", 1, m)}); len(again) != 1 {
		t.Fatal("an undecided run was acknowledged")
	}
	head := w.table.heads[ref]
	if len(w.table.entries[ref]) != 3 || head.ReadThrough != "2026-11-15" || head.OpenFrom == "" {
		t.Errorf("%d entries, read through %s, open from %q", len(w.table.entries[ref]), head.ReadThrough, head.OpenFrom)
	}
	if run := w.table.runs[len(w.table.runs)-1]; run.Outcome != statement.OutcomeUndecided || len(run.Decisions) == 0 {
		t.Errorf("run %+v", run)
	}
	w.bank.fail = []error{nil, refusal{code: statement.BankUnavailable}}
	if again := w.Run(t.Context(), []Delivery{delivery(t, "1", 6, m)}); len(again) != 0 {
		t.Fatal("the sixth receive is to come again")
	}
	if got := w.table.heads[ref].Failure; got != statement.Undecided {
		t.Errorf("the account says %q", got)
	}
}

func TestFirstSyncAsksFourTimes(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bank.book("a", "2026-11-10", 1000)
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonEnabled)); err != nil {
		t.Fatal(err)
	}
	want := statement.Requests{Token: 1, Statement: 1, Balance: 2, Connections: 1}
	if d := cmp.Diff(want, w.table.runs[0].Requests); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
}

func TestDaysAreProvenOnceABalanceIsToBeHad(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for d := statement.Date("2026-09-20"); d < "2026-11-20"; d = d.AddDays(1) {
		w.bank.book("id-"+string(d), d, 100)
	}
	w.bank.failBal = []error{refusal{code: statement.BankUnavailable}}
	for _, through := range []statement.Date{"2026-11-17", "2026-11-18"} {
		if err := w.Syncer.Sync(t.Context(), message(through, statement.ReasonSchedule)); err != nil {
			t.Fatal(err)
		}
		want := statement.DayRead
		if through == "2026-11-18" {
			want = statement.DayProven
		}
		for _, d := range w.table.days[ref] {
			if d.Status != want {
				t.Fatalf("through %s: %s is %s, want %s", through, d.Date, d.Status, want)
			}
		}
	}
}

func TestRowsOfAnotherBankAccountPark(t *testing.T) {
	t.Parallel()
	w := newWorld()
	head := w.table.heads[ref]
	head.BankAccount = "123456789"
	w.table.heads[ref] = head
	id := func(account string, n int) string {
		return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "001_00019_%s_2026-11-10_%09d", account, n))
	}
	w.bank.book(id("987654321", 1), "2026-11-10", 100)
	w.bank.book("opaque", "2026-11-10", 100)
	if err := w.Syncer.Sync(t.Context(), message("2026-11-15", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if head := w.table.heads[ref]; head.State != statement.Attention || head.Failure != statement.DifferentAccount ||
		len(w.table.entries[ref]) != 0 || head.ReadThrough != "" {
		t.Fatalf("%d entries, head %+v", len(w.table.entries[ref]), head)
	}
	// One odd id among ours is no reason to stop.
	head = w.table.heads[ref]
	head.State, head.Failure = statement.Active, ""
	w.table.heads[ref] = head
	w.bank.book(id("123456789", 2), "2026-11-11", 100)
	if err := w.Syncer.Sync(t.Context(), message("2026-11-15", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	if n := len(w.table.entries[ref]); n != 3 {
		t.Errorf("%d entries, want 3", n)
	}
}

// TestAMessageOfYesterdayIsNoRunDateOfItsOwn: what counts run dates is the day on
// which the bank is asked, be the message as old as it may.
func TestAMessageOfYesterdayIsNoRunDateOfItsOwn(t *testing.T) {
	t.Parallel()
	w := proven(t)
	w.Now = func() time.Time { return time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC) }
	w.bank.rows = w.bank.rows[:1] // "b" is taken back
	w.bank.book("c", "2026-11-13", 500)
	for _, m := range []statement.Message{message("2026-11-15", statement.ReasonManual), message("2026-11-16", statement.ReasonSchedule)} {
		if err := w.Syncer.Sync(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range w.table.entries[ref] {
		if e.BankID == "b" && (e.Status != statement.Booked || e.Absence == nil || e.Absence.Runs != 1 || e.Absence.Last != "2026-11-17") {
			t.Errorf("after one day's two runs it is %s, %+v", e.Status, e.Absence)
		}
	}
	w.Now = func() time.Time { return time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC) }
	if err := w.Syncer.Sync(t.Context(), message("2026-11-17", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.table.entries[ref] {
		if e.BankID == "b" && e.Status != statement.Withdrawn {
			t.Errorf("on the second day it is %s, %+v", e.Status, e.Absence)
		}
	}
}
