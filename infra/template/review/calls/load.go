// Package calls derives from the code of a function which calls to AWS it can
// make: Of loads a program and the module's packages that it is made of, walks
// everything that can run from main on, and returns the calls that it finds on
// the clients of the SDK, with what IAM asks about them.
//
// What can run is decided on the safe side. A function whose value is taken
// counts as called, since libraries call back; a call through an interface
// reaches that method of every type of ours that was made one of some interface
// on the way; a type handed to a library as an interface of the library's is
// reached with that interface's methods. A client handed to a library is beyond
// this and an error. So a call may be listed that never happens, but none is
// left out.
package calls

import (
	"errors"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// Program is the module's code, loaded once for all its functions.
type Program struct {
	module string
	ssa    *ssa.Program
	mains  map[string]*ssa.Package // by path below the module
}

// Load reads the packages of the module at root. overlay replaces files by
// their absolute path; nil replaces none.
func Load(root string, overlay map[string][]byte) (*Program, error) {
	// The module's packages with their bodies, what they import as types only: a
	// library's body is not walked, so it need not be read.
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedExportFile | packages.NeedModule,
		Dir: root, Overlay: overlay, BuildFlags: []string{"-tags=lambda.norpc"},
	}, "./functions/...", "./internal/...")
	if err != nil {
		return nil, fmt.Errorf("load the module's packages: %w", err)
	}
	p := &Program{mains: map[string]*ssa.Package{}}
	var faults []error
	for _, l := range loaded {
		for _, e := range l.Errors {
			faults = append(faults, e)
		}
		if l.Module != nil {
			p.module = l.Module.Path
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("load the module's packages: %w", errors.Join(faults...))
	}
	program, built := ssautil.Packages(loaded, ssa.InstantiateGenerics)
	program.Build()
	p.ssa = program
	for i, l := range loaded {
		if l.Name == "main" && built[i] != nil {
			p.mains[strings.TrimPrefix(l.PkgPath, p.module+"/")] = built[i]
		}
	}
	return p, nil
}

// Functions are the programs there are, by their path below the module.
func (p *Program) Functions() []string {
	var all []string
	for path := range p.mains {
		all = append(all, path)
	}
	slices.Sort(all)
	return all
}

// ours reports whether a package belongs to the module.
func (p *Program) ours(pkg *types.Package) bool {
	return pkg != nil && (pkg.Path() == p.module || strings.HasPrefix(pkg.Path(), p.module+"/"))
}
