package sbom

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/build"
)

// h1 is a checksum as in go.sum: base64 of the bytes 0 to 31.
const (
	h1    = "h1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	hex32 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

func info() *debug.BuildInfo {
	return &debug.BuildInfo{
		GoVersion: "go1.26.8", Path: "extrato/functions/api", Main: debug.Module{Path: "extrato", Version: "(devel)"},
		Deps: []*debug.Module{
			{Path: "golang.org/x/time", Version: "v0.16.0", Sum: h1},
			{Path: "example.org/old", Version: "v1.0.0", Sum: h1, Replace: &debug.Module{Path: "example.org/New/v3", Version: "v3.1.0+incompatible", Sum: h1}},
		},
		Settings: []debug.BuildSetting{{Key: "-tags", Value: "lambda.norpc,other"}, {Key: "GOARCH", Value: "arm64"},
			{Key: "CGO_ENABLED", Value: "0"}, {Key: "-trimpath", Value: "true"}},
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("abc"))
	got, err := New(info(), sum)
	if err != nil {
		t.Fatal(err)
	}
	const replaced, xtime, std = "pkg:golang/example.org/new/v3@v3.1.0%2Bincompatible", "pkg:golang/golang.org/x/time@v0.16.0", "pkg:golang/std@1.26.8"
	library := func(ref, name, version string) Component {
		return Component{Type: "library", Ref: ref, PURL: ref, Name: name, Version: version,
			Hashes: []Hash{{"SHA-256", hex32}}, Properties: []Property{{"go.sum", h1}}}
	}
	want := &Document{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Serial: got.Serial,
		Metadata: Metadata{
			Lifecycles: []Lifecycle{{"post-build"}},
			Component: Component{Type: "application", Ref: "extrato/functions/api", Name: "extrato/functions/api",
				// FIPS 180-2's own example.
				Hashes: []Hash{{"SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}},
				Properties: []Property{
					{"cdx:gomod:build:env:GOVERSION", "go1.26.8"}, {"cdx:gomod:build:tag", "lambda.norpc"}, {"cdx:gomod:build:tag", "other"},
					{"cdx:gomod:build:env:GOARCH", "arm64"}, {"cdx:gomod:build:env:CGO_ENABLED", "0"}, {"go.build:-trimpath", "true"},
				}},
		},
		Components: []Component{
			library(replaced, "example.org/New/v3", "v3.1.0+incompatible"), library(xtime, "golang.org/x/time", "v0.16.0"),
			{Type: "library", Ref: std, PURL: std, Name: "std", Version: "1.26.8"},
		},
		Dependencies: []Dependency{{Ref: "extrato/functions/api", DependsOn: []string{replaced, xtime, std}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("document (-want +got):\n%s", d)
	}
}

func TestSerialFollowsTheContent(t *testing.T) {
	t.Parallel()
	serial := func(change func(*debug.BuildInfo), content string) string {
		i := info()
		change(i)
		d, err := New(i, sha256.Sum256([]byte(content)))
		if err != nil {
			t.Fatal(err)
		}
		return d.Serial
	}
	same := func(*debug.BuildInfo) {}
	first := serial(same, "")
	if again := serial(same, ""); again != first {
		t.Errorf("serial numbers of one binary: %s, %s", first, again)
	}
	if other := serial(same, "other"); other == first {
		t.Error("another binary has the same serial number")
	}
	if other := serial(func(i *debug.BuildInfo) { i.Deps[0].Version = "v0.17.0" }, ""); other == first {
		t.Error("another module has the same serial number")
	}
}

func TestAModuleWithoutChecksumIsRefused(t *testing.T) {
	t.Parallel()
	for _, sum := range []string{"", "h1:AAEC", "h1:?"} {
		i := info()
		i.Deps[0].Sum = sum
		if _, err := New(i, [sha256.Size]byte{}); err == nil || !strings.Contains(err.Error(), "golang.org/x/time v0.16.0 has no checksum") {
			t.Errorf("checksum %q: error %v", sum, err)
		}
	}
}

// TestReadABinary reads the bill of a small function, built as all are: what it
// lists is what go.sum vouches for, and it has the shape of the specification.
func TestReadABinary(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	c := exec.Command("go", append(append([]string{"build"}, build.Flags()...), "-o", binary, "./infra/local/runtime/testdata/echo")...)
	c.Dir = filepath.Join("..", "..", "..")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	d, err := Read(binary)
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join("..", "..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range d.Components {
		names = append(names, c.Name)
		if c.Name != "std" && !bytes.Contains(sums, []byte("\n"+c.Name+" "+c.Version+" "+c.Properties[0].Value+"\n")) {
			t.Errorf("go.sum has no %s %s", c.Name, c.Version)
		}
	}
	if d := cmp.Diff([]string{"github.com/aws/aws-lambda-go", "std"}, names); d != "" {
		t.Errorf("modules of a program that imports one (-want +got):\n%s", d)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	isCycloneDX(t, text)
	if _, err := Read(filepath.Join("..", "..", "..", "go.mod")); err == nil {
		t.Error("a bill of what is no binary")
	}
}

// isCycloneDX holds a document against what the schema of CycloneDX 1.6 demands
// of the fields that are used here: which are required, which are known, and
// what their values may be.
func isCycloneDX(t *testing.T, text []byte) {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	fields := func(where string, v any, required, allowed string) map[string]any {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("%s is no object", where)
		}
		for name := range strings.FieldsSeq(required) {
			if m[name] == nil || m[name] == "" {
				t.Errorf("%s lacks %s", where, name)
			}
		}
		for name := range m {
			if !slices.Contains(strings.Fields(required+" "+allowed), name) {
				t.Errorf("%s has the unknown field %s", where, name)
			}
		}
		return m
	}
	list := func(v any) []any { l, _ := v.([]any); return l }
	refs := map[string]bool{}
	component := func(v any) {
		c := fields("a component", v, "type name", "bom-ref version hashes purl properties")
		ref, _ := c["bom-ref"].(string)
		if kind := c["type"]; kind != "application" && kind != "library" || ref == "" || refs[ref] {
			t.Errorf("component %v is a %v with the reference %q", c["name"], kind, ref)
		}
		refs[ref] = true
		for _, h := range list(c["hashes"]) {
			hash := fields("a hash", h, "alg content", "")
			if content, _ := hash["content"].(string); hash["alg"] != "SHA-256" || !regexp.MustCompile(`^[a-fA-F0-9]{64}$`).MatchString(content) {
				t.Errorf("hash %v", hash)
			}
		}
		for _, p := range list(c["properties"]) {
			fields("a property", p, "name", "value")
		}
	}
	fields("the document", d, "bomFormat specVersion", "$schema serialNumber version metadata components dependencies")
	if d["bomFormat"] != "CycloneDX" || d["specVersion"] != "1.6" || d["version"] != 1.0 {
		t.Errorf("the document is a %v %v, version %v", d["bomFormat"], d["specVersion"], d["version"])
	}
	serial, _ := d["serialNumber"].(string)
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`).MatchString(serial) {
		t.Errorf("serial number %q", serial)
	}
	meta := fields("metadata", d["metadata"], "", "lifecycles component")
	for _, l := range list(meta["lifecycles"]) {
		if fields("a lifecycle", l, "phase", "")["phase"] != "post-build" {
			t.Errorf("lifecycle %v", l)
		}
	}
	component(meta["component"])
	for _, c := range list(d["components"]) {
		component(c)
	}
	for _, x := range list(d["dependencies"]) {
		dep := fields("a dependency", x, "ref", "dependsOn")
		for _, ref := range append(list(dep["dependsOn"]), dep["ref"]) {
			if text, _ := ref.(string); !refs[text] {
				t.Errorf("a dependency on %v, which is no component", ref)
			}
		}
	}
}
