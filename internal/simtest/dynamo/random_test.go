package dynamo_test

import (
	"fmt"
	"maps"
	"strings"

	"pgregory.net/rapid"
)

// object is a JSON object of a request.
type object = map[string]any

// source draws requests about a few items, so that they meet one another. What
// it draws may be wrong: the two are to refuse alike.
type source struct {
	t     *rapid.T
	table string
	names object
	value object
	// The other one does not look for overlapping paths in a transaction, so
	// none are drawn there: these are the attributes that are taken.
	together bool
	taken    map[string]bool
	last     object // transaction with a token
	tokens   int
}

func (s *source) of(words ...string) string { return rapid.SampledFrom(words).Draw(s.t, "word") }

func (s *source) upTo(n int) int { return rapid.IntRange(0, n-1).Draw(s.t, "n") }

// one is true once in n times.
func (s *source) one(n int) bool { return s.upTo(n) == n-1 }

func text(v string) object { return object{"S": v} }

func (s *source) key() object {
	pk := s.of("p", "p", "p", "q")
	return object{"PK": text(pk), "SK": text(s.sort())}
}

func (s *source) sort() string { return s.of("a", "a#1", "a#2", "a#2\x00", "b", "bé", "c") }

// number is one in any spelling; canonical ones most of the time.
func (s *source) number() object {
	return object{"N": s.of("0", "1", "2", "-7", "10", "1500", "99999999999999999999999999999999999999",
		"1.5", "-0.25", "1.0", "007", "1e2", "-0", "12e-3", "0.1", "123456789012345678")}
}

func (s *source) scalar() object {
	switch s.upTo(9) {
	case 8: // about a write unit, so that every byte of the size counts
		return text(strings.Repeat("z", 990+s.upTo(30)))
	case 0, 1, 2:
		return s.number()
	case 3:
		return object{"BOOL": s.one(2)}
	case 4:
		return object{"NULL": true}
	case 5:
		return object{"B": s.of("AQI=", "AQ==", "")}
	default:
		return text(s.of("", "x", "xy", "y\"\\\n", "ção", strings.Repeat("k", 700), strings.Repeat("é", 600)))
	}
}

func (s *source) anyValue() object {
	switch s.upTo(9) {
	case 0:
		return object{"L": []any{s.scalar(), s.scalar()}}
	case 1:
		return object{"M": object{"a": s.scalar(), "b": object{"M": object{"a": s.scalar()}}}}
	case 2:
		return object{"SS": []any{"x", s.of("y", "xy")}}
	case 3:
		return object{"NS": []any{"1", s.of("2", "3.50", "10")}}
	default:
		return s.scalar()
	}
}

// attributes adds attributes to an object. The index's keys come of their own
// types nearly always.
func (s *source) attributes(to object) object {
	for range s.upTo(5) {
		to[s.of("x", "y", "status", "list", "map", "set")] = s.anyValue()
	}
	if s.one(3) {
		to["enabled_shard"] = object{"N": s.of("1", "2", "2.0")}
		to["enabled_key"] = text(s.of("k", "l"))
	}
	if s.one(6) {
		to[s.of("enabled_shard", "enabled_key")] = s.scalar()
	}
	return to
}

// begin forgets the placeholders of the request before.
func (s *source) begin() { s.names, s.value = object{}, object{} }

func (s *source) given(v object) string {
	p := fmt.Sprintf(":v%d", len(s.value))
	s.value[p] = v
	return p
}

func (s *source) named(name string) string {
	p := "#" + name
	s.names[p] = name
	return p
}

func (s *source) path() string {
	switch s.upTo(10) {
	case 0: // the two differ on elements beyond the end, which nothing of ours names
		return s.named("list") + s.of("[0]", "[1]")
	case 1:
		return s.named("map") + "." + s.named(s.of("a", "b", "c"))
	case 2:
		return s.named("map") + "." + s.named("b") + "." + s.named("a")
	case 3:
		return s.of("x", "y")
	default:
		return s.named(s.of("x", "y", "status", "list", "map", "set", "enabled_key", "missing"))
	}
}

// either draws a text that is there, or one to be drawn.
func (s *source) either(a string, b func() string) string {
	if s.one(2) {
		return a
	}
	return b()
}

func (s *source) operand() string {
	switch s.upTo(6) {
	case 0:
		return s.path()
	case 1:
		return "size(" + s.path() + ")"
	default:
		return s.given(s.anyValue())
	}
}

// ordered is a value that < takes, of the types that the attributes have.
func (s *source) ordered() string {
	if s.one(2) {
		return s.given(s.number())
	}
	return s.given(text(s.of("x", "xy", "y")))
}

