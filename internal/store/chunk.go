package store

import (
	"cmp"
	"fmt"
	"slices"

	"extrato/internal/statement"
)

// What one transaction may hold. DynamoDB allows 100 items and 4 MB, of at
// most 400 KB each. All of ours lie in one partition, which gives 1,000 write
// units a second; a transaction that asks for more at once might never be let
// through, so ours end at 800 units, which is 400 KB. A single entry may be
// larger than that, with its day.
const (
	maxOps   = 100
	maxUnits = 800
)

// step is one transaction of a commit. It leaves the statement consistent by
// itself.
type step struct {
	changes []statement.Change // those that take a position have it, consecutively
	days    []statement.Day

	room   int // items that may still be added
	units  int // what the transaction will cost
	listed int // bytes of the COMMIT# item
}

// told returns the changes that take a position of the feed.
func (t *step) told() []statement.Change {
	list := make([]statement.Change, 0, len(t.changes))
	for _, c := range t.changes {
		if c.Kind != statement.Noted {
			list = append(list, c)
		}
	}
	return list
}

// unit is what must not be torn apart: an entry, with all that its move takes,
// and the items of the days that it is the last to touch. Either may be alone.
type unit struct {
	changes              []statement.Change // none or one
	days                 []statement.Day
	items, units, listed int
}

// add puts a day into the unit.
func (u *unit) add(ref statement.Ref, d statement.Day) {
	u.days = append(u.days, d)
	u.items++
	u.units += writeUnits(size(dayItem(ref, d)))
}

// moved reports whether the entry was kept under another date.
func moved(c statement.Change) bool {
	return c.Kind != statement.Added && c.Moved != "" && c.Moved != c.Entry.Date
}

// plan lays a commit out as transactions: entries by date, each day with the
// last entry that comes to it or leaves it, then the days without one. There is
// always at least one step. Positions follow lastSeq. An entry or a day that is
// named twice, or an item that is larger than DynamoDB takes, is an error.
//
// Items are encoded here for their size only, and again when their step is
// sent: ten thousand of them are not held at once.
func plan(ref statement.Ref, lastSeq int64, c statement.Commit) ([]step, error) {
	units, err := unitsOf(ref, lastSeq, c)
	if err != nil {
		return nil, err
	}
	all := []step{newStep(c.BankAccount != "")}
	for _, u := range units {
		if !all[len(all)-1].take(u) {
			all = append(all, newStep(false))
			all[len(all)-1].take(u)
		}
	}
	return all, nil
}

func unitsOf(ref statement.Ref, lastSeq int64, c statement.Commit) ([]unit, error) {
	changes, days := slices.Clone(c.Changes), slices.Clone(c.Days)
	slices.SortStableFunc(changes, func(a, b statement.Change) int { return cmp.Compare(a.Entry.Date, b.Entry.Date) })
	slices.SortFunc(days, func(a, b statement.Day) int { return cmp.Compare(a.Date, b.Date) })
	if err := numbered(changes, lastSeq); err != nil {
		return nil, err
	}
	units := make([]unit, len(changes), len(changes)+len(days))
	last := map[statement.Date]int{} // the last unit to touch a day
	for i, change := range changes {
		u, err := entryUnit(ref, change)
		if err != nil {
			return nil, err
		}
		units[i] = u
		last[change.Entry.Date] = i
		if moved(change) {
			last[change.Moved] = i
		}
	}
	for i, d := range days {
		if i > 0 && d.Date == days[i-1].Date {
			return nil, fmt.Errorf("day %s is there twice", d.Date)
		}
		at, touched := last[d.Date]
		if !touched {
			at = len(units)
			units = append(units, unit{})
		}
		units[at].add(ref, d)
	}
	return units, nil
}

// numbered gives the changes their positions. The first one of an entry is kept
// on it for good.
func numbered(changes []statement.Change, seq int64) error {
	seen := map[statement.EntryID]bool{}
	for i := range changes {
		e := &changes[i].Entry
		if seen[e.ID] {
			return fmt.Errorf("entry %s is there twice", e.ID)
		}
		seen[e.ID] = true
		switch changes[i].Kind {
		case statement.Noted:
			continue
		case statement.Added, statement.Modified, statement.Gone:
		default:
			return fmt.Errorf("entry %s: a change of kind %q", e.ID, changes[i].Kind)
		}
		seq++
		e.Seq = seq
		if changes[i].Kind == statement.Added {
			e.FirstSeq = seq
		}
	}
	return nil
}

func entryUnit(ref statement.Ref, c statement.Change) (unit, error) {
	n := size(entryItem(ref, c.Entry))
	if n > maxItem {
		return unit{}, fmt.Errorf("entry %s has %d bytes, more than an item can hold", c.Entry.ID, n)
	}
	u := unit{changes: []statement.Change{c}, items: 1, units: writeUnits(n)}
	if c.Kind != statement.Noted {
		u.listed = 1 + sizeOf(changeItem(c))
	}
	if moved(c) { // deleted there, put here, and where it is
		u.items = 3
		u.units += writeUnits(n) + writeUnits(0)
	}
	return u, nil
}

// listOverhead is more than a COMMIT# item holds besides its changes.
const listOverhead = 300

// newStep counts what a step has besides entries and days: the head, the
// COMMIT#, and in the first one perhaps the claim on a bank account.
func newStep(claims bool) step {
	t := step{room: maxOps - 2, units: writeUnits(0) + writeUnits(listOverhead), listed: listOverhead}
	if claims {
		t.room--
		t.units += writeUnits(0)
	}
	return t
}

// take adds a unit, if there is room for it. An empty step takes any.
func (t *step) take(u unit) bool {
	listed := t.listed + u.listed
	units := t.units + u.units + writeUnits(listed) - writeUnits(t.listed)
	empty := len(t.changes)+len(t.days) == 0
	if !empty && (u.items > t.room || units > maxUnits) {
		return false
	}
	t.changes = append(t.changes, u.changes...)
	t.days = append(t.days, u.days...)
	t.room -= u.items
	t.units, t.listed = units, listed
	return true
}
