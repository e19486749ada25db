package mutation

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

const root = "../../.."

// TestMutationsApply: each breaks its file in one place, and what comes out is
// Go still. That it compiles, and is noticed, is what the run of them shows.
func TestMutationsApply(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, m := range All() {
		source, err := m.Source(root)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.File, source, parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		if names[m.Name] || m.Old == m.New || strings.Contains(strings.Trim(m.Old, "\n"), "\n") {
			t.Errorf("%s is there twice, changes nothing, or more than a line", m.Name)
		}
		if want := "internal/" + m.Package() + "/"; !strings.HasPrefix(m.File, want) {
			t.Errorf("%s breaks %s", m.Name, m.File)
		}
		names[m.Name] = true
	}
	if len(names) < 25 {
		t.Errorf("%d mutations", len(names))
	}
}

// TestStale: a mutation whose line is gone, or is there twice, is refused.
func TestStale(t *testing.T) {
	t.Parallel()
	for _, old := range []string{"no such line", "return"} {
		if _, err := (Mutation{Name: "merge/x", File: "internal/merge/pair.go", Old: old}).Source(root); err == nil {
			t.Errorf("%q applies", old)
		}
	}
}
