package calls

import (
	"cmp"
	"errors"
	"fmt"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// Call is one operation of AWS that a function can ask for, on one thing.
type Call struct {
	Service   string // the SDK's package: "dynamodb", "sqs", "secretsmanager"
	Operation string // "Query", "SendMessageBatch"; of a transaction the write that it makes: "Put"
	// On is what the code says of the thing: the name of an index, or of the field
	// that holds the queue's URL. "" where the service's clients know one thing only.
	On string
}

func (c Call) String() string { return strings.TrimSuffix(c.Service+"."+c.Operation+" "+c.On, " ") }

const sdk = "github.com/aws/aws-sdk-go-v2/service/"

// clientOf returns the service of an SDK's client, or "".
func clientOf(t types.Type) string {
	pointer, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return ""
	}
	named, ok := types.Unalias(pointer.Elem()).(*types.Named)
	if !ok || named.Obj().Name() != "Client" || named.Obj().Pkg() == nil {
		return ""
	}
	service, ok := strings.CutPrefix(named.Obj().Pkg().Path(), sdk)
	if !ok {
		return ""
	}
	return service
}

// Of returns the calls that a program can make, each once, sorted.
func (p *Program) Of(path string) ([]Call, error) {
	w, err := p.reach(path)
	if err != nil {
		return nil, err
	}
	var found []Call
	for fn := range w.seen {
		if fn.Blocks != nil {
			continue
		}
		if recv := fn.Signature.Recv(); recv != nil {
			if service := clientOf(recv.Type()); service != "" && isOperation(fn) {
				found = append(found, w.on(service, fn.Name())...)
			}
		}
	}
	if len(w.faults) > 0 {
		slices.Sort(w.faults)
		return nil, fmt.Errorf("calls of %s: %w", path, errors.New(strings.Join(w.faults, "; ")))
	}
	slices.SortFunc(found, func(a, b Call) int { return cmp.Compare(a.String(), b.String()) })
	return slices.Compact(found), nil
}

// isOperation tells Query(ctx, *QueryInput, …) from Options().
func isOperation(fn *ssa.Function) bool {
	for v := range fn.Signature.Params().Variables() {
		if strings.HasSuffix(v.Type().String(), "."+fn.Name()+"Input") {
			return true
		}
	}
	return false
}

// on returns an operation once for each thing that it is asked of.
func (w *walk) on(service, operation string) []Call {
	switch service + "." + operation {
	case "dynamodb.Query", "dynamodb.Scan":
		return w.inputs(service, operation, "IndexName", true)
	case "dynamodb.TransactWriteItems":
		var writes []Call
		for _, kind := range []string{"Put", "Update", "Delete", "ConditionCheck"} {
			if len(w.built(sdk+"dynamodb/types", kind)) > 0 {
				writes = append(writes, Call{service, kind, ""})
			}
		}
		return writes
	}
	if service == "sqs" {
		return w.inputs(service, operation, "QueueUrl", false)
	}
	return []Call{{service, operation, ""}}
}

// built is a value of a type of the SDK that code makes.
type built struct {
	by    *ssa.Function
	value *ssa.Alloc
}

func (w *walk) built(pkg, name string) (all []built) {
	for fn := range w.seen {
		for _, block := range fn.Blocks {
			for _, i := range block.Instrs {
				a, ok := i.(*ssa.Alloc)
				if !ok {
					continue
				}
				named, ok := types.Unalias(a.Type().(*types.Pointer).Elem()).(*types.Named)
				if ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == pkg {
					all = append(all, built{fn, a})
				}
			}
		}
	}
	return all
}

// inputs returns a call for each value that the inputs of an operation have in
// a field. An input without it is a call of its own where that is allowed.
func (w *walk) inputs(service, operation, field string, optional bool) (found []Call) {
	for _, b := range w.built(sdk+service, operation+"Input") {
		on, set := "", false
		for _, use := range *b.value.Referrers() {
			address, ok := use.(*ssa.FieldAddr)
			if !ok || fieldName(address) != field {
				continue
			}
			for _, u := range *address.Referrers() {
				if store, ok := u.(*ssa.Store); ok && store.Addr == address {
					on, set = source(store.Val), true
					if on == "" {
						w.fault(b.by, "gives "+operation+" a "+field+" that cannot be told from the code")
					}
				}
			}
		}
		if !set && !optional {
			w.fault(b.by, "makes "+operation+"Input without "+field)
		}
		found = append(found, Call{service, operation, on})
	}
	return found
}

// source tells where a string's address comes from: the field of ours that it
// is the address of, or the constant given to aws.String.
func source(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return fieldName(v)
	case *ssa.UnOp:
		return source(v.X)
	case *ssa.Call:
		if callee := v.Common().StaticCallee(); callee != nil && callee.Name() == "String" && len(v.Common().Args) == 1 {
			return source(v.Common().Args[0])
		}
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.String {
			return constant.StringVal(v.Value)
		}
	}
	return ""
}

func fieldName(a *ssa.FieldAddr) string {
	s := a.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	return s.Field(a.Field).Name()
}
