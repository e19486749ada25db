package dynamo

import (
	"slices"
	"strings"
)

// span is what a key condition selects of a partition.
type span struct {
	hash         string
	lower, upper string // of sort keys
	hasUpper     bool
	above, below bool   // the ends themselves are left out
	prefix       string // for begins_with
}

// spanOf takes a key condition apart: the partition key by =, and one condition
// on the sort key, if any, joined by AND.
func spanOf(c *condition, keys schema, ph placeholders) (span, *fault) {
	terms := []*node{c.root}
	if c.root.op == "AND" {
		terms = c.root.nodes
	}
	var s span
	seen := map[string]bool{}
	for _, n := range terms {
		if f := s.take(n, keys, ph, seen); f != nil {
			return s, f
		}
	}
	if !seen[keys[0].name] {
		return s, invalid("Query condition missed key schema element: %s", keys[0].name)
	}
	return s, nil
}

func (s *span) take(n *node, keys schema, ph placeholders, seen map[string]bool) *fault {
	if len(n.args) < 2 || len(n.args[0].path) != 1 || n.args[0].size || n.args[1].value == "" {
		return invalid("Invalid operator used in KeyConditionExpression: %s", n.op)
	}
	name := ph.name(n.args[0].path[0].name)
	i := slices.Index(keys.names(), name)
	switch {
	case i < 0:
		return invalid("Query key condition not supported: %s is not a part of the key", name)
	case seen[name]:
		return invalid("KeyConditionExpressions must only contain one condition per key")
	case i == 0 && n.op != "=":
		return invalid("Query key condition not supported")
	}
	seen[name] = true
	v := ph.values.get(n.args[1].value)
	if v.kind != keys[i].kind {
		return invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
	}
	if v.text == "" {
		return invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: %s", name)
	}
	text := keys[i].text(v)
	if i == 0 {
		s.hash = text
		return nil
	}
	switch n.op {
	case "=":
		s.lower, s.upper, s.hasUpper = text, text, true
	case "<", "<=":
		s.upper, s.hasUpper, s.below = text, true, n.op == "<"
	case ">", ">=":
		s.lower, s.above = text, n.op == ">"
	case "BETWEEN":
		s.lower, s.upper, s.hasUpper = text, keys[i].text(ph.values.get(n.args[2].value)), true
	case "begins_with":
		s.lower, s.prefix = text, text
	default:
		return invalid("Invalid operator used in KeyConditionExpression: %s", n.op)
	}
	return nil
}

// begun reports whether a sort key is not before the span, and over whether it
// is behind it.
func (s span) begun(sort string) bool { return sort > s.lower || sort == s.lower && !s.above }

func (s span) over(sort string) bool {
	if s.prefix != "" {
		return sort > s.prefix && !strings.HasPrefix(sort, s.prefix)
	}
	return s.hasUpper && (sort > s.upper || sort == s.upper && s.below)
}

// cut returns the rows within the span.
func (s span) cut(rows []*row) []*row {
	first := func(holds func(sort string) bool) int {
		i, _ := slices.BinarySearchFunc(rows, struct{}{}, func(r *row, _ struct{}) int {
			if holds(r.sort) {
				return 1
			}
			return -1
		})
		return i
	}
	from, to := first(s.begun), first(s.over)
	return rows[from:max(from, to)]
}
