package dynamo

import (
	"slices"
	"strings"
)

// batchWrites is what a BatchWriteItem asks of one table.
type batchWrites struct {
	name   string
	writes []keyed
	table  *table
}

func (db *DB) batchWriteItem(d *decoder) ([]byte, *fault) {
	var capacity string
	var asked []*batchWrites
	n := 0
	d.object(func(name string) {
		switch name {
		case "RequestItems":
			d.object(func(table string) {
				b := &batchWrites{name: table}
				d.array(func() { b.writes = append(b.writes, d.writeRequest()) })
				n += len(b.writes)
				asked = append(asked, b)
			})
		case "ReturnConsumedCapacity":
			capacity = d.capacity(name)
		default:
			d.unknown("BatchWriteItem", name)
		}
	})
	d.end()
	switch {
	case d.fault != nil:
		return nil, d.fault
	case n == 0:
		return nil, invalid("1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1")
	case n > maxBatchWrite:
		return nil, invalid("Too many items requested for the BatchWriteItem call")
	}
	slices.SortFunc(asked, func(a, b *batchWrites) int { return strings.Compare(a.name, b.name) })
	left := db.left("BatchWriteItem", n)
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, b := range asked {
		if f := b.prepare(db); f != nil {
			return nil, f
		}
	}
	return db.writeAll(asked, n-left, capacity), nil
}

// writeRequest reads a put, whose item it keeps as the key until prepare, or a
// delete.
func (d *decoder) writeRequest() (k keyed) {
	members := 0
	d.object(func(name string) {
		members++
		d.object(func(inner string) {
			switch {
			case name == "PutRequest" && inner == "Item":
				k.key, k.put = d.item(), &row{}
			case name == "DeleteRequest" && inner == "Key":
				k.key = d.item()
			default:
				d.unknown("BatchWriteItem", name+"."+inner)
			}
		})
	})
	if d.fault == nil && (members != 1 || k.key == nil) {
		d.fail(invalid("Supplied WriteRequest must hold exactly one PutRequest or DeleteRequest"))
	}
	return k
}

func (b *batchWrites) prepare(db *DB) (f *fault) {
	if b.table, f = db.table(b.name); f != nil {
		return f
	}
	for i := range b.writes {
		k := &b.writes[i]
		if k.put != nil {
			if k.put, f = b.table.make(k.key); f != nil {
				return f
			}
		} else if f = b.table.keys.checkKey(k.key); f != nil {
			return f
		}
		k.hash, k.sort, _ = b.table.keys.position(k.key)
	}
	return sorted(b.writes)
}

// writeAll does up to so many writes, each by itself; the rest is left, and so
// is what a transaction under way holds.
func (db *DB) writeAll(asked []*batchWrites, most int, capacity string) []byte {
	var w, rest writer
	used := make([]units, len(asked))
	rest.open()
	for i, b := range asked {
		var left []keyed
		for _, k := range b.writes {
			at := place{b.name, k.hash, k.sort}
			if most == 0 || db.held[at] {
				left = append(left, k)
				continue
			}
			most--
			used[i].add(db.store(b.table, at, b.table.row(k.hash, k.sort), k.put), 1)
		}
		if len(left) == 0 {
			continue
		}
		rest.name(b.name)
		rest.list(len(left), func(i int) {
			rest.open()
			if left[i].put != nil {
				rest.raw("PutRequest", `{"Item":`+left[i].put.text+`}`)
			} else {
				rest.raw("DeleteRequest", `{"Key":`+string(appendItem(nil, left[i].key))+`}`)
			}
			rest.close()
		})
	}
	rest.close()
	w.open()
	w.raw("UnprocessedItems", string(rest.buf))
	w.allConsumed(capacity, len(asked), func(i int) (*table, units) { return asked[i].table, used[i] })
	w.close()
	return w.buf
}
