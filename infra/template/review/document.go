package review

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// document is one template: YAML, or JSON, which is YAML as well.
type document struct {
	path      string
	root      *yaml.Node
	resources []resource // in the order of the file
}

type resource struct {
	id, kind string
	node     *yaml.Node
}

func (r resource) property(path ...string) *yaml.Node { return at(at(r.node, "Properties"), path...) }

func parse(path string, text []byte) (*document, error) {
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		return nil, err
	}
	if n.Kind != yaml.DocumentNode || len(n.Content) != 1 || n.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("is no mapping")
	}
	d := &document{path: path, root: n.Content[0]}
	for id, node := range members(at(d.root, "Resources")) {
		d.resources = append(d.resources, resource{id, says(at(node, "Type")), node})
	}
	return d, nil
}

// of returns the resources of a type.
func (d *document) of(kind string) (all []resource) {
	for _, r := range d.resources {
		if r.kind == kind {
			all = append(all, r)
		}
	}
	return all
}

// resource returns one by its logical id; the zero resource where there is none.
func (d *document) resource(id string) resource {
	for _, r := range d.resources {
		if r.id == id {
			return r
		}
	}
	return resource{}
}

// function returns a property of a function: its own, or the one of Globals.
func (d *document) function(f resource, path ...string) *yaml.Node {
	if own := f.property(path...); own != nil {
		return own
	}
	return at(at(d.root, "Globals", "Function"), path...)
}

// intrinsic returns the name of an intrinsic function, short, and its argument:
// "Ref", "Sub", "GetAtt", "If". "" is none.
func intrinsic(n *yaml.Node) (string, *yaml.Node) {
	if n == nil {
		return "", nil
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Tag[1:], n
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		switch name := n.Content[0].Value; {
		case name == "Ref":
			return name, n.Content[1]
		case strings.HasPrefix(name, "Fn::"):
			return name[len("Fn::"):], n.Content[1]
		}
	}
	return "", nil
}

// says returns a value in one spelling, whichever way the template writes it:
// text as it is, Ref and GetAtt as Sub would say them ("${Table}",
// "${Table.Arn}"), Sub as its pattern, Split in words. "" is an absent value, and
// "?" one that is neither text nor one of these.
func says(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	name, argument := intrinsic(n)
	switch name {
	case "":
		if n.Kind == yaml.ScalarNode {
			return n.Value
		}
	case "Ref", "GetAtt":
		if argument.Kind == yaml.SequenceNode {
			var parts []string
			for _, p := range argument.Content {
				parts = append(parts, p.Value)
			}
			return "${" + strings.Join(parts, ".") + "}"
		}
		return "${" + argument.Value + "}"
	case "Sub":
		if argument.Kind == yaml.ScalarNode {
			return argument.Value
		}
	case "Split":
		if len(argument.Content) == 2 {
			return "${" + says(argument.Content[1]) + " split at " + argument.Content[0].Value + "}"
		}
	}
	return "?"
}
