package dynamo

import (
	"slices"
	"strings"
)

const (
	maxTransaction      = 100
	maxTransactionBytes = 4 << 20
)

// transaction is a TransactWriteItems.
type transaction struct {
	token, capacity string
	writes          []*write

	ready []*prepared
	old   []*row
	now   []*row
}

func (d *decoder) transaction() *transaction {
	t := &transaction{}
	d.object(func(name string) {
		switch name {
		case "ClientRequestToken":
			t.token = d.string()
		case "ReturnConsumedCapacity":
			t.capacity = d.capacity(name)
		case "TransactItems":
			d.array(func() {
				before := len(t.writes)
				d.object(func(name string) {
					switch v := verb(name); v {
					case verbPut, verbUpdate, verbDelete, verbCheck:
						t.writes = append(t.writes, d.write(v, true))
					default:
						d.unknown("TransactWriteItem", name)
					}
				})
				if d.fault == nil && len(t.writes) != before+1 {
					d.fail(invalid("TransactItems can only contain one of Check, Put, Update or Delete"))
				}
			})
		default:
			d.unknown("TransactWriteItems", name)
		}
	})
	d.end()
	return t
}

func (db *DB) transactWriteItems(d *decoder) ([]byte, *fault) {
	t := d.transaction()
	if d.fault != nil {
		return nil, d.fault
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if f := t.prepare(db); f != nil {
		return nil, f
	}
	now := db.options.Clock()
	m, f := db.tokens.begin(t.token, t.digest(), now)
	if f != nil {
		return nil, f
	}
	if m != nil { // done before
		return t.answer(m.replay, "ReadCapacityUnits"), nil
	}
	used, f := t.run(db)
	if f != nil {
		db.tokens.forget(t.token)
		return nil, f
	}
	db.tokens.done(t.token, t.reads(), db.options.Clock())
	return t.answer(used, "WriteCapacityUnits"), nil
}

// prepare wants all that does not depend on what is stored to be right.
func (t *transaction) prepare(db *DB) *fault {
	switch {
	case len(t.writes) == 0 || len(t.writes) > maxTransaction:
		return invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and %d", maxTransaction)
	case len(t.token) > 36:
		return invalid("1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36")
	}
	bytes := 0
	seen := map[place]bool{}
	for _, w := range t.writes {
		p, f := db.prepare(w)
		if f == nil && w.verb == verbCheck && !w.has.condition || f == nil && w.verb == verbUpdate && !w.has.update {
			f = invalid("1 validation error detected: an expression of %s must not be null", w.verb)
		}
		if f == nil {
			if f = p.locate(); f != nil && !f.ofRequest {
				p.wrong, f = f, nil // told among the reasons
			}
		}
		if f != nil {
			return f
		}
		if seen[p.place] && p.place.table != "" {
			return invalid("Transaction request cannot include multiple operations on one item")
		}
		seen[p.place] = true
		bytes += p.row.bytes()
		t.ready = append(t.ready, p)
	}
	if bytes > maxTransactionBytes {
		return invalid("Collection size of items exceeded, which can also be caused by the aggregate size of the items in the transaction exceeding the 4MB limit")
	}
	return nil
}

// tableUnits is what a transaction consumes of one table.
type tableUnits struct {
	table *table
	units units
}

// run does the transaction, or finds out why not. Unlike everything else it
// may give the lock away for moments: its items are held then.
func (t *transaction) run(db *DB) ([]tableUnits, *fault) {
	reasons := make([]reason, len(t.ready))
	refused := false
	for i, p := range t.ready {
		old := p.table.row(p.place.hash, p.place.sort)
		t.old = append(t.old, old)
		now, r, f := t.attempt(db, p, old)
		if f != nil {
			return nil, f
		}
		t.now = append(t.now, now)
		reasons[i] = r
		refused = refused || r.code != "None"
	}
	if refused {
		return nil, cancelled(reasons)
	}
	t.hold(db, true)
	defer t.hold(db, false)
	var used []tableUnits
	done, of := 0, t.count()
	for i, p := range t.ready {
		cost := db.store(p.table, p.place, t.old[i], t.now[i])
		used = plus(used, p.table, cost, 2)
		if p.verb == verbCheck {
			continue
		}
		if done++; done < of && db.options.Between != nil {
			db.between(done, of)
		}
	}
	return used, nil
}

// between gives the lock away for a call of Options.Between, however it ends.
func (db *DB) between(done, of int) {
	db.mu.Unlock()
	defer db.mu.Lock()
	db.options.Between(done, of)
}

// attempt says what a write would leave, or why not. The fault is the whole
// transaction's.
func (t *transaction) attempt(db *DB, p *prepared, old *row) (*row, reason, *fault) {
	if p.wrong != nil {
		return nil, reason{code: "ValidationError", message: p.wrong.message}, nil
	}
	if db.held[p.place] {
		return nil, reason{code: "TransactionConflict", message: "Transaction is ongoing for the item"}, nil
	}
	now, f := p.try(old)
	switch {
	case f == nil:
		return now, reason{code: "None"}, nil
	case f.ofRequest:
		return nil, reason{}, f
	case f.kind == "ConditionalCheckFailedException":
		return nil, reason{code: "ConditionalCheckFailed", message: f.message, item: f.item}, nil
	}
	return nil, reason{code: "ValidationError", message: f.message}, nil
}

func (t *transaction) hold(db *DB, held bool) {
	for _, p := range t.ready {
		if held {
			db.held[p.place] = true
		} else {
			delete(db.held, p.place)
		}
	}
}

// count is the number of items that are written.
func (t *transaction) count() (n int) {
	for _, p := range t.ready {
		if p.verb != verbCheck {
			n++
		}
	}
	return n
}

// reads is what a repetition of the transaction consumes: it reads the items.
func (t *transaction) reads() (all []tableUnits) {
	for i, p := range t.ready {
		bytes := max(t.old[i].bytes(), t.now[i].bytes())
		all = plus(all, p.table, units{table: readUnits(bytes, true)}, 2)
	}
	return all
}

func plus(all []tableUnits, t *table, u units, times float64) []tableUnits {
	i := slices.IndexFunc(all, func(one tableUnits) bool { return one.table == t })
	if i < 0 {
		i = len(all)
		all = append(all, tableUnits{table: t})
	}
	all[i].units.add(u, times)
	return all
}

func (t *transaction) answer(used []tableUnits, side string) []byte {
	var w writer
	w.open()
	if counted(t.capacity) {
		slices.SortFunc(used, func(a, b tableUnits) int { return strings.Compare(a.table.name, b.table.name) })
		w.name("ConsumedCapacity")
		w.list(len(used), func(i int) { w.consumed(t.capacity, side, used[i].table, used[i].units) })
	}
	w.close()
	return w.buf
}
