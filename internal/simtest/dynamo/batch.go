package dynamo

import (
	"slices"
	"strings"
)

// What one batch may hold.
const (
	maxBatchGet   = 100
	maxBatchWrite = 25
	maxBatchBytes = 16 << 20
)

const duplicates = "Provided list of item keys contains duplicates"

// left returns how many of n keys are to be left to the caller.
func (db *DB) left(operation string, n int) int {
	if db.options.Unprocessed == nil {
		return 0
	}
	return max(0, min(n, db.options.Unprocessed(operation, n)))
}

// keyed is a key of a batch, and where it leads to.
type keyed struct {
	key  item
	hash string
	sort string
	put  *row // of a put in a BatchWriteItem
}

// sorted puts keys in order, so that answers are the same whatever order they
// were sent in, and refuses one that is there twice.
func sorted(list []keyed) *fault {
	byPlace := func(a, b keyed) int {
		if c := strings.Compare(a.hash, b.hash); c != 0 {
			return c
		}
		return strings.Compare(a.sort, b.sort)
	}
	slices.SortFunc(list, byPlace)
	for i := 1; i < len(list); i++ {
		if byPlace(list[i-1], list[i]) == 0 {
			return invalid(duplicates)
		}
	}
	return nil
}

// batchTable is what a BatchGetItem asks of one table.
type batchTable struct {
	reading
	name  string
	keys  []keyed
	table *table
}

func (db *DB) batchGetItem(d *decoder) ([]byte, *fault) {
	var capacity string
	var asked []*batchTable
	n := 0
	d.object(func(name string) {
		switch name {
		case "RequestItems":
			d.object(func(table string) {
				b := &batchTable{name: table}
				d.object(func(name string) {
					if name == "Keys" {
						d.array(func() { b.keys = append(b.keys, keyed{key: d.item()}) })
						return
					}
					d.reading("BatchGetItem", name, &b.reading)
				})
				n += len(b.keys)
				asked = append(asked, b)
			})
		case "ReturnConsumedCapacity":
			capacity = d.capacity(name)
		default:
			d.unknown("BatchGetItem", name)
		}
	})
	d.end()
	switch {
	case d.fault != nil:
		return nil, d.fault
	case n == 0:
		return nil, invalid("1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case n > maxBatchGet:
		return nil, invalid("Too many items requested for the BatchGetItem call")
	}
	slices.SortFunc(asked, func(a, b *batchTable) int { return strings.Compare(a.name, b.name) })
	left := db.left("BatchGetItem", n)
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, b := range asked {
		if f := b.prepare(db); f != nil {
			return nil, f
		}
	}
	return db.get(asked, n-left, capacity), nil
}

func (b *batchTable) prepare(db *DB) (f *fault) {
	if b.table, f = db.table(b.name); f != nil {
		return f
	}
	if f = b.parse(db); f != nil {
		return f
	}
	for i, k := range b.keys {
		if f = b.table.keys.checkKey(k.key); f != nil {
			return f
		}
		b.keys[i].hash, b.keys[i].sort, _ = b.table.keys.position(k.key)
	}
	return sorted(b.keys)
}

// get reads up to so many keys, and up to 16 MB; the rest is left.
func (db *DB) get(asked []*batchTable, most int, capacity string) []byte {
	var w, rest writer
	used := make([]units, len(asked))
	bytes := 0
	w.open()
	w.name("Responses")
	w.open()
	rest.open()
	for i, b := range asked {
		var found []string
		var left []keyed
		for _, k := range b.keys {
			r := db.read(b.table, k.hash, k.sort, b.consistent)
			if most == 0 || bytes+r.bytes() > maxBatchBytes {
				left = append(left, k)
				most = 0
				continue
			}
			most--
			bytes += r.bytes()
			used[i].table += readUnits(r.bytes(), b.consistent)
			if r != nil {
				found = append(found, b.shown(r))
			}
		}
		w.name(b.name)
		w.list(len(found), func(i int) { w.buf = append(w.buf, found[i]...) })
		if len(left) > 0 {
			b.unprocessed(&rest, left)
		}
	}
	w.close()
	rest.close()
	w.raw("UnprocessedKeys", string(rest.buf))
	w.allConsumed(capacity, len(asked), func(i int) (*table, units) { return asked[i].table, used[i] })
	w.close()
	return w.buf
}

// unprocessed tells what is left of one table's keys, to be sent as it is.
func (b *batchTable) unprocessed(w *writer, left []keyed) {
	w.name(b.name)
	w.open()
	w.name("Keys")
	w.list(len(left), func(i int) { w.buf = appendItem(w.buf, left[i].key) })
	if b.consistent {
		w.raw("ConsistentRead", "true")
	}
	if b.projects {
		w.text("ProjectionExpression", b.project)
	}
	if len(b.names) > 0 {
		w.name("ExpressionAttributeNames")
		w.open()
		for _, s := range b.names {
			w.text(s.name, s.attribute)
		}
		w.close()
	}
	w.close()
}

// allConsumed writes what was consumed of several tables.
func (w *writer) allConsumed(mode string, n int, of func(i int) (*table, units)) {
	if !counted(mode) {
		return
	}
	w.name("ConsumedCapacity")
	w.list(n, func(i int) {
		t, u := of(i)
		w.consumed(mode, "", t, u)
	})
}
