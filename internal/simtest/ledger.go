package simtest

import (
	"slices"
	"strings"
	"time"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/statement"
)

// ledger is an account's raw items, read without the store's code.
type ledger struct {
	head    dynamo.Item
	entries []*entryItem
	days    []*dayItem
	commits []*commitItem
	moved   map[string]string // by entry id: the date that MOVED# says
}

type entryItem struct {
	sk, id, date, imported, status  string
	text, kind, operation, title    string
	bankID                          string
	ids                             []string // aliases and bankID
	bookedAt                        string
	key                             int64 // of the line, -1 where booked_at is no instant
	amount, seq, firstSeq, revision int64
}

func (e *entryItem) booked() bool { return e.status == string(statement.Booked) }

type dayItem struct {
	date, status string
	balance      *int64
	entries      int64
}

type commitItem struct {
	sk, run     string
	first, last int64
	changes     []changeItem
}

type changeItem struct {
	seq      int64
	id, date string
}

func (w *World) statementPK(ref statement.Ref) string {
	return "STATEMENT#" + string(ref.Tenant) + "#" + string(ref.Account)
}

func (w *World) headItem(ref statement.Ref) (dynamo.Item, bool) {
	return w.table.Item(tableName, "TENANT#"+string(ref.Tenant), "ACCOUNT#"+string(ref.Account))
}

// ledgerOf reads an account's items; there is false where it is erased, or was
// never created.
func (w *World) ledgerOf(a *Account) (l ledger, there bool) {
	l.head, there = w.headItem(a.Ref)
	if !there || l.head.Has("erased_at") {
		return l, false
	}
	l.moved = map[string]string{}
	now := make(map[dynamo.Raw]any, len(a.memory.items))
	for raw := range w.table.Raw(tableName, w.statementPK(a.Ref)) {
		item, known := a.memory.items[raw]
		if !known {
			item = takeApart(raw.Item())
		}
		now[raw] = item
		switch item := item.(type) {
		case *entryItem:
			l.entries = append(l.entries, item)
		case *dayItem:
			l.days = append(l.days, item)
		case *commitItem:
			l.commits = append(l.commits, item)
		case [2]string:
			l.moved[item[0]] = item[1]
		}
	}
	a.memory.items = now
	return l, true
}

func takeApart(i dynamo.Item) any {
	kind, _, _ := strings.Cut(i.SK(), "#")
	switch kind {
	case "ENTRY":
		e := &entryItem{sk: i.SK(), id: i.Text("id"), date: i.Text("date"), imported: i.Text("imported_at"), status: i.Text("status"),
			text: i.Text("description"), kind: i.Text("type"), operation: i.Text("operation"), title: i.Text("title"), bankID: i.Text("bank_id"),
			bookedAt: i.Text("booked_at"), key: -1,
			amount: i.Int("amount_cents"), seq: i.Int("seq"), firstSeq: i.Int("first_seq"), revision: i.Int("revision")}
		e.ids = append(slices.Clone(i.Texts("aliases")), e.bankID)
		if at, err := time.Parse(time.RFC3339, e.bookedAt); err == nil {
			e.key = at.UnixMilli()
		}
		return e
	case "DAY":
		d := &dayItem{date: i.Text("date"), status: i.Text("status"), entries: i.Int("entries")}
		if i.Has("balance_cents") {
			balance := i.Int("balance_cents")
			d.balance = &balance
		}
		return d
	case "COMMIT":
		c := &commitItem{sk: i.SK(), run: i.Text("run"), first: i.Int("first_seq"), last: i.Int("last_seq")}
		for _, m := range i.Maps("changes") {
			c.changes = append(c.changes, changeItem{m.Int("seq"), m.Text("id"), m.Text("date")})
		}
		return c
	case "MOVED":
		return [2]string{i.Text("id"), i.Text("date")}
	}
	return nil
}
