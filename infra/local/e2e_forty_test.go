package main

import (
	"net/http"
	"testing"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// fewEntries makes forty days quick.
func fewEntries() intertest.Profile {
	return intertest.Profile{PerDay: [2]int{2, 4}, Weekend: [2]int{0, 2}}
}

// life is what happens at the bank besides the ordinary, on the eve of the nth
// banking day of the play.
type life struct {
	t       *testing.T
	bank    *intertest.Bank
	account *intertest.Account
	eve     statement.Date

	soon, later intertest.Seq // provisional entries
	undone      intertest.Seq // withdrawn, and back two days after
}

// some returns an entry that was booked a number of days before the eve, or on
// the next day before that has one, and is alone in its day with its amount.
func (l *life) some(daysAgo int) intertest.Seq {
	l.t.Helper()
	for day := l.eve.AddDays(-daysAgo); daysAgo < 80; day, daysAgo = day.AddDays(-1), daysAgo+1 {
		for _, row := range l.account.Rows(day, day) {
			if seq, ok := l.account.Find(row.BankID); ok {
				return seq
			}
		}
	}
	l.t.Fatalf("no entry before %s", l.eve)
	return 0
}

// book adds an entry that was included a number of days before the eve.
func (l *life) book(daysAgo int, amount statement.Cents, title string, provisional bool) intertest.Seq {
	at := intertest.At(l.eve.AddDays(-daysAgo), 11, 22, 33, 444)
	return l.account.Add(intertest.Entry{BookedAt: at, Type: "PIX", Amount: amount, Title: title, Description: title, Provisional: provisional})[0]
}

// amountOf returns what an entry is worth now.
func (l *life) amountOf(s intertest.Seq) statement.Cents {
	id := l.account.BankID(s)
	for _, row := range l.account.Rows("2000-01-01", "2099-12-31") {
		if row.BankID == id {
			return row.Amount
		}
	}
	l.t.Fatalf("entry %d is not there", s)
	return 0
}

func (l *life) happen(n int) {
	switch n {
	case 3:
		l.book(4, 12345, "Incluído com atraso", false)
	case 5:
		l.account.SetDescription(l.some(3), "Texto novo do banco")
	case 6:
		l.soon = l.book(0, -7701, "Provisório", true)
		l.later = l.book(0, -8802, "Provisório que muda de data", true)
	case 8:
		l.account.Confirm(l.soon, "")
		l.account.Confirm(l.later, bankday.After(l.eve.AddDays(-2)))
	case 10:
		l.account.Withdraw(l.some(3))
	case 12:
		l.book(35, -45678, "Incluído com muito atraso", false)
	case 14:
		s := l.some(5)
		l.account.SetAmount(s, l.amountOf(s)+1111)
	case 16:
		l.bank.Fail(intertest.Any, intertest.Status(http.StatusServiceUnavailable))
	case 18:
		l.bank.ClearFaults()
	case 20:
		l.account.SetDescription(l.some(45), "Texto novo de um lançamento antigo")
	case 21:
		l.account.AddTwin(l.some(1), 20*time.Millisecond)
	case 22:
		l.account.SetDate(l.some(4), bankday.After(l.eve.AddDays(-3)))
	case 24:
		l.undone = l.some(2)
		l.account.Withdraw(l.undone)
	case 27:
		l.account.Restore(l.undone)
	case 29: // two changes that no balance tells
		one, other := l.book(25, 0, "", false), l.book(25, 0, "", false)
		l.account.SetAmount(one, 5000)
		l.account.SetAmount(other, -5000)
	}
}

// TestE2EFortyBankingDays plays forty banking days in a row of two accounts of
// one bank: to the one happens what happens to accounts, the other's balance is
// off from one day on.
func TestE2EFortyBankingDays(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	start := today()
	open := func(number string) (*intertest.Account, *intertest.Integration) {
		a := bank.AddAccount(number)
		a.SetOpening(5_000_000)
		a.Generate(fewEntries(), start.AddDays(-70), start.AddDays(-1))
		return a, bank.Issue("erp "+number, a)
	}
	lively, livelyPair := open("407312956")
	wrong, wrongPair := open("518820047")
	r := startRig(t, bank, "--queue-speed", "600")
	c := r.erp("acme")
	a, b := c.open(livelyPair), c.open(wrongPair)
	along := c.reader(a.ID)
	end := along.follow(t)
	r.idle()

	const off = statement.Cents(1234)
	var offFrom statement.Date
	l := &life{t: t, bank: bank, account: lively, eve: start.AddDays(-1)}
	day := start
	for n := 1; n <= 40; n++ {
		from := l.eve.AddDays(1)
		day = bankday.After(day)
		l.eve = day.AddDays(-1)
		lively.Generate(fewEntries(), from, l.eve)
		wrong.Generate(fewEntries(), from, l.eve)
		l.happen(n)
		if n == 15 {
			offFrom = bankday.LastNotAfter(l.eve)
			wrong.SetBalanceOffset(offFrom, off)
		}
		before := c.account(a.ID)
		if got := r.fire(day); got.Enqueued != 2 {
			t.Fatalf("day %d: fan-out %+v", n, got)
		}
		if letters := r.idle(); letters != 0 {
			t.Fatalf("day %d: %d dead letters", n, letters)
		}
		got := c.account(a.ID)
		outage := n == 16 || n == 17
		if outage && (got.Status.Code != "bank_unavailable" || got.Status.State != "active" || got.Coverage != before.Coverage) {
			t.Errorf("day %d, bank out of service: %+v, before %+v", n, got, before)
		}
		if !outage && got.Coverage.ReadThrough != l.eve {
			t.Errorf("day %d: %+v, want read through %s", n, got, l.eve)
		}
	}
	end()

	through := l.eve
	c.isTheBanks(a.ID, lively, through)
	c.daysAre(a.ID, lively, through, "", 0)
	all := c.entries(a.ID, "")
	if n := len(all) - len(c.entries(a.ID, "booked")); n != 1 {
		t.Errorf("%d entries are withdrawn, want 1", n)
	}
	along.holds(t, "the feed, read along", all)
	fresh := c.reader(a.ID)
	fresh.atRest = true
	if err := fresh.poll(t.Context(), 37); err != nil {
		t.Errorf("the feed from its beginning: %v", err)
	}
	fresh.holds(t, "the feed from its beginning", all)
	last := bankday.LastNotAfter(through)
	if got := c.account(a.ID); got.Status.Code != "" || got.Coverage.ProvenThrough != last || got.Coverage.Balance != lively.BalanceAt(last).String() {
		t.Errorf("%+v, want proven through %s with %s", got, last, lively.BalanceAt(last))
	}

	c.isTheBanks(b.ID, wrong, through)
	c.daysAre(b.ID, wrong, through, offFrom, off)
	if got := c.account(b.ID); got.Status.Code != "balance_differs" || got.Coverage.ProvenThrough != offFrom.AddDays(-1) {
		t.Errorf("%+v, want balance_differs and proven up to the day before %s", got, offFrom)
	}
}
