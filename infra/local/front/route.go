package front

import (
	"net/url"
	"slices"
	"strings"

	"extrato/infra/template"
)

// table is the routes, most specific first.
type table []route

type route struct {
	template.Route
	segments []string
}

// catchAll answers what no other route does.
const catchAll = "$default"

func newTable(routes []template.Route) table {
	var t table
	for _, r := range routes {
		t = append(t, route{r, segments(r.Path)})
	}
	slices.SortStableFunc(t, func(a, b route) int {
		if c := strings.Compare(b.rank(), a.rank()); c != 0 {
			return c
		}
		return strings.Compare(b.Method, a.Method) // ANY sorts below GET, PUT, …
	})
	return t
}

func segments(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// rank orders paths: at the first segment that differs, fixed text beats a
// variable, which beats a greedy one; $default comes last.
func (r route) rank() string {
	if r.Path == catchAll {
		return ""
	}
	var b strings.Builder
	for _, s := range r.segments {
		switch {
		case strings.HasSuffix(s, "+}"):
			b.WriteByte('1')
		case strings.HasPrefix(s, "{"):
			b.WriteByte('2')
		default:
			b.WriteByte('3')
		}
	}
	return b.String()
}

// find returns the route for a request, and its path parameters decoded.
func (t table) find(method, escapedPath string) (*route, map[string]string) {
	got := segments(escapedPath)
	for i := range t {
		if r := &t[i]; r.Method == "ANY" || r.Method == method {
			if parameters, ok := r.match(got); ok {
				return r, parameters
			}
		}
	}
	return nil, nil
}

func (r route) match(got []string) (parameters map[string]string, ok bool) {
	if r.Path == catchAll {
		return nil, true
	}
	parameters = map[string]string{}
	for i, want := range r.segments {
		if i >= len(got) {
			return nil, false
		}
		name, variable := strings.CutPrefix(want, "{")
		switch {
		case strings.HasSuffix(name, "+}"):
			rest, err := url.PathUnescape(strings.Join(got[i:], "/"))
			parameters[strings.TrimSuffix(name, "+}")] = rest
			return parameters, err == nil && rest != ""
		case variable:
			text, err := url.PathUnescape(got[i])
			if err != nil || text == "" {
				return nil, false
			}
			parameters[strings.TrimSuffix(name, "}")] = text
		case want != got[i]:
			return nil, false
		}
	}
	return parameters, len(got) == len(r.segments)
}

// key returns the routeKey of events: "GET /v1/accounts", or "$default".
func (r route) key() string {
	if r.Path == catchAll {
		return catchAll
	}
	return r.Method + " " + r.Path
}
