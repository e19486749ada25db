package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// RawInput is the input of an operation with a body: huma reads and bounds it,
// decode makes sense of it. It declares no content by itself; docs.finish does.
type RawInput struct {
	RawBody []byte `contentType:"application/json"`
}

// decode reads a JSON body into T by T's schema. Its errors are problems that
// name fields of the schema and nothing that was sent: neither values, nor
// names that the schema does not know, nor excerpts of text that is no JSON.
// prepare, where there is one, sees the object as it was sent.
//
// A null field is like an absent one. Names are exact: encoding/json would take
// "KEY" for "key" after the schema had overlooked it.
func decode[T any](r huma.Registry, contentType string, body []byte, prepare func(map[string]any)) (T, error) {
	var into T
	if !isJSON(contentType) {
		return into, newProblem(codeContentType)
	}
	var sent any
	if err := json.Unmarshal(body, &sent); err != nil {
		return into, jsonProblem(err)
	}
	if object, ok := sent.(map[string]any); ok && prepare != nil {
		prepare(object)
	}
	sent, err := check(r, reflect.TypeFor[T](), sent, nil)
	if err != nil {
		return into, err
	}
	clean, err := json.Marshal(sent)
	if err == nil {
		err = json.Unmarshal(clean, &into)
	}
	if err != nil { // the schema and the type disagree
		return into, errors.New("decode a body that its schema allows")
	}
	return into, nil
}

// check returns a decoded body without nulls and unknown fields, or a problem
// with all that is wrong with it by the schema of a type, and the faults that
// were found already.
func check(r huma.Registry, kind reflect.Type, sent any, faults []FieldError) (any, error) {
	c := cleaner{registry: r, faults: faults}
	schema := r.Schema(kind, false, "")
	sent = c.clean(schema, "", sent)
	result := huma.ValidateResult{}
	huma.Validate(r, schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, sent, &result)
	for _, err := range result.Errors {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			c.faults = append(c.faults, bodyError(detail))
		}
	}
	if len(c.faults) > 0 {
		sort.SliceStable(c.faults, func(i, j int) bool { return c.faults[i].Field < c.faults[j].Field })
		p := newProblem(codeValidation)
		p.Errors = c.faults
		return nil, p
	}
	return sent, nil
}

// isJSON takes a missing type for JSON: there is nothing else that it could be.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}

// jsonProblem tells where the text stops being JSON; what stands there may be
// part of a key.
func jsonProblem(err error) *Problem {
	p := newProblem(codeJSONInvalid)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		p.Detail = fmt.Sprintf("O corpo da requisição não é um JSON válido: erro na posição %d. Em um JSON, as quebras de linha de um arquivo PEM são escritas como \\n.", syntax.Offset)
	}
	return p
}

// bodyError tells a fault that huma found in a cleaned body. Every name in its
// location is the schema's.
func bodyError(detail *huma.ErrorDetail) FieldError {
	field := detail.Location
	if property, ok := missing(detail.Message); ok {
		return FieldError{Location: "body", Field: join(field, property), Code: "required", Message: "Campo obrigatório não informado."}
	}
	code, message := translate(detail.Message)
	return FieldError{Location: "body", Field: field, Code: code, Message: message}
}

// cleaner drops from a decoded body what the schema does not know, and nulls.
type cleaner struct {
	registry huma.Registry
	faults   []FieldError
}

func (c *cleaner) clean(schema *huma.Schema, field string, sent any) any {
	for schema.Ref != "" {
		schema = c.registry.SchemaFromRef(schema.Ref)
	}
	object, ok := sent.(map[string]any)
	if !ok || schema.Properties == nil {
		return sent
	}
	unknown := false
	for name, value := range object {
		property, known := schema.Properties[name]
		switch {
		case !known:
			unknown = true
			delete(object, name)
		case value == nil:
			delete(object, name)
		default:
			object[name] = c.clean(property, join(field, name), value)
		}
	}
	if unknown {
		names := make([]string, 0, len(schema.Properties))
		for name := range schema.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		c.faults = append(c.faults, FieldError{Location: "body", Field: field, Code: "unknown_field",
			Message: "Há um campo desconhecido. Os aceitos aqui são: " + strings.Join(names, ", ") + "."})
	}
	return object
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}
