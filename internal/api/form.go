package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

const formType = "multipart/form-data"

// uploaded reads the credential in a body, JSON or a form, by the schema of a
// type whose fields are texts. A file keeps its bytes as they are: what it is, if
// not PEM, is for package credential to tell. The problems are those of decode,
// and the same for both kinds of body.
func uploaded(r huma.Registry, kind reflect.Type, contentType string, body []byte) (Credential, error) {
	var (
		sent   any
		faults []FieldError
	)
	media, parameters, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && media == formType:
		parts, repeated, err := readForm(parameters["boundary"], body)
		if err != nil {
			return Credential{}, newProblem(codeFormInvalid)
		}
		sent, faults = parts, repeatedFaults(r.Schema(kind, false, ""), r, repeated)
	case isJSON(contentType):
		if err := json.Unmarshal(body, &sent); err != nil {
			return Credential{}, jsonProblem(err)
		}
	default:
		p := newProblem(codeContentType)
		p.Detail = "Envie o corpo em JSON (Content-Type: application/json) ou como formulário com os dois arquivos (Content-Type: multipart/form-data)."
		return Credential{}, p
	}
	clean, err := check(r, kind, sent, faults)
	if err != nil {
		return Credential{}, err
	}
	fields, _ := clean.(map[string]any)
	text := func(name string) string {
		s, _ := fields[name].(string)
		return s
	}
	return Credential{
		Certificate: text("certificate"), Key: text("key"),
		ClientID: text("client_id"), ClientSecret: text("client_secret"), BankAccount: text("bank_account"),
	}, nil
}

// readForm returns the parts of a form by their names, and the names that came
// more than once. What a part says of itself besides, its file's name and its
// type, is the sender's guess and is not looked at. The error says nothing.
func readForm(boundary string, body []byte) (parts map[string]any, repeated map[string]bool, err error) {
	broken := errors.New("not a complete form")
	parts, repeated = map[string]any{}, map[string]bool{}
	if boundary == "" || !bytes.Contains(body, []byte("--"+boundary+"--")) { // a reader takes what has no end for empty
		return nil, nil, broken
	}
	for reader := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return parts, repeated, nil
		}
		if err != nil {
			return nil, nil, broken
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, broken
		}
		name := part.FormName()
		if _, again := parts[name]; again {
			repeated[name] = true
		}
		parts[name] = string(value)
	}
}

// repeatedFaults tells which known fields came more than once.
func repeatedFaults(schema *huma.Schema, r huma.Registry, repeated map[string]bool) (faults []FieldError) {
	for schema.Ref != "" {
		schema = r.SchemaFromRef(schema.Ref)
	}
	for name := range repeated {
		if schema.Properties[name] != nil {
			faults = append(faults, FieldError{Location: "body", Field: name, Code: "repeated_field", Message: "Envie este campo uma só vez."})
		}
	}
	return faults
}

// formSchema is the schema of a form with the fields of a JSON body, its
// certificate and key as files.
func formSchema(r huma.Registry, kind reflect.Type) *huma.Schema {
	schema := r.Schema(kind, false, "")
	for schema.Ref != "" {
		schema = r.SchemaFromRef(schema.Ref)
	}
	form := &huma.Schema{Type: huma.TypeObject, Required: schema.Required, AdditionalProperties: false, Properties: map[string]*huma.Schema{}}
	for name, property := range schema.Properties {
		form.Properties[name] = property
	}
	for name, description := range map[string]string{
		"certificate": "The .crt file. The .zip that holds it is not accepted.",
		"key":         "The .key file, without a password.",
	} {
		form.Properties[name] = &huma.Schema{Type: huma.TypeString, Format: "binary", Description: description, WriteOnly: true}
	}
	return form
}
