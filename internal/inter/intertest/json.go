package intertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"extrato/internal/statement"
)

// Field is one member of a JSON object: Value is written as it is.
type Field struct {
	Name  string
	Value json.RawMessage
}

// object is a JSON object whose members keep their order, because the order
// is part of what was recorded.
type object []Field

// Text returns s as a JSON string the way the bank writes it: UTF-8 as it is,
// nothing escaped for HTML.
func Text(s string) json.RawMessage {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] >= 0x80 {
			return encoded(s)
		}
	}
	return json.RawMessage(`"` + s + `"`)
}

func encoded(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Details returns detalhes with the given names and texts, in that order.
func Details(namesAndTexts ...string) json.RawMessage {
	var o object
	for i := 0; i+1 < len(namesAndTexts); i += 2 {
		o = o.text(namesAndTexts[i], namesAndTexts[i+1])
	}
	return o.bytes()
}

func (o object) text(name, value string) object { return append(o, Field{name, Text(value)}) }

func (o object) number(name string, n int) object {
	return append(o, Field{name, json.RawMessage(strconv.Itoa(n))})
}

func (o object) flag(name string, v bool) object {
	return append(o, Field{name, json.RawMessage(strconv.FormatBool(v))})
}

func (o object) raw(name string, value json.RawMessage) object { return append(o, Field{name, value}) }

// set replaces a member where it is, or appends it.
func (o object) set(name string, value json.RawMessage) object {
	if i := o.index(name); i >= 0 {
		o[i].Value = value
		return o
	}
	return o.raw(name, value)
}

func (o object) without(name string) object {
	return slices.DeleteFunc(o, func(f Field) bool { return f.Name == name })
}

func (o object) index(name string) int {
	return slices.IndexFunc(o, func(f Field) bool { return f.Name == name })
}

// find returns the text of a string member, "" where there is none.
func (o object) find(name string) string {
	i := o.index(name)
	if i < 0 {
		return ""
	}
	var s string
	if json.Unmarshal(o[i].Value, &s) != nil {
		return ""
	}
	return s
}

func (o object) appendTo(b []byte) []byte {
	b = append(b, '{')
	for i, f := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, Text(f.Name)...)
		b = append(b, ':')
		b = append(b, f.Value...)
	}
	return append(b, '}')
}

func (o object) bytes() json.RawMessage { return o.appendTo(nil) }

// list writes rows as a JSON array.
func list(rows []json.RawMessage) json.RawMessage {
	size := 2
	for _, r := range rows {
		size += len(r) + 1
	}
	b := append(make([]byte, 0, size), '[')
	for i, r := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, r...)
	}
	return append(b, ']')
}

// parseObject reads an object, keeping the order of its members and, but for
// white space, the bytes of their values.
func parseObject(raw []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	var o object
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, value); err != nil {
			return nil, err
		}
		o = o.raw(name.(string), compact.Bytes())
	}
	return o, nil
}

// padded is the text of valor in extrato/completo: "138.80", never signed.
func padded(c statement.Cents) string { return strings.TrimPrefix(c.String(), "-") }

// unpadded is the text of valor in extrato and of amounts within detalhes: the
// shortest decimal with at least one place, "24.9", "1400.0", never signed.
func unpadded(c statement.Cents) string {
	s := padded(c)
	if strings.HasSuffix(s, "0") {
		return s[:len(s)-1]
	}
	return s
}

// number is an amount as a JSON number: 2850.55, 24.9, 1000, -3.
func number(c statement.Cents) json.RawMessage {
	return json.RawMessage(strings.TrimSuffix(strings.TrimRight(c.String(), "0"), "."))
}
