package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"extrato/infra/supply/sbom"
)

// TestBillOfABinary: a document is written for each function, and the same one
// again from the same binary.
func TestBillOfABinary(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "new", "folder")
	bootstrap := filepath.Join(from, "echo", "bootstrap")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", bootstrap, "../local/runtime/testdata/echo").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var texts []string
	for range 2 {
		var out strings.Builder
		if err := run(t.Context(), []string{"sbom", from, to}, &out); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(to, "echo.cdx.json")
		if want := path + "  2 components\n"; out.String() != want {
			t.Errorf("printed %q, want %q", out.String(), want)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	var d sbom.Document
	if err := json.Unmarshal([]byte(texts[0]), &d); err != nil || d.Metadata.Component.Name != "extrato/infra/local/runtime/testdata/echo" {
		t.Errorf("%v, %v", d.Metadata.Component.Name, err)
	}
	if texts[0] != texts[1] {
		t.Error("two documents of one binary differ")
	}
}

func TestWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "bad", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bad", "x", "bootstrap"), []byte("no binary"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "say sbom"},
		{[]string{"sbom"}, "say sbom"},
		{[]string{"else"}, "say sbom"},
		{[]string{"sbom", filepath.Join(dir, "none"), dir}, "make build"},
		{[]string{"sbom", filepath.Join(dir, "bad"), filepath.Join(dir, "to")}, "unrecognized file format"},
		{[]string{"rebuild"}, "template.yaml"}, // it is read where the command stands
	} {
		if err := run(t.Context(), test.args, io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: error %v, want one with %q", test.args, err, test.want)
		}
	}
}
