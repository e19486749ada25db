package review

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"extrato/infra/template/review/calls"
	"extrato/internal/api"
	"extrato/internal/store"
)

// Functions are the programs that the template deploys, by logical id.
var Functions = map[string]string{"FanoutFunction": "fanout", "SyncFunction": "sync", "ApiFunction": "api"}

// Product is what the code says of its deployment.
type Product struct {
	Routes      []api.Route
	Schema      *dynamodb.CreateTableInput
	Environment map[string][]string     // names of variables, by function's logical id, sorted
	Calls       map[string][]calls.Call // to AWS, by function's logical id
}

// Derive reads the product at the root of its repository.
func Derive(root string) (*Product, error) {
	p := &Product{Routes: api.Routes(), Schema: store.Schema("x"), Environment: map[string][]string{}, Calls: map[string][]calls.Call{}}
	program, err := calls.Load(root, nil)
	if err != nil {
		return nil, err
	}
	for _, path := range program.Functions() {
		if !slices.Contains(slices.Collect(maps.Values(Functions)), strings.TrimPrefix(path, "functions/")) {
			return nil, fmt.Errorf("%s is not among the functions that the template deploys", path)
		}
	}
	for id, name := range Functions {
		if p.Environment[id], err = environment(filepath.Join(root, "functions", name)); err != nil {
			return nil, err
		}
		if p.Calls[id], err = program.Of("functions/" + name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// environment reads the names of a program's config struct from its sources.
func environment(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", folder, err)
	}
	var names []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read the configuration of %s: %w", folder, err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil {
				tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("env")
				if name, _, _ := strings.Cut(tag, ","); name != "" {
					names = append(names, name)
				}
			}
			return true
		})
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no configuration", folder)
	}
	slices.Sort(names)
	return names, nil
}
