package dynamo

import (
	"encoding/base64"
	"slices"
	"strings"
)

// item reads attributes, and sorts them.
func (d *decoder) item() item {
	from, sorted := len(d.stack), true
	d.object(func(name string) {
		v := d.value() // which may put more on the stack, and take it off
		n := len(d.stack)
		sorted = sorted && (n == from || d.stack[n-1].name < name)
		d.stack = append(d.stack, attribute{name, v})
	})
	read := d.stack[from:]
	it := make(item, len(read))
	if sorted {
		copy(it, read)
	} else {
		d.arrange(it, read)
	}
	d.stack = d.stack[:from]
	return it
}

// arrange copies attributes in the order of their names. It sorts their
// numbers, which are cheaper to move than attributes.
func (d *decoder) arrange(it item, read []attribute) {
	order := d.order[:0]
	for i := range read {
		order = append(order, int32(i))
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(read[a].name, read[b].name) })
	for i, n := range order {
		it[i] = read[n]
		if i > 0 && it[i].name == it[i-1].name {
			d.malformed()
		}
	}
	d.order = order
}

// maxDepth is how deep lists and maps may lie in one another.
const maxDepth = 32

func (d *decoder) value() (v value) {
	if d.depth++; d.depth > maxDepth {
		d.fail(invalid("Nesting Levels have exceeded supported limits"))
	}
	d.want('{')
	if d.take('}') {
		d.fail(invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"))
		return v
	}
	name := d.string()
	d.want(':')
	v = d.typed(name)
	if d.peek() == ',' {
		d.fail(invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"))
	}
	d.want('}')
	d.depth--
	return v
}

func (d *decoder) typed(name string) value {
	switch name {
	case "S":
		return value{kind: kindS, text: d.string()}
	case "N":
		return value{kind: kindN, text: d.number()}
	case "B":
		return value{kind: kindB, text: d.bytes()}
	case "BOOL":
		return value{kind: kindBOOL, flag: d.bool()}
	case "NULL":
		if !d.bool() {
			d.fail(invalid("One or more parameter values were invalid: Null attribute value types must have the value of true"))
		}
		return value{kind: kindNULL, flag: true}
	case "L":
		var list []value
		d.array(func() { list = append(list, d.value()) })
		return listOf(kindL, list)
	case "M":
		return mapOf(d.item())
	case "SS":
		return d.set(kindSS, kindS, d.string)
	case "NS":
		return d.set(kindNS, kindN, d.number)
	case "BS":
		return d.set(kindBS, kindB, d.bytes)
	}
	d.malformed()
	return value{}
}

func (d *decoder) number() string {
	n, f := canonical(d.string())
	if f != nil {
		d.fail(f)
	}
	return n
}

func (d *decoder) bytes() string {
	b, err := base64.StdEncoding.DecodeString(d.string())
	if err != nil {
		d.malformed()
	}
	return string(b)
}

func (d *decoder) set(of, element kind, read func() string) value {
	var list []value
	d.array(func() { list = append(list, value{kind: element, text: read()}) })
	if len(list) == 0 {
		d.fail(invalid("One or more parameter values were invalid: An %s set may not be empty", elementWord(element)))
	}
	sorted, duplicate := asSet(list)
	if duplicate {
		d.fail(invalid("One or more parameter values were invalid: Input collection contains duplicates"))
	}
	return listOf(of, sorted)
}

func elementWord(k kind) string {
	return map[kind]string{kindS: "string", kindN: "number", kindB: "binary"}[k]
}

// parseItem reads an item that this package wrote.
func parseItem(text string) item {
	d := decoder{text: text}
	it := d.item()
	if d.fault != nil {
		panic("dynamo: cannot read what it wrote: " + d.fault.text())
	}
	return it
}
