package merge

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Each test here holds one guard of the pairing, the judgement or the proof:
// without the guard it is red.

// paired runs pair over one row and kept entries, and returns the entry's id.
func paired(row statement.Row, kept ...statement.Entry) statement.EntryID {
	var works []*work
	for i := range kept {
		if kept[i].Status == "" {
			kept[i].Status = statement.Booked
		}
		works = append(works, &work{Entry: kept[i], kept: &kept[i]})
	}
	p := pair(statement.Read{From: "2026-10-01", To: "2026-10-31", Rows: []statement.Row{row}}, works)
	if p.to[0] == nil {
		return ""
	}
	return p.to[0].ID
}

func pix(id, e2e string) statement.Row {
	return statement.Row{BankID: id, EndToEndID: e2e, Date: "2026-10-15", BookedAt: inclusion("2026-10-15", "10:00:00.123"),
		Type: "PIX", Operation: statement.Debit, Amount: -1000, Title: "Pix enviado ", Description: "FULANO"}
}

func TestPairing(t *testing.T) {
	t.Parallel()
	final, other, prov := id("", "2026-10-15", 1), id("", "2026-10-15", 2), id("PROVISORIO_", "2026-10-15", 1)
	with := func(r statement.Row, change func(*statement.Row)) statement.Row { change(&r); return r }
	entry := func(r statement.Row) statement.Entry { return statement.Entry{ID: "e", Row: r} }
	later := func(r *statement.Row) { r.BookedAt = r.BookedAt.Add(1e9) }
	for _, tt := range []struct {
		name string
		row  statement.Row
		kept statement.Entry
		want statement.EntryID
	}{
		{"a reversal carries the Pix of what it reverses: another type", with(pix(other, "E1"), func(r *statement.Row) { r.Type = "ESTORNO" }), entry(with(pix(final, "E1"), later)), ""},
		{"a second, partial reversal: another amount", with(pix(other, "E1"), func(r *statement.Row) { r.Amount = -300 }), entry(with(pix(final, "E1"), later)), ""},
		{"the other direction", with(pix(other, "E1"), func(r *statement.Row) { r.Operation = statement.Credit }), entry(with(pix(final, "E1"), later)), ""},
		{"the same Pix under another id, text and instant", with(pix(other, "E1"), func(r *statement.Row) { later(r); r.Description = "x" }), entry(pix(final, "E1")), "e"},
		{"provisional, text and all the same", pix(other, ""), entry(pix(prov, "")), "e"},
		{"provisional, the text changed too", with(pix(other, ""), func(r *statement.Row) { r.Description = "x" }), entry(pix(prov, "")), "e"},
		{"provisional, the date moved with it", with(pix(other, ""), func(r *statement.Row) { r.Date = "2026-10-16" }), entry(pix(prov, "")), "e"},
		{"provisional, but another Pix of the same instant", with(pix(other, "E2"), func(r *statement.Row) { r.Description = "x" }), entry(pix(prov, "E1")), ""},
		{"provisional, another instant", with(pix(other, ""), later), entry(pix(prov, "")), ""},
		{"the row has no id, the entry has", pix("", ""), entry(pix(final, "")), "e"},
		{"renumbered", pix(other, ""), entry(pix(final, "")), "e"},
		{"renumbered with another text is not told from a new one", with(pix(other, ""), func(r *statement.Row) { r.Description = "x" }), entry(pix(final, "")), ""},
		{"20 ms apart is a twin", with(pix(other, ""), func(r *statement.Row) { r.BookedAt = r.BookedAt.Add(20e6) }), entry(pix(final, "")), ""},
		{"no ids at all: the same content", pix("", ""), entry(pix("", "")), "e"},
		{"no ids at all: another content", with(pix("", ""), func(r *statement.Row) { r.Description = "x" }), entry(pix("", "")), ""},
	} {
		if got := paired(tt.row, tt.kept); got != tt.want {
			t.Errorf("%s: paired with %q, want %q", tt.name, got, tt.want)
		}
	}
	gone := entry(pix("", ""))
	gone.ID, gone.Status = "a", statement.Withdrawn
	if got := paired(pix("", ""), gone, entry(pix("", ""))); got != "e" {
		t.Errorf("paired with the withdrawn entry %q before the booked one", got)
	}
}

