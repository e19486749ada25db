package dynamo

import (
	"slices"
	"strings"
	"time"
)

const (
	maxItem = 400 << 10
	maxHash = 2048
	maxSort = 1024
	// ttl is the attribute that Sweep goes by.
	ttl = "expires"
)

// keyAttribute is a part of a key.
type keyAttribute struct {
	name string
	kind kind
}

// schema is a key: its partition part, and its sort part where it has one.
type schema []keyAttribute

// table is a table, or one of its indexes, which has the same form.
type table struct {
	name       string
	keys       schema
	indexes    []*index
	partitions map[string]*partition
	created    time.Time
	scratch    []byte // for what is being encoded
}

type index struct {
	table
	of schema // the table's key
}

// row is an item in a table or index. It is never changed.
type row struct {
	sort    string // what its partition is in the order of
	tie     string // its place among those of the same sort, in an index
	hash    string // its partition
	text    string // the item's JSON
	size    int
	expires int64
	places  []*row // in the indexes; nil where it is in none
}

func (r *row) item() item {
	if r == nil {
		return nil
	}
	return parseItem(r.text)
}

// less orders by sort, then by tie.
func order(r *row, sort, tie string) int {
	if c := strings.Compare(r.sort, sort); c != 0 {
		return c
	}
	return strings.Compare(r.tie, tie)
}

// partition is the rows of one partition key, in order.
type partition struct {
	hash    string
	rows    []*row
	version uint64   // of the DB's seq, at its last write
	epoch   uint64   // of the DB when it was last copied, see Snapshot
	past    []change // while somebody may ask for it
}

// change is what a row was before it was written.
type change struct {
	seq       uint64
	at        time.Time
	sort, tie string
	before    *row
}

func (p *partition) find(sort, tie string) (int, bool) {
	return slices.BinarySearchFunc(p.rows, struct{}{}, func(r *row, _ struct{}) int { return order(r, sort, tie) })
}

func (p *partition) get(sort, tie string) *row {
	if p != nil {
		if i, ok := p.find(sort, tie); ok {
			return p.rows[i]
		}
	}
	return nil
}

// put stores a row, or removes what is at its place where it is nil.
func (p *partition) put(sort, tie string, r *row) {
	i, found := p.find(sort, tie)
	switch {
	case r == nil && found:
		p.rows = slices.Delete(p.rows, i, i+1)
	case found:
		p.rows[i] = r
	case r != nil:
		p.rows = slices.Insert(p.rows, i, r)
	}
}

// asOf returns the rows as they were at a moment, which is not before the
// oldest change that is kept.
func (p *partition) asOf(at time.Time) []*row {
	old := partition{rows: slices.Clone(p.rows)}
	for i := len(p.past) - 1; i >= 0 && p.past[i].at.After(at); i-- {
		old.put(p.past[i].sort, p.past[i].tie, p.past[i].before)
	}
	return old.rows
}

// writable returns a partition that may be changed: a new one, or a copy where
// a snapshot holds it.
func (t *table) writable(hash string, epoch uint64) *partition {
	p := t.partitions[hash]
	switch {
	case p == nil:
		p = &partition{hash: hash, epoch: epoch}
	case p.epoch == epoch:
		return p
	default:
		p = &partition{hash: p.hash, rows: slices.Clone(p.rows), version: p.version, epoch: epoch, past: slices.Clone(p.past)}
	}
	t.partitions[hash] = p
	return p
}

func (t *table) row(hash, sort string) *row { return t.partitions[hash].get(sort, "") }

// hash returns the one copy of a partition's key that its rows share.
func (t *table) hash(hash string) string {
	if p := t.partitions[hash]; p != nil {
		return p.hash
	}
	return strings.Clone(hash)
}

// text is a key attribute's value in the form that sorts as the value does.
func (a keyAttribute) text(v value) string {
	if a.kind == kindN {
		return sortable(v.text)
	}
	return v.text
}

