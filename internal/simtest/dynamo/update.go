package dynamo

import (
	"slices"
	"strings"
)

// update is a parsed update expression.
type update struct {
	*parser
	sets    []assignment
	removes []path
	adds    []assignment // ADD and DELETE: the operand is a value
	deletes []assignment
}

type assignment struct {
	path path
	from *term
}

// term is what SET assigns: an operand, a function of terms, or a sum or
// difference of two.
type term struct {
	op   string // "", if_not_exists, list_append, +, -
	is   operand
	args []*term
}

func parseUpdate(text string) (*update, *fault) {
	u := &update{parser: newParser("UpdateExpression", text)}
	seen := map[string]bool{}
	for u.fault == nil && u.peek() != "" {
		section := strings.ToUpper(u.peek())
		if seen[section] {
			u.fail("The %q section can only be used once in an update expression;", section)
		}
		seen[section] = true
		u.section(section)
	}
	u.end()
	if u.fault != nil {
		return nil, u.fault
	}
	return u, nil
}

func (u *update) section(name string) {
	switch name {
	case "SET", "REMOVE", "ADD", "DELETE":
		u.next()
	default:
		u.syntax()
	}
	for u.fault == nil {
		p := u.path()
		switch name {
		case "SET":
			u.want("=")
			u.sets = append(u.sets, assignment{p, u.sum()})
		case "REMOVE":
			u.removes = append(u.removes, p)
		case "ADD":
			u.adds = append(u.adds, assignment{p, &term{is: operand{value: u.value()}}})
		case "DELETE":
			u.deletes = append(u.deletes, assignment{p, &term{is: operand{value: u.value()}}})
		}
		if !u.take(",") {
			return
		}
	}
}

func (u *update) sum() *term {
	t := u.term()
	if op := u.peek(); op == "+" || op == "-" {
		u.next()
		t = &term{op: op, args: []*term{t, u.term()}}
	}
	return t
}

func (u *update) term() *term {
	name := u.peek()
	switch {
	case u.take("("):
		t := u.sum()
		u.want(")")
		return t
	case u.ahead(1) != "(":
		return &term{is: u.updateOperand()}
	case name != "if_not_exists" && name != "list_append":
		u.fail("Invalid function name; function: %s", name)
	}
	u.next()
	u.want("(")
	t := &term{op: name, args: []*term{u.sum()}}
	u.want(",")
	t.args = append(t.args, u.sum())
	u.want(")")
	if u.fault == nil && name == "if_not_exists" && t.args[0].is.path == nil {
		u.fail("Operator or function requires a document path; operator or function: if_not_exists")
	}
	return t
}

func (u *update) updateOperand() operand {
	if strings.HasPrefix(u.peek(), ":") {
		return operand{value: u.value()}
	}
	return operand{path: u.path()}
}

// paths returns all paths that the update writes.
func (u *update) paths() []path {
	all := slices.Clone(u.removes)
	for _, list := range [][]assignment{u.sets, u.adds, u.deletes} {
		for _, a := range list {
			all = append(all, a.path)
		}
	}
	return all
}

// check wants paths that leave the keys alone and one another, and values that
// ADD and DELETE can take. It holds of a request whatever is stored.
func (u *update) check(ph placeholders, keys []string) *fault {
	var all []path
	for _, p := range u.paths() {
		r := ph.resolve(p)
		if slices.Contains(keys, r[0].name) {
			return invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", r[0].name)
		}
		for _, other := range all {
			n := min(len(r), len(other))
			if slices.Equal(r[:n], other[:n]) {
				return invalid("Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %v, path two: %v", other, r)
			}
			if (r[n-1].name == "") != (other[n-1].name == "") && slices.Equal(r[:n-1], other[:n-1]) {
				return invalid("Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: %v, path two: %v", other, r)
			}
		}
		all = append(all, r)
	}
	for _, a := range u.adds {
		if k := ph.values.get(a.from.is.value).kind; k != kindN && k != kindSS && k != kindNS && k != kindBS {
			return invalid("Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: %s", k)
		}
	}
	for _, a := range u.deletes {
		if k := ph.values.get(a.from.is.value).kind; k != kindSS && k != kindNS && k != kindBS {
			return invalid("Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: %s", k)
		}
	}
	for _, a := range u.sets {
		if f := a.from.check(ph); f != nil {
			return f
		}
	}
	return nil
}

