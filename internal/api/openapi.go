package api

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

const securityScheme = "jwt"

const aboutTheAPI = `Brings the bank statement of Banco Inter business accounts into an ERP: every banking day, up to yesterday.

Every request but the open ones carries a JWT (Authorization: Bearer …). The tenant is the token's; an account of another tenant is answered like one that does not exist.

Errors are RFC 9457 problems (application/problem+json): ` + "`code`" + ` is stable and for programs, ` + "`title` and `detail`" + ` are in Portuguese for the person at the screen. No answer repeats what was sent. The gateway in front answers by itself, as application/json ` + "`{\"message\":\"…\"}`" + `: 401 without a valid token, 403 without the scope, 404 outside of the routes, 413 above 10 MB, 429 above its rate, 503 when the function cannot answer.

In answers every field is always present; a value that is not known is null. Amounts are decimal strings, dates are YYYY-MM-DD in São Paulo, instants are RFC 3339 in UTC. New fields may appear: ignore those you do not know.

Lists answer next_cursor as long as there is more; send it as cursor for the next page. The feed of changes always answers one, and says has_more.

A POST with an Idempotency-Key can be repeated safely: the first success is answered again for 24 hours, byte for byte, with Idempotency-Replayed: true. A failure frees the key.`

// config describes the API to huma: no documentation page, no links to schemas,
// no other media type than JSON.
func (s *server) config() huma.Config {
	json := huma.DefaultJSONFormat
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Extrato", Version: "1", Description: aboutTheAPI},
			Servers: []*huma.Server{{URL: "/", Description: "Where this document was read."}},
			Tags: []*huma.Tag{
				{Name: "accounts", Description: "Bank accounts and their integration with the bank."},
				{Name: "entries", Description: "The lines of the statement."},
				{Name: "ledger", Description: "What happened to the entries, and how certain each day is."},
				{Name: "syncs", Description: "The runs that ask the bank."},
				{Name: "service", Description: "About the service itself; open to everyone."},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{securityScheme: {
					Type: "http", Scheme: "bearer", BearerFormat: "JWT",
					Description: "A token of the ERP's issuer, with the tenant in a claim and the scopes " + ScopeRead + " and " + ScopeWrite + ".",
				}},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": json, "json": json},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{redact},
	}
}

func (s *server) schemas() huma.Registry { return s.huma.OpenAPI().Components.Schemas }

// dropUnused takes out the schemas of huma's own errors, which are never sent.
func dropUnused(document *huma.OpenAPI) {
	delete(document.Components.Schemas.Map(), "ErrorModel")
	delete(document.Components.Schemas.Map(), "ErrorDetail")
}

// Health is the answer of a service that runs.
type Health struct {
	_      struct{} `additionalProperties:"true"`
	Status string   `json:"status" enum:"ok"`
}

type healthOutput struct{ Body Health }

type documentOutput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Body        []byte
}

// registerOpen adds what everyone may ask.
func (s *server) registerOpen() {
	register(s, docs{
		id: opHealth, tag: "service", summary: "Say that the service runs",
		description: "Asks nothing of the database or the bank.",
		success:     "It runs.", example: Health{Status: "ok"},
	}, func(context.Context, *struct{}) (*healthOutput, error) {
		return &healthOutput{Health{Status: "ok"}}, nil
	})

	// Written once, at the first request: it is no work for every cold start.
	s.document = sync.OnceValue(func() []byte {
		text, err := json.Marshal(s.huma.OpenAPI())
		if err != nil {
			panic(err) // the golden test would have seen it
		}
		return text
	})
	register(s, docs{
		id: opDocument, tag: "service", summary: "Describe the API",
		description: "This document, OpenAPI 3.1.",
		success:     "The document.", schema: &huma.Schema{Type: "object", AdditionalProperties: true},
	}, func(context.Context, *struct{}) (*documentOutput, error) {
		return &documentOutput{"application/json", s.document()}, nil
	})
}
