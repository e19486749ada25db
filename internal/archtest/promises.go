package archtest

import (
	"go/ast"
	"slices"
	"strings"
)

// checkPromises finds what no Go file here has, tests included: init functions,
// skipped tests, notes to do something later, assertion and mock libraries.
func (c *checker) checkPromises(name string, file *ast.File) {
	for _, spec := range file.Imports {
		for _, library := range []string{"stretchr/testify", "mock/gomock", "uber-go/mock"} {
			if strings.Contains(spec.Path.Value, library) {
				c.report(name, "imports %s: table tests and fakes do", library)
			}
		}
	}
	for _, group := range file.Comments {
		for word := range strings.FieldsFuncSeq(group.Text(), func(r rune) bool { return r == ' ' || r == ':' || r == '(' || r == '\n' }) {
			if word == "TO"+"DO" || word == "FIX"+"ME" || word == "X"+"XX" {
				c.report(name, "has a %s", word)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				c.report(name, "has an init function: build it in main")
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			skips := slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, n.Sel.Name)
			if ok && skips && slices.Contains([]string{"t", "b", "f", "tb"}, x.Name) {
				c.report(name, "skips a test")
			}
		}
		return true
	})
}
