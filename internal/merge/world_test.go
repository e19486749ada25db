package merge

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// bank is the truth that a test plays merge against: rows, and balances that
// follow from them unless a test says otherwise.
type bank struct {
	rows    []statement.Row
	opening statement.Cents
	number  int

	hide      map[string]bool // ids that answers omit for now
	hideReads int             // for so many answers
	cap       int             // days that one answer holds at most, 0 for all
	offFrom   statement.Date  // the balance is off by off from this day on
	off       statement.Cents
	mute      bool                               // no balance is to be had
	byDate    bool                               // answers filter by dataTransacao
	told      map[statement.Date]statement.Cents // balances told whatever the rows say
}

func inclusion(day statement.Date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05.000", string(day)+" "+clock, statement.SaoPaulo)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func id(prefix string, date statement.Date, number int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s001_00019_123456789_%s_9%08d", prefix, date, number))
}

// book adds a row included on a day at noon and so many milliseconds, dated by
// the bank's calendar, and returns its position.
func (b *bank) book(day statement.Date, cents statement.Cents, text string) int {
	b.number++
	op := statement.Credit
	if cents < 0 {
		op = statement.Debit
	}
	date := bankday.FirstNotBefore(day)
	b.rows = append(b.rows, statement.Row{
		BankID: id("", date, b.number), Date: date, Type: "PIX", Operation: op, Amount: cents, Title: "Pix", Description: text,
		BookedAt: inclusion(day, "12:00:00.000").Add(time.Duration(b.number) * time.Millisecond),
	})
	return len(b.rows) - 1
}

func (b *bank) statement(from, to statement.Date) statement.Read {
	read := statement.Read{From: from, To: to}
	if b.cap > 0 {
		from = max(from, to.AddDays(1-b.cap))
	}
	for _, r := range b.rows {
		d := statement.DateOf(r.BookedAt)
		if b.byDate {
			d = r.Date
		}
		if from <= d && d <= to && (b.hideReads == 0 || !b.hide[r.BankID]) {
			read.Rows = append(read.Rows, r)
		}
	}
	slices.Reverse(read.Rows)
	b.hideReads = max(0, b.hideReads-1)
	return read
}

func (b *bank) balance(day statement.Date) *statement.Cents {
	if b.mute {
		return nil
	}
	if told, ok := b.told[day]; ok {
		return &told
	}
	sum := b.opening
	for _, r := range b.rows {
		if r.Date <= day {
			sum += r.Amount
		}
	}
	if b.offFrom != "" && day >= b.offFrom {
		sum += b.off
	}
	return &sum
}

// book keeps what plans say, as the store does, and runs them, as the syncer does.
type book struct {
	bank    *bank
	ledger  statement.Ledger
	total   statement.Cents
	seq     int64
	entries map[statement.EntryID]statement.Entry
	days    map[statement.Date]statement.Day
	last    Plan
	reads   int // statement and balance calls of the last run
	asked   int
	log     []statement.Change // the feed
	calls   int                // statement calls that a run may spend
	from    statement.Date     // first inclusion date that the last run asked first
}

func newBook(b *bank) *book {
	return &book{bank: b, entries: map[statement.EntryID]statement.Entry{}, days: map[statement.Date]statement.Day{}, calls: 4}
}