// position returns where an item is by a key; ok is false where it lacks a
// part of it.
func (s schema) position(it item) (hash, sort string, ok bool) {
	v := it.get(s[0].name)
	if v.kind != s[0].kind {
		return "", "", false
	}
	hash = s[0].text(v)
	if len(s) == 1 {
		return hash, "", true
	}
	v = it.get(s[1].name)
	return hash, s[1].text(v), v.kind == s[1].kind
}

func (s schema) names() []string {
	names := make([]string, len(s))
	for i, a := range s {
		names[i] = a.name
	}
	return names
}

// check wants the parts of a key in an item: there, of their type, not empty
// and not too long.
func (s schema) check(it item) *fault {
	for i, a := range s {
		v := it.get(a.name)
		most := []int{maxHash, maxSort}[i]
		switch {
		case v.kind == kindNone:
			return invalid("One or more parameter values were invalid: Missing the key %s in the item", a.name)
		case v.kind != a.kind:
			return invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", a.name, a.kind, v.kind)
		case v.text == "":
			f := invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: %s", a.name)
			f.ofRequest = true
			return f
		case len(v.text) > most:
			return invalid("One or more parameter values were invalid: Size of key %s has exceeded the maximum size limit of%d bytes", a.name, most)
		}
	}
	return nil
}

// checkKey wants an item to be a key and nothing else.
func (s schema) checkKey(it item) *fault {
	if len(it) != len(s) {
		return invalid("The provided key element does not match the schema")
	}
	for _, a := range s {
		if it.get(a.name).kind != a.kind {
			return invalid("The provided key element does not match the schema")
		}
	}
	return s.check(it)
}

// make turns an item into a row, with its places in the indexes.
func (t *table) make(it item) (*row, *fault) {
	if f := t.keys.check(it); f != nil {
		return nil, f
	}
	r := &row{size: it.size()}
	if r.size > maxItem {
		return nil, &fault{kind: "ValidationException", message: tooLarge, ofRequest: true}
	}
	t.scratch = appendItem(t.scratch[:0], it)
	r.text = string(t.scratch)
	r.hash, r.sort, _ = t.keys.position(it)
	// Not a part of the request, which would stay in memory with it.
	r.hash, r.sort = t.hash(r.hash), strings.Clone(r.sort)
	if v := it.get(ttl); v.kind == kindN {
		r.expires = seconds(v.text)
	}
	for i, x := range t.indexes {
		place, f := x.place(it, r)
		if f != nil {
			return nil, f
		}
		if place != nil && r.places == nil {
			r.places = make([]*row, len(t.indexes))
		}
		if place != nil {
			r.places[i] = place
		}
	}
	return r, nil
}

const tooLarge = "Item size has exceeded the maximum allowed size"

// place returns an item's row in the index; nil where it has no place there.
func (x *index) place(it item, r *row) (*row, *fault) {
	for _, a := range x.keys {
		v := it.get(a.name)
		switch {
		case v.kind == kindNone:
		case v.kind != a.kind:
			return nil, invalid("One or more parameter values were invalid: Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", a.name, a.kind, v.kind, x.name)
		case v.text == "":
			f := invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: %s, IndexKey: %s", x.name, a.name)
			f.ofRequest = true
			return nil, f
		}
	}
	hash, sort, ok := x.keys.position(it)
	if !ok {
		return nil, nil
	}
	kept := item{}
	for _, a := range it {
		isKey := func(k keyAttribute) bool { return k.name == a.name }
		if slices.ContainsFunc(x.keys, isKey) || slices.ContainsFunc(x.of, isKey) {
			kept = append(kept, a)
		}
	}
	return &row{
		hash: x.hash(hash), sort: strings.Clone(sort), tie: tie(r.hash, r.sort),
		text: string(appendItem(nil, kept)), size: kept.size(),
	}, nil
}

// tie orders the rows of an index that have the same key there.
func tie(hash, sort string) string { return hash + "\x00" + sort }

// seconds reads a time to live; 0 where it is none.
func seconds(number string) int64 {
	n := int64(0)
	for i := range len(number) {
		if number[i] < '0' || number[i] > '9' || i > 17 {
			return 0
		}
		n = 10*n + int64(number[i]-'0')
	}
	return n
}
