package merge

import (
	"fmt"
	"strings"
	"testing"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// history is a bank with two rows a banking day and a weekend Pix, through a day.
func history(through statement.Date) *bank {
	b := &bank{opening: 100_000, hide: map[string]bool{}}
	for d := statement.Date("2026-05-01"); d <= through; d = d.AddDays(1) {
		if bankday.IsBankingDay(d) {
			b.book(d, 5_000, "cliente "+string(d))
			b.book(d, -1_234, "fornecedor "+string(d))
		} else if d.Weekday() == 0 {
			b.book(d, 777, "pix de domingo")
		}
	}
	return b
}

// The first run date of the tests, a Tuesday after a Tuesday without holidays
// between, and those after it.
const monday = statement.Date("2026-10-19")

func (k *book) runs(t *testing.T, from statement.Date, n int, each func(date statement.Date)) statement.Date {
	t.Helper()
	for d := bankday.FirstNotBefore(from); ; d = bankday.After(d) {
		if n == 0 {
			return d
		}
		n--
		if each != nil {
			each(d)
		}
		k.run(d)
	}
}

func (k *book) mustBe(t *testing.T, when string, outcome statement.Outcome) {
	t.Helper()
	if k.last.Outcome != outcome {
		t.Errorf("%s: outcome %s, want %s; decisions %v", when, k.last.Outcome, outcome, k.last.Decisions)
	}
	if k.last.Outcome == statement.OutcomeProven {
		if want := bankday.LastNotAfter(k.ledger.ReadThrough); k.ledger.ProvenThrough != want {
			t.Errorf("%s: proven through %s, want %s", when, k.ledger.ProvenThrough, want)
		}
		if diff := k.truth(k.ledger.ReadThrough); diff != "" {
			t.Errorf("%s: proven, and not the bank's:\n%s", when, diff)
		}
	}
}

func TestFirstAndDailyProven(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	k := newBook(b)
	k.run(monday)
	k.mustBe(t, "first", statement.OutcomeProven)
	if k.reads != 1 || k.asked != 2 {
		t.Errorf("first sync: %d statement and %d balance calls, want 1 and 2", k.reads, k.asked)
	}
	for range 30 {
		d := k.runs(t, k.ledger.ReadThrough.AddDays(2), 0, nil)
		k.run(d)
		k.mustBe(t, string(d), statement.OutcomeProven)
		if k.reads != 1 || k.asked != 1 {
			t.Errorf("%s: %d statement and %d balance calls, want 1 and 1", d, k.reads, k.asked)
		}
		if deep := k.from <= bankday.WeeklyFrom(d.AddDays(-1)); deep != (d == k.ledger.DeepRead) {
			t.Errorf("%s: asked from %s, the last deep read was on %s", d, k.from, k.ledger.DeepRead)
		}
	}
	for d, day := range k.days {
		if day.Status != statement.DayProven || day.Balance == nil || *day.Balance != *b.balance(d) {
			t.Errorf("day %s is %+v, the bank says %s", d, day, *b.balance(d))
		}
	}
	k.run(bankday.After(k.ledger.ReadThrough.AddDays(1)))
	before := len(k.log)
	k.runFrom(k.ledger.ReadThrough.AddDays(1), "2026-09-01", k.ledger.CoveredFrom)
	if len(k.log) != before || len(k.last.Changes)+len(k.last.Days) != 0 {
		t.Errorf("the same range again changes %d entries, %d days", len(k.last.Changes), len(k.last.Days))
	}
}

// started is a book that was proven on monday, and the run date after it.
func started(t *testing.T) (*bank, *book, statement.Date) {
	t.Helper()
	b := history("2026-12-30")
	k := newBook(b)
	k.run(monday)
	k.mustBe(t, "first", statement.OutcomeProven)
	return b, k, bankday.After(monday)
}

func (b *bank) at(text string) int {
	for i, r := range b.rows {
		if r.Description == text {
			return i
		}
	}
	panic("no row " + text)
}

func (b *bank) remove(i int) statement.Row {
	r := b.rows[i]
	b.rows = append(b.rows[:i:i], b.rows[i+1:]...)
	return r
}

func (k *book) entry(text string) statement.Entry {
	for _, e := range k.entries {
		if e.Description == text {
			return e
		}
	}
	return statement.Entry{}
}

func TestLateEntryInProvenDay(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	// Two months back, far before what a daily read asks for.
	b.book("2026-08-25", 4_321, "atrasado")
	k.run(d)
	k.mustBe(t, "late", statement.OutcomeProven)
	if e := k.entry("atrasado"); e.Amount != 4_321 {
		t.Error("the late entry was not found")
	}
	if k.reads > 4 || k.asked > 7 {
		t.Errorf("%d statement and %d balance calls", k.reads, k.asked)
	}
}

func TestVeryLateEntryIsFoundByHalving(t *testing.T) {
	t.Parallel()
	b, k, _ := started(t)
	d := k.runs(t, bankday.After(monday), 50, nil)
	b.book("2026-09-09", 4_321, "atrasado") // more than 89 days before
	for range 3 {
		k.run(d)
		d = bankday.After(d)
	}
	k.mustBe(t, "late", statement.OutcomeProven)
}

func TestModified(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	i := b.at("cliente 2026-10-15")
	old := k.entry("cliente 2026-10-15")
	b.rows[i].Amount, b.rows[i].Description, b.rows[i].Date = 6_000, "outro texto", "2026-10-16"
	k.run(d)
	k.mustBe(t, "modified", statement.OutcomeProven)
	e := k.entries[old.ID]
	if e.Amount != 6_000 || e.Description != "outro texto" || e.Date != "2026-10-16" || e.Revision != 2 {
		t.Errorf("entry is %+v", e)
	}
	kept := map[string]string{}
	for _, r := range e.Revisions {
		kept[r.Field] = r.Old + " > " + r.New
	}
	for field, want := range map[string]string{"amount": "50.00 > 60.00", "date": "2026-10-15 > 2026-10-16",
		"description": "cliente 2026-10-15 > outro texto"} {
		if kept[field] != want {
			t.Errorf("revision of %s is %q, want %q", field, kept[field], want)
		}
	}
	var moved statement.Date
	for _, c := range k.last.Changes {
		if c.Entry.ID == old.ID {
			moved = c.Moved
		}
	}
	if moved != "2026-10-15" {
		t.Errorf("moved from %q", moved)
	}
}

func TestWhatAnAnswerLeavesOutIsKept(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	i := b.at("cliente 2026-10-15")
	b.rows[i].Details = []byte(`{"a":1}`)
	b.rows[i].EndToEndID = "E1"
	k.run(d)
	b.rows[i].Details, b.rows[i].EndToEndID = nil, ""
	k.run(bankday.After(d))
	if e := k.entry("cliente 2026-10-15"); string(e.Details) != `{"a":1}` || e.EndToEndID != "E1" || e.Revision != 2 {
		t.Errorf("entry is %+v", e)
	}
}

func TestProvisionalBecomesFinal(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		b := history("2026-12-30")
		i := b.at("cliente 2026-10-15")
		b.rows[i].BankID = id("PROVISORIO_", "2026-10-15", 38)
		k := newBook(b)
		k.run(monday)
		first := k.entry("cliente 2026-10-15")
		b.rows[i].BankID = id("", "2026-10-15", 38)
		if moved {
			b.rows[i].BankID, b.rows[i].Date = id("", "2026-10-16", 38), "2026-10-16"
		}
		k.run(bankday.After(monday))
		k.mustBe(t, "final", statement.OutcomeProven)
		e := k.entry("cliente 2026-10-15")
		if e.ID != first.ID || e.BankID != b.rows[i].BankID || len(e.Aliases) != 1 || e.Identity != statement.ByProvisional {
			t.Errorf("moved %v: entry is %+v, was %s", moved, e, first.ID)
		}
		// The bank shows the old one once more: it never replaces the final id.
		b.rows[i].BankID = first.BankID
		k.run(bankday.After(bankday.After(monday)))
		if again := k.entry("cliente 2026-10-15"); again.BankID != e.BankID {
			t.Errorf("a provisional id replaced a final one: %+v", again)
		}
	}
}

