package merge

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"extrato/internal/statement"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func row(id string, date statement.Date, cents statement.Cents, text string) statement.Row {
	op := statement.Credit
	if cents < 0 {
		op = statement.Debit
	}
	return statement.Row{BankID: id, Date: date, BookedAt: date.Time().Add(15 * time.Hour),
		Type: "PIX", Operation: op, Amount: cents, Title: "Pix", Description: text}
}

// apply plays a plan into what is stored, as the store does.
func apply(stored []statement.Entry, days []statement.Day, p Plan) ([]statement.Entry, []statement.Day) {
	for _, c := range p.Changes {
		stored = append(stored, c.Entry)
	}
	for _, d := range p.Days {
		days = slices.DeleteFunc(days, func(x statement.Day) bool { return x.Date == d.Date })
		days = append(days, d)
	}
	return stored, days
}

func in(rows []statement.Row, stored []statement.Entry, days []statement.Day) Input {
	return Input{Rows: rows, Stored: stored, Days: days, CoveredFrom: "2026-09-20",
		Through: "2026-11-19", Run: "r1", Now: noon}
}

func TestFirstSight(t *testing.T) {
	t.Parallel()
	twinA, twinB := row("id-1", "2026-11-18", -20442, "same"), row("id-2", "2026-11-18", -20442, "same")
	old := row("id-0", "2026-09-19", 100, "before covered_from")
	p := Merge(in([]statement.Row{twinB, old, twinA}, nil, nil))
	if len(p.Changes) != 2 {
		t.Fatalf("got %d changes, want the two twins and not the row before covered_from", len(p.Changes))
	}
	for _, c := range p.Changes {
		e := c.Entry
		if c.Kind != statement.Added || e.Revision != 1 || e.Status != statement.Booked || e.Run != "r1" ||
			!e.ImportedAt.Equal(noon) || e.Identity != statement.ByBankID {
			t.Errorf("entry is not a first sight: %+v", c)
		}
		if !strings.HasPrefix(string(e.ID), "2026-11-18-") || !statement.ValidID(string(e.ID)) {
			t.Errorf("id %q does not begin with the date or is no id", e.ID)
		}
	}
	if p.Changes[0].Entry.ID == p.Changes[1].Entry.ID {
		t.Error("twins share an id")
	}
}

func TestAliasIsRecognised(t *testing.T) {
	t.Parallel()
	stored, _ := apply(nil, nil, Merge(in([]statement.Row{row("first", "2026-11-18", 5, "x")}, nil, nil)))
	stored[0].Aliases = []string{"later"}
	p := Merge(in([]statement.Row{row("later", "2026-11-18", 5, "x")}, stored, nil))
	if len(p.Changes) != 0 {
		t.Errorf("a row under an alias was added again: %+v", p.Changes)
	}
}

func TestCountedContent(t *testing.T) {
	t.Parallel()
	same := func(n int) []statement.Row {
		return slices.Repeat([]statement.Row{row("", "2026-11-17", 990, "tarifa")}, n)
	}
	stored, days := apply(nil, nil, Merge(in(same(2), nil, nil)))
	if len(stored) != 2 || stored[0].ID == stored[1].ID {
		t.Fatalf("two equal rows gave %d entries", len(stored))
	}
	stored, days = apply(stored, days, Merge(in(same(3), stored, days)))
	if len(stored) != 3 {
		t.Fatalf("two equal rows, later three, gave %d entries, want 3", len(stored))
	}
	stored, _ = apply(stored, days, Merge(in(same(3), stored, days)))
	if len(stored) != 3 {
		t.Fatalf("the same three again gave %d entries, want 3", len(stored))
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	rows := []statement.Row{
		row("a", "2026-11-18", 10000, ""), row("b", "2026-11-18", -2550, ""), row("c", "2026-11-18", -50, ""),
		row("d", "2026-11-19", 7, ""),
		row("e", "2026-11-23", 1, "dated after through: not complete, no item yet"),
	}
	p := Merge(in(rows, nil, nil))
	want := []statement.Day{
		{Date: "2026-11-18", Status: statement.DayRead, Entries: 3, Credits: 10000, Debits: 2600},
		{Date: "2026-11-19", Status: statement.DayRead, Entries: 1, Credits: 7},
	}
	if d := cmp.Diff(want, p.Days); d != "" {
		t.Errorf("days (-want +got):\n%s", d)
	}
	if len(p.Changes) != 5 {
		t.Errorf("got %d entries, want all 5: a weekend entry dated after through is brought", len(p.Changes))
	}
	stored, days := apply(nil, nil, p)
	// A killed run left no item for the 18th: the next one writes it, and only it.
	p = Merge(in(rows, stored, days[1:]))
	if d := cmp.Diff(want[:1], p.Days); d != "" || len(p.Changes) != 0 {
		t.Errorf("after a kill between commits (-want +got):\n%s", d)
	}
}

// bankRows draws a bank's truth: rows with ids, and rows without that repeat.
func bankRows(t *rapid.T) []statement.Row {
	n := rapid.IntRange(0, 40).Draw(t, "rows")
	var rows []statement.Row
	for i := range n {
		id := fmt.Sprintf("id-%d", i)
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			id = ""
		}
		date := statement.Date("2026-11-01").AddDays(rapid.IntRange(0, 15).Draw(t, "day"))
		rows = append(rows, row(id, date, statement.Cents(rapid.IntRange(-3, 3).Draw(t, "cents")), "x"))
	}
	return rows
}

func shuffled(t *rapid.T, rows []statement.Row) []statement.Row {
	rows = slices.Clone(rows)
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := bankRows(t)
		a, b := Merge(in(rows, nil, nil)), Merge(in(shuffled(t, rows), nil, nil))
		if d := cmp.Diff(a, b); d != "" {
			t.Fatalf("the order of the answer changed the plan:\n%s", d)
		}
	})
}

func TestSecondMergeIsEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := bankRows(t)
		stored, days := apply(nil, nil, Merge(in(rows, nil, nil)))
		p := Merge(in(shuffled(t, rows), stored, days))
		if len(p.Changes)+len(p.Days) != 0 {
			t.Fatalf("a second merge of the same answer plans %d changes, %d days", len(p.Changes), len(p.Days))
		}
	})
}

func TestOverlappingReads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		truth := bankRows(t)
		var stored []statement.Entry
		var days []statement.Day
		for range rapid.IntRange(1, 6).Draw(t, "reads") {
			from := statement.Date("2026-11-01").AddDays(rapid.IntRange(0, 15).Draw(t, "from"))
			var answer []statement.Row
			for _, r := range truth {
				if r.Date >= from {
					answer = append(answer, r)
				}
			}
			stored, days = apply(stored, days, Merge(in(shuffled(t, answer), stored, days)))
		}
		stored, _ = apply(stored, days, Merge(in(truth, stored, days)))
		var got, want []string
		ids := map[statement.EntryID]bool{}
		for _, e := range stored {
			got = append(got, e.BankID+content(e.Row))
			ids[e.ID] = true
		}
		for _, r := range truth {
			want = append(want, r.BankID+content(r))
		}
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("stored is not the bank's multiset (-want +got):\n%s", d)
		}
		if len(ids) != len(truth) {
			t.Fatalf("%d ids for %d rows", len(ids), len(truth))
		}
	})
}
