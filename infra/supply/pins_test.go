package main

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/dynoxide"
)

var (
	exact = regexp.MustCompile(`^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)
	// pinned is a package with a version, as npx, npm and go run take it.
	pinned = regexp.MustCompile(`(?:@[a-z0-9-]+/)?[a-z][a-z0-9./-]*@((?:latest|next|main|master|v?[0-9^~*><=])[A-Za-z0-9.^~*><=+-]*)`)
	// fetcher is a command that fetches a package, and the package's first word.
	fetcher = regexp.MustCompile(`(?:^|[;&|(@!\t])\s*(?:npx|npm (?:exec|install|i)|pip3? install|go (?:run|install))\s+((?:-\S+\s+)*)([^\s;]+)`)
)

// loose returns what a script fetches without an exact version. A make variable
// is judged where it is set.
func loose(text string) (found []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		for _, m := range pinned.FindAllStringSubmatch(line, -1) {
			if !exact.MatchString(m[1]) {
				found = append(found, m[0])
			}
		}
		for _, m := range fetcher.FindAllStringSubmatch(line, -1) {
			own := strings.HasPrefix(m[2], "./") || strings.HasPrefix(m[2], "$")
			if !own && !pinned.MatchString(m[2]) {
				found = append(found, strings.TrimSpace(m[0]))
			}
		}
	}
	return found
}

// loosePackages returns the dependencies of a package.json without an exact
// version.
func loosePackages(text string) (found []string) {
	var p struct{ Dependencies, DevDependencies, OptionalDependencies map[string]string }
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return []string{err.Error()}
	}
	for _, all := range []map[string]string{p.Dependencies, p.DevDependencies, p.OptionalDependencies} {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !exact.MatchString(all[name]) {
				found = append(found, name+"@"+all[name])
			}
		}
	}
	return found
}

// image is an image of a compose file.
var image = regexp.MustCompile(`(?m)^\s*image:\s*(\S+)`)

// looseImages returns the images without an exact version.
func looseImages(text string) (found []string) {
	for _, m := range image.FindAllStringSubmatch(text, -1) {
		if _, tag, _ := strings.Cut(m[1], ":"); !exact.MatchString(tag) && !strings.Contains(m[1], "@sha256:") {
			found = append(found, m[1])
		}
	}
	return found
}

func TestLoose(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"npx --yes $(OPENAPI_GENERATOR) x":            nil,
		"OPENAPI_GENERATOR := openapi-typescript@7.9": {"openapi-typescript@7.9"},
		"X := openapi-typescript@7.9.1":               nil,
		"npx --yes @aws/tool@1.2.3 --x":               nil,
		"npx --yes @aws/tool --x":                     {"npx --yes @aws/tool"},
		"npx -y tool@latest":                          {"tool@latest"},
		"npm install --prefix=x tool@^1.2.3":          {"tool@^1.2.3"},
		"\tgo run golang.org/x/tool/cmd/x@latest":     {"golang.org/x/tool/cmd/x@latest"},
		"go run golang.org/x/tool/cmd/x":              {"go run golang.org/x/tool/cmd/x"},
		"go run ./infra/local":                        nil,
		"go install honnef.co/go/tools/x@v0.8.2":      nil,
		"# npx tool":                                  nil,
		"command -v npx >/dev/null":                   nil,
		"x || npx tool; true":                         {"| npx tool"},
		"[ -d node_modules/@dynoxide ]":               nil,
	} {
		if d := cmp.Diff(want, loose(text)); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

func TestLooseFiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		judge func(string) []string
		text  string
		want  []string
	}{
		{loosePackages, `{"dependencies":{"@a/b":"1.2.3","c":"^1.2.3"},"devDependencies":{"d":"1.9.0-beta","e":"latest"}}`, []string{"c@^1.2.3", "e@latest"}},
		{looseImages, "services:\n  x:\n    image: a/b:4.10.0\n  y:\n    image: a/b:4\n  z:\n    image: a/b\n", []string{"a/b:4", "a/b"}},
		{looseImages, "image: a/b@sha256:00", nil},
	} {
		if d := cmp.Diff(test.want, test.judge(test.text)); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.text, d)
		}
	}
}

// TestToolsArePinned: every tool that is fetched has one version, whenever it
// is fetched. Go's own are in go.mod with their checksums; what npm fetches is
// named in scripts, and in package dynoxide.
func TestToolsArePinned(t *testing.T) {
	t.Parallel()
	root := os.DirFS(filepath.Join("..", ".."))
	files := []string{"Makefile", ".ci/run"}
	if err := fs.WalkDir(root, "infra", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && slices.Contains([]string{".sh", ".mjs", ".yaml", ".json"}, filepath.Ext(path)) {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := fs.ReadFile(root, path)
		if err != nil {
			t.Fatal(err)
		}
		judge := loose
		switch {
		case filepath.Base(path) == "package.json":
			judge = loosePackages
		case filepath.Ext(path) == ".yaml":
			judge = looseImages
		case filepath.Ext(path) == ".json":
			continue // dashboards and events fetch nothing
		}
		for _, what := range judge(string(text)) {
			t.Errorf("%s fetches %s, which is no exact version", path, what)
		}
	}
	if !exact.MatchString(dynoxide.Version) {
		t.Errorf("dynoxide is %s", dynoxide.Version)
	}
	mod, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "\ntool honnef.co/go/tools/cmd/staticcheck\n") {
		t.Error("go.mod names no staticcheck")
	}
}
