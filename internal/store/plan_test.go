package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"extrato/internal/statement"
)

var planRef = statement.Ref{Tenant: "acme", Account: "a1"}

// rows makes n additions of so many bytes of details, perDay a day, newest
// first as the bank sends them, with the days.
func rows(n, perDay, bytes int) statement.Commit {
	var c statement.Commit
	for i := n - 1; i >= 0; i-- {
		date := statement.Date("2026-01-01").AddDays(i / perDay)
		c.Changes = append(c.Changes, statement.Change{Kind: statement.Added, Entry: statement.Entry{
			Row: statement.Row{Date: date, Description: "PIX RECEBIDO - Cp :00000000-FULANO DE TAL", Details: json.RawMessage(strings.Repeat("x", bytes))},
			ID:  statement.EntryID(fmt.Sprintf("%s-%020d", date, i)), Revision: 1,
		}})
		if i%perDay == 0 {
			c.Days = append(c.Days, statement.Day{Date: date})
		}
	}
	return c
}

func TestPlanKeepsDynamoDBsLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n, perDay, bytes int
		claims           bool
		steps            int // exactly, where the limit of items decides; 0 otherwise
	}{
		{0, 1, 0, false, 1},
		{1, 1, 0, true, 1},
		{98, 1000, 500, false, 2}, // 98 entries fit beside head and COMMIT#, their day does not
		{97, 1000, 500, false, 1},
		{97, 1000, 500, true, 2}, // nor does it beside the claim
		{96, 1000, 500, true, 1},
		{10_000, 170, 500, true, 103}, // 10,059 items by 98
		{10_000, 28, 500, false, 106}, // 10,358 items by 98
		{300, 10, 8_000, false, 0},
		{40, 3, 100_000, false, 0},
		{3, 1, 390_000, true, 3},
		{90, 90, 40_000, false, 0},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			t.Parallel()
			c := rows(test.n, test.perDay, test.bytes)
			if test.claims {
				c.BankAccount = "123456789"
			}
			steps, err := plan(planRef, 7, c)
			if err != nil {
				t.Fatal(err)
			}
			if len(steps) > 110 && test.n == 10_000 || test.steps > 0 && len(steps) != test.steps {
				t.Errorf("%d transactions, want %d", len(steps), test.steps)
			}
			checkSteps(t, c, steps)
		})
	}
}

// touched returns the dates whose days a change concerns.
func touched(c statement.Change) []statement.Date {
	if c.Moved != "" {
		return []statement.Date{c.Entry.Date, c.Moved}
	}
	return []statement.Date{c.Entry.Date}
}

// checkSteps holds a plan against the limits and against what it was made of.
func checkSteps(t *testing.T, c statement.Commit, steps []step) {
	t.Helper()
	s := New(nil, "table")
	head := statement.Account{Ref: planRef, LastSeq: 7}
	seq, date, changes, days := int64(7), statement.Date(""), 0, 0
	last := map[statement.Date]int{} // the last transaction that touches a day
	for i, st := range steps {
		for _, change := range st.changes {
			for _, d := range touched(change) {
				last[d] = i
			}
		}
	}
	for i, st := range steps {
		next := headAfter(head, st, c, i == 0, i == len(steps)-1)
		ops, err := s.transaction(head, next, st, "run", i == len(steps)-1)
		if err != nil {
			t.Fatal(err)
		}
		units, bytes := 0, 0
		for _, o := range ops {
			units += writeUnits(o.bytes)
			bytes += o.bytes
		}
		if len(ops) > 100 || bytes > 4<<20-64<<10 || units > 800 && len(st.changes) > 1 || units > st.units {
			t.Errorf("transaction %d: %d items, %d bytes, %d units of %d planned", i, len(ops), bytes, units, st.units)
		}
		for _, change := range st.changes {
			changes++
			if change.Kind != statement.Noted {
				seq++
			}
			if change.Kind != statement.Noted && change.Entry.Seq != seq || change.Kind == statement.Noted && change.Entry.Seq != 3 || change.Entry.Date < date {
				t.Fatalf("%s entry %s at position %d after %d, dated after %s", change.Kind, change.Entry.ID, change.Entry.Seq, seq-1, date)
			}
			date = change.Entry.Date
		}
		for _, d := range st.days {
			days++
			if at, any := last[d.Date]; any && at != i {
				t.Errorf("transaction %d holds %s, transaction %d its last entry", i, d.Date, at)
			}
		}
		if head = next; head.LastSeq != seq {
			t.Errorf("transaction %d leaves last_seq %d, want %d", i, head.LastSeq, seq)
		}
	}
	if changes != len(c.Changes) || days != len(c.Days) {
		t.Errorf("%d entries and %d days of %d and %d", changes, days, len(c.Changes), len(c.Days))
	}
}

