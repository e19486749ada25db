package merge

import (
	"fmt"
	"strings"
	"testing"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

func TestSevenOfSixtyDays(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	b.cap = 7
	k := newBook(b)
	k.run(monday)
	if k.last.Outcome == statement.OutcomeProven || k.reads > 4 || k.asked > 7 {
		t.Errorf("outcome %s after %d and %d calls", k.last.Outcome, k.reads, k.asked)
	}
	b.cap = 0
	d := bankday.After(monday)
	k.run(d)
	k.mustBe(t, "whole answers again", statement.OutcomeProven)
}

func TestBalanceOffFromADay(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	b.offFrom, b.off = "2026-10-22", 1_234
	d = k.runs(t, d, 10, nil)
	if k.ledger.UnprovenFrom != "2026-10-22" || k.ledger.Difference != 1_234 || k.ledger.ProvenThrough != "2026-10-21" {
		t.Errorf("ledger is %+v", k.ledger)
	}
	if k.reads != 1 || k.asked != 1 {
		t.Errorf("a remembered difference cost %d and %d calls, want 1 and 1", k.reads, k.asked)
	}
	for date, day := range k.days {
		want := statement.DayProven
		if date >= "2026-10-22" {
			want = statement.DayUnproven
		}
		if day.Status != want || want == statement.DayUnproven && day.Difference != 1_234 {
			t.Errorf("day %s is %+v, want %s", date, day, want)
		}
	}
	b.off = 0
	k.run(d)
	k.mustBe(t, "balance mended", statement.OutcomeProven)
	for date, day := range k.days {
		if day.Status != statement.DayProven {
			t.Errorf("day %s is %+v after the balance was mended", date, day)
		}
	}
}

func TestFirstSyncWithBalanceOff(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	b.offFrom, b.off = "2026-09-22", 1_234
	k := newBook(b)
	k.runs(t, monday, 4, nil)
	if k.ledger.UnprovenFrom != "2026-09-22" || k.ledger.Difference != 1_234 {
		t.Errorf("ledger is %+v", k.ledger)
	}
}

func TestNoBalance(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	b.mute = true
	k := newBook(b)
	k.run(monday)
	k.mustBe(t, "mute", statement.OutcomeRead)
	if k.ledger.ProvenThrough != "" || k.ledger.ReadThrough != monday.AddDays(-1) {
		t.Errorf("ledger is %+v", k.ledger)
	}
	for date, day := range k.days {
		if day.Status != statement.DayRead {
			t.Errorf("day %s is %s", date, day.Status)
		}
	}
	b.mute = false
	k.run(bankday.After(monday))
	k.mustBe(t, "balance again", statement.OutcomeProven)
}

func TestTwoEditsThatCancelOutAreSeenWithinAWeek(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	d = k.runs(t, d, 1, nil)
	b.rows[b.at("cliente 2026-09-01")].Amount += 100
	b.rows[b.at("cliente 2026-09-02")].Amount -= 100
	for n := 0; n < 7; n++ {
		d = k.runs(t, d, 1, nil)
	}
	k.mustBe(t, "after a week", statement.OutcomeProven)
}

func TestCountedContent(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	same := statement.Row{Date: "2026-10-15", BookedAt: inclusion("2026-10-15", "10:00:00.000"), Type: "TARIFA",
		Operation: statement.Debit, Amount: -990, Title: "Tarifa", Description: "sem id"}
	b.rows = append(b.rows, same, same)
	k := newBook(b)
	k.run(monday)
	k.mustBe(t, "two", statement.OutcomeProven)
	b.rows = append(b.rows, same)
	k.run(bankday.After(monday))
	k.mustBe(t, "three", statement.OutcomeProven)
	n := 0
	for _, e := range k.entries {
		if e.Description == "sem id" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d entries of two equal rows, later three", n)
	}
}

func TestEdgesOfTheCalendarAndOfMoney(t *testing.T) {
	t.Parallel()
	b := &bank{opening: 1}
	for i, clock := range []string{"23:59:59.999", "00:00:00.000"} {
		for _, day := range []statement.Date{"2026-10-14", "2026-02-28", "2024-02-29", "2025-12-31", "2026-02-16", "2026-04-03", "2018-11-04"} {
			k := b.book(day, statement.Cents(1+i), fmt.Sprint("borda ", clock))
			b.rows[k].BookedAt = inclusion(day, clock)
		}
	}
	b.book("2026-10-13", 1<<53+1, "enorme")
	b.book("2026-10-13", 0, "zero")
	k := newBook(b)
	for _, from := range []statement.Date{"2018-10-01", "2024-01-15", "2025-12-01", "2026-02-01", "2026-03-15", "2026-09-20"} {
		date := from.AddDays(60)
		k = newBook(b)
		k.run(date)
		k.mustBe(t, string(date), statement.OutcomeProven)
	}
	if k.total < 1<<53 {
		t.Error("the large amount is not there")
	}
}

func TestCoveredFromMovesBack(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	_ = b
	k.runFrom(d, "2026-07-20", "2026-07-27")
	k.mustBe(t, "earlier", statement.OutcomeProven)
	if k.ledger.CoveredFrom != "2026-07-27" || *k.ledger.Opening != *b.balance("2026-07-26") {
		t.Errorf("ledger is %+v", k.ledger)
	}
}

func TestSameInputSamePlan(t *testing.T) {
	t.Parallel()
	b := history("2026-10-30")
	for n := range 3 {
		k := newBook(b)
		k.run(monday)
		one := fmt.Sprintf("%+v", k.last)
		j := newBook(b)
		for range n { // another order of the bank's rows
			b.rows = append(b.rows[7:], b.rows[:7]...)
		}
		j.run(monday)
		one = strings.ReplaceAll(one, "0x", "")
		if len(one) < 100 || len(k.last.Changes) != len(j.last.Changes) {
			t.Fatal("plans are empty")
		}
		for i := range k.last.Changes {
			if k.last.Changes[i].Entry.ID != j.last.Changes[i].Entry.ID {
				t.Fatalf("change %d differs", i)
			}
		}
	}
}

// Found by the simulation: the bank told every balance 2.50 higher for a while,
// the opening too. When it told them right again nothing had been booked since,
// and the head kept the higher balance beside the right opening.
func TestBalanceFollowsTheOpening(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	q := bankday.LastNotAfter(d.AddDays(-1))
	for _, off := range []statement.Cents{250, 0, -9, 0} {
		b.offFrom, b.off = "2026-01-01", off
		k.run(d)
		if want := b.balance(q); k.ledger.Balance == nil || *k.ledger.Balance != *want || k.ledger.ProvenThrough != q {
			t.Errorf("told %d off: proven through %s with %v, want %s with %s", off, k.ledger.ProvenThrough, k.ledger.Balance, q, want)
		}
	}
}

// Days older than a second answer reaches follow the opening as well.
func TestEveryDayFollowsTheOpening(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	d = k.runs(t, d, 40, func(statement.Date) {})
	for _, off := range []statement.Cents{250, 0} {
		b.offFrom, b.off = "2026-01-01", off
		k.run(d)
		old := 0
		for date, day := range k.days {
			if day.Status == statement.DayProven && (day.Balance == nil || *day.Balance != *b.balance(date)) {
				t.Errorf("told %d off: day %s is proven with %v, want %s", off, date, day.Balance, b.balance(date))
			}
			if d.DaysSince(date) > bankday.MaxDays {
				old++
			}
		}
		if old == 0 || k.ledger.ProvenThrough < bankday.LastNotAfter(d.AddDays(-1)) {
			t.Errorf("told %d off: %d old days, proven through %s", off, old, k.ledger.ProvenThrough)
		}
	}
}
