package api

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"extrato/internal/credential"
)

// docs is what the document says of an operation beyond its types.
type docs struct {
	id, tag, summary, description string

	status   int          // of success; 0 is 200
	success  string       // what it means
	schema   *huma.Schema // of success, where the type does not tell it
	example  any          // of success
	body     reflect.Type // of the request
	bodyless bool         // the request may be without its body
	form     bool         // the request may be a form with files
	once     bool         // an Idempotency-Key is honoured
	requests map[string]*huma.Example
	codes    []code   // of problems, besides those that follow from the route
	faults   []string // of an upload: problems whose code is that of the first fault
}

// operation is what huma registers.
func (d docs) operation(schemas huma.Registry, route Route) huma.Operation {
	op := huma.Operation{
		OperationID: d.id, Method: route.Method, Path: route.Path, Tags: []string{d.tag},
		Summary: d.summary, Description: d.description,
		DefaultStatus: d.status,
		Responses:     d.problems(schemas, route),
		// huma takes a body of exactly the limit for too large.
		MaxBodyBytes: maxBody + 1,
		// Bodies are decoded by this package, so that no error can echo them.
		SkipValidateBody: true,
	}
	op.Security = []map[string][]string{{}} // says: nothing is asked for
	if route.Scope != "" {
		op.Security = []map[string][]string{{securityScheme: {route.Scope}}}
	}
	if d.body != nil {
		op.RequestBody = &huma.RequestBody{Required: true}
	}
	if d.once {
		op.Parameters = append(op.Parameters, keyParameter())
	}
	if d.schema != nil {
		op.Responses["200"] = &huma.Response{Content: map[string]*huma.MediaType{"application/json": {Schema: d.schema}}}
	}
	return op
}

// finish completes what huma derived from the types.
func (d docs) finish(schemas huma.Registry, op *huma.Operation) {
	status := strconv.Itoa(max(d.status, http.StatusOK))
	response := op.Responses[status]
	response.Description = d.success
	response.Content["application/json"].Example = d.example
	if d.body != nil {
		op.RequestBody.Required = !d.bodyless // huma asks for a raw body always, and looks here at each request
		op.RequestBody.Content = map[string]*huma.MediaType{
			"application/json": {Schema: schemas.Schema(d.body, true, ""), Examples: d.requests},
		}
		if d.form {
			op.RequestBody.Content[formType] = &huma.MediaType{Schema: formSchema(schemas, d.body)}
		}
	}
	if d.once {
		if response.Headers == nil {
			response.Headers = map[string]*huma.Param{}
		}
		response.Headers[replayedHeader] = &huma.Param{Description: "true where this is the stored answer to an earlier request with the same " + keyHeader + ".",
			Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"true"}}}
	}
}

// problems lists every problem that the operation can answer, by status: all
// codes in the description, those of the catalogue as examples too.
func (d docs) problems(schemas huma.Registry, route Route) map[string]*huma.Response {
	codes := append([]code{codeNotAcceptable, codeInternal}, d.codes...)
	if route.Scope != "" {
		codes = append(codes, codeUnauthenticated, codeTenantInvalid, codeScopeMissing)
	}
	if strings.Contains(route.Path, "{id}") {
		codes = append(codes, codeAccountNotFound)
	}
	if d.body != nil {
		codes = append(codes, codeJSONInvalid, codeBodyTooLarge, codeContentType)
		if !d.bodyless {
			codes = append(codes, codeBodyRequired)
		}
	}
	if d.form {
		codes = append(codes, codeFormInvalid)
	}
	if d.once {
		codes = append(codes, codeKeyInvalid, codeKeyReused, codeInProgress)
	}
	codes = append(codes, codeValidation) // at least an unknown query parameter
	responses := map[string]*huma.Response{}
	schema := schemas.Schema(reflect.TypeFor[Problem](), true, "")
	for _, c := range codes {
		example := newProblem(c)
		status := strconv.Itoa(example.Status)
		if responses[status] == nil {
			responses[status] = &huma.Response{
				Description: "Codes:",
				Content:     map[string]*huma.MediaType{problemType: {Schema: schema, Examples: map[string]*huma.Example{}}},
			}
			addHeaders(responses[status], example.Status)
		}
		if c == codeInProgress {
			addHeaders(responses[status], http.StatusServiceUnavailable)
		}
		examples := responses[status].Content[problemType].Examples
		if examples[string(c)] == nil {
			responses[status].Description += " " + string(c)
			examples[string(c)] = &huma.Example{Value: example}
		}
	}
	if len(d.faults) > 0 {
		r := responses[strconv.Itoa(http.StatusUnprocessableEntity)]
		r.Description += "; of the upload, as the code of the whole and of the field: " + strings.Join(d.faults, " ")
		r.Content[problemType].Examples[credential.ZipNotAccepted] = &huma.Example{Value: exampleFaults()}
	}
	return responses
}

func addHeaders(r *huma.Response, status int) {
	header := func(name, description, kind string) {
		r.Headers = map[string]*huma.Param{name: {Description: description, Schema: &huma.Schema{Type: kind}}}
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		header("WWW-Authenticate", "What the token lacks.", "string")
	case http.StatusServiceUnavailable:
		header("Retry-After", "Seconds to wait before trying again.", "integer")
	}
}
