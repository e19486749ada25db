package merge

import (
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
