package merge

import (
	"testing"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

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

// A seed of TestAnyTroubleEndsWithTheBanksStatement: the first row of its day,
// worth nothing, long before what a daily read asks for. Each next read began
// at that very row, so nothing older showed that it reached back far enough.
func TestWhatWaitsIsNotForgotten(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	i := b.book("2026-09-22", 0, "zero")
	b.rows[i].BookedAt = inclusion("2026-09-22", "00:00:00.001")
	k := newBook(b)
	k.run(monday)
	b.remove(b.at("zero"))
	d := bankday.After(monday)
	for n := 0; n < 12; n++ { // a deep read within a week, then five run dates over seven days
		k.run(d)
		d = bankday.After(d)
	}
	if got := k.entry("zero").Status; got != statement.Withdrawn {
		t.Errorf("the entry is %s after twelve run dates", got)
	}
	k.mustBe(t, "withdrawn", statement.OutcomeProven)
}
