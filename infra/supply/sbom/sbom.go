// Package sbom writes a binary's bill of materials: every module that is linked
// into it, from what the Go linker wrote into the binary itself (go version -m),
// as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/).
//
// The same binary has the same document, byte for byte: it has no date, and its
// serial number is derived from its content.
package sbom

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Document is a bill of materials. Its JSON names are the specification's.
type Document struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	SpecVersion  string       `json:"specVersion"`
	Serial       string       `json:"serialNumber,omitempty"`
	Version      int          `json:"version"`
	Metadata     Metadata     `json:"metadata"`
	Components   []Component  `json:"components"`
	Dependencies []Dependency `json:"dependencies"`
}

// Metadata says what the bill is of.
type Metadata struct {
	Lifecycles []Lifecycle `json:"lifecycles"`
	Component  Component   `json:"component"`
}

// Lifecycle is when the bill was made.
type Lifecycle struct {
	Phase string `json:"phase"`
}

// Component is the binary or one module in it.
type Component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	Hashes     []Hash     `json:"hashes,omitempty"`
	PURL       string     `json:"purl,omitempty"`
	Properties []Property `json:"properties,omitempty"`
}

// Hash is a checksum, in hexadecimal.
type Hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// Property is what the specification has no field for.
type Property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Dependency lists what a component is linked from. The linker does not write
// down which module needs which: all are listed under the binary.
type Dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn,omitempty"`
}

// Read returns the bill of a binary that the go command built.
func Read(path string) (*Document, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the bill of %s: %w", path, err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the bill of %s: %w", path, err)
	}
	d, err := New(info, sha256.Sum256(text))
	if err != nil {
		return nil, fmt.Errorf("read the bill of %s: %w", path, err)
	}
	return d, nil
}

// New returns the bill of a binary with this checksum. A module without one,
// which is one from a folder, is an error: nobody could tell what it was.
func New(info *debug.BuildInfo, sum [sha256.Size]byte) (*Document, error) {
	binary := Component{
		Type: "application", Ref: info.Path, Name: info.Path,
		Hashes:     []Hash{{"SHA-256", hex.EncodeToString(sum[:])}},
		Properties: settings(info),
	}
	std := Component{Type: "library", Name: "std", Version: strings.TrimPrefix(info.GoVersion, "go")}
	std.PURL = purl(std.Name, std.Version)
	std.Ref = std.PURL
	d := &Document{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata:   Metadata{Lifecycles: []Lifecycle{{"post-build"}}, Component: binary},
		Components: []Component{std},
	}
	for _, m := range info.Deps {
		c, err := module(m)
		if err != nil {
			return nil, err
		}
		d.Components = append(d.Components, c)
	}
	slices.SortFunc(d.Components, func(a, b Component) int { return strings.Compare(a.Ref, b.Ref) })
	all := Dependency{Ref: binary.Ref}
	for _, c := range d.Components {
		all.DependsOn = append(all.DependsOn, c.Ref)
	}
	d.Dependencies = []Dependency{all}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	d.Serial = uuid.NewSHA1(uuid.NameSpaceOID, text).URN()
	return d, nil
}

// module returns the component of a linked module, which is its replacement
// where go.mod replaces it.
func module(m *debug.Module) (Component, error) {
	if m.Replace != nil {
		m = m.Replace
	}
	// h1 is the SHA-256 of the list of the files' own; cyclonedx-gomod writes it
	// so too. The property is the text of go.sum.
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
	if err != nil || len(sum) != sha256.Size {
		return Component{}, fmt.Errorf("module %s %s has no checksum", m.Path, m.Version)
	}
	id := purl(m.Path, m.Version)
	return Component{
		Type: "library", Ref: id, Name: m.Path, Version: m.Version, PURL: id,
		Hashes: []Hash{{"SHA-256", hex.EncodeToString(sum)}}, Properties: []Property{{"go.sum", m.Sum}},
	}, nil
}

// purl returns a module's package URL. The specification has its path in lower
// case; of what a version can hold only + is to be escaped.
func purl(path, version string) string {
	return "pkg:golang/" + strings.ToLower(path) + "@" + strings.ReplaceAll(version, "+", "%2B")
}

// settings returns how the binary was built, under the names of CycloneDX's
// property taxonomy where it has one.
func settings(info *debug.BuildInfo) []Property {
	p := []Property{{"cdx:gomod:build:env:GOVERSION", info.GoVersion}}
	for _, s := range info.Settings {
		switch {
		case s.Key == "-tags":
			for tag := range strings.SplitSeq(s.Value, ",") {
				p = append(p, Property{"cdx:gomod:build:tag", tag})
			}
		case strings.HasPrefix(s.Key, "GO"), s.Key == "CGO_ENABLED":
			p = append(p, Property{"cdx:gomod:build:env:" + s.Key, s.Value})
		default:
			p = append(p, Property{"go.build:" + s.Key, s.Value})
		}
	}
	return p
}
