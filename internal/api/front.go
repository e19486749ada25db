package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds a request's body: certificate and key are at most 16 KB each.
const maxBody = 64 << 10

// front stands before every route: headers that all answers carry, panics, and
// requests that are refused whatever they ask for. Accept is looked at here, not
// when the answer is written: by then the work would be done.
func (s *server) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(inner http.ResponseWriter, r *http.Request) {
		w := &writer{ResponseWriter: inner}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		defer s.recovered(w, r)
		switch {
		case r.URL.Path != path.Clean(r.URL.Path):
			// The router would answer a redirect to the clean path.
			write(w, newProblem(codeRouteNotFound))
		case !accepts(r.Header.Values("Accept")):
			write(w, newProblem(codeNotAcceptable))
		case r.ContentLength > maxBody:
			write(w, newProblem(codeBodyTooLarge))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// recovered answers a panic. Its value is logged only where the runtime made it,
// since any other may hold what was sent; the stack shows where it was.
func (s *server) recovered(w *writer, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	what := fmt.Sprintf("%T", v)
	if e, ok := v.(runtime.Error); ok {
		what = e.Error()
	}
	s.Log.ErrorContext(r.Context(), "panic while answering a request", slog.String("method", r.Method),
		slog.String("panic", what), slog.String("stack", string(debug.Stack())))
	if !w.written {
		write(w, newProblem(codeInternal))
	}
}

// writer knows whether an answer has begun.
type writer struct {
	http.ResponseWriter
	written bool
}

func (w *writer) WriteHeader(status int) {
	w.written = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(p []byte) (int, error) {
	w.written = true
	return w.ResponseWriter.Write(p)
}

// accepts reports whether an Accept header allows JSON; without one all is well.
func accepts(values []string) bool {
	header := strings.Join(values, ",")
	if strings.TrimSpace(header) == "" {
		return true
	}
	for _, part := range strings.Split(header, ",") {
		kind, parameters, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "*/*", "application/*", "application/json", problemType:
			if !refused(parameters) {
				return true
			}
		}
	}
	return false
}

// refused reports whether the parameters of a media range say q=0.
func refused(parameters string) bool {
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return err == nil && q == 0
		}
	}
	return false
}

// noRoute answers what no route matches: 405 where another method would.
func (s *server) noRoute(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, route := range Routes() {
		other := *r
		other.Method = route.Method
		if _, pattern := s.mux.Handler(&other); pattern != "/" && !slices.Contains(allowed, route.Method) {
			allowed = append(allowed, route.Method)
		}
	}
	if len(allowed) == 0 {
		write(w, newProblem(codeRouteNotFound))
		return
	}
	slices.Sort(allowed)
	p := newProblem(codeMethodNotAllowed)
	p.allow = strings.Join(allowed, ", ")
	write(w, p)
}
