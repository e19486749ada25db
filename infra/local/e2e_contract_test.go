package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"extrato/internal/inter/intertest"
)

// document is what the test reads of an OpenAPI document.
type document struct {
	Paths map[string]map[string]struct {
		ID          string `json:"operationId"`
		RequestBody struct {
			Content map[string]struct {
				Examples map[string]struct {
					Value any `json:"value"`
				} `json:"examples"`
			} `json:"content"`
		} `json:"requestBody"`
		Responses map[string]struct {
			Content map[string]struct {
				Schema map[string]any `json:"schema"`
			} `json:"content"`
		} `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

// TestE2EContract replays the document's examples against the running stack:
// whatever is answered is a status that the operation lists, of the shape that
// it promises for it. The examples' credentials are the simulator's instead.
func TestE2EContract(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	account := bank.AddAccount("123456789")
	account.Generate(intertest.Profile{}, today().AddDays(-150), today().AddDays(-1))
	integration := bank.Issue("ERP", account)
	r := startRig(t, bank, "--queue-speed", "60")
	c := r.erp("acme")

	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "api", "testdata", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var created erpAccount
	c.must("POST", "/v1/accounts", newAccount(), &created)
	c.must("PUT", "/v1/accounts/"+created.ID+"/integration", pair(integration), &created)
	c.idle()
	entries := c.entries(created.ID, "booked")
	if len(entries) == 0 {
		t.Fatal("no entries to replay examples with")
	}
	paths := strings.NewReplacer("{id}", created.ID, "{entry}", entries[0].ID)

	// What leaves goes last, so that everything before has an account.
	order := func(path, method string) int {
		switch {
		case method == "delete" && strings.HasSuffix(path, "/integration"):
			return 1
		case method == "delete":
			return 2
		}
		return 0
	}
	type call struct{ path, method string }
	var calls []call
	for path, methods := range doc.Paths {
		for method := range methods {
			calls = append(calls, call{path, method})
		}
	}
	slices.SortFunc(calls, func(a, b call) int {
		if n := order(a.path, a.method) - order(b.path, b.method); n != 0 {
			return n
		}
		return strings.Compare(a.path+a.method, b.path+b.method)
	})
	replayed := 0
	for _, cl := range calls {
		op := doc.Paths[cl.path][cl.method]
		bodies := map[string]any{"none": nil}
		for name, e := range op.RequestBody.Content["application/json"].Examples {
			delete(bodies, "none")
			bodies[name] = withPair(e.Value, pair(integration))
		}
		for name, body := range bodies {
			replayed++
			what := fmt.Sprintf("%s, example %s", op.ID, name)
			status, kind, answer, err := c.send(t.Context(), strings.ToUpper(cl.method), paths.Replace(cl.path), body)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			promised, listed := op.Responses[fmt.Sprint(status)]
			if !listed {
				t.Errorf("%s: answered %d, which the document does not list: %s", what, status, answer)
				continue
			}
			if status >= 500 {
				t.Errorf("%s: %d %s", what, status, answer)
			}
			kind, _, _ = strings.Cut(kind, ";")
			content, listed := promised.Content[kind]
			if !listed {
				t.Errorf("%s: %d is answered as %q, which the document does not list", what, status, kind)
				continue
			}
			var value any
			if err := json.Unmarshal(answer, &value); err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			for _, fault := range doc.faults(content.Schema, value, "answer") {
				t.Errorf("%s, %d: %s", what, status, fault)
			}
		}
	}
	if replayed < 16 {
		t.Errorf("%d examples replayed, there are 16 operations", replayed)
	}
}

// withPair replaces the credentials of an example by some that the bank knows.
func withPair(body any, pair map[string]any) any {
	fields, ok := body.(map[string]any)
	if !ok {
		return body
	}
	for name, value := range fields {
		if good, secret := pair[name]; secret {
			fields[name] = good
		} else {
			fields[name] = withPair(value, pair)
		}
	}
	return fields
}

// faults compares a value with the part of JSON Schema that the document uses.
func (d document) faults(schema map[string]any, value any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		schema = d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]]
	}
	if len(schema) == 0 {
		return nil
	}
	if types := schema["type"]; types != nil && !isOf(types, value) {
		return []string{fmt.Sprintf("%s is %T, not %v", at, value, types)}
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		return []string{fmt.Sprintf("%s is %v, not one of %v", at, value, enum)}
	}
	var out []string
	switch v := value.(type) {
	case map[string]any:
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, there := v[name.(string)]; !there {
				out = append(out, fmt.Sprintf("%s lacks %s", at, name))
			}
		}
		properties, _ := schema["properties"].(map[string]any)
		for name, field := range v {
			if s, ok := properties[name].(map[string]any); ok {
				out = append(out, d.faults(s, field, at+"."+name)...)
			} else if len(properties) > 0 {
				out = append(out, fmt.Sprintf("%s has %s, which the document does not know", at, name))
			}
		}
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, item := range v {
			out = append(out, d.faults(items, item, fmt.Sprintf("%s[%d]", at, i))...)
		}
	}
	return out
}

// isOf reports whether a value is of one of the types.
func isOf(types, value any) bool {
	list, ok := types.([]any)
	if !ok {
		list = []any{types}
	}
	return slices.ContainsFunc(list, func(name any) bool {
		switch v := value.(type) {
		case nil:
			return name == "null"
		case bool:
			return name == "boolean"
		case string:
			return name == "string"
		case float64:
			return name == "number" || name == "integer" && v == float64(int64(v))
		case []any:
			return name == "array"
		default:
			return name == "object"
		}
	})
}
