package simtest

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
	"extrato/internal/store"
)

// Scenarios lists what is cut off at every effect.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "registering", Small: true, Before: func(*Stage) {}, Act: func(x *Stage) {
			x.must(x.register(x.a))
		}},
		{Name: "enabling", Small: true, Before: func(x *Stage) { x.w.create(x.a) }, Act: func(x *Stage) {
			x.must(x.enable(x.a))
		}},
		{Name: "first-sync", Back: 60, Before: func(x *Stage) {
			x.w.create(x.a)
			x.must(x.enable(x.a))
		}, Act: func(x *Stage) { x.pump(x.evening()) }},
		{Name: "daily", Back: 20, Quiet: 6, Before: func(x *Stage) {
			x.opened(x.a)
			x.a.withdraw(x.w.line(x.a, 12))
			x.tomorrow()
			x.workday()
			x.tomorrow()
			x.w.turmoil(x.a)
		}, Act: (*Stage).workday},
		{Name: "daily-unproven", Back: 20, Before: func(x *Stage) {
			x.opened(x.a)
			x.tomorrow()
			x.w.lie(x.a, start.AddDays(-6), 250)
		}, Act: (*Stage).workday, Mend: func(x *Stage) { x.w.lie(x.a, start.AddDays(-6), 0) }},
		{Name: "daily-undecided", Back: 12, Before: func(x *Stage) {
			x.opened(x.a)
			x.tomorrow()
			x.doubted()
		}, Act: func(x *Stage) {
			x.fire()
			x.pump(time.Now().Add(3 * time.Minute))
			x.believed()
			x.pump(x.evening())
		}},
		{Name: "renewing", Small: true, Before: func(x *Stage) {
			x.opened(x.a)
			x.tomorrow()
			x.w.mend(x.a)
		}, Act: func(x *Stage) {
			x.must(x.renew(x.a))
			x.pump(x.evening())
		}},
		{Name: "renewing-parked", Before: func(x *Stage) {
			x.opened(x.a)
			x.tomorrow()
			x.a.pair.RefuseScope(true)
			x.workday()
			x.w.mend(x.a)
		}, Act: func(x *Stage) {
			x.must(x.renew(x.a))
			x.pump(x.evening())
		}},
		{Name: "parking", Before: func(x *Stage) {
			x.opened(x.a)
			x.tomorrow()
			x.a.pair.RefuseScope(true)
		}, Act: (*Stage).workday, Mend: func(x *Stage) {
			x.w.mend(x.a)
			x.must(x.enable(x.a))
		}},
		{Name: "disabling", Small: true, Before: func(x *Stage) {
			x.opened(x.a)
			x.tomorrow()
			x.fire()
		}, Act: func(x *Stage) {
			x.must(x.disable(x.a))
			x.pump(x.evening())
		}},
		{Name: "enabling-again", Small: true, Before: func(x *Stage) {
			x.opened(x.a)
			x.must(x.disable(x.a))
			x.tomorrow()
			x.workday()
			x.w.mend(x.a)
		}, Act: func(x *Stage) {
			x.ends[x.a] = endsActive
			x.must(x.enable(x.a))
			x.pump(x.evening())
		}},
		{Name: "erasing", Accounts: 2, Before: func(x *Stage) {
			x.opened(x.a)
			x.opened(x.w.accounts[1])
			x.tomorrow()
			x.fire()
		}, Act: func(x *Stage) {
			x.must(x.erase(x.a))
			x.pump(x.evening())
		}},
		{Name: "erasing-the-last", Small: true, Before: func(x *Stage) { x.opened(x.a) }, Act: func(x *Stage) {
			x.must(x.erase(x.a))
			x.pump(x.evening())
		}},
		{Name: "erasing-much", Before: func(x *Stage) {
			x.opened(x.a)
			x.w.bulk(x.a, 2030)
		}, Act: func(x *Stage) {
			x.must(x.erase(x.a))
			x.pump(x.evening())
		}},
		{Name: "fan-out", Accounts: 13, Back: 2, Before: func(x *Stage) {
			x.crowd(12)
			for _, a := range x.w.accounts {
				x.opened(a)
			}
			x.tomorrow()
		}, Act: (*Stage).fire},
	}
}

