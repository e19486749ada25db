package dynamo

import "slices"

// store puts a row in place of another, in the table and its indexes; nil is
// none. It returns what that costs. The caller holds the lock.
func (db *DB) store(t *table, at place, old, now *row) units {
	if old == now || old != nil && now != nil && old.text == now.text {
		return t.cost(old, now)
	}
	db.keep(t, at.hash, at.sort, "", old, now)
	for i, x := range t.indexes {
		was, is := old.in(i), now.in(i)
		if was != nil && is != nil && was.hash == is.hash && was.sort == is.sort {
			continue // only keys are there, so nothing has changed
		}
		if was != nil {
			db.keep(&x.table, was.hash, was.sort, was.tie, was, nil)
		}
		if is != nil {
			db.keep(&x.table, is.hash, is.sort, is.tie, nil, is)
		}
	}
	return t.cost(old, now)
}

// in returns a row's place in the nth index.
func (r *row) in(n int) *row {
	if r == nil || r.places == nil {
		return nil
	}
	return r.places[n]
}

// keep changes one partition, and remembers what was there for as long as the
// lag and slow queries ask for.
func (db *DB) keep(t *table, hash, sort, tie string, old, now *row) {
	p := t.writable(hash, db.epoch)
	p.put(sort, tie, now)
	db.seq++
	p.version = db.seq
	if db.options.Lag == 0 && db.slow == 0 {
		p.past = nil
		return
	}
	at := db.options.Clock()
	i := slices.IndexFunc(p.past, func(c change) bool { return c.at.After(at.Add(-db.options.Lag)) || db.slow > 0 })
	if i < 0 {
		i = len(p.past)
	}
	p.past = append(p.past[i:], change{db.seq, at, sort, tie, old})
}

// rows returns a partition's rows as a reader sees them; slow may be nil.
func (db *DB) rows(t *table, hash string, consistent bool, slow *Slow) []*row {
	p := t.partitions[hash]
	switch {
	case p == nil:
		return nil
	case slow != nil && consistent:
		return slow.rows(p)
	case consistent || db.options.Lag == 0:
		return p.rows
	}
	return p.asOf(db.options.Clock().Add(-db.options.Lag))
}

// read returns the row at a place as a reader sees it.
func (db *DB) read(t *table, hash, sort string, consistent bool) *row {
	if consistent || db.options.Lag == 0 {
		return t.row(hash, sort)
	}
	then := partition{rows: db.rows(t, hash, false, nil)}
	return then.get(sort, "")
}
