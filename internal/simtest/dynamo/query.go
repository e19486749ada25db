package dynamo

import "slices"

// maxPage is how much of a table one query looks at.
const maxPage = 1 << 20

// query is a request to read rows of one partition.
type query struct {
	reading
	table, index, capacity, selects string
	keys, filter                    string
	filters                         bool
	backwards                       bool
	limit                           int // 0 = none
	start                           item

	conditions, filtering *condition
}

func (d *decoder) query() *query {
	q := &query{}
	d.object(func(name string) {
		switch name {
		case "TableName":
			q.table = d.string()
		case "IndexName":
			q.index = d.string()
		case "KeyConditionExpression":
			q.keys = d.string()
		case "FilterExpression":
			q.filter, q.filters = d.string(), true
		case "ExpressionAttributeValues":
			q.values = d.item()
		case "ScanIndexForward":
			q.backwards = !d.bool()
		case "Limit":
			if q.limit = d.int(); q.limit < 1 && d.fault == nil {
				d.fail(invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", q.limit))
			}
		case "ExclusiveStartKey":
			q.start = d.item()
		case "Select":
			q.selects = d.oneOf(name, "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT")
		case "ReturnConsumedCapacity":
			q.capacity = d.capacity(name)
		default:
			d.reading("Query", name, &q.reading)
		}
	})
	d.end()
	return q
}

func (db *DB) query(d *decoder) ([]byte, *fault) {
	q := d.query()
	if d.fault != nil {
		return nil, d.fault
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	t, f := db.table(q.table)
	if f != nil {
		return nil, f
	}
	of, keys := t, t.keys // where to look, and what a position is made of
	if q.index != "" {
		x, f := t.indexNamed(q.index)
		if f != nil {
			return nil, f
		}
		if q.consistent {
			return nil, invalid("Consistent reads are not supported on global secondary indexes")
		}
		if q.selects == "ALL_ATTRIBUTES" {
			return nil, invalid("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", q.index)
		}
		of, keys = &x.table, append(slices.Clone(x.keys), t.keys...)
	}
	if f := q.parseAll(db, of.keys); f != nil {
		return nil, f
	}
	span, f := spanOf(q.conditions, of.keys, q.placeholders)
	if f != nil {
		return nil, f
	}
	rows := span.cut(db.rows(of, span.hash, q.consistent, d.slow))
	if rows, f = q.after(rows, span, of, t, keys); f != nil {
		return nil, f
	}
	return q.answer(rows, of, t, keys), nil
}

// parseAll understands the query's expressions.
func (q *query) parseAll(db *DB, keys schema) (f *fault) {
	if q.selects == "SPECIFIC_ATTRIBUTES" != q.projects && q.selects != "" {
		return invalid("Cannot specify the ProjectionExpression when choosing to get %s", q.selects)
	}
	if q.conditions, f = db.condition("KeyConditionExpression", q.keys); f != nil {
		return f
	}
	expressions := []*parser{q.conditions.parser}
	if q.filters {
		if q.filtering, f = db.condition("FilterExpression", q.filter); f != nil {
			return f
		}
		expressions = append(expressions, q.filtering.parser)
	}
	if f = q.parse(db, expressions...); f != nil {
		return f
	}
	if f = q.conditions.check(q.placeholders); f != nil || !q.filters {
		return f
	}
	if name := q.filtering.root.mentions(keys, q.placeholders); name != "" {
		return invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", name)
	}
	return q.filtering.check(q.placeholders)
}

// mentions returns a key attribute that a condition is about, "" for none.
func (n *node) mentions(keys schema, ph placeholders) string {
	for _, a := range n.args {
		if a.path != nil && slices.Contains(keys.names(), ph.name(a.path[0].name)) {
			return ph.name(a.path[0].name)
		}
	}
	for _, sub := range n.nodes {
		if name := sub.mentions(keys, ph); name != "" {
			return name
		}
	}
	return ""
}

// after leaves out the rows up to the start key, which need not be there.
func (q *query) after(rows []*row, within span, of, t *table, keys schema) ([]*row, *fault) {
	if q.start == nil {
		return rows, nil
	}
	if len(q.start) != len(keys) || keys[:len(of.keys)].check(q.start) != nil || t.keys.check(q.start) != nil {
		return nil, invalid("The provided starting key is invalid")
	}
	hash, sort, _ := of.keys.position(q.start)
	same := ""
	if of != t {
		h, s, _ := t.keys.position(q.start)
		same = tie(h, s)
	}
	switch {
	case hash != within.hash:
		return nil, invalid("The provided starting key is outside query boundaries based on provided conditions")
	case !within.begun(sort) || within.over(sort):
		return nil, invalid("The provided starting key does not match the range key predicate")
	}
	i, found := slices.BinarySearchFunc(rows, struct{}{}, func(r *row, _ struct{}) int { return order(r, sort, same) })
	if q.backwards {
		return rows[:i], nil
	}
	if found {
		i++
	}
	return rows[i:], nil
}

// answer reads rows until the limit, or a page, is full.
func (q *query) answer(rows []*row, of, t *table, keys schema) []byte {
	var shown []string
	bytes, seen, count, length := 0, 0, 0, 0
	var last *row
	for seen < len(rows) {
		r := rows[seen]
		if q.backwards {
			r = rows[len(rows)-1-seen]
		}
		if bytes+r.size > maxPage && seen > 0 {
			break
		}
		bytes += r.size
		seen++
		last = r
		if q.filtering == nil || q.filtering.holds(r.item(), q.placeholders) {
			count++
			if q.selects != "COUNT" {
				shown = append(shown, q.shown(r))
				length += len(shown[len(shown)-1]) + 1
			}
		}
		if seen == q.limit {
			break
		}
	}
	w := writer{buf: make([]byte, 0, length+400)}
	w.open()
	if q.selects != "COUNT" {
		w.name("Items")
		w.list(len(shown), func(i int) { w.buf = append(w.buf, shown[i]...) })
	}
	w.count("Count", count)
	w.count("ScannedCount", seen)
	if last != nil && (seen < len(rows) || seen == q.limit) {
		w.item("LastEvaluatedKey", keyOf(last.item(), keys))
	}
	if counted(q.capacity) {
		u := units{table: readUnits(bytes, q.consistent)}
		if of != t {
			u = units{indexes: make([]float64, len(t.indexes))}
			for i, x := range t.indexes {
				if &x.table == of {
					u.indexes[i] = readUnits(bytes, q.consistent)
				}
			}
		}
		w.name("ConsumedCapacity")
		w.consumed(q.capacity, "", t, u)
	}
	w.close()
	return w.buf
}

func keyOf(it item, keys schema) item {
	key := item{}
	for _, a := range keys {
		key = key.with(a.name, it.get(a.name))
	}
	return key
}
