package dynamo

import (
	"slices"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// condition is a parsed condition, filter or key condition.
type condition struct {
	*parser
	root *node
}

// node is one operation: AND, OR, NOT over nodes; a comparison, BETWEEN, IN or
// a function over operands.
type node struct {
	op    string
	nodes []*node
	args  []operand
}

func parseCondition(what, text string) (*condition, *fault) {
	p := newParser(what, text)
	var root *node
	if p.fault == nil {
		root = p.or()
		p.end()
	}
	if p.fault != nil {
		return nil, p.fault
	}
	return &condition{p, root}, nil
}

func (p *parser) or() *node {
	n := p.and()
	for p.takeWord("OR") {
		n = &node{op: "OR", nodes: []*node{n, p.and()}}
	}
	return n
}

func (p *parser) and() *node {
	n := p.not()
	for p.takeWord("AND") {
		n = &node{op: "AND", nodes: []*node{n, p.not()}}
	}
	return n
}

func (p *parser) not() *node {
	if p.takeWord("NOT") {
		return &node{op: "NOT", nodes: []*node{p.not()}}
	}
	if p.peek() == "(" {
		return p.parenthesis()
	}
	if p.ahead(1) == "(" && p.peek() != "size" {
		return p.function()
	}
	return p.comparison()
}

func (p *parser) parenthesis() *node {
	p.want("(")
	doubled := p.peek() == "("
	before := len(p.tokens)
	n := p.or()
	inner := before - len(p.tokens) // tokens read
	if doubled && p.fault == nil && p.closes(before, inner) {
		p.fail("The expression has redundant parentheses;")
	}
	p.want(")")
	return n
}

// closes reports whether the parenthesis that a span of tokens, just read,
// begins with is closed only by its last one.
func (p *parser) closes(before, read int) bool {
	all := p.all()
	span := all[len(all)-before : len(all)-before+read]
	depth := 0
	for i, t := range span {
		switch t {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 {
			return i == len(span)-1
		}
	}
	return false
}

// all returns every token of the expression, the read ones too.
func (p *parser) all() []string {
	again := &parser{what: p.what, text: p.text}
	again.scan()
	return again.tokens
}

// functions are those that are conditions, with the number of their operands.
var functions = map[string]int{
	"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2,
}

func (p *parser) function() *node {
	n := &node{op: p.next()}
	want, ok := functions[n.op]
	if !ok {
		p.fail("Invalid function name; function: %s", n.op)
	}
	p.want("(")
	n.args = append(n.args, p.operand())
	for p.take(",") {
		n.args = append(n.args, p.operand())
	}
	p.want(")")
	if p.fault == nil && len(n.args) != want {
		p.fail("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", n.op, len(n.args))
	}
	if p.fault == nil && strings.HasPrefix(n.op, "attribute_") && (n.args[0].path == nil || n.args[0].size) {
		p.fail("Operator or function requires a document path; operator or function: %s", n.op)
	}
	return n
}

func (p *parser) comparison() *node {
	left := p.operand()
	switch t := p.peek(); {
	case slices.Contains([]string{"=", "<>", "<", "<=", ">", ">="}, t):
		p.next()
		return &node{op: t, args: []operand{left, p.operand()}}
	case p.takeWord("BETWEEN"):
		lower := p.operand()
		if !p.takeWord("AND") {
			p.syntax()
		}
		return &node{op: "BETWEEN", args: []operand{left, lower, p.operand()}}
	case p.takeWord("IN"):
		n := &node{op: "IN", args: []operand{left}}
		p.want("(")
		n.args = append(n.args, p.operand())
		for p.take(",") {
			n.args = append(n.args, p.operand())
		}
		p.want(")")
		return n
	}
	p.syntax()
	return &node{}
}

// check wants the given values to be of types that the operators take. It
// holds of a request whatever is stored.
func (c *condition) check(ph placeholders) *fault {
	return c.root.check(c.what, ph)
}

func (n *node) check(what string, ph placeholders) *fault {
	for _, sub := range n.nodes {
		if f := sub.check(what, ph); f != nil {
			return f
		}
	}
	literal := func(i int) (value, bool) { return ph.values.get(n.args[i].value), n.args[i].value != "" }
	wrong := func(v value) *fault {
		return invalid("Invalid %s: Incorrect operand type for operator or function; operator or function: %s, operand type: %s", what, n.op, v.kind)
	}
	switch n.op {
	case "<", "<=", ">", ">=", "BETWEEN":
		for i := range n.args {
			if v, given := literal(i); given && !v.kind.ordered() {
				return wrong(v)
			}
		}
	case "begins_with":
		for i := range n.args {
			if v, given := literal(i); given && v.kind != kindS && v.kind != kindB {
				return wrong(v)
			}
		}
	case "attribute_type":
		v, given := literal(1)
		if !given || v.kind != kindS {
			return wrong(v)
		}
		if v.text == "" || !slices.Contains(kindNames[:], v.text) {
			return invalid("Invalid %s: Invalid attribute type name found; type: %s", what, v.text)
		}
	}
	if n.op == "BETWEEN" {
		lower, a := literal(1)
		upper, b := literal(2)
		switch {
		case !a || !b:
		case lower.kind != upper.kind:
			return invalid("Invalid %s: The BETWEEN operator requires same data type for lower and upper bounds", what)
		case compare(lower, upper) > 0:
			return invalid("Invalid %s: The BETWEEN operator requires upper bound to be greater than or equal to lower bound", what)
		}
	}
	return nil
}

// holds evaluates the condition on an item, which is empty where there is none.
func (c *condition) holds(it item, ph placeholders) bool { return c.root.holds(it, ph) }

func (n *node) holds(it item, ph placeholders) bool {
	switch n.op {
	case "AND":
		return n.nodes[0].holds(it, ph) && n.nodes[1].holds(it, ph)
	case "OR":
		return n.nodes[0].holds(it, ph) || n.nodes[1].holds(it, ph)
	case "NOT":
		return !n.nodes[0].holds(it, ph)
	}
	v := ph.operand(it, n.args[0])
	switch n.op {
	case "attribute_exists":
		return v.kind != kindNone
	case "attribute_not_exists":
		return v.kind == kindNone
	case "IN":
		return slices.ContainsFunc(n.args[1:], func(o operand) bool {
			other := ph.operand(it, o)
			return other.kind != kindNone && equal(v, other)
		})
	case "BETWEEN":
		return compares(">=", v, ph.operand(it, n.args[1])) && compares("<=", v, ph.operand(it, n.args[2]))
	}
	other := ph.operand(it, n.args[1])
	switch n.op {
	case "attribute_type":
		return v.kind.String() == other.text && v.kind != kindNone
	case "begins_with":
		return v.kind == other.kind && (v.kind == kindS || v.kind == kindB) && strings.HasPrefix(v.text, other.text)
	case "contains":
		return contains(v, other)
	}
	return compares(n.op, v, other)
}

// compares applies a comparison. What is absent, or of another type, is
// different, and neither less nor greater.
func compares(op string, a, b value) bool {
	switch op {
	case "=":
		return a.kind != kindNone && equal(a, b)
	case "<>":
		return a.kind == kindNone || !equal(a, b)
	}
	if a.kind != b.kind || !a.kind.ordered() {
		return false
	}
	c := compare(a, b)
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	default:
		return c >= 0
	}
}

func contains(v, part value) bool {
	switch v.kind {
	case kindS, kindB:
		return v.kind == part.kind && strings.Contains(v.text, part.text)
	case kindL, kindSS, kindNS, kindBS:
		return slices.ContainsFunc(v.list(), func(e value) bool { return equal(e, part) })
	}
	return false
}
