package simtest

import (
	"encoding/json"
	"math/rand/v2"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// answerKinds make the bank answer otherwise than is true, for a while.
func answerKinds() []*Kind {
	once := func(name string, f func(a *Account, r *rand.Rand)) *Kind {
		return &Kind{Name: "answer/" + name, Do: func(_ *World, a *Account, r *rand.Rand) bool {
			f(a, r)
			return true
		}}
	}
	// A row that is told differently for some firings.
	line := func(name string, lie, truth func(*Account, intertest.Seq, *rand.Rand)) *Kind {
		return &Kind{Name: "answer/" + name, Do: func(w *World, a *Account, r *rand.Rand) bool {
			l := a.pick(r, nil)
			if l == nil {
				return false
			}
			s, _ := a.Bank.Find(l.Row.BankID)
			l.touched = true
			lie(a, s, r)
			w.until(1+r.IntN(6), func() { truth(a, s, r) })
			return true
		}}
	}
	mend := func(a *Account, s intertest.Seq, _ *rand.Rand) { a.Bank.Mend(s) }
	field := func(name, value string) func(*Account, intertest.Seq, *rand.Rand) {
		return func(a *Account, s intertest.Seq, _ *rand.Rand) { a.Bank.SetField(s, name, json.RawMessage(value)) }
	}
	behave := func(name string, on, off func(*intertest.Behaviour)) *Kind {
		return &Kind{Name: "answer/" + name, Do: func(w *World, _ *Account, r *rand.Rand) bool {
			w.bank.Behave(on)
			w.until(1+r.IntN(5), func() { w.bank.Behave(off) })
			return true
		}}
	}
	return []*Kind{
		line("omitted", func(a *Account, s intertest.Seq, r *rand.Rand) { a.Bank.Omit(s, pick(r, []int{1, 1, 2, 3, 4, 8, -1})) },
			func(a *Account, s intertest.Seq, _ *rand.Rand) { a.Bank.Omit(s, 0) }),
		// Both are kept already: of a reversal never seen, with the payment omitted
		// beside it, nobody could tell that the payment is not gone.
		{Name: "answer/omitted-with-reversal", Do: func(w *World, a *Account, r *rand.Rand) bool {
			l := a.pick(r, nil)
			if l == nil {
				return false
			}
			l.touched = true
			times, firings := pick(r, []int{1, 2, 4, -1}), 4+r.IntN(6)
			back := a.reverse(l)
			w.later(12+r.IntN(12), func() {
				if w.calmed || !a.keeps(l) || !a.keeps(back) {
					return
				}
				for _, one := range []*Line{l, back} {
					s, _ := a.Bank.Find(one.Row.BankID)
					a.Bank.Omit(s, times)
					w.until(firings, func() { a.Bank.Omit(s, 0) })
				}
			})
			return true
		}},
		line("malformed-row", field("valor", `"doze"`), mend),
		line("null-details", field("detalhes", `null`), mend),
		line("unknown-type", field("tipoTransacao", `"NOVO_TIPO"`), mend),
		line("unknown-field", field("campoNovo", `{"a":[1,2,{}]}`), mend),
		line("fields-missing", func(a *Account, s intertest.Seq, _ *rand.Rand) {
			a.Bank.DropFields(s, "titulo", "descricao", "detalhes")
		}, mend),
		once("empty", func(a *Account, r *rand.Rand) { a.Bank.AnswerEmpty(1 + r.IntN(4)) }),
		once("total-wrong", func(a *Account, r *rand.Rand) { a.Bank.LieAboutTotal(1+r.IntN(3), pick(r, []int{-3, -1, 1, 7})) }),
		once("last-page-wrong", func(a *Account, r *rand.Rand) { a.Bank.LieAboutLast(1+r.IntN(3), false) }),
		once("short-page", func(a *Account, r *rand.Rand) { a.Bank.ShortPage(1 + r.IntN(3)) }),
		once("row-twice", func(a *Account, r *rand.Rand) { a.Bank.RepeatRow(1 + r.IntN(3)) }),
		{Name: "answer/shifting-pages", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			a.pageSize = pick(r, []string{"7", "20", "50"})
			a.Bank.AfterAnswers(1, func() { a.book(r, 1+r.IntN(8), intertest.Entry{}) })
			w.until(1, func() { a.pageSize = "" })
			return true
		}},
		{Name: "answer/balance-off", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			from := w.today().AddDays(-1 - r.IntN(75)) // also before what is kept: the opening
			by := pick(r, []statement.Cents{1, -1, 250, -99_999})
			a.off[from] = by
			a.Bank.SetBalanceOffset(from, by)
			w.until(1+r.IntN(8), func() {
				delete(a.off, from)
				a.Bank.SetBalanceOffset(from, 0)
			})
			return true
		}},
		{Name: "answer/no-balance", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			a.Bank.RefuseBalance(pick(r, []int{1, 3, -1}))
			w.until(1+r.IntN(6), func() { a.Bank.RefuseBalance(0) })
			return true
		}},
		behave("balance-no-amount", func(b *intertest.Behaviour) { b.BalanceOverride = `"muito"` }, func(b *intertest.Behaviour) { b.BalanceOverride = "" }),
		behave("short-range", func(b *intertest.Behaviour) { b.CapDays = 7 }, func(b *intertest.Behaviour) { b.CapDays = 0 }),
		behave("shuffled", func(b *intertest.Behaviour) { b.Order = intertest.Shuffled }, func(b *intertest.Behaviour) { b.Order = intertest.NewestFirst }),
		behave("oldest-first", func(b *intertest.Behaviour) { b.Order = intertest.OldestFirst }, func(b *intertest.Behaviour) { b.Order = intertest.NewestFirst }),
		behave("filter-by-date", func(b *intertest.Behaviour) { b.FilterByDate = true }, func(b *intertest.Behaviour) { b.FilterByDate = false }),
		behave("error-html", func(b *intertest.Behaviour) { b.Errors = intertest.ErrorsHTML }, func(b *intertest.Behaviour) { b.Errors = intertest.ErrorsDocumented }),
		behave("sandbox-hours", func(b *intertest.Behaviour) { b.SandboxHours = true }, func(b *intertest.Behaviour) { b.SandboxHours = false }),
		behave("token-used-up", func(b *intertest.Behaviour) { b.TokenUses = 1 }, func(b *intertest.Behaviour) { b.TokenUses = 0 }),
	}
}
