package simtest

import (
	"context"
	"net/http"
	"net/http/httptest"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// Duels lists what is interleaved at every pair of effects.
func Duels() []Duel {
	ready := func(x *Stage) {
		x.opened(x.a)
		x.tomorrow()
	}
	enabled := func(x *Stage) {
		x.w.create(x.a)
		x.must(x.enable(x.a))
	}
	daily, manual := syncOf(statement.ReasonSchedule), syncOf(statement.ReasonManual)
	return []Duel{
		// Its message is on the queue when the schedule fires: four transactions each.
		{Name: "first-sync-twice", Back: 30, Before: enabled, One: pending, Two: daily},
		{Name: "first-sync-twice-short", Before: enabled, One: pending, Two: daily},
		{Name: "daily-twice", Back: 20, Quiet: 6, Before: eventful, One: daily, Two: daily},
		{Name: "daily-twice-bank-moves", Back: 20, Quiet: 6, Before: eventful, One: daily, Two: moved(daily)},
		// No entry is new, so that nothing but the head's version tells them apart.
		{Name: "texts-twice", Back: 20, Before: func(x *Stage) {
			ready(x)
			x.workday()
			x.retold(3)
		}, One: manual, Two: func(x *Stage, gate func(Effect) bool) *running {
			x.retold(5)
			x.a.moving = true
			return manual(x, gate)
		}},
		{Name: "daily-and-manual", Back: 20, Quiet: 6, Before: eventful, One: daily, Two: manual},
		{Name: "daily-and-repair", Back: 20, Quiet: 6, Before: eventful, One: daily, Two: repair},
		{Name: "repair-and-daily", Back: 20, Quiet: 6, Before: eventful, One: repair, Two: daily},
		{Name: "daily-and-renewal", Before: func(x *Stage) { ready(x); x.w.mend(x.a) }, One: daily, Two: renewal},
		{Name: "renewal-and-daily", Before: func(x *Stage) { ready(x); x.w.mend(x.a) }, One: renewal, Two: daily},
		// What the sync uses is refused when the new pair comes.
		{Name: "parking-and-renewal", Before: func(x *Stage) {
			ready(x)
			x.a.pair.Delete()
			x.a.pair = x.w.bank.Issue("erp", x.a.Bank)
			x.w.knowPair(x.a)
		}, One: daily, Two: enabling},
		// The schedule fires while somebody enables.
		{Name: "enabling-and-daily", Small: true, Before: func(x *Stage) { x.w.create(x.a) }, One: enabling, Two: daily},
		{Name: "enabling-again-and-daily", Before: func(x *Stage) {
			ready(x)
			x.must(x.disable(x.a))
			x.ends[x.a] = endsActive
		}, One: enabling, Two: daily},
		{Name: "first-sync-and-disabling", Back: 30, Before: enabled, One: pending, Two: disabling},
		{Name: "daily-and-disabling", Small: true, Before: ready, One: daily, Two: disabling},
		{Name: "disabling-and-daily", Small: true, Before: ready, One: disabling, Two: daily},
		{Name: "first-sync-and-erasing", Back: 30, Before: enabled, One: pending, Two: erasing, After: (*Stage).erasedAgain},
		{Name: "daily-and-erasing", Small: true, Before: ready, One: daily, Two: erasing, After: (*Stage).erasedAgain},
		{Name: "erasing-and-daily", Before: ready, One: erasing, Two: daily, After: (*Stage).erasedAgain},
		// The message that removes the items, and a sync that does not know yet.
		{Name: "daily-and-removal", Before: func(x *Stage) {
			ready(x)
		}, One: daily, Two: removal, After: (*Stage).erasedAgain},
		{Name: "enabling-twice", Before: func(x *Stage) { x.w.create(x.a) }, One: enabling, Two: enabling, After: func(x *Stage) { x.must(x.enable(x.a)) }},
		{Name: "renewal-twice", Before: func(x *Stage) { ready(x); x.w.mend(x.a) }, One: renewal, Two: renewal},
		// Known: the secret may be deleted that was just saved; enabling again helps.
		{Name: "enabling-and-disabling", Unpaired: true, Before: ready, One: enabling, Two: disabling,
			After: func(x *Stage) { x.ends[x.a] = endsActive; x.must(x.enable(x.a)) }},
		{Name: "enabling-and-erasing", Small: true, Before: func(x *Stage) { x.w.create(x.a) }, One: enabling, Two: erasing, After: (*Stage).erasedAgain},
		{Name: "one-bank-account-twice", Accounts: 2, Before: func(x *Stage) {
			x.rivals()
			x.w.create(x.a)
			x.w.create(x.w.accounts[1])
		}, One: enabling, Two: rivalEnabling, Check: (*Stage).oneWins},
		{Name: "erasing-twice", Accounts: 2, Before: func(x *Stage) {
			x.opened(x.a)
			x.w.create(x.w.accounts[1])
			x.must(x.enable(x.w.accounts[1]))
		}, One: erasing, Two: func(x *Stage, gate func(Effect) bool) *running {
			b := x.w.accounts[1]
			x.ends[b] = endsErased
			return x.asks(b, http.MethodDelete, path(b), nil, gate)
		}, After: func(x *Stage) {
			x.erasedAgain()
			x.must(x.erase(x.w.accounts[1]))
		}},
	}
}

// eventful is a morning on which all happens that a bank can do to a statement.
func eventful(x *Stage) {
	x.opened(x.a)
	x.a.withdraw(x.w.line(x.a, 12))
	x.tomorrow()
	x.workday()
	x.tomorrow()
	x.w.turmoil(x.a)
}

// pending is a sync by the messages that are on the queue.
func pending(x *Stage, gate func(Effect) bool) *running { return x.delivery(x.a, gate) }

// moved lets the bank book an entry late before the process begins: what the
// other has read, if it has, is not what is there any more.
func moved(f func(*Stage, func(Effect) bool) *running) func(*Stage, func(Effect) bool) *running {
	return func(x *Stage, gate func(Effect) bool) *running {
		x.a.book(Stream(x.w.script.Seed, "moved"), 2, intertest.Entry{})
		x.a.moving = true
		return f(x, gate)
	}
}

// retold lets the bank change the text of an entry.
func (x *Stage) retold(daysAgo int) {
	x.a.change(x.w.line(x.a, daysAgo), func(s intertest.Seq) { x.a.Bank.SetDescription(s, "outro texto") })
}

// repair reads a range that begins before what is kept.
func repair(x *Stage, gate func(Effect) bool) *running {
	m := x.w.message(x.a.Ref, statement.ReasonRepair)
	m.From, m.To = start.AddDays(-24), m.Through
	x.w.lambda.sendMessage(m)
	return x.delivery(x.a, gate)
}

func renewal(x *Stage, gate func(Effect) bool) *running {
	body := files(x.a.pair)
	delete(body, "client_id")
	delete(body, "client_secret")
	return x.asks(x.a, http.MethodPut, path(x.a, "/integration/certificate"), body, gate)
}

func enabling(x *Stage, gate func(Effect) bool) *running {
	return x.asks(x.a, http.MethodPut, path(x.a, "/integration"), files(x.a.pair), gate)
}

func disabling(x *Stage, gate func(Effect) bool) *running {
	x.ends[x.a] = endsDisabled
	return x.asks(x.a, http.MethodDelete, path(x.a, "/integration"), nil, gate)
}

func erasing(x *Stage, gate func(Effect) bool) *running {
	x.ends[x.a] = endsErased
	return x.asks(x.a, http.MethodDelete, path(x.a), nil, gate)
}

// removal is the erasing, done, and its message at work.
func removal(x *Stage, gate func(Effect) bool) *running {
	x.must(x.erase(x.a))
	return x.delivery(x.a, gate)
}

// erasedAgain is the person who erases once more, whatever the answer was.
func (x *Stage) erasedAgain() { x.must(x.erase(x.a)) }

// asks is ask in a process that stops at a gate.
func (x *Stage) asks(a *Account, method, path string, body any, gate func(Effect) bool) *running {
	status := 0
	p := x.w.Start(method+" "+a.Ref.String(), a.Ref, nil, gate, func(ctx context.Context) {
		rec := httptest.NewRecorder()
		x.front.handler.ServeHTTP(rec, request(ctx, a, method, path, body, ""))
		status = rec.Code
	})
	return &running{p, func() { x.w.Trace("%s: answered %d", p.Name, status) }}
}

// rivals gives the second account an integration of the first one's bank account.
func (x *Stage) rivals() {
	b := x.w.accounts[1]
	b.Bank, b.profile, b.lines, b.byKey = x.a.Bank, x.a.profile, nil, map[int64]*Line{}
	b.learn(start.AddDays(-90), start.AddDays(-1))
	b.pair = x.w.bank.Issue("erp", b.Bank)
	x.w.knowPair(b)
}

func rivalEnabling(x *Stage, gate func(Effect) bool) *running {
	b := x.w.accounts[1]
	return x.asks(b, http.MethodPut, path(b, "/integration"), files(b.pair), gate)
}

// oneWins: of two accounts with one bank account exactly one is enabled. The
// other one keeps nothing of it.
func (x *Stage) oneWins() {
	var winners, losers []*Account
	for _, a := range x.w.accounts {
		if head, _ := x.w.headItem(a.Ref); head.Text("integration_status") == string(statement.Active) {
			winners = append(winners, a)
		} else {
			losers = append(losers, a)
			x.ends[a] = endsDisabled
		}
	}
	x.w.check(claimsHeld, len(winners) == 1, "%d accounts import one bank account", len(winners))
	x.w.accounts, x.aside = winners, losers
}