func TestTwinBesideItsTwin(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	twin := b.rows[b.at("cliente 2026-10-15")]
	twin.BankID = id("", "2026-10-15", 77)
	b.rows = append(b.rows, twin) // to the millisecond the same, and both in the answer
	k.run(d)
	k.mustBe(t, "twin", statement.OutcomeProven)
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rows []statement.Row
		for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
			r := pix(rapid.SampledFrom([]string{"", id("", "2026-10-15", i), id("PROVISORIO_", "2026-10-15", i)}).Draw(t, "id"), "")
			r.Description = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "text")
			r.DocumentNumber = rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "document")
			rows = append(rows, r)
		}
		var kept []statement.Entry
		for i, r := range rows[:len(rows)/2] {
			r.BankID = rapid.SampledFrom([]string{"", id("", "2026-10-15", 50+i), id("PROVISORIO_", "2026-10-15", i)}).Draw(t, "kept id")
			kept = append(kept, statement.Entry{ID: statement.EntryID(fmt.Sprintf("2026-10-15-%d", i)), Row: r, Status: statement.Booked, Revision: 1})
		}
		decide := func(rows []statement.Row) Plan {
			zero := statement.Cents(0)
			return Decide(Input{Reads: []statement.Read{{From: "2026-10-01", To: "2026-10-20", Rows: rows}}, Stored: kept,
				WindowFrom: "2026-10-01", DaysFrom: "2026-10-01", CoveredFrom: "2026-10-01", Through: "2026-10-20",
				ReadThrough: "2026-10-20", RunDate: "2026-10-21", Balances: map[statement.Date]*statement.Cents{"2026-10-20": &zero}})
		}
		want := decide(rows)
		got := decide(rapid.Permutation(rows).Draw(t, "order"))
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("the order of the answer changed the plan:\n%s", d)
		}
	})
}

func TestLateRowWithAnOldDateIsRecognised(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	i := b.book(monday, 4_000, "data antiga")
	b.rows[i].Date, b.rows[i].BankID = "2026-09-08", id("", "2026-09-08", 900)
	k.run(d)
	n := len(k.entries)
	// The next read begins after that date; then the bank moves it, and only
	// the row's id names the day that it is kept on.
	k.runFrom(bankday.After(d), "2026-10-12", k.ledger.CoveredFrom)
	b.rows[i].Date = "2026-10-16"
	k.runFrom(bankday.After(d), "2026-10-12", k.ledger.CoveredFrom)
	if got := len(k.entries) - n; got != 2 { // the two of the day that came meanwhile
		t.Errorf("%d entries came, want 2", got)
	}
}

func TestIDOfARowThatLaterGotOneIsNotGivenTwice(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	same := pix("", "")
	b.rows = append(b.rows, same)
	k := newBook(b)
	k.run(monday)
	b.rows[len(b.rows)-1].BankID = id("", "2026-10-15", 5)
	k.run(bankday.After(monday))
	b.rows = append(b.rows, same)
	k.run(bankday.After(bankday.After(monday)))
	k.mustBe(t, "a second equal row", statement.OutcomeProven)
}

func TestSeenAgainStartsTheCountAnew(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	e := k.entry("cliente 2026-10-16")
	for range 3 {
		row := b.remove(b.at("cliente 2026-10-16"))
		k.run(d)
		d = bankday.After(d)
		b.rows = append(b.rows, row)
		k.run(d)
		d = bankday.After(d)
		if got := k.entries[e.ID]; got.Status != statement.Booked || got.Absence != nil {
			t.Fatalf("entry is %+v", got)
		}
	}
}

