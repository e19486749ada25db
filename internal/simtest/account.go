package simtest

import (
	"math/rand/v2"
	"slices"
	"time"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// Line is one entry of the bank with all that it ever was. Its instant of
// inclusion names it: no two lines of an account share one, and no fault
// changes it. So an entry of ours is told to be a line's whatever ids it has.
type Line struct {
	Key  int64 // Unix milliseconds of BookedAt
	Row  statement.Row
	Gone bool // the bank has taken it back
	// goneOn and backOn are the days on which the bank last took it back and
	// gave it again.
	goneOn, backOn statement.Date
	ids            map[string]bool
	amounts        map[statement.Cents]bool
	dates          map[statement.Date]bool
	texts          map[string]bool
	// A fault has changed it. Each line is changed by at most one: of two that
	// take away its identity at once no reader could tell that it is the same.
	touched bool
}

// Account is one account of a tenant and the bank account behind it.
type Account struct {
	Index int
	Ref   statement.Ref
	Bank  *intertest.Account

	w          *World
	pair       *intertest.Integration // what the person would upload
	want       want
	profile    intertest.Profile
	lost       bool // the integration is no more: the person must make another
	generation int

	lines []*Line // in the order learnt
	byKey map[int64]*Line
	off   map[statement.Date]statement.Cents // by how much the bank's balances lie, from a day on

	armed, person []*Armed // faults of the next message, and of the next upload
	copies        int      // how often the next message is to be sent again
	undeleted     int      // how many messages are not to be deleted
	withhold      time.Duration
	pageSize      string // what the bank makes of tamanhoPagina; "" is nothing
	renewedAt     int    // before which of its effects
	renewed       bool   // another pair came while a run was under way
	moving        bool   // the bank changed while a run was under way, and no other run has seen it

	memory memory
	feed   feed
}

// want is what the person wants of the account.
type want struct {
	disabled bool
	erased   bool
	number   bool // the number is to be given with the upload
}

// learn takes over what the bank has of the inclusion days from…to.
func (a *Account) learn(from, to statement.Date) {
	rows := a.Bank.Rows(from, to)
	for i := range rows {
		row := rows[len(rows)-1-i] // oldest first
		key := row.BookedAt.UnixMilli()
		l := a.byKey[key]
		if l == nil {
			l = &Line{Key: key, ids: map[string]bool{}, amounts: map[statement.Cents]bool{}, dates: map[statement.Date]bool{}, texts: map[string]bool{}}
			a.byKey[key] = l
			a.lines = append(a.lines, l)
		}
		if l.Gone {
			l.Gone, l.backOn = false, a.w.today()
		}
		l.Row = row
		if row.BankID != "" {
			l.ids[row.BankID] = true
		}
		l.amounts[row.Amount], l.dates[row.Date], l.texts[row.Description] = true, true, true
	}
}

// change does something to a line at the bank and learns what it became.
func (a *Account) change(l *Line, f func(intertest.Seq)) {
	seq, ok := a.Bank.Find(l.Row.BankID)
	if !ok {
		panic("simtest: the bank has no line " + l.Row.BankID)
	}
	l.touched = true
	f(seq)
	day := statement.DateOf(l.Row.BookedAt)
	a.learn(day, day)
}

// withdraw takes a line back at the bank.
func (a *Account) withdraw(l *Line) {
	a.change(l, a.Bank.Withdraw)
	l.Gone, l.goneOn = true, a.w.today()
}

// pick chooses a line that was included in the last 40 days, so that a quiet
// time reads it again, and that no fault has changed; nil where there is none.
func (a *Account) pick(r *rand.Rand, suits func(*Line) bool) *Line {
	today := a.w.today()
	var from []*Line
	for _, l := range a.lines {
		day := statement.DateOf(l.Row.BookedAt)
		if !l.touched && !l.Gone && l.Row.BankID != "" && day < today && today.DaysSince(day) < 40 && (suits == nil || suits(l)) {
			from = append(from, l)
		}
	}
	if len(from) == 0 {
		return nil
	}
	return pick(r, from)
}

// book adds an entry that was included some days ago.
func (a *Account) book(r *rand.Rand, daysAgo int, e intertest.Entry) *Line {
	day := a.w.today().AddDays(-daysAgo)
	for {
		e.BookedAt = intertest.At(day, r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000))
		if a.byKey[e.BookedAt.UnixMilli()] == nil {
			break
		}
	}
	if e.Amount == 0 {
		e.Amount = statement.Cents(1 + r.IntN(90_000))
		if r.IntN(2) == 0 {
			e.Amount = -e.Amount
		}
	}
	e.Type, e.Title, e.Description = "PIX", "Pix recebido", "PIX RECEBIDO - Cliente Exemplo"
	a.Bank.Add(e)
	a.learn(day, day)
	l := a.byKey[e.BookedAt.UnixMilli()]
	l.touched = true
	return l
}

// reverse books the counterpart of a line, a little later on its day.
func (a *Account) reverse(l *Line) *Line {
	at := l.Row.BookedAt.Add(time.Second)
	for a.byKey[at.UnixMilli()] != nil {
		at = at.Add(time.Millisecond)
	}
	a.Bank.Add(intertest.Entry{BookedAt: at, Date: l.Row.Date, Amount: -l.Row.Amount, Type: "ESTORNO", Title: "Estorno ", Description: "Estorno"})
	day := statement.DateOf(at)
	a.learn(day, day)
	back := a.byKey[at.UnixMilli()]
	back.touched = true
	return back
}

// keeps reports whether the line was an entry when the account was last checked.
func (a *Account) keeps(l *Line) bool {
	for _, s := range a.memory.entries {
		if s.key == l.Key {
			return true
		}
	}
	return false
}

// told is the balance that the bank tells at the end of a day.
func (a *Account) told(day statement.Date) statement.Cents {
	sum := a.Bank.BalanceAt(day)
	for from, by := range a.off {
		if from <= day {
			sum += by
		}
	}
	return sum
}

// arms hands the waiting faults to a process. One that met no effect of it
// waits for the next, for some days.
func (a *Account) arms(from *[]*Armed) []*Armed {
	*from = slices.DeleteFunc(*from, func(f *Armed) bool { return f.met > 0 || f.ends <= a.w.tick })
	for _, f := range *from {
		f.left = f.Past
	}
	return slices.Clone(*from)
}
