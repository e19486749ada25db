package dynamo

import (
	"slices"
	"strings"
)

// placeholders are what a request gives for the #names and :values in its
// expressions. Both are sorted.
type placeholders struct {
	names  []substitute
	values item
}

type substitute struct{ name, attribute string }

func (d *decoder) names() []substitute {
	list := []substitute{}
	d.object(func(name string) { list = append(list, substitute{name, d.string()}) })
	slices.SortFunc(list, func(a, b substitute) int { return strings.Compare(a.name, b.name) })
	return list
}

// name resolves a part of a path.
func (ph placeholders) name(name string) string {
	if name == "" || name[0] != '#' {
		return name
	}
	i, ok := slices.BinarySearchFunc(ph.names, name, func(s substitute, name string) int { return strings.Compare(s.name, name) })
	if !ok {
		panic("dynamo: " + name + " was not checked") // used does
	}
	return ph.names[i].attribute
}

// resolve replaces the #names of a path.
func (ph placeholders) resolve(p path) path {
	r := slices.Clone(p)
	for i := range r {
		r[i].name = ph.name(r[i].name)
	}
	return r
}

// used wants every placeholder of the expressions to be given, and every given
// one to be used.
func (ph placeholders) used(expressions ...*parser) *fault {
	if len(expressions) == 0 {
		switch {
		case ph.names != nil:
			return invalid("ExpressionAttributeNames can only be specified when using expressions")
		case ph.values != nil:
			return invalid("ExpressionAttributeValues can only be specified when using expressions")
		}
		return nil
	}
	if ph.names != nil && len(ph.names) == 0 {
		return invalid("ExpressionAttributeNames must not be empty")
	}
	if ph.values != nil && len(ph.values) == 0 {
		return invalid("ExpressionAttributeValues must not be empty")
	}
	for _, e := range expressions {
		for _, n := range e.names {
			if !slices.ContainsFunc(ph.names, func(s substitute) bool { return s.name == n }) {
				return invalid("Invalid %s: An expression attribute name used in the document path is not defined; attribute name: %s", e.what, n)
			}
		}
		for _, v := range e.values {
			if _, ok := ph.values.find(v); !ok {
				return invalid("Invalid %s: An expression attribute value used in expression is not defined; attribute value: %s", e.what, v)
			}
		}
	}
	for _, n := range ph.names {
		if !slices.ContainsFunc(expressions, func(e *parser) bool { _, ok := slices.BinarySearch(e.names, n.name); return ok }) {
			return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", n.name)
		}
	}
	for _, v := range ph.values {
		if !slices.ContainsFunc(expressions, func(e *parser) bool { _, ok := slices.BinarySearch(e.values, v.name); return ok }) {
			return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", v.name)
		}
	}
	return nil
}

// at returns what is at a path of an item; kindNone where there is nothing.
func (ph placeholders) at(it item, p path) value {
	v := it.get(ph.name(p[0].name))
	for _, s := range p[1:] {
		switch {
		case s.name != "" && v.kind == kindM:
			v = v.item().get(ph.name(s.name))
		case s.name == "" && v.kind == kindL && s.index < len(v.list()):
			v = v.list()[s.index]
		default:
			return value{}
		}
	}
	return v
}

// operand returns the value of an operand.
func (ph placeholders) operand(it item, o operand) value {
	if o.value != "" {
		return ph.values.get(o.value)
	}
	v := ph.at(it, o.path)
	if !o.size {
		return v
	}
	n, ok := v.length()
	if !ok {
		return value{}
	}
	return value{kind: kindN, text: itoa(n)}
}
