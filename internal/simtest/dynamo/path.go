package dynamo

import "slices"

// badPath is the fault of a path that leads nowhere.
func badPath() *fault {
	return invalid("The document path provided in the update expression is invalid for update")
}

// set returns a copy of the item with a value at a path; kindNone removes what
// is there. What the path leads through must be there.
func (it item) set(p path, v value) (item, *fault) {
	if len(p) == 1 {
		return it.with(p[0].name, v), nil
	}
	child, f := it.get(p[0].name).set(p[1:], v)
	if f != nil {
		return nil, f
	}
	return it.with(p[0].name, child), nil
}

func (v value) set(p path, to value) (value, *fault) {
	switch {
	case p[0].name != "" && v.kind == kindM:
		it, f := v.item().set(p, to)
		return mapOf(it), f
	case p[0].name == "" && v.kind == kindL:
		list, f := setElement(v.list(), p, to)
		return listOf(kindL, list), f
	}
	return v, badPath()
}

func setElement(list []value, p path, to value) ([]value, *fault) {
	i, last := p[0].index, len(p) == 1
	switch {
	case i >= len(list) && !last:
		return nil, badPath()
	case i >= len(list) && to.kind == kindNone:
		return list, nil
	case i >= len(list):
		return append(slices.Clone(list), to), nil
	case last && to.kind == kindNone:
		return slices.Delete(slices.Clone(list), i, i+1), nil
	}
	list = slices.Clone(list)
	if last {
		list[i] = to
		return list, nil
	}
	child, f := list[i].set(p[1:], to)
	list[i] = child
	return list, f
}

// projection is a parsed projection expression.
type projection struct {
	*parser
	paths []path
}

func parseProjection(text string) (*projection, *fault) {
	p := &projection{parser: newParser("ProjectionExpression", text)}
	for p.fault == nil {
		p.paths = append(p.paths, p.path())
		if !p.take(",") {
			break
		}
	}
	p.end()
	if p.fault != nil {
		return nil, p.fault
	}
	return p, nil
}

// check wants paths that do not overlap.
func (p *projection) check(ph placeholders) *fault {
	paths := resolveAll(p.paths, ph)
	for i, a := range paths {
		for _, b := range paths[:i] {
			if n := min(len(a), len(b)); slices.Equal(a[:n], b[:n]) {
				return invalid("Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %v, path two: %v", b, a)
			}
		}
	}
	return nil
}

func resolveAll(paths []path, ph placeholders) []path {
	resolved := make([]path, len(paths))
	for i, p := range paths {
		resolved[i] = ph.resolve(p)
	}
	return resolved
}

// pick returns what is at the paths of an item, in the same structure. List
// elements close up.
func (it item) pick(paths []path) item {
	picked := item{}
	for _, a := range it {
		if v := a.value.below(step{name: a.name}, paths); v.kind != kindNone {
			picked = append(picked, attribute{a.name, v})
		}
	}
	return picked
}

// below returns what of a value the paths that begin with a step ask for.
func (v value) below(s step, paths []path) value {
	var rest []path
	for _, p := range paths {
		switch {
		case p[0] != s:
		case len(p) == 1:
			return v
		default:
			rest = append(rest, p[1:])
		}
	}
	if len(rest) == 0 {
		return value{}
	}
	switch v.kind {
	case kindM:
		if picked := v.item().pick(rest); len(picked) > 0 {
			return mapOf(picked)
		}
	case kindL:
		var picked []value
		for i, e := range v.list() {
			if e = e.below(step{index: i}, rest); e.kind != kindNone {
				picked = append(picked, e)
			}
		}
		if len(picked) > 0 {
			return listOf(kindL, picked)
		}
	}
	return value{}
}