// Every kind, with moves to and fro: nothing is torn, and each day comes with
// the last entry that comes to it or leaves it.
func TestPlanOfEveryKind(t *testing.T) {
	t.Parallel()
	c := rows(500, 5, 700)
	for i := range c.Changes {
		change := &c.Changes[i]
		change.Entry.Seq = 3
		switch i % 5 {
		case 0:
			change.Kind = statement.Noted
		case 1:
			change.Kind = statement.Gone
		case 2:
			change.Kind, change.Moved = statement.Modified, change.Entry.Date.AddDays(40)
		case 3:
			change.Kind, change.Moved = statement.Modified, change.Entry.Date.AddDays(-40)
		}
	}
	for d := range 40 { // those that were only left
		c.Days = append(c.Days, statement.Day{Date: statement.Date("2026-01-01").AddDays(-1 - d)})
	}
	steps, err := plan(planRef, 7, c)
	if err != nil {
		t.Fatal(err)
	}
	// 300 entries in place, 200 moved, 100 days and 40: 1,040 items by 98, and
	// up to 2 left over where a move did not fit.
	if len(steps) < 11 || len(steps) > 12 {
		t.Errorf("%d transactions", len(steps))
	}
	checkSteps(t, c, steps)
}

func TestPlanLeavesTheCallersCommitAlone(t *testing.T) {
	t.Parallel()
	c := rows(20, 3, 10)
	before := slices.Clone(c.Changes)
	if _, err := plan(planRef, 0, c); err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if c.Changes[i].Entry.ID != before[i].Entry.ID || c.Changes[i].Entry.Seq != 0 {
			t.Fatalf("change %d was moved or given a position", i)
		}
	}
}

// Ten thousand entries of one kilobyte are some 22,000 write units; what was
// sent up to any moment stays below the burst and 1,000 units a second.
func TestPaceStaysBelowThePartitionsLimit(t *testing.T) {
	t.Parallel()
	steps, err := plan(planRef, 0, rows(10_000, 170, 500))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p, begin, sent := newPace(), time.Now(), 0
		for _, st := range steps {
			var ops []op
			for range st.units / 2 {
				ops = append(ops, op{bytes: 1})
			}
			if err := p.wait(t.Context(), ops); err != nil {
				t.Fatal(err)
			}
			sent += st.units
			if most := 1000 + 1000*time.Since(begin).Seconds(); float64(sent) > most {
				t.Fatalf("%d units sent after %v", sent, time.Since(begin))
			}
		}
		if sent < 20_000 || time.Since(begin) > 30*time.Second {
			t.Errorf("%d units took %v: too slow for a run's time limit", sent, time.Since(begin))
		}
	})
}

func TestOrdinaryCommitNeverWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin, p := time.Now(), newPace()
		steps, err := plan(planRef, 0, rows(400, 10, 500))
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range steps {
			if err := p.wait(t.Context(), []op{{bytes: st.units * 512}}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("400 entries waited for %v", took)
		}
	})
}

// The expectations are counted by DynamoDB's rules: names and texts in UTF-8,
// numbers about half a byte a digit and up to two more, 3 for a list or map and
// 1 for each of its elements.
func TestSize(t *testing.T) {
	t.Parallel()
	item := attrs{}
	w := writer{item}
	w.text("ação", "São")                   // 6 + 4
	w.number("n", 12345)                    // 1 + 5
	w.list("l", texts([]string{"ab", "c"})) // 1 + 3 + 2 + 3
	w.object("m", attrs{"x": number(7)})    // 1 + 3 + 1 + (1 + 3)
	w.text("empty", "")                     // absent
	if got, want := size(item), 10+6+9+9; got != want {
		t.Errorf("size %d, want %d", got, want)
	}
	for bytes, want := range map[int]int{0: 2, 1: 2, 1024: 2, 1025: 4, 400 << 10: 800} {
		if got := writeUnits(bytes); got != want {
			t.Errorf("%d bytes cost %d units, want %d", bytes, got, want)
		}
	}
}
