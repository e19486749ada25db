package rebuild

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes a tree whose Makefile has one recipe for every function.
func tree(t *testing.T, recipe string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"Makefile":        "build-%:\n\t" + recipe + "\n",
		"functions/a.txt": "source\n",
		".git/head":       "hidden\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestTwice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, recipe string
		want         string // in the error, "" for none
	}{
		{"the same", "cat functions/a.txt > $(ARTIFACTS_DIR)/bootstrap", ""},
		{"one function's name", "echo $* > $(ARTIFACTS_DIR)/bootstrap", ""},
		{"the folder", "pwd > $(ARTIFACTS_DIR)/bootstrap", "differ: A, B"},
		{"the folder of the result", "echo $(ARTIFACTS_DIR) > $(ARTIFACTS_DIR)/bootstrap", "differ: A, B"},
		{"the cache", "echo $$GOCACHE > $(ARTIFACTS_DIR)/bootstrap", "differ: A, B"},
		{"flags of the builder", "echo $$GOFLAGS > $(ARTIFACTS_DIR)/bootstrap", "differ: A, B"},
		{"the time zone", "date +%Z > $(ARTIFACTS_DIR)/bootstrap", "differ: A, B"},
		{"version control", "ls -A > $(ARTIFACTS_DIR)/bootstrap", "differ: A, B"},
		{"one of them", "case $* in B) pwd;; esac > $(ARTIFACTS_DIR)/bootstrap", "differ: B"},
		{"a build that fails", "echo why; false", "rebuild A: exit status 2\n"},
		{"a build that makes nothing", "true", "bootstrap: no such file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			err := Twice(t.Context(), tree(t, test.recipe), []string{"A", "B"}, &out)
			switch {
			case test.want == "" && err != nil, test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error %v, want one with %q", err, test.want)
			case test.want == "" && strings.Count(out.String(), ", twice\n") != 2:
				t.Errorf("printed %q, want a line for each of two functions", out.String())
			}
		})
	}
	if err := Twice(t.Context(), t.TempDir(), nil, &strings.Builder{}); err == nil {
		t.Error("no function to build, and no error")
	}
}
