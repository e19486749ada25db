package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/build"
)

// module writes a module with functions, by name, and returns its folder.
func module(t *testing.T, functions map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{"go.mod": "module sample\n\ngo 1.26\n"}
	for name, text := range functions {
		files["functions/"+name+"/main.go"] = text
	}
	for name, text := range files {
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

func TestBinariesRun(t *testing.T) {
	t.Parallel()
	root := module(t, map[string]string{
		"one": "package main\n\nfunc main() { println(1) }\n",
		"two": "package main\n\nfunc main() { println(2) }\n",
	})
	paths, err := build.Functions(t.Context(), root, []string{"one", "two"}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"one": "1\n", "two": "2\n"} {
		out, err := exec.Command(paths[name]).CombinedOutput()
		if err != nil || string(out) != want {
			t.Errorf("%s printed %q, %v; want %q", name, out, err, want)
		}
	}
}

// TestARootMayBeRelative: the go command runs there, so a folder told relative
// to here would be another one.
func TestARootMayBeRelative(t *testing.T) {
	t.Parallel()
	root := module(t, map[string]string{"one": "package main\n\nfunc main() { println(1) }\n"})
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, root)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := build.Functions(t.Context(), relative, []string{"one"}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(root, ".build", "local", "one"); paths["one"] != want {
		t.Errorf("built at %s, want %s", paths["one"], want)
	}
	if _, err := os.Stat(paths["one"]); err != nil {
		t.Error(err)
	}
}

// TestFlagsAreTheMakefiles: what runs here is what is deployed.
func TestFlagsAreTheMakefiles(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join("..", "..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(makefile), "\nLAMBDA_FLAGS := ")
	line, _, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatal("the Makefile has no LAMBDA_FLAGS")
	}
	// The shell takes the line apart, as it does in a recipe.
	words, err := exec.Command("sh", "-c", "printf '%s\\n' "+line).Output()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(build.Flags(), strings.Split(strings.TrimSuffix(string(words), "\n"), "\n")); d != "" {
		t.Errorf("flags (-package build +Makefile):\n%s", d)
	}
}

func TestCompilerErrorsAreTold(t *testing.T) {
	t.Parallel()
	root := module(t, map[string]string{"one": "package main\n\nfunc main() { undefined() }\n"})
	_, err := build.Functions(t.Context(), root, []string{"one"}, func() {})
	if err == nil || !strings.Contains(err.Error(), "undefined: undefined") {
		t.Errorf("error %v, want the compiler's", err)
	}
}
