package dynamo

// verb is what a write does, by its name in a transaction.
type verb string

const (
	verbPut    verb = "Put"
	verbUpdate verb = "Update"
	verbDelete verb = "Delete"
	verbCheck  verb = "ConditionCheck"
)

// write is a request to write one item, or to check one.
type write struct {
	verb verb
	placeholders
	table     string
	item      item // of a Put
	key       item // of the others
	condition string
	update    string
	has       struct{ condition, update bool } // an empty expression is an error, none is none
	onFailure string                           // ReturnValuesOnConditionCheckFailure
	returns   string                           // ReturnValues; not in a transaction
	capacity  string                           // ReturnConsumedCapacity; not in a transaction
}

// write reads a write of PutItem, UpdateItem, DeleteItem, or one item of a
// transaction.
func (d *decoder) write(verb verb, transaction bool) *write {
	w := &write{verb: verb}
	d.object(func(name string) {
		switch {
		case name == "TableName":
			w.table = d.string()
		case name == "Item" && verb == verbPut:
			w.item = d.item()
		case name == "Key" && verb != verbPut:
			w.key = d.item()
		case name == "ConditionExpression":
			w.condition, w.has.condition = d.string(), true
		case name == "UpdateExpression" && verb == verbUpdate:
			w.update, w.has.update = d.string(), true
		case name == "ExpressionAttributeNames":
			w.names = d.names()
		case name == "ExpressionAttributeValues":
			w.values = d.item()
		case name == "ReturnValuesOnConditionCheckFailure":
			w.onFailure = d.oneOf(name, "ALL_OLD", "NONE")
		case name == "ReturnValues" && !transaction:
			w.returns = d.oneOf(name, returnsOf[verb]...)
		case name == "ReturnConsumedCapacity" && !transaction:
			w.capacity = d.capacity(name)
		default:
			d.unknown(string(verb), name)
		}
	})
	return w
}

var returnsOf = map[verb][]string{
	verbPut: {"NONE", "ALL_OLD"}, verbDelete: {"NONE", "ALL_OLD"},
	verbUpdate: {"NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"},
}

func (d *decoder) capacity(name string) string { return d.oneOf(name, "NONE", "TOTAL", "INDEXES") }

// oneOf reads a word of a given set.
func (d *decoder) oneOf(name string, words ...string) string {
	s := d.string()
	for _, w := range words {
		if s == w {
			return s
		}
	}
	d.fail(invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: %v", s, name, words))
	return ""
}

// prepared is a write that is understood, and ready to be tried on a table.
type prepared struct {
	*write
	table      *table
	place      place
	conditions *condition
	updates    *update
	row        *row   // of a Put
	wrong      *fault // of a transaction's item, for its reason
}

// prepare wants a write's expressions to be right.
func (db *DB) prepare(w *write) (*prepared, *fault) {
	t, f := db.table(w.table)
	if f != nil {
		return nil, f
	}
	p := &prepared{write: w, table: t}
	if f := p.parse(db); f != nil {
		return nil, f
	}
	return p, nil
}

// locate finds out which item is meant, and wants it to have a right key.
func (p *prepared) locate() (f *fault) {
	t, key := p.table, p.key
	if p.verb == verbPut {
		key = p.item
		p.row, f = t.make(p.item)
	} else {
		f = t.keys.checkKey(p.key)
	}
	if hash, sort, ok := t.keys.position(key); ok {
		p.place = place{t.name, hash, sort}
	}
	return f
}

func (p *prepared) parse(db *DB) (f *fault) {
	var expressions []*parser
	if p.has.update {
		if p.updates, f = db.updates.get(p.update, parseUpdate); f != nil {
			return f
		}
		expressions = append(expressions, p.updates.parser)
	}
	if p.has.condition {
		if p.conditions, f = db.condition("ConditionExpression", p.condition); f != nil {
			return f
		}
		expressions = append(expressions, p.conditions.parser)
	}
	if f := p.used(expressions...); f != nil {
		return f
	}
	if p.conditions != nil {
		if f := p.conditions.check(p.placeholders); f != nil {
			return f
		}
	}
	if p.updates != nil {
		return p.updates.check(p.placeholders, p.table.keys.names())
	}
	return nil
}

// condition parses an expression that is a condition; what says which one.
func (db *DB) condition(what, text string) (*condition, *fault) {
	if text == "" {
		_, f := parseCondition(what, text)
		return nil, f
	}
	return db.conditions.get(what+" "+text, func(string) (*condition, *fault) { return parseCondition(what, text) })
}

// try returns the row that a write leaves in place of another, nil for none,
// or why it cannot be done.
func (p *prepared) try(old *row) (*row, *fault) {
	var before item
	if old != nil && (p.conditions != nil || p.updates != nil) {
		before = old.item()
	}
	if p.conditions != nil && !p.conditions.holds(before, p.placeholders) {
		f := refuse("ConditionalCheckFailedException", conditionFailed)
		if p.onFailure == "ALL_OLD" && old != nil {
			f.item = old.text
		}
		return nil, f
	}
	switch p.verb {
	case verbPut:
		return p.row, nil
	case verbDelete:
		return nil, nil
	case verbCheck:
		return old, nil
	}
	if before == nil {
		before = p.key
	}
	if p.updates == nil { // UpdateItem of a key alone makes the item
		return p.table.make(before)
	}
	after, f := p.updates.apply(before, p.placeholders)
	if f != nil {
		return nil, f
	}
	r, f := p.table.make(after)
	if f != nil && f.message == tooLarge {
		f = invalid("Item size to update has exceeded the maximum allowed size")
	}
	return r, f
}
