// Package mutation is a list of ways to break the product, a line each: guards
// left out, limits changed, things done in the wrong order. The simulation must
// notice every one of them (go run ./infra/simulate -mutations), or it would not
// notice the fault that somebody makes by accident either.
//
// The product's sources are never touched: the broken copy of a file takes its
// place in one build, by the go command's -overlay.
package mutation

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Mutation is one way to break the product.
type Mutation struct {
	Name string // package/what
	File string // from the repository's root
	Old  string // occurs once in the file
	New  string // takes its place
	// Kinds are the faults among which it shows soonest; none is all.
	Kinds []string
}

// Package is the package that it breaks.
func (m Mutation) Package() string {
	name, _, _ := strings.Cut(m.Name, "/")
	return name
}

// Source returns the broken file. A mutation whose text is not there, or is
// there more than once, is out of date: an error.
func (m Mutation) Source(root string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return nil, fmt.Errorf("mutation %s: %w", m.Name, err)
	}
	if n := strings.Count(string(text), m.Old); n != 1 {
		return nil, fmt.Errorf("mutation %s: its text is %d times in %s, want once", m.Name, n, m.File)
	}
	return []byte(strings.Replace(string(text), m.Old, m.New, 1)), nil
}

// Overlay writes the broken file and what go build -overlay reads into a folder,
// and returns the latter's path.
func (m Mutation) Overlay(root, folder string) (string, error) {
	source, err := m.Source(root)
	if err != nil {
		return "", err
	}
	from, err := filepath.Abs(filepath.Join(root, m.File))
	if err != nil {
		return "", fmt.Errorf("mutation %s: %w", m.Name, err)
	}
	to, path := filepath.Join(folder, "mutated.go"), filepath.Join(folder, "overlay.json")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {from: to}})
	if err != nil {
		return "", fmt.Errorf("mutation %s: %w", m.Name, err)
	}
	for name, text := range map[string][]byte{to: source, path: overlay} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return "", fmt.Errorf("mutation %s: %w", m.Name, err)
		}
	}
	return path, nil
}
