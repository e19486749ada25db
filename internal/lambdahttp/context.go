package lambdahttp

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// Request is what the gateway says about a request besides its HTTP part.
type Request struct {
	ID       string            // the gateway's request id
	SourceIP string            // the client's address as the gateway saw it
	Claims   map[string]string // of the verified token; nil on a route without authorizer
	Scopes   []string          // of the verified token, without repetition
}

type requestKey struct{}

// From returns the request that the context belongs to. ok is false where no
// gateway is in front, as in a plain HTTP server.
func From(ctx context.Context) (r Request, ok bool) {
	r, ok = ctx.Value(requestKey{}).(Request)
	return r, ok
}

// describe reads the event's request context. Nothing of it comes from the
// client: a header cannot add a claim.
func describe(e events.APIGatewayV2HTTPRequest) Request {
	r := Request{ID: e.RequestContext.RequestID, SourceIP: e.RequestContext.HTTP.SourceIP}
	if a := e.RequestContext.Authorizer; a != nil && a.JWT != nil {
		r.Claims = a.JWT.Claims
		if r.Claims == nil {
			r.Claims = map[string]string{}
		}
		r.Scopes = scopes(a.JWT)
	}
	return r
}

// scopes unites the places that tell a token's scopes. The gateway fills
// jwt.scopes only on routes that ask for some; the claim is "scope", separated
// by spaces, or "scp", which the gateway prints as "[a b]" where it is a list.
func scopes(jwt *events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription) []string {
	all := slices.Clone(jwt.Scopes)
	for _, claim := range []string{"scope", "scp"} {
		all = append(all, strings.Fields(strings.Trim(jwt.Claims[claim], "[]"))...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
