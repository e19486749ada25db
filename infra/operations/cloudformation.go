package operations

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// parse reads a template, YAML or JSON, into maps, lists and scalars. A short
// intrinsic, !Ref X, becomes its long form, {"Ref": X}.
func parse(text string) (map[string]any, error) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		return nil, err
	}
	if len(n.Content) != 1 {
		return nil, fmt.Errorf("not one document")
	}
	v, err := plain(n.Content[0])
	m, ok := v.(map[string]any)
	if err == nil && !ok {
		err = fmt.Errorf("not a mapping")
	}
	return m, err
}

func plain(n *yaml.Node) (any, error) {
	if tag := n.Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		bare := *n
		bare.Tag = ""
		v, err := plain(&bare)
		name := "Fn::" + tag[1:]
		if tag == "!Ref" || tag == "!Condition" {
			name = tag[1:]
		}
		return map[string]any{name: v}, err
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			v, err := plain(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			key := n.Content[i].Value
			if _, twice := m[key]; twice {
				return nil, fmt.Errorf("line %d: %s is there twice", n.Content[i].Line, key)
			}
			m[key] = v
		}
		return m, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			v, err := plain(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.AliasNode:
		return plain(n.Alias)
	}
	return n.Value, nil
}

// at follows names down into maps; nil where one is missing.
func at(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func text(v any) string { s, _ := v.(string); return s }

func number(v any) int {
	n, err := strconv.Atoi(text(v))
	if err != nil {
		return -1
	}
	return n
}

// refs calls yield with every name that a value refers to, by Ref or in a Sub.
func refs(v any, yield func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			switch key {
			case "Ref":
				yield(text(inner))
			case "Fn::Sub":
				for rest := text(inner); ; {
					_, after, found := strings.Cut(rest, "${")
					if !found {
						break
					}
					name, next, _ := strings.Cut(after, "}")
					yield(strings.Split(name, ".")[0])
					rest = next
				}
			default:
				refs(inner, yield)
			}
		}
	case []any:
		for _, inner := range v {
			refs(inner, yield)
		}
	}
}

// resolve checks that what a template refers to is in it.
func (c *checker) resolve(file string, t map[string]any) {
	refs(t, func(name string) {
		if at(t, "Parameters", name) == nil && at(t, "Resources", name) == nil && !strings.HasPrefix(name, "AWS::") {
			c.fault("%s: %s is neither a parameter nor a resource", file, name)
		}
	})
}

// same reports a set of names that is not the wanted one.
func (c *checker) same(what string, got, want []string) {
	for _, name := range want {
		if !slices.Contains(got, name) {
			c.fault("%s: %s is missing", what, name)
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) {
			c.fault("%s: %s is not among those expected", what, name)
		}
	}
}

func keys(v any) []string {
	m, _ := v.(map[string]any)
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// strict says whether a text is JSON, which YAML's reader is lenient about.
func strict(text string) bool { return json.Valid([]byte(text)) }