func (s *source) condition(depth int) string {
	if depth > 0 && s.one(2) {
		a := s.condition(depth - 1)
		if s.one(4) {
			return "NOT (" + a + ")"
		}
		b := s.condition(depth - 1)
		return s.of("("+a+") AND ("+b+")", "("+a+") OR ("+b+")", a+" and "+b)
	}
	switch s.upTo(9) {
	case 0, 1:
		return s.of("attribute_exists", "attribute_not_exists") + " (" + s.either("PK", s.path) + ")"
	case 2:
		return "attribute_type(" + s.path() + ", " + s.given(text(s.of("S", "N", "L", "M", "SS", "NULL"))) + ")"
	case 3:
		return "begins_with(" + s.path() + ", " + s.given(text(s.of("x", "k", "ç"))) + ")"
	case 4:
		return "contains(" + s.path() + ", " + s.given(s.scalar()) + ")"
	case 5:
		return s.path() + " IN (" + s.given(s.scalar()) + ", " + s.given(s.scalar()) + ")"
	case 6:
		v := s.number()
		return s.path() + " BETWEEN " + s.given(v) + " AND " + s.given(v)
	case 7:
		return s.path() + s.of(" < ", " <= ", " > ", " >= ") + s.ordered()
	default:
		return s.path() + s.of(" = ", " <> ") + s.operand()
	}
}

func (s *source) update() string {
	var parts []string
	for _, section := range []string{"SET", "REMOVE", "ADD", "DELETE"} {
		if !s.one(2) {
			continue
		}
		var list []string
		for range 1 + s.upTo(2) {
			list = append(list, s.action(section))
		}
		parts = append(parts, section+" "+strings.Join(list, ", "))
	}
	if parts == nil {
		return "SET " + s.named("x") + " = " + s.given(s.scalar())
	}
	return strings.Join(parts, " ")
}

// target makes sure that a path of an update is drawn once in a transaction.
func (s *source) target(draw func() string) string {
	before := maps.Clone(s.names)
	p := draw()
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.ReplaceAll(p, "[", "."), "#"), ".")
	if s.together && s.taken[name] {
		p = fmt.Sprintf("other%d", len(s.taken))
		name = p
		s.names = before
	}
	s.taken[name] = true
	return p
}

func (s *source) action(section string) string {
	switch section {
	case "REMOVE":
		// Where a path leads nowhere, AWS refuses, and the other one does nothing.
		return s.target(func() string { return s.named(s.of("x", "y", "status", "list", "map", "enabled_key", "missing")) })
	case "ADD":
		return s.target(func() string { return s.named(s.of("x", "y", "set", "count")) }) + " " + s.given(s.addend())
	case "DELETE":
		return s.target(func() string { return s.named(s.of("set", "y")) }) + " " + s.given(object{"SS": []any{s.of("x", "y")}})
	}
	// Where a path leads nowhere, AWS refuses, and the other one makes it.
	p := s.target(func() string { return s.named(s.of("x", "y", "status", "list", "map", "set", "enabled_key")) })
	switch s.upTo(5) {
	case 0:
		return p + " = if_not_exists(" + s.path() + ", " + s.given(s.anyValue()) + ")"
	case 1:
		return p + " = list_append(" + s.named("list") + ", " + s.given(object{"L": []any{s.scalar()}}) + ")"
	case 2:
		return p + " = " + s.named(s.of("x", "y", "count")) + s.of(" + ", " - ") + s.given(s.number())
	case 3:
		return p + " = " + s.path()
	default:
		return p + " = " + s.given(s.anyValue())
	}
}

func (s *source) addend() object {
	switch s.upTo(3) {
	case 0:
		return object{"SS": []any{"x", "z"}}
	case 1:
		return object{"NS": []any{"1", "4"}}
	default:
		return s.number()
	}
}

// finish adds the placeholders.
func (s *source) finish(r object) object {
	if len(s.names) > 0 {
		r["ExpressionAttributeNames"] = s.names
	}
	if len(s.value) > 0 {
		r["ExpressionAttributeValues"] = s.value
	}
	s.begin()
	return r
}

// write draws a write of a verb, as it stands in a transaction.
func (s *source) write(verb string, key object) object {
	s.begin()
	r := object{"TableName": s.table}
	if verb == "Put" {
		r["Item"] = s.attributes(key)
	} else {
		r["Key"] = key
	}
	if verb == "Update" {
		s.taken = map[string]bool{}
		r["UpdateExpression"] = s.update()
	}
	if verb == "ConditionCheck" || s.one(2) {
		r["ConditionExpression"] = s.condition(2)
		r["ReturnValuesOnConditionCheckFailure"] = s.of("ALL_OLD", "ALL_OLD", "NONE")
	}
	return s.finish(r)
}
