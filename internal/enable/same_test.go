package enable

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// TestSameBankAccount is the table of section 8: what tells that the new pair
// reads the same bank account. The account is 12345678, proven through
// 2026-11-20 with 1234.56, on 2026-11-23.
func TestSameBankAccount(t *testing.T) {
	t.Parallel()
	const (
		opaque    = "an id of another shape"
		oldest    = statement.Date("2026-08-26") // 89 days, both ends counted
		unchanged = statement.Code("")
	)
	stored := []statement.Entry{
		{Row: statement.Row{BankID: "x"}},
		{Row: statement.Row{BankID: ""}, Aliases: []string{"y", opaque}},
	}
	recent := [2]statement.Date{"2026-10-23", "2026-11-22"}
	older := [2]statement.Date{oldest, "2026-10-22"}
	for _, tt := range []struct {
		name    string
		edit    func(*outside)
		want    statement.Code // "" is confirmed
		asked   [][2]statement.Date
		balance bool // it was asked for
		entries bool // stored ones were read
	}{
		{name: "the number", asked: [][2]statement.Date{recent}},
		{name: "another number", want: statement.DifferentAccount, asked: [][2]statement.Date{recent},
			edit: func(o *outside) { o.rows = []statement.Row{row("99999999", "2026-11-19")} }},
		{name: "another number with a known id", want: statement.DifferentAccount, asked: [][2]statement.Date{recent},
			edit: func(o *outside) {
				o.rows = []statement.Row{row("99999999", "2026-11-19"), {BankID: "x", Date: "2026-11-19"}}
				o.entries = stored
			}},
		{name: "the number in an old row", asked: [][2]statement.Date{recent, older},
			edit: func(o *outside) { o.rows = []statement.Row{row("12345678", oldest)} }},
		{name: "another number in an old row", want: statement.DifferentAccount, asked: [][2]statement.Date{recent, older},
			edit: func(o *outside) { o.rows = []statement.Row{row("99999999", oldest)} }},
		{name: "a known id, no number in it", asked: [][2]statement.Date{recent}, entries: true,
			edit: func(o *outside) {
				o.rows, o.entries = []statement.Row{{BankID: "?", Date: "2026-11-19"}, {BankID: opaque, Date: "2026-11-19"}}, stored
			}},
		{name: "a known id, the account's number not known", asked: [][2]statement.Date{recent}, entries: true,
			edit: func(o *outside) {
				o.head.BankAccount = ""
				o.entries = []statement.Entry{{Row: o.rows[0]}}
			}},
		{name: "a known id in an old row", asked: [][2]statement.Date{recent, older}, entries: true,
			edit: func(o *outside) {
				o.rows, o.entries = []statement.Row{{BankID: "?", Date: "2026-11-19"}, {BankID: "x", Date: oldest}}, stored
			}},
		{name: "rows of two numbers, one id known", asked: [][2]statement.Date{recent}, entries: true,
			edit: func(o *outside) {
				o.rows = append(o.rows, row("99999999", "2026-11-19"))
				o.entries = []statement.Entry{{Row: o.rows[0]}}
			}},
		{name: "rows that nothing is known of", want: statement.AccountUnconfirmed, asked: [][2]statement.Date{recent, older}, entries: true,
			edit: func(o *outside) { o.rows, o.entries = []statement.Row{{BankID: "?", Date: "2026-11-19"}}, stored }},
		{name: "rows without ids", want: statement.AccountUnconfirmed, asked: [][2]statement.Date{recent, older}, entries: true,
			edit: func(o *outside) { o.rows, o.entries = []statement.Row{{Date: "2026-11-19"}}, stored }},
		{name: "rows, and neither number nor entries stored", want: statement.AccountUnconfirmed, asked: [][2]statement.Date{recent, older}, entries: true,
			edit: func(o *outside) { o.head.BankAccount = "" }},
		{name: "rows that nothing is known of, another balance", want: statement.AccountUnconfirmed,
			asked: [][2]statement.Date{recent, older}, entries: true,
			edit: func(o *outside) { o.rows, o.balance = []statement.Row{{BankID: "?", Date: "2026-11-19"}}, 1 }},

		{name: "no rows, the balance", asked: [][2]statement.Date{recent, older}, balance: true, edit: func(o *outside) { o.rows = nil }},
		{name: "no rows in the 89 days", asked: [][2]statement.Date{recent, older}, balance: true,
			edit: func(o *outside) { o.rows = []statement.Row{row("99999999", "2026-08-25")} }},
		{name: "no rows, another balance", want: statement.DifferentAccount, asked: [][2]statement.Date{recent, older}, balance: true,
			edit: func(o *outside) { o.rows, o.balance = nil, 1234_57 }},
		{name: "no rows, no proof", want: statement.AccountUnconfirmed, asked: [][2]statement.Date{recent, older},
			edit: func(o *outside) { o.rows, o.head.ProvenThrough = nil, "" }},
		{name: "no rows, no balance stored", want: statement.AccountUnconfirmed, asked: [][2]statement.Date{recent, older},
			edit: func(o *outside) { o.rows, o.head.Balance = nil, nil }},
		{name: "no rows, a balance that is not told", want: statement.AccountUnconfirmed, asked: [][2]statement.Date{recent, older}, balance: true,
			edit: func(o *outside) {
				o.rows, o.fail = nil, map[string]error{"balance of 2026-11-20": coded(statement.IncompleteAnswer)}
			}},
		{name: "no rows, the bank out of service", want: statement.BankUnavailable, asked: [][2]statement.Date{recent, older}, balance: true,
			edit: func(o *outside) {
				o.rows, o.fail = nil, map[string]error{"balance of 2026-11-20": coded(statement.BankUnavailable)}
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := working(t)
			o.head.State = statement.Attention
			if tt.edit != nil {
				tt.edit(o)
			}
			old := *o.pair
			before := o.head
			account, err := service(o).Renew(t.Context(), ref, upload(t))
			switch tt.want {
			case unchanged, statement.AccountUnconfirmed:
				var warnings []statement.Code
				if tt.want != "" {
					warnings = []statement.Code{tt.want}
				}
				if err != nil || account.State != statement.Active || *o.pair == old {
					t.Fatalf("not renewed: %v, %+v", err, account)
				}
				if d := cmp.Diff(warnings, account.Warnings); d != "" {
					t.Errorf("warnings (-want +got):\n%s", d)
				}
			default:
				wantRefusal(t, err, tt.want)
				if d := cmp.Diff(before, o.head); d != "" || *o.pair != old || len(o.sent) != 0 {
					t.Errorf("a refused renewal changed something:\n%s", d)
				}
			}
			if d := cmp.Diff(tt.asked, o.asked); d != "" {
				t.Errorf("ranges asked (-want +got):\n%s", d)
			}
			steps := map[string]int{}
			for _, step := range o.done {
				steps[step]++
			}
			if (steps["balance of 2026-11-20"] == 1) != tt.balance || (steps["read entries"] == 1) != tt.entries {
				t.Errorf("did %v", o.done)
			}
			if tt.entries && o.window != [2]statement.Date{oldest, ""} {
				t.Errorf("read the entries of %v", o.window)
			}
			if steps["token"] != 1 || steps["open"] != 1 {
				t.Errorf("did %v, want one session and one token", o.done)
			}
		})
	}
}

// What cannot be found out is no answer: the old pair stays.
func TestSameAsksInVain(t *testing.T) {
	t.Parallel()
	down := errors.New("table down")
	o := working(t)
	o.rows, o.fail = []statement.Row{{BankID: "?", Date: "2026-11-19"}}, map[string]error{"read entries": down}
	old := *o.pair
	if _, err := service(o).Renew(t.Context(), ref, upload(t)); !errors.Is(err, down) || *o.pair != old {
		t.Errorf("got %v", err)
	}
}

// A number that only an old row tells is claimed all the same.
func TestNumberOfAnOldRowIsClaimed(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.head.BankAccount, o.rows = "", []statement.Row{row("12345678", "2026-08-26")}
	if _, err := service(o).Renew(t.Context(), ref, upload(t)); err != nil || o.enabled.BankAccount != "12345678" {
		t.Errorf("%v, enabled with %+v", err, o.enabled)
	}
}

// Enabling an account that has a statement compares as a renewal does.
func TestEnablingAgainCompares(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.rows, o.balance = nil, 1
	_, err := service(o).Prepare(t.Context(), o.head, upload(t), "")
	wantRefusal(t, err, statement.DifferentAccount)
}
