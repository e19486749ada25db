package simtest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// rowKinds change what is true at the bank, for good.
func rowKinds() []*Kind {
	line := func(name string, f func(w *World, a *Account, l *Line, r *rand.Rand)) *Kind {
		return &Kind{Name: "row/" + name, Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			l := a.pick(r, nil)
			if l == nil {
				return false
			}
			f(w, a, l, r)
			return true
		}}
	}
	return []*Kind{
		{Name: "row/late", Weight: 3, Do: func(_ *World, a *Account, r *rand.Rand) bool {
			a.book(r, 1+r.IntN(39), intertest.Entry{})
			return true
		}},
		{Name: "row/provisional-to-final", Weight: 3, Do: func(w *World, a *Account, r *rand.Rand) bool {
			l := a.book(r, 1+r.IntN(2), intertest.Entry{Provisional: true})
			w.later(1+r.IntN(16), func() {
				date := statement.Date("")
				if r.IntN(3) == 0 {
					date = bankday.After(l.Row.Date)
				}
				a.change(l, func(s intertest.Seq) { a.Bank.Confirm(s, date) })
			})
			return true
		}},
		line("twin", func(_ *World, a *Account, l *Line, r *rand.Rand) {
			gap := int64(20)
			for a.byKey[l.Key+gap] != nil {
				gap++ // the bank's own twins are 20 ms apart, too
			}
			a.change(l, func(s intertest.Seq) { a.Bank.AddTwin(s, time.Duration(gap)*time.Millisecond) })
			a.learn(l.Row.Date.AddDays(-10), a.w.today())
			a.byKey[l.Key+gap].touched = true
		}),
		line("text", func(_ *World, a *Account, l *Line, r *rand.Rand) {
			a.change(l, func(s intertest.Seq) { a.Bank.SetDescription(s, fmt.Sprintf("texto %d", r.IntN(1000))) })
		}),
		line("amount", func(_ *World, a *Account, l *Line, r *rand.Rand) {
			a.change(l, func(s intertest.Seq) { a.Bank.SetAmount(s, statement.Cents(r.IntN(50_000)-25_000)) })
		}),
		line("date", func(_ *World, a *Account, l *Line, r *rand.Rand) {
			to := bankday.After(l.Row.Date)
			a.change(l, func(s intertest.Seq) { a.Bank.SetDate(s, to) })
		}),
		line("renumbered", func(_ *World, a *Account, l *Line, _ *rand.Rand) { a.change(l, a.Bank.Renumber) }),
		line("without-id", func(w *World, a *Account, l *Line, r *rand.Rand) {
			s, _ := a.Bank.Find(l.Row.BankID)
			a.change(l, func(s intertest.Seq) { a.Bank.SetNoID(s, true) })
			if r.IntN(2) == 0 {
				w.later(1+r.IntN(16), func() {
					a.Bank.SetNoID(s, false)
					day := statement.DateOf(l.Row.BookedAt)
					a.learn(day, day)
				})
			}
		}),
		line("withdrawn", func(_ *World, a *Account, l *Line, _ *rand.Rand) {
			a.withdraw(l)
		}),
		line("withdrawn-and-back", func(w *World, a *Account, l *Line, r *rand.Rand) {
			s, _ := a.Bank.Find(l.Row.BankID)
			a.withdraw(l)
			w.later(1+r.IntN(20), func() {
				a.Bank.Restore(s)
				day := statement.DateOf(l.Row.BookedAt)
				a.learn(day, day)
			})
		}),
		// A payment and its reversal are taken back together: no balance tells, and
		// merge waits for five run dates and a week. Only a recent one, that daily
		// reads reach, is then withdrawn by the end of a quiet time.
		{Name: "row/withdrawn-with-reversal", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			l := a.pick(r, func(l *Line) bool { return w.today().DaysSince(statement.DateOf(l.Row.BookedAt)) <= 3 })
			if l == nil {
				return false
			}
			l.touched = true
			back := a.reverse(l)
			w.later(3+r.IntN(8), func() {
				if !w.calmed {
					a.withdraw(l)
					a.withdraw(back)
				}
			})
			return true
		}},
		line("reversed", func(_ *World, a *Account, l *Line, r *rand.Rand) {
			today := a.w.today()
			a.book(r, min(today.DaysSince(statement.DateOf(l.Row.BookedAt)), 1), intertest.Entry{Amount: -l.Row.Amount})
		}),
	}
}
