package review

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
)

// revealing is what an access log must not tell: tokens, their claims, and
// query strings, which hold what people search for.
var revealing = regexp.MustCompile(`(?i)authorization|claims|\.jwt|query|cookie|\$context\.body`)

// gateway: who is let in, how many at once, and what is written down of it.
func (r *review) gateway() {
	api := r.main.resource("Api")
	property := func(path ...string) string { return says(api.property(path...)) }
	r.want("Api", "the type", api.kind, "AWS::Serverless::HttpApi")
	r.want("Api", "FailOnWarnings", property("FailOnWarnings"), "true")

	r.authorizers(property("Auth", "DefaultAuthorizer"))
	r.want("Api", "IdentitySource", property("Auth", "Authorizers", "Jwt", "IdentitySource"), "$request.header.Authorization")
	r.want("Api", "issuer", property("Auth", "Authorizers", "Jwt", "JwtConfiguration", "issuer"), "${JwtIssuer}")
	r.want("Api", "audience", property("Auth", "Authorizers", "Jwt", "JwtConfiguration", "audience"), "${${JwtAudience} split at ,}")

	for _, limit := range []string{"ThrottlingRateLimit", "ThrottlingBurstLimit"} {
		if property("DefaultRouteSettings", limit) == "" {
			r.find(Main, "Api", limit+" is absent", "give it: without one the account's whole rate is anybody's")
		}
	}
	r.accessLog(property)
	r.cors(api)
}

// authorizers: there is one to ask, Jwt. Which routes may ask none, routes checks.
func (r *review) authorizers(otherwise string) {
	api := r.main.resource("ApiFunction")
	for event, n := range members(api.property("Events")) {
		if says(at(n, "Type")) != "HttpApi" {
			continue
		}
		if a := cmp.Or(says(at(n, "Properties", "Auth", "Authorizer")), otherwise, "NONE"); a != "Jwt" && a != "NONE" {
			r.find(Main, api.id, event+" asks the authorizer "+quoted(a), "name Jwt, or none for a route that is open")
		}
	}
}

func (r *review) accessLog(property func(...string) string) {
	r.want("Api", "AccessLogSettings.DestinationArn", property("AccessLogSettings", "DestinationArn"), "${AccessLogGroup.Arn}")
	format := property("AccessLogSettings", "Format")
	if word := revealing.FindString(format); word != "" {
		r.find(Main, "Api", "its access log tells "+quoted(word), "take it out of the format")
	}
	for _, variable := range []string{"$context.requestId", "$context.routeKey", "$context.status"} {
		if !slices.Contains(regexp.MustCompile(`\$[A-Za-z.]+`).FindAllString(format, -1), variable) {
			r.find(Main, "Api", "its access log does not tell "+variable, "add it to the format")
		}
	}
}

// cors: scripts of the origins that were named, no others, and what they send.
func (r *review) cors(api resource) {
	cors := api.property("CorsConfiguration")
	if origins := list(at(cors, "AllowOrigins")); len(origins) != 1 || says(origins[0]) != "${CorsOrigin}" {
		r.find(Main, "Api", "the origins are not the parameter's", "make AllowOrigins [!Ref CorsOrigin]")
	}
	if says(at(cors, "AllowCredentials")) == "true" {
		r.find(Main, "Api", "scripts may send cookies", "take AllowCredentials away: tokens come in a header")
	}
	var methods, headers []string
	for _, n := range list(at(cors, "AllowMethods")) {
		methods = append(methods, n.Value)
	}
	for _, n := range list(at(cors, "AllowHeaders")) {
		headers = append(headers, n.Value)
	}
	for _, route := range r.product.Routes {
		if !slices.Contains(methods, route.Method) {
			r.find(Main, "Api", "scripts may not "+route.Method, fmt.Sprintf("add it to AllowMethods: %s has it", route.ID))
			methods = append(methods, route.Method)
		}
	}
	for _, header := range []string{"Authorization", "Content-Type", "Idempotency-Key"} {
		if !slices.Contains(headers, header) {
			r.find(Main, "Api", "scripts may not send "+header, "add it to AllowHeaders")
		}
	}
}
