package template

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Value is a scalar of the template: either text as written, or an intrinsic
// function and its argument. The zero Value is an absent one.
type Value struct {
	// Func is "" for text as written, else the intrinsic's short name: "Ref",
	// "Sub", "GetAtt", "If", …
	Func string
	// Text is the literal, or the argument: a logical id for Ref, the pattern
	// for Sub, "Id.Attribute" for GetAtt. It is "" for a function of several
	// arguments.
	Text string
	set  bool
}

// Present reports whether the template gives a value at all.
func (v Value) Present() bool { return v.set }

// Target returns the logical id that a Ref or GetAtt names, or "".
func (v Value) Target() string {
	switch v.Func {
	case "Ref":
		return v.Text
	case "GetAtt":
		id, _, _ := strings.Cut(v.Text, ".")
		return id
	}
	return ""
}

// UnmarshalYAML reads a scalar, a tagged intrinsic or the long form of one.
func (v *Value) UnmarshalYAML(n *yaml.Node) error {
	*v = Value{set: true}
	if tag := n.Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		v.Func, v.Text = tag[1:], argument(n)
		return nil
	}
	switch {
	case n.Kind == yaml.ScalarNode:
		v.Text = n.Value
	case n.Kind == yaml.MappingNode && len(n.Content) == 2:
		v.Func, v.Text = strings.TrimPrefix(n.Content[0].Value, "Fn::"), argument(n.Content[1])
	default:
		return fmt.Errorf("line %d: neither a scalar nor an intrinsic function", n.Line)
	}
	return nil
}

// argument returns a scalar argument, a GetAtt's [Id, Attribute] joined, or
// the pattern of a Sub with its own variables; "" for anything else.
func argument(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.ScalarNode:
		return n.Value
	case n.Kind == yaml.SequenceNode && len(n.Content) == 2 && n.Content[0].Kind == yaml.ScalarNode && n.Content[1].Kind == yaml.ScalarNode:
		return n.Content[0].Value + "." + n.Content[1].Value
	}
	return ""
}

// Text returns the value's text: a literal, or the default of the parameter
// that it refers to. An absent value is "".
func (t *Template) Text(v Value) (string, error) { return t.Resolve(v, nil) }

// Resolve returns the value's text as a deployment would: what known gives for
// a Ref ("Table", "AWS::StackName") or a GetAtt ("SyncQueue.Arn"), else a
// parameter's default; and a Sub with these put in. What neither knows is an
// error that names it.
func (t *Template) Resolve(v Value, known map[string]string) (string, error) {
	found := true
	look := func(name string) string {
		if text, ok := known[name]; ok {
			return text
		}
		p, ok := t.Parameters[name]
		found = found && ok && p.Default.Present()
		return p.Default.Text
	}
	text := v.Text
	switch v.Func {
	case "":
	case "Ref", "GetAtt":
		text = look(v.Text)
	case "Sub":
		text = placeholder.ReplaceAllStringFunc(v.Text, func(s string) string { return look(s[2 : len(s)-1]) })
	default:
		found = false
	}
	if !found {
		return "", fmt.Errorf("!%s %s is known to a deployment only", v.Func, v.Text)
	}
	return text, nil
}

// placeholder is a name in a Sub's pattern.
var placeholder = regexp.MustCompile(`\$\{[A-Za-z0-9:.]+\}`)

// Int returns the value's whole number, or otherwise where it is absent.
func (t *Template) Int(v Value, otherwise int) (int, error) {
	if !v.Present() {
		return otherwise, nil
	}
	s, err := t.Text(v)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	return n, nil
}
