package dynamo

func (db *DB) putItem(d *decoder) ([]byte, *fault) { return db.single(d.write(verbPut, false), d) }

func (db *DB) updateItem(d *decoder) ([]byte, *fault) {
	return db.single(d.write(verbUpdate, false), d)
}

func (db *DB) deleteItem(d *decoder) ([]byte, *fault) {
	return db.single(d.write(verbDelete, false), d)
}

// single answers a write of one item.
func (db *DB) single(w *write, d *decoder) ([]byte, *fault) {
	d.end()
	if d.fault != nil {
		return nil, d.fault
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	p, f := db.prepare(w)
	if f == nil {
		f = p.locate()
	}
	if f != nil {
		return nil, f
	}
	if db.held[p.place] {
		return nil, refuse("TransactionConflictException", "Transaction is ongoing for the item")
	}
	old := p.table.row(p.place.hash, p.place.sort)
	now, f := p.try(old)
	if f != nil {
		return nil, f
	}
	cost := db.store(p.table, p.place, old, now)
	var answer writer
	answer.open()
	if text := p.returned(old, now); text != "" {
		answer.raw("Attributes", text)
	}
	if counted(w.capacity) {
		answer.name("ConsumedCapacity")
		answer.consumed(w.capacity, "", p.table, cost)
	}
	answer.close()
	return answer.buf, nil
}

// returned is the item that ReturnValues asks for, as JSON.
func (p *prepared) returned(old, now *row) string {
	of := old
	switch p.returns {
	case "ALL_NEW":
		return now.text
	case "UPDATED_NEW":
		of = now
	case "ALL_OLD", "UPDATED_OLD":
	default:
		return ""
	}
	switch {
	case of == nil:
		return ""
	case p.returns == "ALL_OLD":
		return of.text
	case p.updates == nil:
		return ""
	}
	picked := of.item().pick(resolveAll(p.updates.paths(), p.placeholders))
	if len(picked) == 0 {
		return ""
	}
	return string(appendItem(nil, picked))
}

// getItem reads one item.
func (db *DB) getItem(d *decoder) ([]byte, *fault) {
	var r struct {
		reading
		table, capacity string
		key             item
	}
	d.object(func(name string) {
		switch name {
		case "TableName":
			r.table = d.string()
		case "Key":
			r.key = d.item()
		case "ReturnConsumedCapacity":
			r.capacity = d.capacity(name)
		default:
			d.reading("GetItem", name, &r.reading)
		}
	})
	d.end()
	if d.fault != nil {
		return nil, d.fault
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	t, f := db.table(r.table)
	if f == nil {
		f = r.parse(db)
	}
	if f == nil {
		f = t.keys.checkKey(r.key)
	}
	if f != nil {
		return nil, f
	}
	hash, sort, _ := t.keys.position(r.key)
	found := db.read(t, hash, sort, r.consistent)
	answer := writer{buf: make([]byte, 0, found.bytes()*2+200)}
	answer.open()
	if found != nil {
		answer.raw("Item", r.shown(found))
	}
	if counted(r.capacity) {
		answer.name("ConsumedCapacity")
		answer.consumed(r.capacity, "", t, units{table: readUnits(found.bytes(), r.consistent)})
	}
	answer.close()
	return answer.buf, nil
}

// reading is what requests that read have in common.
type reading struct {
	placeholders
	consistent bool
	project    string
	projects   bool
	projection *projection
}

func (d *decoder) reading(operation, name string, r *reading) {
	switch name {
	case "ConsistentRead":
		r.consistent = d.bool()
	case "ProjectionExpression":
		r.project, r.projects = d.string(), true
	case "ExpressionAttributeNames":
		r.names = d.names()
	default:
		d.unknown(operation, name)
	}
}

// parse understands the projection; more are the request's other expressions.
func (r *reading) parse(db *DB, more ...*parser) (f *fault) {
	if r.projects {
		if r.projection, f = db.projections.get(r.project, parseProjection); f != nil {
			return f
		}
		more = append(more, r.projection.parser)
	}
	if f := r.used(more...); f != nil || !r.projects {
		return f
	}
	return r.projection.check(r.placeholders)
}

// shown is the JSON of a row as the projection leaves it.
func (r *reading) shown(found *row) string {
	if r.projection == nil {
		return found.text
	}
	return string(appendItem(nil, found.item().pick(resolveAll(r.projection.paths, r.placeholders))))
}