// line finds an untouched line near a day, the bank's latest before it.
func (w *World) line(a *Account, daysAgo int) *Line {
	day := w.today().AddDays(-daysAgo)
	var found *Line
	for _, l := range a.lines {
		if d := statement.DateOf(l.Row.BookedAt); !l.touched && !l.Gone && l.Row.BankID != "" && d <= day && (found == nil || l.Key > found.Key) {
			found = l
		}
	}
	if found == nil {
		panic(fmt.Sprintf("simtest: no line %d days ago", daysAgo))
	}
	return found
}

// turmoil is a day on which everything happens: besides the entries of
// yesterday, one that comes late, one modified, one that moves to another date,
// one that is renumbered.
func (w *World) turmoil(a *Account) {
	r := Stream(w.script.Seed, "turmoil", a.Index)
	a.book(r, 4, intertest.Entry{})
	a.change(w.line(a, 3), func(s intertest.Seq) { a.Bank.SetDescription(s, "texto novo") })
	moving := w.line(a, 5)
	a.change(moving, func(s intertest.Seq) { a.Bank.SetDate(s, bankday.After(moving.Row.Date)) })
	a.change(w.line(a, 6), a.Bank.Renumber)
}

// lie makes the balances wrong from a day on.
func (w *World) lie(a *Account, from statement.Date, by statement.Cents) {
	a.off[from] = by
	a.Bank.SetBalanceOffset(from, by)
}

// doubted leaves out an entry while the balance of its day says neither that it
// is gone nor that it is not.
func (x *Stage) doubted() {
	l := x.w.line(x.a, 5)
	s, _ := x.a.Bank.Find(l.Row.BankID)
	x.a.Bank.Omit(s, -1)
	x.w.lie(x.a, l.Row.Date, 77)
	l.touched = true
}

// believed takes doubted back.
func (x *Stage) believed() {
	for _, l := range x.a.lines {
		if l.touched {
			s, _ := x.a.Bank.Find(l.Row.BankID)
			x.a.Bank.Omit(s, 0)
			x.w.lie(x.a, l.Row.Date, 0)
		}
	}
}

// crowd names accounts so that all but the last fall on one shard of the index.
func (x *Stage) crowd(n int) {
	for i, a := range x.w.accounts {
		if a.profile = (intertest.Profile{}); i >= n {
			continue
		}
		for k := 0; shardOf(a.Ref) != 3; k++ {
			x.become(a, statement.AccountID(fmt.Sprintf("account-%d-%d", i, k)))
		}
	}
}

// shardOf is what store/doc.go says of enabled_shard: FNV-1a of 32 bits.
func shardOf(ref statement.Ref) int {
	h := uint32(2166136261)
	for _, c := range []byte(string(ref.Tenant) + "#" + string(ref.Account)) {
		h = (h ^ uint32(c)) * 16777619
	}
	return int(h % store.Shards)
}

// bulk adds so many items to a statement that one message cannot erase them.
func (w *World) bulk(a *Account, n int) {
	client := w.dynamoClient()
	for from := 0; from < n; from += 25 {
		var all []types.WriteRequest
		for i := from; i < min(from+25, n); i++ {
			all = append(all, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{
				"PK": &types.AttributeValueMemberS{Value: w.statementPK(a.Ref)},
				"SK": &types.AttributeValueMemberS{Value: fmt.Sprintf("RUN#20260101T000000000Z-%016x", i)},
			}}})
		}
		_, err := client.BatchWriteItem(context.Background(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{tableName: all}})
		w.must(err)
	}
}
