package simtest

import (
	"fmt"
	"maps"
	"slices"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/statement"
)

// memory is what a checker remembers of an account.
type memory struct {
	partition   uint64 // version of what was looked at
	head        uint64
	entries     map[string]sighting
	items       map[dynamo.Raw]any // taken apart
	readThrough string
	version     int64
	lastSeq     int64
	lastRun     string
}

// sighting is how an entry was last seen.
type sighting struct {
	key      int64
	revision int64
	seq      int64
	imported string
	gone     bool
}

// reset forgets everything: the account is a new one.
func (a *Account) reset() {
	a.memory = memory{entries: map[string]sighting{}}
	a.feed = feed{held: map[statement.EntryID]statement.Entry{}}
}

// checkAccount holds an account's items against the bank's truth and against
// what was there before, where anything changed.
func (w *World) checkAccount(a *Account) {
	partition := w.table.Version(tableName, w.statementPK(a.Ref))
	head := w.table.Version(tableName, "TENANT#"+string(a.Ref.Tenant))
	if partition == a.memory.partition && head == a.memory.head {
		return
	}
	a.memory.partition, a.memory.head = partition, head
	l, there := w.ledgerOf(a)
	if !there {
		return
	}
	w.checkEntries(a, l)
	w.checkFeedItems(a, l)
	w.checkHead(a, l)
	w.checkState(a, l)
	w.pollSometimes(a, l)
}

// checkEntries looks at every entry by itself.
func (w *World) checkEntries(a *Account, l ledger) {
	seen := map[int64]string{}
	now := make(map[string]sighting, len(l.entries))
	problems := [4]string{}
	note := func(i int, format string, args ...any) {
		if problems[i] == "" {
			problems[i] = fmt.Sprintf(format, args...)
		}
	}
	for _, e := range l.entries {
		if e.sk != "ENTRY#"+e.date+"#"+e.id {
			note(1, "entry %s of %s is under %s", e.id, e.date, e.sk)
		}
		line := a.byKey[e.key]
		if line == nil {
			note(1, "entry %s, included %s, is no line of the bank's", e.id, e.bookedAt)
			continue
		}
		if other, twice := seen[line.Key]; twice {
			note(0, "entries %s and %s are the bank's one line of %s over %s", other, e.id, line.Row.Date, line.Row.Amount)
		}
		seen[line.Key] = e.id
		if why := line.denies(e); why != "" {
			note(1, "entry %s: %s", e.id, why)
		}
		now[e.id] = sighting{line.Key, e.revision, e.seq, e.imported, !e.booked()}
		if !e.booked() && !a.memory.entries[e.id].gone && !line.mayBeGone(w.today()) {
			note(3, "entry %s was withdrawn; the bank took it back on %q and gave it again on %q", e.id, line.goneOn, line.backOn)
		}
	}
	for id, was := range a.memory.entries {
		is, there := now[id]
		if !there {
			note(2, "entry %s is gone", id)
		} else if is.key != was.key || is.revision < was.revision || is.seq < was.seq || is.imported != was.imported {
			note(2, "entry %s was %+v and is %+v", id, was, is)
		}
	}
	a.memory.entries = now
	w.check(once, problems[0] == "", "%s: %s", a.Ref, problems[0])
	w.check(nothingInvent, problems[1] == "", "%s: %s", a.Ref, problems[1])
	w.check(stableIDs, problems[2] == "", "%s: %s", a.Ref, problems[2])
	w.check(withdrawnRightly, problems[3] == "", "%s: %s", a.Ref, problems[3])
}

// mayBeGone reports whether two run dates can have missed the line.
func (l *Line) mayBeGone(today statement.Date) bool {
	return l.goneOn != "" && today > l.goneOn && (l.Gone || l.backOn == today)
}

// denies says what an entry tells that the bank never said of the line.
func (l *Line) denies(e *entryItem) string {
	for _, id := range e.ids {
		if id != "" && !l.ids[id] {
			return "it has the id " + id + ", which the bank never gave it"
		}
	}
	switch {
	case !l.amounts[statement.Cents(e.amount)]:
		return fmt.Sprintf("its amount was never %d", e.amount)
	case !l.dates[statement.Date(e.date)]:
		return "its date was never " + e.date
	case e.text != "" && !l.texts[e.text]:
		return "its text was never " + e.text
	}
	return ""
}

