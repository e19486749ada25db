package api

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestExamplesAreValid holds every example of the document against the schema
// beside it: bodies, answers, problems, parameters.
func TestExamplesAreValid(t *testing.T) {
	t.Parallel()
	s := newServer(Options{Caller: func(*http.Request) (Caller, bool) { return Caller{}, false }})
	document, n := s.huma.OpenAPI(), 0
	check := func(where string, mode huma.ValidateMode, schema *huma.Schema, example any) {
		t.Helper()
		text, err := json.Marshal(example)
		if err != nil {
			t.Fatal(where, err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			t.Fatal(where, err)
		}
		n++
		result := huma.ValidateResult{}
		huma.Validate(document.Components.Schemas, schema, huma.NewPathBuffer([]byte(where), len(where)), mode, value, &result)
		for _, err := range result.Errors {
			t.Error(where, err)
		}
	}
	content := func(where string, mode huma.ValidateMode, media map[string]*huma.MediaType) {
		for kind, m := range media {
			if m.Example != nil {
				check(where+" "+kind, mode, m.Schema, m.Example)
			}
			for name, e := range m.Examples {
				check(where+" "+kind+" "+name, mode, m.Schema, e.Value)
			}
		}
	}
	for path, item := range document.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op == nil {
				continue
			}
			where := method + " " + path
			for _, p := range op.Parameters {
				if p.Example != nil {
					check(where+" "+p.Name, huma.ModeWriteToServer, p.Schema, p.Example)
				}
			}
			if op.RequestBody != nil {
				content(where, huma.ModeWriteToServer, op.RequestBody.Content)
			}
			for status, r := range op.Responses {
				content(where+" "+status, huma.ModeReadFromServer, r.Content)
			}
		}
	}
	// The examples of single fields.
	for name, schema := range document.Components.Schemas.Map() {
		for field, property := range schema.Properties {
			for _, e := range property.Examples {
				check(name+"."+field, huma.ModeReadFromServer, property, e)
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d examples", n)
	}
}
