package dynamo

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// reservedWords are the words that DynamoDB does not take as names in an
// expression, in any case: they must come as #placeholders.
//
//go:embed reserved.txt
var reservedWords string

var reserved = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(reservedWords) {
		words[w] = true
	}
	return words
})

// maxExpression is the length of an expression, in bytes.
const maxExpression = 4096

// step is one part of a document path: a name, a #placeholder of one, or an
// index into a list.
type step struct {
	name  string
	index int // where name is ""
}

type path []step

// operand is a value of an expression: a path, a :placeholder, or the size of
// what is at a path.
type operand struct {
	path  path
	value string
	size  bool
}

// parser reads an expression. It notes the placeholders that it meets. As in
// decoder, the first fault stays.
type parser struct {
	what          string // ConditionExpression, for messages
	text          string
	tokens        []string
	names, values []string
	fault         *fault
}

func newParser(what, text string) *parser {
	p := &parser{what: what, text: text}
	switch {
	case text == "":
		p.fail("The expression can not be empty;")
	case len(text) > maxExpression:
		p.fail("Expression size has exceeded the maximum allowed size; expression size: %d", len(text))
	default:
		p.scan()
	}
	return p
}

func (p *parser) fail(format string, args ...any) {
	if p.fault == nil {
		p.fault = invalid("Invalid "+p.what+": "+format, args...)
	}
	p.tokens = nil
}

func (p *parser) syntax() { p.fail("Syntax error; token: %q, in: %.80q", p.peek(), p.text) }

const symbols = "(),.[]=<>+-"

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *parser) scan() {
	for i := 0; i < len(p.text); {
		c, n := p.text[i], 1
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '#' || c == ':' || wordByte(c):
			for i+n < len(p.text) && wordByte(p.text[i+n]) {
				n++
			}
		case strings.IndexByte(symbols, c) < 0:
			p.fail("Syntax error; token: %q", c)
			return
		case i+1 < len(p.text) && (p.text[i:i+2] == "<>" || p.text[i:i+2] == "<=" || p.text[i:i+2] == ">="):
			n = 2
		}
		p.tokens = append(p.tokens, p.text[i:i+n])
		i += n
	}
}

// peek returns the next token, "" at the end.
func (p *parser) peek() string { return p.ahead(0) }

func (p *parser) ahead(n int) string {
	if n < len(p.tokens) {
		return p.tokens[n]
	}
	return ""
}

func (p *parser) next() string {
	t := p.peek()
	if t != "" {
		p.tokens = p.tokens[1:]
	}
	return t
}

// take reads a token if it is the next one.
func (p *parser) take(token string) bool {
	if p.peek() != token {
		return false
	}
	p.next()
	return true
}

// takeWord is take for a keyword, in any case.
func (p *parser) takeWord(word string) bool {
	if !strings.EqualFold(p.peek(), word) {
		return false
	}
	p.next()
	return true
}

func (p *parser) want(token string) {
	if !p.take(token) {
		p.syntax()
	}
}

// end wants nothing more, and sorts the placeholders.
func (p *parser) end() {
	if p.peek() != "" {
		p.syntax()
	}
	slices.Sort(p.names)
	slices.Sort(p.values)
}

func (p *parser) path() path {
	steps := path{p.step()}
	for p.fault == nil {
		switch {
		case p.take("."):
			steps = append(steps, p.step())
		case p.take("["):
			n, ok := parsePower(p.peek())
			if !ok || n < 0 {
				p.syntax()
			}
			p.next()
			p.want("]")
			steps = append(steps, step{index: n})
		default:
			return steps
		}
	}
	return nil
}

func (p *parser) step() step {
	name := p.peek()
	switch {
	case name == "" || name == "#" || !(name[0] == '#' || wordByte(name[0])) || name[0] >= '0' && name[0] <= '9':
		p.syntax()
	case name[0] == '#':
		p.names = append(p.names, name)
	case reserved()[strings.ToUpper(name)]:
		p.fail("Attribute name is a reserved keyword; reserved keyword: %s", name)
	}
	p.next()
	return step{name: name}
}

func (p *parser) value() string {
	name := p.next()
	if len(name) < 2 || name[0] != ':' {
		p.syntax()
	}
	p.values = append(p.values, name)
	return name
}

func (p *parser) operand() operand {
	switch t := p.peek(); {
	case strings.HasPrefix(t, ":"):
		return operand{value: p.value()}
	case t == "size" && p.ahead(1) == "(":
		p.next()
		p.next()
		o := operand{path: p.path(), size: true}
		p.want(")")
		return o
	default:
		return operand{path: p.path()}
	}
}
