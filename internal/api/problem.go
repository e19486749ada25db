package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

const problemType = "application/problem+json"

// Problem is the body of every error, an RFC 9457 problem document. Code is
// stable and for programs; Title and Detail are for the person at the screen.
// Nothing in it was sent by the client.
type Problem struct {
	_         struct{}     `additionalProperties:"true"`
	Title     string       `json:"title" doc:"What kind of problem it is, in Portuguese; the same for every occurrence of the code." example:"Conta não encontrada"`
	Status    int          `json:"status" doc:"The HTTP status." example:"404"`
	Detail    string       `json:"detail" doc:"What happened and what to do about it, in Portuguese." example:"Não existe uma conta com este identificador."`
	Code      string       `json:"code" doc:"Stable name of the problem, for programs." example:"account_not_found"`
	Errors    []FieldError `json:"errors,omitempty" nullable:"false" doc:"The fields that are wrong, where fields are."`
	AccountID string       `json:"account_id,omitempty" doc:"The account that the problem is about, where it is another one than the request names: the one that already has the bank account or, after a create whose integration failed at the end, the one that was created."`

	retryAfter time.Duration
	allow      string
}

// FieldError is one field that is wrong.
type FieldError struct {
	_        struct{} `additionalProperties:"true"`
	Location string   `json:"location" enum:"body,query,header" doc:"Where the field was sent." example:"body"`
	Field    string   `json:"field" doc:"The field's path in the body, or the parameter's name; empty where the whole is meant. Never a name that the API does not know." example:"integration.key"`
	Code     string   `json:"code" doc:"Stable name of the fault." example:"required"`
	Message  string   `json:"message" doc:"What is wrong and the way out, in Portuguese." example:"Campo obrigatório não informado."`
}

// newProblem returns the problem of a code, as the catalogue words it.
func newProblem(c code) *Problem {
	e := entryOf(c)
	return &Problem{Title: e.title, Status: e.status, Detail: e.detail, Code: string(c)}
}

// invalid returns the problem of a field.
func invalid(c code, location, field, message string) *Problem {
	p := newProblem(c)
	p.Errors = []FieldError{{Location: location, Field: field, Code: string(c), Message: message}}
	return p
}

// Error returns code and detail. With it a Problem is an error and huma's
// StatusError.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells huma the media type.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		seconds := int((p.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.Itoa(seconds))
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	return h
}

// write sends a problem outside of huma.
func write(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) // the client is gone where this fails
}
