package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// redact is the transformer that every answer of huma passes before it is
// written, its own errors included. It replaces those by problems of ours:
// the offending value, which huma echoes, and every text that is not known to
// come from our schema are dropped.
//
// A transformer rather than huma.NewError: that is a variable of the library,
// which every API of the process shares; and the test with marked secrets holds
// either way.
func redact(hc huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := newProblem(codeOfStatus(model.Status))
	for _, detail := range model.Errors {
		if detail != nil && p.Code == string(codeValidation) {
			p.Errors = append(p.Errors, parameterError(hc.Operation(), detail))
		}
	}
	return p, nil
}

// codeOfStatus names what huma can say of a request by itself; bodies and
// handlers' errors are ours already.
func codeOfStatus(status int) code {
	switch status {
	case http.StatusBadRequest:
		return codeBodyRequired
	case http.StatusNotAcceptable:
		return codeNotAcceptable
	case http.StatusRequestEntityTooLarge:
		return codeBodyTooLarge
	case http.StatusUnprocessableEntity:
		return codeValidation
	}
	return codeInternal
}

// parameterError tells what is wrong with a query parameter. The name of one
// that the operation does not know is foreign text, and not told.
func parameterError(op *huma.Operation, detail *huma.ErrorDetail) FieldError {
	name := strings.TrimPrefix(detail.Location, "query.")
	var known []string
	for _, p := range op.Parameters {
		if p.In != "query" {
			continue
		}
		if p.Name == name {
			code, message := translate(detail.Message)
			return FieldError{Location: "query", Field: name, Code: code, Message: message}
		}
		known = append(known, p.Name)
	}
	message := "Parâmetro desconhecido. Esta operação não aceita parâmetros."
	if len(known) > 0 {
		message = "Parâmetro desconhecido. Os aceitos são: " + strings.Join(known, ", ") + "."
	}
	return FieldError{Location: "query", Code: "unknown_parameter", Message: message}
}
