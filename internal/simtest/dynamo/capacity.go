package dynamo

// units is what a write costs: the table, and each index by its number.
type units struct {
	table   float64
	indexes []float64 // nil where no index is touched; 0 is not touched
}

// blocks is the number of begun blocks of so many bytes, at least one.
func blocks(bytes, block int) float64 { return float64(max(1, (bytes+block-1)/block)) }

func writeUnits(bytes int) float64 { return blocks(bytes, 1<<10) }

// readUnits: half for who takes what may be old.
func readUnits(bytes int, consistent bool) float64 {
	n := blocks(bytes, 4<<10)
	if !consistent {
		n /= 2
	}
	return n
}

func (r *row) bytes() int {
	if r == nil {
		return 0
	}
	return r.size
}

// cost is that of a write: the larger of what was and what is. An index that
// holds keys costs where its row comes or goes, and twice where it moves.
func (t *table) cost(old, now *row) units {
	u := units{table: writeUnits(max(old.bytes(), now.bytes()))}
	for i := range t.indexes {
		was, is := old.in(i), now.in(i)
		n := 0.0
		switch {
		case was != nil && is != nil && was.hash == is.hash && was.sort == is.sort:
		case was != nil && is != nil:
			n = writeUnits(was.size) + writeUnits(is.size)
		case was != nil:
			n = writeUnits(was.size)
		case is != nil:
			n = writeUnits(is.size)
		}
		if n > 0 && u.indexes == nil {
			u.indexes = make([]float64, len(t.indexes))
		}
		if n > 0 {
			u.indexes[i] = n
		}
	}
	return u
}

// add sums up the units of several writes of one table; times multiplies what
// the table costs, which is 2 in a transaction. Indexes follow by themselves,
// and cost what they cost outside of one.
func (u *units) add(more units, times float64) {
	u.table += times * more.table
	for i, n := range more.indexes {
		if u.indexes == nil {
			u.indexes = make([]float64, len(more.indexes))
		}
		u.indexes[i] += n
	}
}

func (u units) total() float64 {
	n := u.table
	for _, more := range u.indexes {
		n += more
	}
	return n
}

// consumed writes what was consumed as an object. side is how transactions
// name the units a second time: "", ReadCapacityUnits or WriteCapacityUnits.
func (w *writer) consumed(mode, side string, t *table, u units) {
	detail := func(name string, n float64) {
		if name != "" {
			w.name(name)
			w.open()
		}
		w.units("CapacityUnits", n)
		if side != "" {
			w.units(side, n)
		}
		if name != "" {
			w.close()
		}
	}
	w.open()
	w.text("TableName", t.name)
	detail("", u.total())
	if mode == "INDEXES" {
		detail("Table", u.table)
		if u.indexes != nil {
			w.name("GlobalSecondaryIndexes")
			w.open()
			for i, n := range u.indexes {
				if n > 0 {
					detail(t.indexes[i].name, n)
				}
			}
			w.close()
		}
	}
	w.close()
}

// counted reports whether a request wants to know what it consumed.
func counted(mode string) bool { return mode == "TOTAL" || mode == "INDEXES" }
