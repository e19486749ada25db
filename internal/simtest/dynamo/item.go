package dynamo

import (
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item, or a map inside of one, to be looked at. What is absent, or
// of another type, reads as the zero value.
type Item struct {
	row   *row // nil for a map
	attrs item
}

func shown(r *row) Item { return Item{r, r.item()} }

// Text returns an S, or an N's digits.
func (i Item) Text(name string) string {
	if v := i.attrs.get(name); v.kind == kindS || v.kind == kindN {
		return v.text
	}
	return ""
}

// Int returns an N that is an integer.
func (i Item) Int(name string) int64 {
	n, _ := strconv.ParseInt(i.attrs.get(name).text, 10, 64)
	return n
}

// Has reports whether the attribute is there.
func (i Item) Has(name string) bool { return i.attrs.get(name).kind != kindNone }

// Map returns an M.
func (i Item) Map(name string) Item { return Item{attrs: i.attrs.get(name).item()} }

// Maps returns an L of M.
func (i Item) Maps(name string) []Item {
	var list []Item
	for _, v := range i.attrs.get(name).list() {
		list = append(list, Item{attrs: v.item()})
	}
	return list
}

// Texts returns an L of S, or an SS.
func (i Item) Texts(name string) []string {
	var list []string
	for _, v := range i.attrs.get(name).list() {
		list = append(list, v.text)
	}
	return list
}

// PK returns the attribute PK.
func (i Item) PK() string { return i.Text("PK") }

// SK returns the attribute SK.
func (i Item) SK() string { return i.Text("SK") }

// Size returns the item's size as DynamoDB counts it.
func (i Item) Size() int { return i.attrs.size() }

// JSON returns the item as an answer writes it, its attributes by name.
func (i Item) JSON() string {
	if i.row != nil {
		return i.row.text
	}
	return string(appendItem(nil, i.attrs))
}

// Attributes returns the item as the SDK does.
func (i Item) Attributes() map[string]types.AttributeValue { return attributes(i.attrs) }

func attributes(it item) map[string]types.AttributeValue {
	all := make(map[string]types.AttributeValue, len(it))
	for _, a := range it {
		all[a.name] = a.value.sdk()
	}
	return all
}

func (v value) sdk() types.AttributeValue {
	texts := func() (list []string) {
		for _, e := range v.list() {
			list = append(list, e.text)
		}
		return list
	}
	switch v.kind {
	case kindS:
		return &types.AttributeValueMemberS{Value: v.text}
	case kindN:
		return &types.AttributeValueMemberN{Value: v.text}
	case kindB:
		return &types.AttributeValueMemberB{Value: []byte(v.text)}
	case kindBOOL:
		return &types.AttributeValueMemberBOOL{Value: v.flag}
	case kindNULL:
		return &types.AttributeValueMemberNULL{Value: true}
	case kindM:
		return &types.AttributeValueMemberM{Value: attributes(v.item())}
	case kindSS:
		return &types.AttributeValueMemberSS{Value: texts()}
	case kindNS:
		return &types.AttributeValueMemberNS{Value: texts()}
	case kindBS:
		list := make([][]byte, len(v.list()))
		for i, e := range v.list() {
			list[i] = []byte(e.text)
		}
		return &types.AttributeValueMemberBS{Value: list}
	default:
		list := make([]types.AttributeValue, len(v.list()))
		for i, e := range v.list() {
			list[i] = e.sdk()
		}
		return &types.AttributeValueMemberL{Value: list}
	}
}

// Item returns an item of a table whose keys are text.
func (db *DB) Item(table, pk, sk string) (Item, bool) {
	db.mu.Lock()
	defer db.mu.Unlock()
	r := db.tables[table].at(pk).get(sk, "")
	if r == nil {
		return Item{}, false
	}
	return shown(r), true
}

// at returns a partition, nil where there is none.
func (t *table) at(hash string) *partition {
	if t == nil {
		return nil
	}
	return t.partitions[hash]
}

// Partition yields the items of a partition by their sort key, as they are
// when the loop begins.
func (db *DB) Partition(table, pk string) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		db.mu.Lock()
		var rows []*row
		if p := db.tables[table].at(pk); p != nil {
			rows = slices.Clone(p.rows)
		}
		db.mu.Unlock()
		for _, r := range rows {
			if !yield(shown(r)) {
				return
			}
		}
	}
}

// Each yields the items of a table by partition and sort key, as they are when
// the loop begins.
func (db *DB) Each(table string) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		db.mu.Lock()
		var rows []*row
		if t := db.tables[table]; t != nil {
			for _, hash := range sortedKeys(t.partitions) {
				rows = append(rows, t.partitions[hash].rows...)
			}
		}
		db.mu.Unlock()
		for _, r := range rows {
			if !yield(shown(r)) {
				return
			}
		}
	}
}

// Version returns a number that is another one after every write that changes
// a partition: the same number means the same items, beyond Restore too.
func (db *DB) Version(table, pk string) uint64 {
	db.mu.Lock()
	defer db.mu.Unlock()
	if p := db.tables[table].at(pk); p != nil {
		return p.version
	}
	return 0
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
