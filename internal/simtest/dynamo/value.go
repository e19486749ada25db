package dynamo

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// kind is the type of a value.
type kind uint8

const (
	kindNone kind = iota // no value at all
	kindS
	kindN
	kindB
	kindBOOL
	kindNULL
	kindL
	kindM
	kindSS
	kindNS
	kindBS
)

var kindNames = [...]string{"", "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"}

func (k kind) String() string { return kindNames[k] }

// ordered reports whether values of the kind can be compared with <.
func (k kind) ordered() bool { return k == kindS || k == kindN || k == kindB }

// value is an attribute's value. A number is in its canonical form, a set is
// sorted, so that equal values are equal in every field.
type value struct {
	kind  kind
	flag  bool
	text  string // S, N, and the bytes of B
	parts *parts // of the rest; nil where there are none
}

// parts is what other values than scalars have; most values are scalars.
type parts struct {
	list []value // L and the sets
	item item    // M
}

func listOf(k kind, list []value) value { return value{kind: k, parts: &parts{list: list}} }

func mapOf(it item) value { return value{kind: kindM, parts: &parts{item: it}} }

func (v value) list() []value {
	if v.parts == nil {
		return nil
	}
	return v.parts.list
}

func (v value) item() item {
	if v.parts == nil {
		return nil
	}
	return v.parts.item
}

// attribute is a name and its value.
type attribute struct {
	name  string
	value value
}

// item is attributes, sorted by name. It is never changed in place.
type item []attribute

func (it item) find(name string) (int, bool) {
	return slices.BinarySearchFunc(it, name, func(a attribute, name string) int { return strings.Compare(a.name, name) })
}

// get returns an attribute's value; its kind is kindNone where there is none.
func (it item) get(name string) value {
	if i, ok := it.find(name); ok {
		return it[i].value
	}
	return value{}
}

// with returns a copy of the item in which an attribute has a value; kindNone
// removes it.
func (it item) with(name string, v value) item {
	i, found := it.find(name)
	switch {
	case v.kind == kindNone && !found:
		return it
	case v.kind == kindNone:
		return slices.Delete(slices.Clone(it), i, i+1)
	case found:
		it = slices.Clone(it)
		it[i].value = v
		return it
	}
	next := make(item, 0, len(it)+1)
	next = append(next, it[:i]...)
	next = append(next, attribute{name, v})
	return append(next, it[i:]...)
}

// size is what DynamoDB counts: names and texts in UTF-8, see numberSize for
// numbers; a list or map has 3 bytes and one more per element.
func (it item) size() int {
	n := 0
	for _, a := range it {
		n += len(a.name) + a.value.size()
	}
	return n
}

func (v value) size() int {
	switch v.kind {
	case kindS, kindB:
		return len(v.text)
	case kindN:
		return numberSize(v.text)
	case kindL:
		n := 3
		for _, e := range v.list() {
			n += 1 + e.size()
		}
		return n
	case kindM:
		return 3 + len(v.item()) + v.item().size()
	case kindSS, kindNS, kindBS:
		n := 0
		for _, e := range v.list() {
			n += e.size()
		}
		return n
	default:
		return 1
	}
}

// length is what the function size says of a value in an expression.
func (v value) length() (int, bool) {
	switch v.kind {
	case kindS:
		n := 0
		for _, r := range v.text {
			n += utf16.RuneLen(r)
		}
		return n, true
	case kindB:
		return len(v.text), true
	case kindL, kindSS, kindNS, kindBS:
		return len(v.list()), true
	case kindM:
		return len(v.item()), true
	default:
		return 0, false
	}
}

func equal(a, b value) bool {
	if a.kind != b.kind || a.flag != b.flag || a.text != b.text {
		return false
	}
	return slices.EqualFunc(a.list(), b.list(), equal) && slices.EqualFunc(a.item(), b.item(), func(x, y attribute) bool {
		return x.name == y.name && equal(x.value, y.value)
	})
}

// compare orders two values of one ordered kind.
func compare(a, b value) int {
	if a.kind == kindN {
		return compareNumbers(a.text, b.text)
	}
	return strings.Compare(a.text, b.text)
}

// asSet sorts the elements of a set; duplicate is set where two are the same.
func asSet(list []value) (sorted []value, duplicate bool) {
	sorted = slices.Clone(list)
	slices.SortFunc(sorted, compare)
	n := len(sorted)
	sorted = slices.CompactFunc(sorted, equal)
	return sorted, len(sorted) < n
}
