package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func withDays(t *testing.T, l statement.Ledger, days ...statement.Day) *client {
	c := newClient(t)
	c.accounts[a1] = statement.Account{Ref: a1, Ledger: l}
	c.days[a1] = days
	return c
}

func TestDaysAsTheContractNamesThem(t *testing.T) {
	t.Parallel()
	balance, opening := statement.Cents(1023456), statement.Cents(620898)
	c := withDays(t, statement.Ledger{CoveredFrom: "2026-11-18", ReadThrough: "2026-11-20", ProvenThrough: "2026-11-19",
		UnprovenFrom: "2026-11-20", Difference: -1234, Opening: &opening},
		statement.Day{Date: "2026-11-19", Status: statement.DayProven, Entries: 3, Credits: 523000, Debits: 120442, Balance: &balance})
	got := c.do("GET", "/v1/accounts/a1/days?from=2026-11-18&to=2026-11-21", nil)
	want := object{"days": []any{
		object{"date": "2026-11-18", "status": "proven", "entries": 0.0, "credits": "0.00", "debits": "0.00", "balance": "6208.98", "difference": "0.00"},
		object{"date": "2026-11-19", "status": "proven", "entries": 3.0, "credits": "5230.00", "debits": "1204.42", "balance": "10234.56", "difference": "0.00"},
		// A holiday, so the last banking day not after it is the 19th: not yet unproven.
		object{"date": "2026-11-20", "status": "read", "entries": 0.0, "credits": "0.00", "debits": "0.00", "balance": nil, "difference": nil},
		object{"date": "2026-11-21", "status": "missing", "entries": nil, "credits": nil, "debits": nil, "balance": nil, "difference": nil},
	}}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
}

// TestTheDayBeforeTheRange: it is looked up where a balance is carried from it,
// and only there.
func TestTheDayBeforeTheRange(t *testing.T) {
	t.Parallel()
	carried := statement.Cents(1300)
	for name, test := range map[string]struct {
		from  string
		asks  int
		first any
	}{
		"proven, an item before":       {"2026-11-06", 1, "13.00"},
		"the first day that is kept":   {"2026-11-03", 0, "0.07"},
		"before what is kept":          {"2026-11-02", 0, nil},
		"not proven":                   {"2026-11-11", 0, nil},
		"proven, and the item is late": {"2026-11-04", 1, "0.07"},
	} {
		opening := statement.Cents(7)
		c := withDays(t, statement.Ledger{CoveredFrom: "2026-11-03", ReadThrough: "2026-11-15", ProvenThrough: "2026-11-10", Opening: &opening},
			statement.Day{Date: "2026-11-05", Status: statement.DayProven, Entries: 1, Credits: 1293, Balance: &carried})
		got := c.do("GET", "/v1/accounts/a1/days?to=2026-11-12&from="+test.from, nil)
		first := got.body["days"].([]any)[0].(object)
		if first["date"] != test.from || first["balance"] != test.first || c.asked("DayBefore") != test.asks {
			t.Errorf("%s: %v, %d look-ups", name, first, c.asked("DayBefore"))
		}
	}
}

func TestRangeOfDays(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][3]any{ // first, last, how many
		"":                               {"2026-09-24", "2026-11-22", 60},
		"?from=2026-11-22":               {"2026-11-22", "2026-11-22", 1},
		"?from=2026-11-24":               {"2026-11-24", "2026-11-24", 1},
		"?to=2026-03-01":                 {"2026-01-01", "2026-03-01", 60},
		"?from=2025-11-18&to=2026-11-22": {"2025-11-18", "2026-11-22", 370},
		"?from=9998-12-31&to=9998-12-31": {"9998-12-31", "9998-12-31", 1},
	} {
		c := withDays(t, statement.Ledger{})
		got := c.do("GET", "/v1/accounts/a1/days"+query, nil)
		days, _ := got.body["days"].([]any)
		if got.status != 200 || len(days) == 0 {
			t.Errorf("%s: %d %s", query, got.status, got.text)
			continue
		}
		first, last := days[0].(object)["date"], days[len(days)-1].(object)["date"]
		if diff := cmp.Diff(want, [3]any{first, last, len(days)}); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

func TestParametersOfDays(t *testing.T) {
	t.Parallel()
	c := withDays(t, statement.Ledger{})
	for query, want := range map[string][2]string{
		"from=2025-11-17&to=2026-11-22": {"period_too_long", "from period_too_long"}, // 371 days
		"from=1900-01-01&to=9998-12-31": {"period_too_long", "from period_too_long"},
		"from=2026-11-02&to=2026-11-01": {"period_invalid", "from period_invalid"},
		"from=2026-02-29":               {"validation_failed", "from date_invalid"},
		"to=0000-01-01":                 {"validation_failed", "to date_invalid"},
		"limit=10":                      {"validation_failed", " unknown_parameter"},
	} {
		got := c.do("GET", "/v1/accounts/a1/days?"+query, nil)
		if got.status != 422 || got.body["code"] != want[0] {
			t.Errorf("%s: %d %s", query, got.status, got.text)
		}
		if diff := cmp.Diff([]string{want[1]}, got.fields()); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if len(c.calls) > 0 {
		t.Error(c.calls)
	}
}