func TestRenumbered(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	i := b.at("cliente 2026-10-15")
	first := k.entry("cliente 2026-10-15")
	b.rows[i].BankID = id("", "2026-10-15", 99)
	k.run(d)
	k.mustBe(t, "renumbered", statement.OutcomeProven)
	if e := k.entry("cliente 2026-10-15"); e.ID != first.ID || e.BankID != first.BankID || len(e.Aliases) != 1 {
		t.Errorf("entry is %+v", e)
	}
	// A true twin, to the millisecond, beside it stays another entry.
	twin := b.rows[i]
	twin.BankID = id("", "2026-10-15", 100)
	b.rows = append(b.rows, twin)
	k.run(bankday.After(d))
	k.mustBe(t, "twin", statement.OutcomeProven)
}

func TestSamePixUnderAnotherID(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	i := b.at("cliente 2026-10-15")
	b.rows[i].EndToEndID = "E1"
	k.run(d)
	first := k.entry("cliente 2026-10-15")
	// Everything but the Pix changes: id, text and instant.
	b.rows[i].BankID, b.rows[i].Description = id("", "2026-10-15", 99), "novo texto"
	b.rows[i].BookedAt = b.rows[i].BookedAt.Add(1e9)
	k.run(bankday.After(d))
	k.mustBe(t, "another id", statement.OutcomeProven)
	if e := k.entries[first.ID]; e.Description != "novo texto" || e.Identity != statement.ByEndToEnd {
		t.Errorf("entry is %+v", e)
	}
}