func (t *term) check(ph placeholders) *fault {
	want := map[string]kind{"+": kindN, "-": kindN, "list_append": kindL}[t.op]
	for _, arg := range t.args {
		if f := arg.check(ph); f != nil {
			return f
		}
		if arg.op != "" || arg.is.value == "" || want == kindNone {
			continue
		}
		if k := ph.values.get(arg.is.value).kind; k != want {
			return invalid("Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: %s, operand type: %s", t.op, k)
		}
	}
	return nil
}

const wrongType = "An operand in the update expression has an incorrect data type"

// apply returns the item as the update leaves it. Every operand is that of the
// item before.
func (u *update) apply(old item, ph placeholders) (item, *fault) {
	values := make([]value, len(u.sets))
	for i, a := range u.sets {
		v, f := a.from.eval(old, ph)
		if f != nil {
			return nil, f
		}
		values[i] = v
	}
	now, f := old, (*fault)(nil)
	for i, a := range u.sets {
		if now, f = now.set(ph.resolve(a.path), values[i]); f != nil {
			return nil, f
		}
	}
	for _, a := range u.adds {
		v, f := add(ph.at(old, a.path), ph.values.get(a.from.is.value))
		if f == nil {
			now, f = now.set(ph.resolve(a.path), v)
		}
		if f != nil {
			return nil, f
		}
	}
	for _, a := range u.deletes {
		is := ph.at(old, a.path)
		v, f := subtract(is, ph.values.get(a.from.is.value))
		if f == nil && is.kind != kindNone {
			now, f = now.set(ph.resolve(a.path), v)
		}
		if f != nil {
			return nil, f
		}
	}
	for _, p := range u.backwards(ph) {
		if now, f = now.set(p, value{}); f != nil {
			return nil, f
		}
	}
	return now, nil
}

// backwards returns the paths to remove, greater indexes first: they are those
// of the list before anything is removed from it.
func (u *update) backwards(ph placeholders) []path {
	paths := make([]path, len(u.removes))
	for i, p := range u.removes {
		paths[i] = ph.resolve(p)
	}
	slices.SortStableFunc(paths, func(a, b path) int { return b[len(b)-1].index - a[len(a)-1].index })
	return paths
}

func (t *term) eval(it item, ph placeholders) (value, *fault) {
	if t.op == "if_not_exists" {
		if v := ph.at(it, t.args[0].is.path); v.kind != kindNone {
			return v, nil
		}
		return t.args[1].eval(it, ph)
	}
	if t.op == "" {
		v := ph.operand(it, t.is)
		if v.kind == kindNone {
			return v, invalid("The provided expression refers to an attribute that does not exist in the item")
		}
		return v, nil
	}
	a, f := t.args[0].eval(it, ph)
	if f != nil {
		return a, f
	}
	b, f := t.args[1].eval(it, ph)
	switch {
	case f != nil:
		return b, f
	case t.op == "list_append" && a.kind == kindL && b.kind == kindL:
		return listOf(kindL, slices.Concat(a.list(), b.list())), nil
	case t.op != "list_append" && a.kind == kindN && b.kind == kindN:
		n, f := sum(a.text, b.text, t.op == "-")
		return value{kind: kindN, text: n}, f
	}
	return value{}, invalid(wrongType)
}

// add is what ADD makes of a value, which may be absent.
func add(is, more value) (value, *fault) {
	switch {
	case is.kind == kindNone:
		return more, nil
	case is.kind != more.kind:
		return is, invalid(wrongType)
	case is.kind == kindN:
		n, f := sum(is.text, more.text, false)
		return value{kind: kindN, text: n}, f
	}
	list, _ := asSet(slices.Concat(is.list(), more.list()))
	return listOf(is.kind, list), nil
}

// subtract is what DELETE leaves of a set; an empty one is none.
func subtract(is, less value) (value, *fault) {
	if is.kind == kindNone {
		return is, nil
	}
	if is.kind != less.kind {
		return is, invalid(wrongType)
	}
	list := slices.DeleteFunc(slices.Clone(is.list()), func(v value) bool {
		return slices.ContainsFunc(less.list(), func(l value) bool { return equal(l, v) })
	})
	if len(list) == 0 {
		return value{}, nil
	}
	return listOf(is.kind, list), nil
}
