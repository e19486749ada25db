package dynamo

import (
	"encoding/json"
	"strconv"
	"strings"
)

// decoder reads the JSON of a request, straight into what it means. Texts
// without escapes are parts of the request's text, not copies. The first fault
// stays, and everything read after it is empty.
type decoder struct {
	text  string
	at    int
	depth int
	stack []attribute // of the items that are being read
	order []int32
	slow  *Slow // of a query that took its time
	fault *fault
}

func (d *decoder) fail(f *fault) {
	if d.fault == nil {
		d.fault = f
		d.at = len(d.text)
	}
}

func (d *decoder) malformed() {
	d.fail(refuse("SerializationException", "The request is not the JSON that it should be"))
}

// unknown refuses a parameter that is not simulated: to ignore it could make
// the simulation say what DynamoDB would not.
func (d *decoder) unknown(where, name string) {
	d.fail(notSimulated("%s has the parameter %s, which is not simulated", where, name))
}

// peek returns the next character that is no space; 0 at the end.
func (d *decoder) peek() byte {
	for d.at < len(d.text) {
		switch c := d.text[d.at]; c {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return c
		}
	}
	return 0
}

// take reads a character if it is the next one.
func (d *decoder) take(c byte) bool {
	if d.peek() != c || d.at >= len(d.text) {
		return false
	}
	d.at++
	return true
}

func (d *decoder) want(c byte) {
	if !d.take(c) {
		d.malformed()
	}
}

// end wants nothing more.
func (d *decoder) end() {
	if d.fault == nil && (d.peek() != 0 || d.at < len(d.text)) {
		d.malformed()
	}
}

// object calls a function per member, which must read its value.
func (d *decoder) object(each func(name string)) {
	d.want('{')
	if d.take('}') {
		return
	}
	for d.fault == nil {
		name := d.string()
		d.want(':')
		if d.fault != nil {
			return
		}
		each(name)
		if d.take('}') {
			return
		}
		d.want(',')
	}
}

// array calls a function per element, which must read it.
func (d *decoder) array(each func()) {
	d.want('[')
	if d.take(']') {
		return
	}
	for d.fault == nil {
		each()
		if d.take(']') {
			return
		}
		d.want(',')
	}
}

func (d *decoder) string() string {
	d.want('"')
	from := d.at
	for i := from; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			d.at = i + 1
			return d.text[from:i]
		case c == '\\':
			return d.escaped(from)
		case c < ' ':
			d.malformed()
			return ""
		}
	}
	d.malformed()
	return ""
}

// escaped reads a string that has escapes, from behind its first quote. All
// but the short ones are left to the standard library.
func (d *decoder) escaped(from int) string {
	var b []byte
	rest := from
	for i := from; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			d.at = i + 1
			return string(append(b, d.text[rest:i]...))
		case c < ' ':
			d.malformed()
			return ""
		case c != '\\':
			continue
		case i+1 < len(d.text) && strings.IndexByte(short, d.text[i+1]) >= 0:
			if b == nil {
				b = make([]byte, 0, 2*(i-from)+64)
			}
			b = append(b, d.text[rest:i]...)
			b = append(b, means[strings.IndexByte(short, d.text[i+1])])
			i++
			rest = i + 1
		default:
			return d.unquoted(from)
		}
	}
	d.malformed()
	return ""
}

// The short escapes, and what they mean.
const (
	short = `"\/bfnrt`
	means = "\"\\/\b\f\n\r\t"
)

func (d *decoder) unquoted(from int) string {
	for i := from; i < len(d.text); i++ {
		switch d.text[i] {
		case '\\':
			i++
		case '"':
			var s string
			if json.Unmarshal([]byte(d.text[from-1:i+1]), &s) != nil {
				d.malformed()
			}
			d.at = i + 1
			return s
		}
	}
	d.malformed()
	return ""
}

func (d *decoder) word(word string) bool {
	d.peek()
	if strings.HasPrefix(d.text[d.at:], word) {
		d.at += len(word)
		return true
	}
	return false
}

func (d *decoder) bool() bool {
	switch {
	case d.word("true"):
		return true
	case d.word("false"):
		return false
	}
	d.malformed()
	return false
}

func (d *decoder) int() int {
	d.peek()
	from := d.at
	for d.at < len(d.text) && strings.IndexByte("-0123456789", d.text[d.at]) >= 0 {
		d.at++
	}
	n, err := strconv.Atoi(d.text[from:d.at])
	if err != nil {
		d.malformed()
	}
	return n
}
