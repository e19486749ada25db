package calls

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// walk is what can run from one main.
type walk struct {
	p       *Program
	seen    map[*ssa.Function]bool
	todo    []*ssa.Function
	made    map[types.Type]bool            // types that were made some interface
	invoked map[types.Type]map[string]bool // methods that are called, by interface
	foreign map[types.Type]bool            // libraries' interfaces that ours are made
	faults  []string
}

// reach returns every function that can run when the program at path does.
func (p *Program) reach(path string) (*walk, error) {
	main := p.mains[path]
	if main == nil {
		return nil, fmt.Errorf("%s is no program of the module", path)
	}
	w := &walk{p: p, seen: map[*ssa.Function]bool{}, made: map[types.Type]bool{},
		invoked: map[types.Type]map[string]bool{}, foreign: map[types.Type]bool{}}
	w.call(main.Func("main"))
	// Package variables of every package that is linked are initialised; which of
	// ours are is what main imports, so each one that is reached adds its own.
	w.call(main.Func("init"))
	for {
		for len(w.todo) > 0 {
			fn := w.todo[len(w.todo)-1]
			w.todo = w.todo[:len(w.todo)-1]
			w.visit(fn)
		}
		if w.dispatch(); len(w.todo) == 0 {
			return w, nil
		}
	}
}

// call notes that a function can run. One without a body is a library's.
func (w *walk) call(fn *ssa.Function) {
	if fn != nil && !w.seen[fn] {
		w.seen[fn] = true
		if fn.Blocks != nil {
			w.todo = append(w.todo, fn)
		}
	}
}

func (w *walk) visit(fn *ssa.Function) {
	for _, block := range fn.Blocks {
		for _, instruction := range block.Instrs {
			for _, operand := range instruction.Operands(nil) {
				if f, ok := (*operand).(*ssa.Function); ok {
					w.call(f)
				}
			}
			switch i := instruction.(type) {
			case ssa.CallInstruction:
				w.calls(fn, i.Common())
			case *ssa.MakeInterface:
				w.makes(fn, i.X.Type(), i.Type())
			case *ssa.ChangeInterface:
				w.converts(i.Type())
			case *ssa.TypeAssert:
				w.converts(i.AssertedType)
			}
		}
	}
}

func (w *walk) calls(from *ssa.Function, c *ssa.CallCommon) {
	if c.IsInvoke() {
		t := c.Value.Type()
		if w.invoked[t] == nil {
			w.invoked[t] = map[string]bool{}
		}
		w.invoked[t][c.Method.Name()] = true
		return
	}
	callee := c.StaticCallee()
	if callee == nil || callee.Blocks != nil {
		return
	}
	arguments := c.Args
	if callee.Signature.Recv() != nil && len(arguments) > 0 {
		arguments = arguments[1:]
	}
	for _, a := range arguments {
		if service := clientOf(a.Type()); service != "" {
			w.fault(from, "hands a client of "+service+" to "+callee.String())
		}
	}
}

// makes notes that a value of a type becomes an interface.
func (w *walk) makes(from *ssa.Function, t, as types.Type) {
	if service := clientOf(t); service != "" {
		w.fault(from, "makes a client of "+service+" an interface")
	}
	w.made[t] = true
	w.converts(as)
}

// converts notes an interface that may be a library's to call.
func (w *walk) converts(t types.Type) {
	named, ok := types.Unalias(t).(*types.Named)
	if ok && types.IsInterface(t) && !w.p.ours(named.Obj().Pkg()) {
		w.foreign[t] = true
	}
}

// dispatch reaches the methods that interfaces lead to.
func (w *walk) dispatch() {
	for t := range w.made {
		for i, names := range w.invoked {
			for name := range names {
				w.method(t, i, name)
			}
		}
		for i := range w.foreign {
			methods := i.Underlying().(*types.Interface)
			for n := range methods.NumMethods() {
				w.method(t, i, methods.Method(n).Name())
			}
		}
	}
}

func (w *walk) method(t, as types.Type, name string) {
	i, ok := as.Underlying().(*types.Interface)
	if !ok || !types.Implements(t, i) {
		return
	}
	set := w.p.ssa.MethodSets.MethodSet(t)
	for n := range set.Len() {
		if m := set.At(n); m.Obj().Name() == name {
			w.call(w.p.ssa.MethodValue(m))
		}
	}
}

func (w *walk) fault(fn *ssa.Function, what string) {
	if said := w.p.ssa.Fset.Position(fn.Pos()).String() + ": " + fn.Name() + " " + what; !slices.Contains(w.faults, said) {
		w.faults = append(w.faults, said)
	}
}
