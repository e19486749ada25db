package simtest

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// feed is an ERP that follows an account's feed, and what it holds.
type feed struct {
	after int64
	held  map[statement.EntryID]statement.Entry
}

// checkFeedItems looks at the COMMIT# items as the schema tells them.
func (w *World) checkFeedItems(a *Account, l ledger) {
	next, hole, lost := int64(1), "", ""
	entries := map[string]string{} // by id: the date it is under
	seqs := map[string]int64{}
	for _, e := range l.entries {
		entries[e.id], seqs[e.id] = e.date, e.seq
	}
	latest := map[string]int64{}
	for _, c := range l.commits {
		if c.first != next || c.last != next+int64(len(c.changes))-1 || c.sk != fmt.Sprintf("COMMIT#%016d", c.last) {
			hole = fmt.Sprintf("%s holds %d…%d where %d comes next", c.sk, c.first, c.last, next)
		}
		for i, change := range c.changes {
			if change.seq != c.first+int64(i) {
				hole = fmt.Sprintf("%s has position %d at %d", c.sk, change.seq, c.first+int64(i))
			}
			latest[change.id] = change.seq
			here, there := entries[change.id]
			if !there || here != change.date && l.moved[change.id] != here {
				lost = fmt.Sprintf("position %d names entry %s under %s, it is under %q, moved to %q", change.seq, change.id, change.date, here, l.moved[change.id])
			}
		}
		next = c.last + 1
	}
	if hole == "" && next-1 != l.head.Int("last_seq") {
		hole = fmt.Sprintf("it ends at %d, the head says %d", next-1, l.head.Int("last_seq"))
	}
	for id, seq := range seqs {
		if latest[id] != seq {
			lost = fmt.Sprintf("entry %s is at position %d, its last one in the feed is %d", id, seq, latest[id])
		}
	}
	w.check(feedWhole, hole == "", "%s: %s", a.Ref, hole)
	w.check(feedReadable, lost == "", "%s: %s", a.Ref, lost)
}

// pollSometimes lets the reader come by at one change in three.
func (w *World) pollSometimes(a *Account, l ledger) {
	if w.rand.IntN(3) == 0 {
		w.poll(a, 1+w.rand.IntN(200))
	}
}

// poll reads the feed to its end, by store.Changes as the API does.
func (w *World) poll(a *Account, limit int) {
	for more := true; more; {
		changes, next, again, err := w.store.Changes(context.Background(), a.Ref, a.feed.after, limit)
		if err != nil {
			w.check(readerHolds, false, "%s: the feed after %d cannot be read: %v", a.Ref, a.feed.after, err)
			return
		}
		for _, c := range changes {
			a.feed.held[c.Entry.ID] = c.Entry
		}
		a.feed.after, more = next, again
	}
	l, there := w.ledgerOf(a)
	if !there {
		return
	}
	problem := ""
	if len(l.entries) != len(a.feed.held) || a.feed.after != l.head.Int("last_seq") {
		problem = fmt.Sprintf("it holds %d entries at %d, the table %d at %d", len(a.feed.held), a.feed.after, len(l.entries), l.head.Int("last_seq"))
	}
	for _, e := range l.entries {
		h := a.feed.held[statement.EntryID(e.id)]
		if int64(h.Amount) != e.amount || string(h.Status) != e.status || string(h.Date) != e.date ||
			h.Description != e.text || int64(h.Revision) != e.revision || h.BankID != e.bankID || h.Seq != e.seq {
			problem = fmt.Sprintf("of %s it holds %s %s %s, the table says %s %d %s", e.id, h.Date, h.Amount, h.Status, e.date, e.amount, e.status)
		}
	}
	w.check(readerHolds, problem == "", "%s: the reader: %s", a.Ref, problem)
}
