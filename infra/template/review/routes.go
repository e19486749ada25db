package review

import (
	"fmt"
	"slices"
	"strings"
)

// routes: the gateway knows the API's routes and no others, each with the scope
// that the API asks for; who may come without a token, the API decides.
func (r *review) routes() {
	wanted := map[string]string{}
	for _, route := range r.product.Routes {
		wanted[route.Method+" "+route.Path] = route.Scope
	}
	seen := map[string]bool{}
	for _, route := range r.template.Routes {
		name := route.Method + " " + route.Path
		scope, served := wanted[name]
		switch {
		case !served:
			r.find(Main, route.Function, name+" is no route of the API", "take it away")
		case seen[name]:
			r.find(Main, route.Function, name+" is there twice", "take one away")
		case route.Function != "ApiFunction":
			r.find(Main, route.Function, name+" is answered by "+route.Function, "let ApiFunction answer")
		case route.Open != (scope == ""):
			r.find(Main, route.Function, fmt.Sprintf("%s is open: %v", name, route.Open), "make it as api.Routes says")
		case strings.Join(route.Scopes, ",") != scope:
			r.find(Main, route.Function, fmt.Sprintf("%s asks for the scopes %v", name, route.Scopes), "make it "+quoted(scope))
		}
		seen[name] = true
	}
	for _, route := range r.product.Routes {
		if name := route.Method + " " + route.Path; !seen[name] {
			r.find(Main, "ApiFunction", name+" is not reachable", "add its HttpApi event")
		}
	}
	api := r.main.resource("ApiFunction")
	for event, n := range members(api.property("Events")) {
		if says(at(n, "Type")) == "HttpApi" && says(at(n, "Properties", "ApiId")) != "${Api}" {
			r.find(Main, api.id, "event "+event+" is not of Api", "give it ApiId: !Ref Api")
		}
	}
}

// values are what the variables must be; those that are not here are the
// function's own to choose.
var values = map[string]string{
	"TABLE_NAME": "${Table}", "SYNC_QUEUE_URL": "${SyncQueue}", "SYNC_DLQ_URL": "${SyncDeadLetterQueue}",
	"SECRET_PREFIX": "${AWS::StackName}", "SECRET_KMS_KEY_ID": "${Key}",
	"BANK_BASE_URL": "${BankBaseUrl}", "BANK_CA_PEM": "${BankCaPem}", "TENANT_CLAIM": "${TenantClaim}",
	"BACKFILL_DAYS": "${BackfillDays}", "LOOKBACK_DAYS": "${LookbackDays}",
}

// environment: a function has the variables that it reads and no others, each
// leading where it must.
func (r *review) environment() {
	for id := range Functions {
		got := r.variables(id)
		for _, name := range r.product.Environment[id] {
			if _, ok := got[name]; !ok {
				r.find(Main, id, "lacks the variable "+name, "give it: the function's config reads it")
			}
		}
		for name, value := range got {
			if !slices.Contains(r.product.Environment[id], name) {
				r.find(Main, id, "has the variable "+name, "take it away: the function does not read it")
			} else if want, ok := values[name]; ok && value != want {
				r.find(Main, id, fmt.Sprintf("%s is %s", name, quoted(value)), "make it "+want)
			}
		}
	}
}

// variables are a function's, its own over the global ones.
func (r *review) variables(id string) map[string]string {
	all := map[string]string{}
	for name, n := range members(at(r.main.root, "Globals", "Function", "Environment", "Variables")) {
		all[name] = says(n)
	}
	for name, n := range members(r.main.resource(id).property("Environment", "Variables")) {
		all[name] = says(n)
	}
	return all
}
