package review

import (
	"iter"

	"gopkg.in/yaml.v3"
)

// at follows names through mappings; nil where one is missing.
func at(n *yaml.Node, path ...string) *yaml.Node {
	for _, name := range path {
		var next *yaml.Node
		for key, value := range members(n) {
			if key == name {
				next = value
			}
		}
		n = next
	}
	return n
}

// members yields the keys and values of a mapping; nothing for another node.
func members(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// list returns the elements of a sequence; another node is a list of itself, as
// policies write it.
func list(n *yaml.Node) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	}
	return []*yaml.Node{n}
}

// scalars yields every text below a node with the name of the member that holds
// it.
func scalars(name string, n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) { walkScalars(name, n, yield) }
}

func walkScalars(name string, n *yaml.Node, yield func(string, *yaml.Node) bool) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		return yield(name, n)
	case yaml.MappingNode:
		for key, value := range members(n) {
			if !walkScalars(key, value, yield) {
				return false
			}
		}
	case yaml.SequenceNode:
		for _, value := range n.Content {
			if !walkScalars(name, value, yield) {
				return false
			}
		}
	}
	return true
}