// TestAnEarlierRunDateCountsNothing: a run of an earlier date after a later one,
// a clock put right between them, is no further day.
func TestAnEarlierRunDateCountsNothing(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	e := k.entry("cliente 2026-10-16")
	b.remove(b.at("cliente 2026-10-16"))
	k.run(bankday.After(d))
	k.run(d)
	if got := k.entries[e.ID]; got.Status != statement.Booked || got.Absence == nil || got.Absence.Runs != 1 || got.Absence.Gone != 1 {
		t.Fatalf("entry is %s, %+v", got.Status, got.Absence)
	}
	k.run(bankday.After(bankday.After(d)))
	if got := k.entries[e.ID]; got.Status != statement.Withdrawn {
		t.Errorf("entry is %s, %+v", got.Status, got.Absence)
	}
}

func TestGoneMustBeInARow(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	e := k.entry("cliente 2026-10-16")
	b.remove(b.at("cliente 2026-10-16"))
	for n, off := range []statement.Cents{0, 13, 0, 0} {
		b.offFrom, b.off = "2026-10-16", off
		k.run(d)
		want := statement.Booked
		if n == 3 {
			want = statement.Withdrawn
		}
		if got := k.entries[e.ID].Status; got != want {
			t.Errorf("run date %d: the entry is %s, want %s", n+1, got, want)
		}
		d = bankday.After(d)
	}
}

func TestBlindNeedsFiveRunDates(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	b.book("2026-10-15", 0, "zero")
	k := newBook(b)
	k.run(monday)
	b.remove(b.at("zero"))
	for n, d := range []statement.Date{"2026-10-20", "2026-10-27", "2026-10-28", "2026-10-29", "2026-10-30"} {
		k.run(d)
		want := statement.Booked
		if n == 4 {
			want = statement.Withdrawn
		}
		if got := k.entry("zero").Status; got != want {
			t.Errorf("run date %d: the entry is %s, want %s", n+1, got, want)
		}
	}
	changes := len(k.log)
	k.run("2026-11-03")
	for _, c := range k.log[changes:] {
		if c.Entry.Description == "zero" {
			t.Error("a withdrawn entry is judged again")
		}
	}
}

func TestWhatWasNotReadIsNotMissing(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	_ = b
	// Sunday's Pix is dated Monday 19: a read from Monday on does not show it.
	k.run(d)
	k.runFrom(bankday.After(d), "2026-10-19", k.ledger.CoveredFrom)
	if k.reads != 1 {
		t.Errorf("%d reads: an entry included before the range was missed", k.reads)
	}
	// A bank that filters by date does not show what is dated before the range.
	i := b.book("2026-10-21", 500, "data antiga")
	b.rows[i].Date = "2026-10-09"
	d = bankday.After(bankday.After(d))
	k.run(d)
	b.byDate = true
	k.runFrom(bankday.After(d), "2026-10-15", k.ledger.CoveredFrom)
	if k.reads != 1 || k.last.Outcome != statement.OutcomeProven {
		t.Errorf("%d reads, outcome %s: an entry dated before the range was missed", k.reads, k.last.Outcome)
	}
}

func TestWhatIsDatedAfterTheLastBankingDayIsNotJudged(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	k := newBook(b)
	k.run("2026-10-26") // a Monday: Sunday's Pix is dated today
	e := k.entries[k.log[len(k.log)-1].Entry.ID]
	if e.Date != "2026-10-26" {
		t.Fatalf("the last entry is dated %s", e.Date)
	}
	row := b.rows[slices.IndexFunc(b.rows, func(r statement.Row) bool { return r.BankID == e.BankID })]
	b.remove(slices.IndexFunc(b.rows, func(r statement.Row) bool { return r.BankID == e.BankID }))
	k.run("2026-10-26")
	k.mustBeLedger(t, "2026-10-23")
	if k.reads != 1 || k.entries[e.ID].Absence != nil {
		t.Errorf("%d reads, entry %+v", k.reads, k.entries[e.ID])
	}
	b.rows = append(b.rows, row)
}

func (k *book) mustBeLedger(t *testing.T, proven statement.Date) {
	t.Helper()
	if k.last.Outcome != statement.OutcomeProven || k.ledger.ProvenThrough != proven {
		t.Errorf("outcome %s, proven through %s, want %s", k.last.Outcome, k.ledger.ProvenThrough, proven)
	}
}

