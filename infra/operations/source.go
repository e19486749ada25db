package operations

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// functions are the folders of the programs, and the parameters that name them
// in the templates.
var functions = map[string]string{"fanout": "FanoutFunction", "sync": "SyncFunction", "api": "ApiFunction"}

// bankFile holds what telemetry itself emits: a function does where its main
// wires BankCall.
const bankFile = "internal/telemetry/bank.go"

var (
	camel   = regexp.MustCompile(`^[A-Z][A-Za-z]+$`)
	reserve = []string{"time", "timestamp", "level", "msg", "message", "requestId"} // the log line's own
)

// source reads the Go files: which function emits which metrics, which messages
// and attributes the log has. A metric, a message and an attribute are told as
// string literals, or they are a fault: nobody could look for them.
func (c *checker) source() {
	c.emitted, c.messages, c.keys = map[string][]string{}, map[string]bool{}, map[string]bool{}
	metrics := map[string][]string{} // by package folder
	imports := map[string][]string{}
	wires := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.p.Source)) {
		file, err := c.p.parse(name)
		if err != nil {
			c.fault("%s: %v", name, err)
			continue
		}
		folder := path.Dir(name)
		known := map[string]bool{}
		for _, i := range file.Imports {
			what, _ := strconv.Unquote(i.Path.Value)
			known[path.Base(what)] = true
			if _, ours, ok := strings.Cut(what, "/internal/"); ok {
				imports[folder] = append(imports[folder], "internal/"+ours)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "BankCall" {
				wires[folder] = true
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if metric := c.metric(name, call, known); metric != "" && name != bankFile {
					metrics[folder] = append(metrics[folder], metric)
				} else if metric != "" {
					metrics[bankFile] = append(metrics[bankFile], metric)
				}
				c.logged(name, call)
			}
			return true
		})
	}
	for f, parameter := range functions {
		seen := map[string]bool{}
		var all []string
		var visit func(folder string)
		visit = func(folder string) {
			if seen[folder] {
				return
			}
			seen[folder] = true
			all = append(all, metrics[folder]...)
			for _, next := range imports[folder] {
				visit(next)
			}
		}
		visit("functions/" + f)
		if wires["functions/"+f] {
			all = append(all, metrics[bankFile]...)
		}
		slices.Sort(all)
		c.emitted[parameter] = slices.Compact(all)
		if len(all) == 0 {
			c.fault("functions/%s emits no metric", f)
		}
	}
}

// parse returns a file, which altered copies of a project have mostly in common.
func (p *Project) parse(name string) (*ast.File, error) {
	text := p.Source[name]
	if file, ok := p.parsed.Load(text); ok {
		return file.(*ast.File), nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err == nil {
		p.parsed.Store(text, file)
	}
	return file, err
}

// metric returns the name that a call of Count, Value or Milliseconds tells, or
// of a count that passes it on, "" where it is none: another package's function,
// or one of ours passing on the name that it was given.
func (c *checker) metric(name string, call *ast.CallExpr, imported map[string]bool) string {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 2 || !slices.Contains([]string{"count", "value", "milliseconds"}, strings.ToLower(s.Sel.Name)) {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok && imported[x.Name] {
		return ""
	}
	switch arg := call.Args[0].(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(arg.Value); err == nil && camel.MatchString(text) {
			return text
		}
	case *ast.Ident:
		if arg.Name == "metric" || arg.Name == "name" { // a parameter, passed on
			return ""
		}
	}
	if ast.IsExported(s.Sel.Name) {
		c.fault("%s: a call of %s whose metric is no literal in CamelCase", name, s.Sel.Name)
	}
	return ""
}

// logged takes the message and the attribute keys of a call of slog.
func (c *checker) logged(name string, call *ast.CallExpr) {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	first := -1
	switch s.Sel.Name {
	case "DebugContext", "InfoContext", "WarnContext", "ErrorContext":
		first = 1
	case "Debug", "Info", "Warn", "Error":
		if x, ok := s.X.(*ast.Ident); ok && (x.Name == "slog" || x.Name == "log") {
			first = 0
		}
	case "Log":
		first = 2
	case "With":
		c.attributes(name, call.Args)
	}
	if first < 0 || len(call.Args) <= first {
		return
	}
	if text, ok := literal(call.Args[first]); ok {
		c.messages[text] = true
	} else {
		c.fault("%s: a log message that is no literal", name)
	}
	c.attributes(name, call.Args[first+1:])
}

func (c *checker) attributes(name string, args []ast.Expr) {
	for i := 0; i < len(args); i++ {
		key, ok := literal(args[i])
		if call, isCall := args[i].(*ast.CallExpr); isCall && len(call.Args) == 2 { // slog.String and the like
			key, ok = literal(call.Args[0])
		} else {
			i++ // its value
		}
		if !ok {
			continue
		}
		c.keys[key] = true
		if slices.Contains(reserve, key) {
			c.fault("%s: the attribute %q is the log line's own", name, key)
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
