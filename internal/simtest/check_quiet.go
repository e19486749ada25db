package simtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// checkQuiet is what must hold after a quiet time: everything.
func (w *World) checkQuiet() {
	depths, _ := w.cloud.Depths()
	w.check(quietQueue, depths[syncQueue].Total() == 0, "%+v messages are still on the queue", depths[syncQueue])
	w.checkDeadLetters()
	for _, a := range w.accounts {
		w.checkQuietAccount(a)
		w.poll(a, 100)
		w.checkSecondSync(a)
	}
	w.checkErased()
	w.checkTable()
}

func (w *World) checkQuietAccount(a *Account) {
	a.memory.partition = 0
	w.checkAccount(a)
	l, there := w.ledgerOf(a)
	if !there {
		w.check(quietActive, false, "%s is not there", a.Ref)
		return
	}
	w.check(quietActive, l.head.Text("integration_status") == string(statement.Active) && !l.head.Has("failure_code"),
		"%s is %s, %s", a.Ref, l.head.Text("integration_status"), l.head.Text("failure_code"))
	w.checkPair(a, l)
	diff := a.difference(l)
	w.check(quietTruth, diff == "", "%s: %s", a.Ref, diff)
	last := string(bankday.LastNotAfter(w.lastThrough))
	problem := ""
	if l.head.Text("read_through") != string(w.lastThrough) || l.head.Text("proven_through") != last {
		problem = fmt.Sprintf("read through %s and proven through %s, want %s and %s; unproven from %q by %d, open from %q, last outcome %s",
			l.head.Text("read_through"), l.head.Text("proven_through"), w.lastThrough, last, l.head.Text("unproven_from"),
			l.head.Int("difference_cents"), l.head.Text("open_from"), l.head.Map("last_run").Text("outcome"))
	}
	for _, d := range l.days {
		truth := int64(a.Bank.BalanceAt(statement.Date(d.date)))
		if d.date <= last && (d.status != string(statement.DayProven) || d.balance == nil || *d.balance != truth) {
			problem = fmt.Sprintf("day %s is %s with %s cents, the bank says %d", d.date, d.status, show(d.balance), truth)
		}
	}
	w.check(quietProven, problem == "", "%s: %s", a.Ref, problem)
}

// difference compares the booked entries with the bank's lines; "" is none.
func (a *Account) difference(l ledger) string {
	covered, read := statement.Date(l.head.Text("covered_from")), statement.Date(l.head.Text("read_through"))
	want := map[int64]*Line{}
	for _, line := range a.lines {
		if !line.Gone && line.Row.Date >= covered && statement.DateOf(line.Row.BookedAt) <= read {
			want[line.Key] = line
		}
	}
	var diff []string
	for _, e := range l.entries {
		line := want[e.key]
		switch {
		case line == nil && e.booked():
			diff = append(diff, fmt.Sprintf("entry %s of %s over %d is not at the bank", e.id, e.date, e.amount))
		case line == nil:
		case !e.booked():
			diff = append(diff, fmt.Sprintf("entry %s is %s, the bank has it", e.id, e.status))
		default:
			if why := line.differs(e); why != "" {
				diff = append(diff, fmt.Sprintf("entry %s: %s", e.id, why))
			}
		}
		delete(want, e.key)
	}
	for _, line := range want {
		diff = append(diff, fmt.Sprintf("the bank's line of %s over %s (%s) is no entry", line.Row.Date, line.Row.Amount, line.Row.Description))
	}
	slices.Sort(diff)
	return strings.Join(diff[:min(len(diff), 5)], "; ")
}

// differs says in what an entry is not what the bank says now.
func (l *Line) differs(e *entryItem) string {
	switch r := l.Row; {
	case e.amount != int64(r.Amount):
		return fmt.Sprintf("amount %d, at the bank %d", e.amount, r.Amount)
	case e.date != string(r.Date):
		return fmt.Sprintf("date %s, at the bank %s", e.date, r.Date)
	case e.text != r.Description:
		return fmt.Sprintf("text %q, at the bank %q", e.text, r.Description)
	case e.kind != r.Type || e.operation != string(r.Operation) || e.title != r.Title:
		return "type, operation or title differ"
	case r.BankID != "" && !slices.Contains(e.ids, r.BankID):
		return "it has not the bank's id"
	}
	return ""
}

// checkSecondSync asks again for what is there: a covered day costs one look,
// and a sync that reads everything again changes nothing.
func (w *World) checkSecondSync(a *Account) {
	run := func(reason statement.Reason) *Process {
		m := w.message(a.Ref, reason)
		m.Through = w.lastThrough
		var err error
		p := w.Start("second sync "+a.Ref.String(), a.Ref, nil, nil, func(ctx context.Context) { err = w.batch.Sync.Sync(ctx, m) })
		p.Finish()
		w.count(func(f *Figures) { f.Syncs++ })
		w.countReached(p)
		w.check(writesNothing, err == nil && p.crashed == nil, "%s: %s: %v %v", a.Ref, reason, err, p.crashed)
		return p
	}
	run(statement.ReasonSchedule) // may still warn of a certificate
	p := run(statement.ReasonSchedule)
	w.check(oneLook, len(p.Effects()) == 1 && p.Effects()[0].Operation == "GetItem", "%s: a covered day costs %v", a.Ref, p.Effects())
	before := w.digest(a.Ref)
	run(statement.ReasonManual)
	w.check(writesNothing, before == w.digest(a.Ref), "%s: reading the same again changes the statement", a.Ref)
}

// digest is of an account's entries, days and feed.
func (w *World) digest(ref statement.Ref) string {
	h := sha256.New()
	for item := range w.table.Partition(tableName, w.statementPK(ref)) {
		if !strings.HasPrefix(item.SK(), "RUN#") {
			_, _ = io.WriteString(h, item.JSON())
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// checkDeadLetters: what ended there was no message, or killed its process
// every time.
func (w *World) checkDeadLetters() {
	poison := 0
	for _, m := range w.lambda.deadLettersNow() {
		if m.MessageAttributes["reason"].StringValue != nil {
			poison++ // put there by the function, which may put it there twice
			continue
		}
		w.check(deadExplained, w.lambda.lost[*m.MessageId] > 0, "a message is in the dead-letter queue, and no process that had it was lost: %s", *m.Body)
	}
	w.check(deadExplained, poison >= w.lambda.poisoned, "%d of %d bodies that are no message are in the dead-letter queue", poison, w.lambda.poisoned)
}

// checkErased: of an erased account a tombstone and records of runs are left.
func (w *World) checkErased() {
	for _, ref := range w.erased {
		head, there := w.headItem(ref)
		w.check(erasedGone, !there || head.Has("erased_at"), "%s is no tombstone", ref)
		for item := range w.table.Partition(tableName, w.statementPK(ref)) {
			w.check(erasedGone, strings.HasPrefix(item.SK(), "RUN#"), "%s was erased and has %s", ref, item.SK())
		}
		_, err := w.vault.Load(context.Background(), ref)
		w.check(erasedGone, errors.Is(err, statement.ErrNotFound), "%s was erased and its secret is there: %v", ref, err)
	}
}

// checkTable looks at everything once more.
func (w *World) checkTable() {
	for item := range w.table.Each(tableName) {
		found := w.journal.find([]byte(item.JSON()))
		w.check(noSecret, found == "", "item %s %s holds %s", item.PK(), item.SK(), found)
	}
	faults := w.table.Faults()
	w.check(wellFormed, len(faults) == 0, "DynamoDB refused: %v", faults)
}