func TestOneAnswerDecidesNothing(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	b.remove(b.at("cliente 2026-10-16"))
	k.calls = 1
	for range 4 {
		k.run(d)
		if k.reads != 1 {
			t.Errorf("%d reads with one call to spend", k.reads)
		}
		d = bankday.After(d)
	}
	if e := k.entry("cliente 2026-10-16"); e.Status != statement.Booked || e.Absence != nil {
		t.Errorf("entry is %+v", e)
	}
	if k.last.Outcome != statement.OutcomeUndecided {
		t.Errorf("outcome %s", k.last.Outcome)
	}
}

// Found by the simulation: one empty answer after days without a read, and no
// second one to be had, counted as a read, and as the week's deep one.
func TestOneEmptyAnswerIsNoRead(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	before := k.ledger
	d = bankday.After(d).AddDays(7) // the week's deep read is due
	k.bank, k.calls = &bank{opening: b.opening}, 1
	k.run(d)
	if k.last.Outcome != statement.OutcomeUndecided || !k.last.Retry {
		t.Errorf("outcome %s, again %v", k.last.Outcome, k.last.Retry)
	}
	if k.ledger.ReadThrough != before.ReadThrough || k.ledger.DeepRead != before.DeepRead || k.ledger.ProvenThrough != before.ProvenThrough {
		t.Errorf("the ledger was %+v and is %+v", before, k.ledger)
	}
	k.bank, k.calls = b, 4
	k.run(d)
	k.mustBe(t, "the answers after", statement.OutcomeProven)
}

func TestNothingIsProvenWhileSomethingIsOpen(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	b.remove(b.at("cliente 2026-10-16"))
	// The day's own balance agrees neither with nor without, and yet the
	// balance at the end is what the entries sum up to.
	q := bankday.LastNotAfter(d.AddDays(-1))
	b.told = map[statement.Date]statement.Cents{"2026-10-16": 1, q: *b.balance(q) + 5_000}
	k.run(d)
	if k.last.Outcome != statement.OutcomeUndecided || k.ledger.ProvenThrough >= "2026-10-16" {
		t.Errorf("outcome %s, proven through %s", k.last.Outcome, k.ledger.ProvenThrough)
	}
}

func TestOpeningThatChanged(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	b.opening += 500 // an entry before covered_from that we do not keep
	k.run(d)
	k.mustBe(t, "opening", statement.OutcomeProven)
	if *k.ledger.Opening != *b.balance(k.ledger.CoveredFrom.AddDays(-1)) {
		t.Errorf("opening is %s", *k.ledger.Opening)
	}
}

func TestNothingToProveYet(t *testing.T) {
	t.Parallel()
	b := history("2026-12-30")
	k := newBook(b)
	// Kept from Saturday, read through Sunday: the last banking day is before.
	k.runFrom("2026-10-19", "2026-10-10", "2026-10-17")
	if k.last.Outcome != statement.OutcomeRead || k.asked != 0 || k.ledger.ReadThrough != "2026-10-18" {
		t.Errorf("outcome %s after %d balances, read through %s", k.last.Outcome, k.asked, k.ledger.ReadThrough)
	}
}

func TestCoveredFromIsTheFirstDate(t *testing.T) {
	t.Parallel()
	_, k, _ := started(t)
	for _, e := range k.entries {
		if e.Date < k.ledger.CoveredFrom {
			t.Fatalf("an entry of %s is kept, covered from %s", e.Date, k.ledger.CoveredFrom)
		}
	}
}

func TestCoveredFromMovesBackWithoutABalance(t *testing.T) {
	t.Parallel()
	b, k, d := started(t)
	b.mute = true
	k.runFrom(d, "2026-07-20", "2026-07-27")
	if k.ledger.CoveredFrom != "2026-07-27" || k.ledger.Opening != nil || k.ledger.ProvenThrough != "" {
		t.Errorf("with another day's opening the ledger is %+v", k.ledger)
	}
	b.mute = false
	k.run(bankday.After(d))
	k.mustBe(t, "a balance again", statement.OutcomeProven)
}
