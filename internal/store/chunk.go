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
	changes []statement.Change // with their positions, which are consecutive
	days    []statement.Day

	room   int // items that may still be added
	units  int // what the transaction will cost
	listed int // bytes of the COMMIT# item
}

// unit is what must not be torn apart: an entry, and with the last one of a
// day the day's item. Either may be alone.
type unit struct {
	changes       []statement.Change // none or one
	days          []statement.Day    // none or one
	units, listed int
}

// plan lays a commit out as transactions: entries by date, each day with its
// last entry, then the days without one. There is always at least one step.
// Positions follow lastSeq. An entry or a day that is named twice, or an item
// that is larger than DynamoDB takes, is an error.
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
	for i := 1; i < len(days); i++ {
		if days[i].Date == days[i-1].Date {
			return nil, fmt.Errorf("day %s is there twice", days[i].Date)
		}
	}
	seen := map[statement.EntryID]bool{}
	var units, quiet []unit // quiet: days without entries
	d := 0
	for i := range changes {
		e := &changes[i].Entry
		if seen[e.ID] {
			return nil, fmt.Errorf("entry %s is there twice", e.ID)
		}
		seen[e.ID] = true
		e.Seq = lastSeq + int64(i) + 1
		n := size(entryItem(ref, *e))
		if n > maxItem {
			return nil, fmt.Errorf("entry %s has %d bytes, more than an item can hold", e.ID, n)
		}
		u := unit{changes: changes[i : i+1], units: writeUnits(n), listed: 1 + sizeOf(changeItem(changes[i]))}
		for ; d < len(days) && days[d].Date < e.Date; d++ {
			quiet = append(quiet, dayUnit(ref, days[d:d+1]))
		}
		lastOfDay := i+1 == len(changes) || changes[i+1].Entry.Date != e.Date
		if lastOfDay && d < len(days) && days[d].Date == e.Date {
			u.days = days[d : d+1]
			u.units += dayUnit(ref, u.days).units
			d++
		}
		units = append(units, u)
	}
	for ; d < len(days); d++ {
		quiet = append(quiet, dayUnit(ref, days[d:d+1]))
	}
	return append(units, quiet...), nil
}

func dayUnit(ref statement.Ref, day []statement.Day) unit {
	return unit{days: day, units: writeUnits(size(dayItem(ref, day[0])))}
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
	items := len(u.changes) + len(u.days)
	listed := t.listed + u.listed
	units := t.units + u.units + writeUnits(listed) - writeUnits(t.listed)
	empty := len(t.changes)+len(t.days) == 0
	if !empty && (items > t.room || units > maxUnits) {
		return false
	}
	t.changes = append(t.changes, u.changes...)
	t.days = append(t.days, u.days...)
	t.room -= items
	t.units, t.listed = units, listed
	return true
}