func TestOmittedOnceIsKept(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	for _, text := range []string{"cliente 2026-10-16", "pix de domingo"} {
		b.hide[b.rows[b.at(text)].BankID] = true
	}
	b.hideReads = 1
	k.run(d)
	k.mustBe(t, "omitted by one answer", statement.OutcomeProven)
	if k.reads != 2 {
		t.Errorf("%d statement calls, want a second", k.reads)
	}
	b.hideReads = 2 // both answers of the run, while the balance has them
	k.run(bankday.After(d))
	k.mustBe(t, "omitted by the run", statement.OutcomeProven)
	for _, e := range k.entries {
		if e.Status != statement.Booked || e.Absence != nil {
			t.Errorf("%s is %s", e.ID, e.Status)
		}
	}
}

func TestWithdrawnOnTheSecondRunDate(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	entry := k.entry("cliente 2026-10-16")
	row := b.remove(b.at("cliente 2026-10-16"))
	k.run(d)
	k.mustBe(t, "first day", statement.OutcomeUndecided)
	k.run(d) // the same date again counts once
	if e := k.entries[entry.ID]; e.Status != statement.Booked || e.Absence == nil || e.Absence.Gone != 1 {
		t.Errorf("after one run date the entry is %+v", e)
	}
	if p := k.ledger.ProvenThrough; p >= "2026-10-16" {
		t.Errorf("proven through %s with an entry in doubt", p)
	}
	k.run(bankday.After(d))
	k.mustBe(t, "second day", statement.OutcomeProven)
	if e := k.entries[entry.ID]; e.Status != statement.Withdrawn {
		t.Errorf("after two run dates the entry is %+v", e)
	}
	if c := k.log[len(k.log)-1]; c.Entry.ID == entry.ID && c.Kind != statement.Gone {
		t.Errorf("the feed says %s", c.Kind)
	}
	b.rows = append(b.rows, row)
	k.run(bankday.After(bankday.After(d)))
	k.mustBe(t, "came back", statement.OutcomeProven)
	if e := k.entries[entry.ID]; e.Status != statement.Booked {
		t.Errorf("the entry came back as %+v", e)
	}
}

func TestBlindPairWaitsLonger(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	b.book("2026-10-15", -900, "pix errado")
	b.book("2026-10-15", 900, "pix devolvido")
	k := newBook(b)
	k.run(monday)
	b.remove(b.at("pix errado"))
	b.remove(b.at("pix devolvido"))
	d := bankday.After(monday)
	for n := 1; n <= 5; n++ {
		k.run(d)
		if got := k.entry("pix errado").Status; got != statement.Booked {
			t.Fatalf("withdrawn on run date %d: no balance can tell", n)
		}
		d = bankday.After(d)
	}
	k.run(d)
	if got := k.entry("pix errado").Status; got != statement.Withdrawn {
		t.Errorf("after six run dates over eight days it is %s", got)
	}
	k.mustBe(t, "blind", statement.OutcomeProven)
}

func TestNeitherWithNorWithoutIsOpen(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	proven := k.ledger.ProvenThrough
	b.remove(b.at("cliente 2026-10-16"))
	b.offFrom, b.off = "2026-10-16", 13
	k.run(d)
	k.mustBe(t, "open", statement.OutcomeUndecided)
	if !k.last.Retry || k.ledger.ReadThrough != monday.AddDays(-1) || k.ledger.ProvenThrough >= proven {
		t.Errorf("retry %v, read through %s, proven through %s", k.last.Retry, k.ledger.ReadThrough, k.ledger.ProvenThrough)
	}
	if k.entry("cliente "+string(monday)).ID == "" {
		t.Error("what came was not committed")
	}
}

func TestStaleAnswerWithdrawsNothing(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	k.run(d)
	all := b.rows
	b.rows = nil
	for _, r := range all { // an answer of three days ago
		if statement.DateOf(r.BookedAt) < monday.AddDays(-2) {
			b.rows = append(b.rows, r)
		}
	}
	for n := range 4 {
		k.run(d.AddDays(n))
	}
	for _, e := range k.entries {
		if e.Status != statement.Booked {
			t.Errorf("%s %s is %s", e.Date, e.Description, e.Status)
		}
	}
}

func TestEmptyAnswerForActiveAccount(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	n := len(k.entries)
	b.cap = -1
	k.bank = &bank{opening: b.opening, mute: true}
	k.run(d)
	if len(k.entries) != n || k.reads != 2 {
		t.Errorf("%d entries, %d reads; want %d and a second read", len(k.entries), k.reads, n)
	}
	if k.ledger.ProvenThrough > bankday.LastNotAfter(monday.AddDays(-1)) {
		t.Errorf("an empty answer proved days through %s", k.ledger.ProvenThrough)
	}
}

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
