package dynamo

import (
	"encoding/base64"
	"strconv"
)

// writer writes the JSON of an answer. Members are written in the order of the
// calls: there is no map in it.
type writer struct {
	buf   []byte
	comma bool
}

func (w *writer) sep() {
	if w.comma {
		w.buf = append(w.buf, ',')
	}
	w.comma = true
}

func (w *writer) open() {
	w.buf = append(w.buf, '{')
	w.comma = false
}

func (w *writer) close() {
	w.buf = append(w.buf, '}')
	w.comma = true
}

// name begins a member; its value is to follow.
func (w *writer) name(name string) {
	w.sep()
	w.buf = append(appendText(w.buf, name), ':')
	w.comma = false
}

func (w *writer) text(name, v string) {
	w.name(name)
	w.buf = appendText(w.buf, v)
	w.comma = true
}

// raw writes a member whose value is JSON already.
func (w *writer) raw(name, json string) {
	w.name(name)
	w.buf = append(w.buf, json...)
	w.comma = true
}

func (w *writer) count(name string, n int) {
	w.name(name)
	w.buf = strconv.AppendInt(w.buf, int64(n), 10)
	w.comma = true
}

func (w *writer) units(name string, n float64) {
	w.name(name)
	w.buf = strconv.AppendFloat(w.buf, n, 'f', -1, 64)
	w.comma = true
}

// list writes n elements; each must write one value.
func (w *writer) list(n int, each func(i int)) {
	w.buf = append(w.buf, '[')
	w.comma = false
	for i := range n {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.comma = false
		each(i)
	}
	w.buf = append(w.buf, ']')
	w.comma = true
}

// item writes attributes as a member.
func (w *writer) item(name string, it item) {
	w.name(name)
	w.buf = appendItem(w.buf, it)
	w.comma = true
}

func appendItem(b []byte, it item) []byte {
	b = append(b, '{')
	for i, a := range it {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, a.name), ':')
		b = appendValue(b, a.value)
	}
	return append(b, '}')
}

func appendValue(b []byte, v value) []byte {
	b = append(b, `{"`...)
	b = append(b, v.kind.String()...)
	b = append(b, `":`...)
	switch v.kind {
	case kindS:
		b = appendText(b, v.text)
	case kindN:
		b = append(b, '"')
		b = append(b, v.text...)
		b = append(b, '"')
	case kindB:
		b = appendBytes(b, v.text)
	case kindBOOL:
		b = strconv.AppendBool(b, v.flag)
	case kindNULL:
		b = append(b, "true"...)
	case kindM:
		b = appendItem(b, v.item())
	case kindL, kindSS, kindNS, kindBS:
		b = append(b, '[')
		for i, e := range v.list() {
			if i > 0 {
				b = append(b, ',')
			}
			switch v.kind {
			case kindL:
				b = appendValue(b, e)
			case kindBS:
				b = appendBytes(b, e.text)
			default:
				b = appendText(b, e.text)
			}
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendBytes(b []byte, bytes string) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, []byte(bytes))
	return append(b, '"')
}

const hex = "0123456789abcdef"

// appendText writes a JSON string. Only what must be is escaped.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&15])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
