package front

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"

	"extrato/infra/template"
)

// API Gateway's limits.
const (
	maxBody     = 10 * 1024 * 1024
	maxDuration = 30 * time.Second
)

// Invoker runs a function once; runtime.Pool's Invoke is one.
type Invoker func(ctx context.Context, payload []byte) ([]byte, error)

// Front is the HTTP API. It is an http.Handler.
type Front struct {
	routes    table
	issuer    *Issuer
	functions map[string]Invoker
}

// New returns the HTTP API of the routes. Functions are named by their logical
// id; a route to one that is not given answers 500.
func New(routes []template.Route, issuer *Issuer, functions map[string]Invoker) *Front {
	return &Front{newTable(routes), issuer, functions}
}

// ServeHTTP answers a request as API Gateway would.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	w.Header().Set("Apigw-Requestid", id)
	to, parameters := f.routes.find(r.Method, r.URL.EscapedPath())
	if to == nil {
		say(w, http.StatusNotFound, "Not Found")
		return
	}
	var g grant
	if !to.Open {
		var err error
		if g, err = f.issuer.verify(r.Header.Get("Authorization")); err != nil {
			w.Header().Set("Www-Authenticate", "Bearer")
			say(w, http.StatusUnauthorized, "Unauthorized")
			return
		}
		if !g.allows(to.Scopes) {
			w.Header().Set("Www-Authenticate", `Bearer error="insufficient_scope"`)
			say(w, http.StatusForbidden, "Forbidden")
			return
		}
	}
	// No function waits for a body that comes slowly: it is read before.
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(maxDuration)) // a recorder of tests has none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		switch {
		case errors.As(err, new(*http.MaxBytesError)):
			say(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		case errors.Is(err, os.ErrDeadlineExceeded):
			say(w, http.StatusRequestTimeout, "Request Timeout")
		default: // it breaks off, or its chunks are none
			say(w, http.StatusBadRequest, "Bad Request")
		}
		return
	}
	_ = control.SetReadDeadline(time.Time{})
	event, err := json.Marshal(newEvent(r, to, parameters, g, body, id, f.issuer.Clock()))
	invoke := f.functions[to.Function]
	if err != nil || invoke == nil {
		say(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	f.answer(w, r, invoke, event)
}

// answer invokes the function. The invocation goes on when the client leaves,
// as it does in the cloud, so that what a function began it also ends.
func (f *Front) answer(w http.ResponseWriter, r *http.Request, invoke Invoker, event []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), maxDuration)
	defer cancel()
	type result struct {
		answer []byte
		err    error
	}
	done := make(chan result, 1)
	go func() {
		answer, err := invoke(ctx, event)
		done <- result{answer, err}
	}()
	select {
	case <-ctx.Done():
		say(w, http.StatusServiceUnavailable, "Service Unavailable")
	case got := <-done:
		switch {
		case errors.Is(got.err, context.DeadlineExceeded):
			say(w, http.StatusServiceUnavailable, "Service Unavailable")
		case got.err != nil:
			say(w, http.StatusInternalServerError, "Internal Server Error")
		default:
			write(w, got.answer)
		}
	}
}

// say writes an answer of API Gateway itself.
func say(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}