// checkHead holds the head against the items, and what is called proven
// against the sum of entries and the bank.
func (w *World) checkHead(a *Account, l ledger) {
	var total int64
	for _, e := range l.entries {
		if e.booked() {
			total += e.amount
		}
	}
	w.check(sumAgrees, total == l.head.Int("total_cents"), "%s: the head's total is %d, its entries sum up to %d", a.Ref, l.head.Int("total_cents"), total)
	m := &a.memory
	version, seq, read, run := l.head.Int("version"), l.head.Int("last_seq"), l.head.Text("read_through"), l.head.Map("last_run").Text("id")
	w.check(forward, version >= m.version && seq >= m.lastSeq && read >= m.readThrough,
		"%s: the head went back from version %d, position %d, read through %q to %d, %d, %q", a.Ref, m.version, m.lastSeq, m.readThrough, version, seq, read)
	newRun := run != m.lastRun
	m.version, m.lastSeq, m.readThrough, m.lastRun = version, seq, read, run
	// A commit that was cut off between two transactions has its days still to
	// make: the last positions are of a run that the head does not name yet.
	if n := len(l.commits); n > 0 && l.commits[n-1].run > run {
		return
	}
	w.checkProven(a, l)
	if newRun && !a.moving && l.head.Map("last_run").Text("outcome") == string(statement.OutcomeProven) {
		day := statement.Date(l.head.Text("proven_through"))
		told := a.told(day)
		w.check(provenIsTold, day != "" && l.head.Int("balance_cents") == int64(told), "%s: proven through %s with %d, the bank tells %d",
			a.Ref, day, l.head.Int("balance_cents"), told)
	}
}

// checkProven recomputes what is called proven.
func (w *World) checkProven(a *Account, l ledger) {
	through := l.head.Text("proven_through")
	sums, numbers := map[string]int64{}, map[string]int64{}
	for _, e := range l.entries {
		if e.booked() {
			sums[e.date] += e.amount
			numbers[e.date]++
		}
	}
	dates := slices.Sorted(maps.Keys(sums))
	upTo := make([]int64, len(dates)) // the balance at the end of each date
	sum := l.head.Int("opening_cents")
	for i, d := range dates {
		sum += sums[d]
		upTo[i] = sum
	}
	balance := func(day string) int64 {
		i, found := slices.BinarySearch(dates, day)
		switch {
		case found:
			return upTo[i]
		case i > 0:
			return upTo[i-1]
		}
		return l.head.Int("opening_cents")
	}
	problem := ""
	for _, d := range l.days {
		if d.status != string(statement.DayProven) {
			if d.date <= through && d.date >= l.head.Text("covered_from") {
				problem = fmt.Sprintf("day %s is %s, and the head is proven through %s", d.date, d.status, through)
			}
			continue
		}
		switch sum := balance(d.date); {
		case d.date > through:
			problem = fmt.Sprintf("day %s is proven, the head is proven through %q", d.date, through)
		case d.balance == nil || *d.balance != sum || d.entries != numbers[d.date]:
			problem = fmt.Sprintf("day %s is proven with %v cents in %d entries, recomputed %d in %d", d.date, show(d.balance), d.entries, sum, numbers[d.date])
		}
	}
	if through != "" && problem == "" && l.head.Int("balance_cents") != balance(through) {
		problem = fmt.Sprintf("the head's balance at %s is %d, recomputed %d", through, l.head.Int("balance_cents"), balance(through))
	}
	w.check(provenBalances, problem == "", "%s: %s", a.Ref, problem)
	w.check(headReadable, through == "" || through <= l.head.Text("read_through"), "%s: proven through %s, read through %s",
		a.Ref, through, l.head.Text("read_through"))
}

func show(n *int64) string {
	if n == nil {
		return "no"
	}
	return fmt.Sprint(*n)
}
