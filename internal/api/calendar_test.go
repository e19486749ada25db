package api

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func cents(c statement.Cents) *statement.Cents { return &c }

// tell writes days as "date status entries +credits -debits =balance ~difference".
func tell(days []Day) []string {
	text := func(s *string) string {
		if s == nil {
			return "?"
		}
		return *s
	}
	var out []string
	for _, d := range days {
		n := "?"
		if d.Entries != nil {
			n = fmt.Sprint(*d.Entries)
		}
		out = append(out, fmt.Sprintf("%s %s %s +%s -%s =%s ~%s", d.Date, d.Status, n,
			text(d.Credits), text(d.Debits), text(d.Balance), text(d.Difference)))
	}
	return out
}

// The ledger of these tests, in November 2026: kept from Tuesday the 3rd (the
// 2nd is a holiday), proven through Friday the 6th, read through Sunday the 15th.
func novemberLedger() statement.Ledger {
	return statement.Ledger{CoveredFrom: "2026-11-03", ProvenThrough: "2026-11-06", ReadThrough: "2026-11-15", Opening: cents(1000)}
}

func day(d statement.Date, status statement.DayStatus, credits, debits statement.Cents, balance *statement.Cents) statement.Day {
	return statement.Day{Date: d, Status: status, Entries: 2, Credits: credits, Debits: debits, Balance: balance}
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	proven, read, unproven := statement.DayProven, statement.DayRead, statement.DayUnproven
	for name, test := range map[string]struct {
		ledger   func(*statement.Ledger)
		from, to statement.Date
		kept     []statement.Day
		before   *statement.Day
		want     []string
	}{
		"no item at all": {from: "2026-11-01", to: "2026-11-17", want: []string{
			"2026-11-01 missing ? +? -? =? ~?", "2026-11-02 missing ? +? -? =? ~?",
			"2026-11-03 proven 0 +0.00 -0.00 =10.00 ~0.00", "2026-11-04 proven 0 +0.00 -0.00 =10.00 ~0.00",
			"2026-11-05 proven 0 +0.00 -0.00 =10.00 ~0.00", "2026-11-06 proven 0 +0.00 -0.00 =10.00 ~0.00",
			"2026-11-07 read 0 +0.00 -0.00 =? ~?", "2026-11-08 read 0 +0.00 -0.00 =? ~?", "2026-11-09 read 0 +0.00 -0.00 =? ~?",
			"2026-11-10 read 0 +0.00 -0.00 =? ~?", "2026-11-11 read 0 +0.00 -0.00 =? ~?", "2026-11-12 read 0 +0.00 -0.00 =? ~?",
			"2026-11-13 read 0 +0.00 -0.00 =? ~?", "2026-11-14 read 0 +0.00 -0.00 =? ~?", "2026-11-15 read 0 +0.00 -0.00 =? ~?",
			"2026-11-16 missing ? +? -? =? ~?", "2026-11-17 missing ? +? -? =? ~?",
		}},
		"quiet proven days carry the balance": {from: "2026-11-03", to: "2026-11-06",
			kept: []statement.Day{day("2026-11-04", proven, 500, 200, cents(1300))},
			want: []string{
				"2026-11-03 proven 0 +0.00 -0.00 =10.00 ~0.00", "2026-11-04 proven 2 +5.00 -2.00 =13.00 ~0.00",
				"2026-11-05 proven 0 +0.00 -0.00 =13.00 ~0.00", "2026-11-06 proven 0 +0.00 -0.00 =13.00 ~0.00",
			}},
		"the first takes it from the item before": {from: "2026-11-05", to: "2026-11-06",
			before: &statement.Day{Date: "2026-11-04", Status: proven, Balance: cents(1300)},
			want:   []string{"2026-11-05 proven 0 +0.00 -0.00 =13.00 ~0.00", "2026-11-06 proven 0 +0.00 -0.00 =13.00 ~0.00"}},
		"or from the opening, where there is none": {from: "2026-11-05", to: "2026-11-05",
			want: []string{"2026-11-05 proven 0 +0.00 -0.00 =10.00 ~0.00"}},
		"and not from an item that is not proven": {from: "2026-11-05", to: "2026-11-05",
			before: &statement.Day{Date: "2026-11-04", Status: read, Balance: cents(1300)},
			want:   []string{"2026-11-05 proven 0 +0.00 -0.00 =? ~0.00"}},
		"the opening is not known": {ledger: func(l *statement.Ledger) { l.Opening = nil }, from: "2026-11-03", to: "2026-11-05",
			kept: []statement.Day{day("2026-11-04", proven, 500, 200, cents(1300))},
			want: []string{"2026-11-03 proven 0 +0.00 -0.00 =? ~0.00", "2026-11-04 proven 2 +5.00 -2.00 =13.00 ~0.00", "2026-11-05 proven 0 +0.00 -0.00 =13.00 ~0.00"}},
		"a proven item without its balance": {from: "2026-11-04", to: "2026-11-05",
			kept: []statement.Day{day("2026-11-04", proven, 500, 200, nil)},
			want: []string{"2026-11-04 proven 2 +5.00 -2.00 =13.00 ~0.00", "2026-11-05 proven 0 +0.00 -0.00 =13.00 ~0.00"}},
		"an item claims more than the ledger": {from: "2026-11-06", to: "2026-11-16",
			kept: []statement.Day{
				day("2026-11-06", proven, 1, 0, cents(1001)), day("2026-11-09", proven, 2, 0, cents(1003)),
				day("2026-11-16", proven, 3, 0, cents(1006)),
			},
			want: []string{
				"2026-11-06 proven 2 +0.01 -0.00 =10.01 ~0.00", "2026-11-07 read 0 +0.00 -0.00 =? ~?", "2026-11-08 read 0 +0.00 -0.00 =? ~?",
				"2026-11-09 read 2 +0.02 -0.00 =? ~?", "2026-11-10 read 0 +0.00 -0.00 =? ~?", "2026-11-11 read 0 +0.00 -0.00 =? ~?",
				"2026-11-12 read 0 +0.00 -0.00 =? ~?", "2026-11-13 read 0 +0.00 -0.00 =? ~?", "2026-11-14 read 0 +0.00 -0.00 =? ~?",
				"2026-11-15 read 0 +0.00 -0.00 =? ~?", "2026-11-16 missing ? +? -? =? ~?",
			}},
		"an item claims less than the ledger": {from: "2026-11-04", to: "2026-11-06",
			kept: []statement.Day{
				day("2026-11-04", read, 1, 0, cents(7)),
				{Date: "2026-11-05", Status: unproven, Entries: 1, Debits: 3, Difference: -9},
			},
			want: []string{
				"2026-11-04 read 2 +0.01 -0.00 =0.07 ~?", "2026-11-05 unproven 1 +0.00 -0.03 =? ~-0.09",
				"2026-11-06 proven 0 +0.00 -0.00 =? ~0.00",
			}},
		// The last banking day not after Sunday the 15th is Friday the 13th.
		"unproven up to the last banking day": {ledger: func(l *statement.Ledger) { l.UnprovenFrom, l.Difference = "2026-11-10", 1234 },
			from: "2026-11-09", to: "2026-11-16",
			kept: []statement.Day{
				{Date: "2026-11-11", Status: unproven, Entries: 2, Credits: 500, Balance: cents(2734), Difference: 1234},
				day("2026-11-12", read, 1, 0, nil), day("2026-11-13", proven, 1, 0, cents(5)), day("2026-11-14", unproven, 1, 0, nil),
			},
			want: []string{
				"2026-11-09 read 0 +0.00 -0.00 =? ~?", "2026-11-10 unproven 0 +0.00 -0.00 =? ~12.34",
				"2026-11-11 unproven 2 +5.00 -0.00 =27.34 ~12.34", "2026-11-12 unproven 2 +0.01 -0.00 =? ~12.34",
				"2026-11-13 unproven 2 +0.01 -0.00 =? ~12.34", "2026-11-14 unproven 2 +0.01 -0.00 =? ~0.00",
				"2026-11-15 read 0 +0.00 -0.00 =? ~?", "2026-11-16 missing ? +? -? =? ~?",
			}},
		"nothing is proven": {ledger: func(l *statement.Ledger) { l.ProvenThrough = "" }, from: "2026-11-03", to: "2026-11-03",
			want: []string{"2026-11-03 read 0 +0.00 -0.00 =? ~?"}},
		"never synced": {ledger: func(l *statement.Ledger) { *l = statement.Ledger{} }, from: "2026-11-03", to: "2026-11-04",
			want: []string{"2026-11-03 missing ? +? -? =? ~?", "2026-11-04 missing ? +? -? =? ~?"}},
		"the first sync has begun": {ledger: func(l *statement.Ledger) { *l = statement.Ledger{CoveredFrom: "2026-11-03"} }, from: "2026-11-03", to: "2026-11-03",
			kept: []statement.Day{day("2026-11-03", read, 1, 0, nil)},
			want: []string{"2026-11-03 missing ? +? -? =? ~?"}},
		"over the end of a leap February": {ledger: func(l *statement.Ledger) { l.CoveredFrom, l.ReadThrough = "2028-01-01", "2028-12-31" },
			from: "2028-02-28", to: "2028-03-01",
			want: []string{"2028-02-28 read 0 +0.00 -0.00 =? ~?", "2028-02-29 read 0 +0.00 -0.00 =? ~?", "2028-03-01 read 0 +0.00 -0.00 =? ~?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := novemberLedger()
			if test.ledger != nil {
				test.ledger(&l)
			}
			if diff := cmp.Diff(test.want, tell(calendar(l, test.from, test.to, test.kept, test.before))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestADayClaimsNoMoreThanLedgerAndItem tries every pair of claims.
func TestADayClaimsNoMoreThanLedgerAndItem(t *testing.T) {
	t.Parallel()
	order := []statement.DayStatus{"missing", statement.DayUnproven, statement.DayRead, statement.DayProven}
	for i, a := range order {
		for j, b := range order {
			if got, want := weaker(a, b), order[min(i, j)]; got != want {
				t.Errorf("of %s and %s: %s, want %s", a, b, got, want)
			}
		}
	}
}
