package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Violation is one place that breaks a rule.
type Violation struct {
	Path string // file or folder, slashes, from the repository's root
	What string
}

func (v Violation) String() string { return v.Path + ": " + v.What }

// Check reads the Go module at the root of tree and returns every violation, in
// the order of paths. Folders that the go command ignores are ignored: hidden
// ones, _ ones, testdata, node_modules. The error says that tree cannot be read.
func Check(tree fs.FS) ([]Violation, error) {
	mod, err := fs.ReadFile(tree, "go.mod")
	if err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	c := &checker{tree: tree, documented: map[string]bool{}}
	for line := range strings.Lines(string(mod)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			c.module = strings.TrimSpace(name)
		}
	}
	if err := c.checkTop(); err != nil {
		return nil, err
	}
	if err := fs.WalkDir(tree, ".", c.visit); err != nil {
		return nil, fmt.Errorf("walk the module: %w", err)
	}
	for folder, ok := range c.documented {
		if !ok {
			c.report(folder, "the package has no doc comment")
		}
	}
	slices.SortFunc(c.found, func(a, b Violation) int { return strings.Compare(a.String(), b.String()) })
	return c.found, nil
}

type checker struct {
	tree       fs.FS
	module     string
	documented map[string]bool // by folder: has a package comment
	found      []Violation
}

func (c *checker) report(path, format string, args ...any) {
	c.found = append(c.found, Violation{path, fmt.Sprintf(format, args...)})
}

func (c *checker) checkTop() error {
	entries, err := fs.ReadDir(c.tree, ".")
	if err != nil {
		return fmt.Errorf("list the root: %w", err)
	}
	for _, e := range entries {
		known := strings.HasPrefix(e.Name(), ".") || slices.ContainsFunc(topLevel, func(pattern string) bool {
			ok, _ := path.Match(pattern, e.Name())
			return ok
		})
		if !known {
			c.report(e.Name(), "does not belong at the top level")
		}
	}
	return nil
}

func (c *checker) visit(name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case d.IsDir() && name != "." && (strings.ContainsAny(d.Name()[:1], "._") || d.Name() == "testdata" || d.Name() == "node_modules"):
		return fs.SkipDir
	case d.IsDir() || path.Ext(name) != ".go":
		return nil
	}
	text, err := fs.ReadFile(c.tree, name)
	if err != nil {
		return err
	}
	c.checkFile(name, text)
	return nil
}

// checkFile applies to one Go file all the rules that concern it.
func (c *checker) checkFile(name string, text []byte) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		c.report(name, "does not parse")
		return
	}
	c.checkLength(name, strings.Count(string(text), "\n"))
	c.checkPromises(name, file)
	if strings.HasSuffix(name, "_test.go") {
		return
	}
	folder := path.Dir(name)
	c.documented[folder] = c.documented[folder] || file.Doc != nil
	r, ok := c.ruleOf(folder, file.Name.Name)
	if !ok {
		return
	}
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser has read it already
		if why := c.forbids(r, folder, imported); why != "" {
			c.report(name, "imports %s: %s", imported, why)
		}
	}
	if r.pure {
		c.checkClock(name, file)
	}
	if !r.testkit && !within(folder, "infra") {
		c.checkWords(name, file)
	}
}

func (c *checker) checkLength(name string, lines int) {
	most := maxLines
	if ok, _ := path.Match("functions/*/main.go", name); ok {
		most = maxMainLines
	}
	if lines > most {
		c.report(name, "has %d lines, at most %d", lines, most)
	}
}

// ruleOf returns the rule of a folder, and reports one that has none.
func (c *checker) ruleOf(folder, pkg string) (rule, bool) {
	program, _ := path.Match("functions/*", folder)
	tool, _ := path.Match("infra/*", folder)
	switch {
	case pkg == "main" && !program && !tool:
		c.report(folder, "a program belongs in functions/* or infra/*")
		return rule{}, false
	case program && pkg != "main":
		c.report(folder, "functions/* hold programs only")
		return rule{}, false
	case program, within(folder, "infra"):
		return rule{libs: functionLibs}, true
	}
	below, ok := strings.CutPrefix(folder, "internal/")
	r, known := product[below]
	if !ok || !known {
		c.report(folder, "the package has no rule: add a row to internal/archtest/rules.go")
		return rule{}, false
	}
	return r, true
}

// forbids says why a package in folder may not import a path; "" where it may.
func (c *checker) forbids(r rule, folder, imported string) string {
	own, inModule := strings.CutPrefix(imported, c.module+"/")
	below, internal := strings.CutPrefix(own, "internal/")
	tool, infra := strings.CutPrefix(own, "infra/")
	standard := !inModule && !strings.Contains(strings.Split(imported, "/")[0], ".")
	switch {
	case within(folder, "infra"):
		return ""
	case standard && r.pure && slices.Contains(impure, imported):
		return "the package is pure"
	case standard && !r.testkit && (imported == "testing" || strings.HasPrefix(imported, "testing/") || strings.HasPrefix(imported, "net/http/httptest")):
		return "for tests only"
	case standard:
		return ""
	case inModule && within(folder, "functions") && internal && !product[below].testkit:
		return ""
	case inModule && internal && slices.Contains(r.internal, below):
		return ""
	case inModule && infra && r.testkit && slices.Contains(r.infra, tool):
		return ""
	case inModule:
		return "not among the packages that it may know"
	case slices.ContainsFunc(r.libs, func(lib string) bool { return within(imported, strings.TrimSuffix(lib, "/")) }):
		return ""
	}
	return "not among its libraries"
}

// within reports whether a path is a folder or lies below it.
func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

// checkClock finds calls of the clock in a pure package.
func (c *checker) checkClock(name string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, selector.Sel.Name) {
			c.report(name, "calls time.%s: the package is pure", selector.Sel.Name)
		}
		return true
	})
}

// checkWords finds strings that special-case a local run. Comments may explain.
func (c *checker) checkWords(name string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if _, ok := n.(*ast.ImportSpec); ok {
			return false // the import rules judge those
		}
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		for _, word := range localWords {
			if strings.Contains(strings.ToLower(literal.Value), strings.ToLower(word)) {
				c.report(name, "says %q: product code has no special case for local runs", word)
			}
		}
		return true
	})
}
