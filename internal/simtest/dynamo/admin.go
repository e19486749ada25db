package dynamo

import (
	"fmt"
	"maps"
	"slices"
)

// createTable makes a table, which is there at once. Of what a table can have,
// keys of text and numbers are simulated, and indexes that hold keys only.
func (db *DB) createTable(d *decoder) ([]byte, *fault) {
	t := &table{partitions: map[string]*partition{}, created: db.options.Clock()}
	kinds := map[string]kind{}
	var keys []string
	indexKeys := map[string][]string{}
	d.object(func(name string) {
		switch name {
		case "TableName":
			t.name = d.string()
		case "BillingMode":
			if mode := d.string(); mode != "PAY_PER_REQUEST" {
				d.fail(notSimulated("BillingMode %s is not simulated", mode))
			}
		case "AttributeDefinitions":
			d.array(func() { d.definition(kinds) })
		case "KeySchema":
			keys = d.keySchema()
		case "GlobalSecondaryIndexes":
			d.array(func() {
				x := &index{table: table{partitions: map[string]*partition{}}}
				x.name = d.indexInto(indexKeys)
				t.indexes = append(t.indexes, x)
			})
		default:
			d.unknown("CreateTable", name)
		}
	})
	d.end()
	if d.fault != nil {
		return nil, d.fault
	}
	var f *fault
	if t.keys, f = schemaOf(keys, kinds); f != nil {
		return nil, f
	}
	for _, x := range t.indexes {
		if x.keys, f = schemaOf(indexKeys[x.name], kinds); f != nil {
			return nil, f
		}
		x.of = t.keys
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.tables[t.name] != nil {
		return nil, refuse("ResourceInUseException", "Table already exists: %s", t.name)
	}
	db.tables[t.name] = t
	return t.describe("TableDescription", kinds), nil
}

func (d *decoder) definition(kinds map[string]kind) {
	var attribute, of string
	d.object(func(name string) {
		switch name {
		case "AttributeName":
			attribute = d.string()
		case "AttributeType":
			of = d.string()
		default:
			d.unknown("AttributeDefinition", name)
		}
	})
	switch of {
	case "S":
		kinds[attribute] = kindS
	case "N":
		kinds[attribute] = kindN
	default:
		d.fail(notSimulated("keys of type %q are not simulated", of))
	}
}

// keySchema returns the names of a key, the partition's first.
func (d *decoder) keySchema() []string {
	hash, sort := []string{}, []string{}
	d.array(func() {
		var attribute, role string
		d.object(func(name string) {
			switch name {
			case "AttributeName":
				attribute = d.string()
			case "KeyType":
				role = d.string()
			default:
				d.unknown("KeySchemaElement", name)
			}
		})
		if role == "HASH" {
			hash = append(hash, attribute)
		} else {
			sort = append(sort, attribute)
		}
	})
	if d.fault == nil && (len(hash) != 1 || len(sort) > 1) {
		d.fail(invalid("Invalid KeySchema: there must be one HASH and at most one RANGE"))
	}
	return append(hash, sort...)
}

// indexInto reads an index: its name, and its key into keys.
func (d *decoder) indexInto(keys map[string][]string) string {
	var called, projection string
	var key []string
	d.object(func(name string) {
		switch name {
		case "IndexName":
			called = d.string()
		case "KeySchema":
			key = d.keySchema()
		case "Projection":
			d.object(func(name string) {
				if name != "ProjectionType" {
					d.unknown("Projection", name)
				}
				projection = d.string()
			})
		default:
			d.unknown("GlobalSecondaryIndex", name)
		}
	})
	if d.fault == nil && projection != "KEYS_ONLY" {
		d.fail(notSimulated("an index of projection %q is not simulated", projection))
	}
	keys[called] = key
	return called
}

func schemaOf(names []string, kinds map[string]kind) (schema, *fault) {
	var s schema
	for _, name := range names {
		k, ok := kinds[name]
		if !ok {
			return nil, invalid("One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions: %s", name)
		}
		s = append(s, keyAttribute{name, k})
	}
	if s == nil {
		return nil, invalid("One or more parameter values were invalid: no KeySchema")
	}
	return s, nil
}

func (d *decoder) tableName(operation string) (table string) {
	d.object(func(name string) {
		if name != "TableName" {
			d.unknown(operation, name)
			return
		}
		table = d.string()
	})
	d.end()
	return table
}

func (db *DB) describeTable(d *decoder) ([]byte, *fault) {
	name := d.tableName("DescribeTable")
	if d.fault != nil {
		return nil, d.fault
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	t, f := db.table(name)
	if f != nil {
		return nil, f
	}
	return t.describe("Table", t.kinds()), nil
}

func (db *DB) deleteTable(d *decoder) ([]byte, *fault) {
	name := d.tableName("DeleteTable")
	if d.fault != nil {
		return nil, d.fault
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	t, f := db.table(name)
	if f != nil {
		return nil, f
	}
	delete(db.tables, name)
	return t.describe("TableDescription", t.kinds()), nil
}

func (t *table) kinds() map[string]kind {
	kinds := map[string]kind{}
	for _, s := range append([]schema{t.keys}, t.indexSchemas()...) {
		for _, a := range s {
			kinds[a.name] = a.kind
		}
	}
	return kinds
}

func (t *table) indexSchemas() (all []schema) {
	for _, x := range t.indexes {
		all = append(all, x.keys)
	}
	return all
}

// describe tells what a table is.
func (t *table) describe(member string, kinds map[string]kind) []byte {
	var w writer
	w.open()
	w.name(member)
	w.open()
	w.text("TableName", t.name)
	w.text("TableArn", "arn:aws:dynamodb:us-east-1:000000000000:table/"+t.name)
	w.text("TableStatus", "ACTIVE")
	w.units("CreationDateTime", float64(t.created.Unix()))
	names := slices.Sorted(maps.Keys(kinds))
	w.name("AttributeDefinitions")
	w.list(len(names), func(i int) {
		w.open()
		w.text("AttributeName", names[i])
		w.text("AttributeType", kinds[names[i]].String())
		w.close()
	})
	w.schema(t.keys)
	if len(t.indexes) > 0 {
		w.name("GlobalSecondaryIndexes")
		w.list(len(t.indexes), func(i int) {
			w.open()
			w.text("IndexName", t.indexes[i].name)
			w.text("IndexStatus", "ACTIVE")
			w.schema(t.indexes[i].keys)
			w.raw("Projection", `{"ProjectionType":"KEYS_ONLY"}`)
			w.close()
		})
	}
	items := 0
	for _, p := range t.partitions {
		items += len(p.rows)
	}
	w.count("ItemCount", items)
	w.raw("BillingModeSummary", `{"BillingMode":"PAY_PER_REQUEST"}`)
	w.close()
	w.close()
	return w.buf
}

func (w *writer) schema(s schema) {
	w.name("KeySchema")
	w.list(len(s), func(i int) {
		w.open()
		w.text("AttributeName", s[i].name)
		w.text("KeyType", []string{"HASH", "RANGE"}[i])
		w.close()
	})
}

// String names the DB, so that printing one shows none of its items.
func (db *DB) String() string { return "dynamo.DB" }

// Format writes String under every verb.
func (db *DB) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(db.String())) }

// indexNamed returns one of the table's indexes.
func (t *table) indexNamed(name string) (*index, *fault) {
	for _, x := range t.indexes {
		if x.name == name {
			return x, nil
		}
	}
	return nil, invalid("The table does not have the specified index: %s", name)
}
