package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// trouble does one thing to the bank of which merge has to make sense. It
// touches what was included in the last 40 days only, so that quiet weeks end
// with everything known.
func (b *bank) trouble(t *rapid.T, today statement.Date, n int) string {
	var recent []int
	for i, r := range b.rows {
		if d := statement.DateOf(r.BookedAt); d < today && today.DaysSince(d) < 40 {
			recent = append(recent, i)
		}
	}
	pick := func() *statement.Row { return &b.rows[rapid.SampledFrom(recent).Draw(t, "row")] }
	cents := rapid.SampledFrom([]statement.Cents{100, -100, 250, -250, 7, 0})
	if len(recent) == 0 {
		return "nothing"
	}
	switch what := rapid.IntRange(0, 11).Draw(t, "trouble"); what {
	case 0:
		day := today.AddDays(-rapid.IntRange(1, 39).Draw(t, "late"))
		b.book(day, cents.Draw(t, "cents"), fmt.Sprint("late ", n))
		return "late entry on " + string(day)
	case 1:
		pick().Description = fmt.Sprint("text ", n)
		return "text"
	case 2:
		r := pick()
		r.Amount = cents.Draw(t, "cents")
		return "amount of " + string(r.Date)
	case 3:
		r := pick()
		r.Date = bankday.After(r.Date)
		return "date"
	case 4:
		r := pick()
		b.number++
		r.BankID = id("", r.Date, 1_000_000+b.number)
		return "renumbered"
	case 5:
		r := pick()
		b.number++
		r.BankID = id("PROVISORIO_", r.Date, 2_000_000+b.number)
		return "provisional"
	case 6:
		r := pick()
		r.BankID = ""
		return "without id"
	case 7:
		i := rapid.SampledFrom(recent).Draw(t, "gone")
		b.remove(i)
		return "withdrawn"
	case 8:
		for range rapid.IntRange(1, 6).Draw(t, "omitted") {
			b.hide[pick().BankID] = true
		}
		b.hideReads = rapid.IntRange(1, 4).Draw(t, "reads")
		return "omitted"
	case 9:
		b.mute = true
		return "no balance"
	case 10:
		b.cap = rapid.IntRange(1, 7).Draw(t, "cap")
		return "short range"
	default:
		b.offFrom, b.off = today.AddDays(-rapid.IntRange(1, 30).Draw(t, "off")), cents.Draw(t, "off by")
		return "balance off"
	}
}

func (b *bank) calm() { b.mute, b.cap, b.hideReads, b.off, b.offFrom = false, 0, 0, 0, "" }

// invariants must hold after every run, whatever the bank does.
func (k *book) invariants(t *rapid.T, before map[statement.EntryID]statement.Entry) {
	if k.reads > 4 || k.asked > 7 {
		t.Fatalf("%d statement and %d balance calls in one run", k.reads, k.asked)
	}
	for id, e := range before {
		now, ok := k.entries[id]
		if !ok {
			t.Fatalf("entry %s was deleted", id)
		}
		if now.Revision < e.Revision || !now.ImportedAt.Equal(e.ImportedAt) {
			t.Fatalf("entry %s went back in its history", id)
		}
	}
	var total statement.Cents
	byID := map[string]statement.EntryID{}
	for id, e := range k.entries {
		if !strings.HasPrefix(string(id), "20") || e.ID != id {
			t.Fatalf("entry %s is kept under %s", e.ID, id)
		}
		if e.Status == statement.Booked {
			total += e.Amount
		}
		for _, bankID := range append(slices.Clone(e.Aliases), e.BankID) {
			if other, taken := byID[bankID]; bankID != "" && taken && other != id {
				t.Fatalf("the bank's id %s is held by %s and %s", bankID, other, id)
			}
			byID[bankID] = id
		}
	}
	if total != k.total {
		t.Fatalf("the running total is %s, the entries sum up to %s", k.total, total)
	}
	// What is called proven balances, recomputed from the entries alone.
	for date, d := range k.days {
		if d.Status != statement.DayProven {
			continue
		}
		sum := *k.ledger.Opening
		entries := 0
		for _, e := range k.entries {
			if e.Status == statement.Booked && e.Date <= date {
				sum += e.Amount
			}
			if e.Status == statement.Booked && e.Date == date {
				entries++
			}
		}
		if d.Balance == nil || *d.Balance != sum || d.Entries != entries || date > k.ledger.ProvenThrough {
			t.Fatalf("day %+v is proven, the entries say %s in %d, proven through %s", d, sum, entries, k.ledger.ProvenThrough)
		}
	}
	if p := k.ledger.ProvenThrough; p != "" {
		want := *k.bank.balance2(p)
		if k.last.Outcome == statement.OutcomeProven && (k.ledger.Balance == nil || *k.ledger.Balance != want) {
			t.Fatalf("the balance at %s is %v, the bank says %s", p, k.ledger.Balance, want)
		}
	}
}

// balance2 is the balance that the bank told, mute or not.
func (b *bank) balance2(day statement.Date) *statement.Cents {
	mute := b.mute
	defer func() { b.mute = mute }()
	b.mute = false
	return b.balance(day)
}

// reader follows the feed: it upserts what it is told.
type reader map[statement.EntryID]statement.Entry

func (r reader) follow(log []statement.Change) {
	for _, c := range log {
		r[c.Entry.ID] = c.Entry
	}
}

func TestAnyTroubleEndsWithTheBanksStatement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := history("2027-03-30")
		future := b.rows
		k := newBook(b)
		k.run(monday)
		d := bankday.After(monday)
		_ = future
		var story []string
		read, told := reader{}, 0
		step := func() {
			before := map[statement.EntryID]statement.Entry{}
			for id, e := range k.entries {
				before[id] = e
			}
			k.run(d)
			story = append(story, fmt.Sprintf("%s %s %d/%d %v", d, k.last.Outcome, k.reads, k.asked, k.last.Decisions))
			k.invariants(t, before)
			if rapid.Bool().Draw(t, "poll") {
				read.follow(k.log[told:])
				told = len(k.log)
			}
			d = bankday.After(d)
		}
		for n := range rapid.IntRange(1, 12).Draw(t, "days") {
			for range rapid.IntRange(0, 3).Draw(t, "troubles") {
				story = append(story, b.trouble(t, d, n*10))
			}
			if rapid.IntRange(0, 9).Draw(t, "outage") > 0 {
				step()
			} else {
				d = bankday.After(d)
			}
			if rapid.Bool().Draw(t, "calm") {
				b.calm()
			}
		}
		b.calm()
		for range 16 {
			step()
		}
		if diff := k.truth(k.ledger.ReadThrough); diff != "" || k.last.Outcome != statement.OutcomeProven {
			t.Fatalf("after sixteen quiet days the outcome is %s and the book\n%s\nafter\n%s",
				k.last.Outcome, diff, strings.Join(story, "\n"))
		}
		read.follow(k.log[told:])
		for id, e := range k.entries {
			got := read[id]
			if got.Amount != e.Amount || got.Status != e.Status || got.Date != e.Date || got.Description != e.Description ||
				got.BankID != e.BankID || got.Revision != e.Revision {
				t.Fatalf("the feed's reader holds %+v, the book %+v", got, e)
			}
		}
		for date, day := range k.days {
			if day.Status != statement.DayProven {
				t.Fatalf("%s is %+v after sixteen quiet days", date, day)
			}
		}
	})
}