func (k *book) stored(from statement.Date) []statement.Entry {
	var out []statement.Entry
	for _, e := range k.entries {
		if e.Date >= from {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b statement.Entry) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (k *book) dayItems(from statement.Date) []statement.Day {
	var out []statement.Day
	for _, d := range k.days {
		if d.Date >= from {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b statement.Day) int { return cmp.Compare(a.Date, b.Date) })
	return out
}

// run syncs on a date: through is the day before.
func (k *book) run(date statement.Date) Plan {
	through := date.AddDays(-1)
	covered := k.ledger.CoveredFrom
	if covered == "" {
		covered = date.AddDays(-60)
	}
	from := bankday.AskFrom(covered)
	if k.ledger.ReadThrough != "" {
		from = bankday.DailyFrom(through, k.ledger.ReadThrough)
		if k.ledger.OpenFrom != "" {
			from = min(from, bankday.AskFrom(k.ledger.OpenFrom))
		}
		if k.ledger.DeepRead == "" || date.DaysSince(k.ledger.DeepRead) >= 7 {
			from = min(from, bankday.WeeklyFrom(through))
		}
	}
	return k.runFrom(date, from, covered)
}

func (k *book) runFrom(date, from, covered statement.Date) Plan {
	in := Input{Ledger: k.ledger, Total: k.total, CoveredFrom: covered, Through: date.AddDays(-1), ReadThrough: date.AddDays(-1),
		RunDate: date, Run: statement.RunID("run-" + string(date)), Now: date.Time().Add(9 * time.Hour),
		Balances: map[statement.Date]*statement.Cents{}, StatementCalls: k.calls, BalanceCalls: 7}
	k.reads, k.asked, k.from = 0, 0, from
	read := func(r Range) {
		in.Reads = append(in.Reads, k.bank.statement(r.From, r.To))
		in.StatementCalls--
		k.reads++
	}
	read(Range{from, in.Through})
	for {
		in.WindowFrom = "9999-01-01"
		for _, r := range in.Reads {
			in.WindowFrom = min(in.WindowFrom, r.From)
			for _, row := range r.Rows {
				in.WindowFrom = min(in.WindowFrom, row.Date)
			}
		}
		in.Stored = k.stored(in.WindowFrom)
		if in.DaysFrom == "" || in.DaysFrom > in.WindowFrom {
			in.DaysFrom = in.WindowFrom
			if p := k.ledger.ProvenThrough; p != "" {
				in.DaysFrom = min(in.DaysFrom, p.AddDays(1))
			} else if k.ledger.CoveredFrom != "" {
				in.DaysFrom = min(in.DaysFrom, k.ledger.CoveredFrom)
			}
			if p := k.ledger.UnprovenFrom; p != "" {
				in.DaysFrom = min(in.DaysFrom, p)
			}
		}
		in.Days = k.dayItems(in.DaysFrom)
		plan := Decide(in)
		switch {
		case plan.Ask == nil:
			k.apply(plan)
			return plan
		case plan.Ask.Read != nil:
			read(*plan.Ask.Read)
		case plan.Ask.Days:
			in.DaysFrom = min(in.DaysFrom, covered)
		default:
			in.Balances[plan.Ask.Balance] = k.bank.balance(plan.Ask.Balance)
			in.BalanceCalls--
			k.asked++
		}
	}
}

func (k *book) apply(p Plan) {
	for _, c := range p.Changes {
		if c.Kind != statement.Noted {
			k.seq++
			c.Entry.Seq = k.seq
			k.log = append(k.log, c)
		}
		k.entries[c.Entry.ID] = c.Entry
		k.total += c.Delta
	}
	for _, d := range p.Days {
		k.days[d.Date] = d
	}
	k.ledger, k.last = p.Ledger, p
}

// truth compares the booked entries with the bank's rows included up to a day,
// both as multisets of what a person sees. "" means they are the same.
func (k *book) truth(through statement.Date) string {
	show := func(r statement.Row) string {
		return fmt.Sprint(r.Date, " ", r.Amount, " ", r.Description, " ", r.BookedAt.Format(time.RFC3339Nano))
	}
	count := map[string]int{}
	for _, r := range k.bank.rows {
		if statement.DateOf(r.BookedAt) <= through && r.Date >= k.ledger.CoveredFrom {
			count[show(r)]++
		}
	}
	for _, e := range k.entries {
		if e.Status == statement.Booked {
			count[show(e.Row)]--
		}
	}
	var diff []string
	for what, n := range count {
		switch {
		case n > 0:
			diff = append(diff, fmt.Sprintf("lacks %d× %s", n, what))
		case n < 0:
			diff = append(diff, fmt.Sprintf("has %d× too many %s", -n, what))
		}
	}
	slices.Sort(diff)
	return strings.Join(diff, "\n")
}
