package dynamo

import (
	"maps"
	"time"
)

// Snapshot is the state of a DB at one moment. It never changes.
type Snapshot struct {
	tables map[string]*table
	tokens tokens
}

// Snapshot returns the state as it is. It costs a few words per partition;
// rows are shared until they are written.
func (db *DB) Snapshot() Snapshot {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.still("Snapshot")
	s := Snapshot{cloneTables(db.tables), db.tokens.clone()}
	db.epoch++
	return s
}

// Restore makes a snapshot of this DB its state again, as often as one likes.
// Faults stay.
func (db *DB) Restore(s Snapshot) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.still("Restore")
	db.tables, db.tokens = cloneTables(s.tables), s.tokens.clone()
	db.epoch++
	db.restored++
}

// still wants no transaction to be under way.
func (db *DB) still(what string) {
	if len(db.held) > 0 {
		panic("dynamo: " + what + " while a transaction is under way")
	}
}

func cloneTables(tables map[string]*table) map[string]*table {
	clone := make(map[string]*table, len(tables))
	for name, t := range tables {
		c := *t
		c.partitions = maps.Clone(t.partitions)
		c.indexes = make([]*index, len(t.indexes))
		for i, x := range t.indexes {
			y := *x
			y.partitions = maps.Clone(x.partitions)
			c.indexes[i] = &y
		}
		clone[name] = &c
	}
	return clone
}

// Sweep deletes what is past its time to live, and returns how many items that
// were. Until it is called they stay readable, as they do for up to days at
// AWS. What a transaction holds stays.
func (db *DB) Sweep(now time.Time) int {
	db.mu.Lock()
	defer db.mu.Unlock()
	n := 0
	for _, name := range sortedKeys(db.tables) {
		t := db.tables[name]
		for _, hash := range sortedKeys(t.partitions) {
			for _, r := range append([]*row(nil), t.partitions[hash].rows...) {
				at := place{name, hash, r.sort}
				if r.expires != 0 && r.expires < now.Unix() && !db.held[at] {
					db.store(t, at, r, nil)
					n++
				}
			}
		}
	}
	return n
}
