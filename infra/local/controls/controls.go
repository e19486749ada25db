// Package controls is the routes under /_local: what a person or a test needs
// to play with the local stack and what the product itself must never have.
//
//	GET  /_local/token?tenant=T&scope=…           {"token":"…"}
//	POST /_local/schedule {"time":"…"}            fires the schedule; the fan-out's answer
//	GET  /_local/idle?timeout=60                  {"idle":true,"dlq":0} once nothing is left to do
//	GET  /_local/bank/credentials?account=…       what the bank simulator issued for an account
//
// Whoever reaches them can be any tenant. They answer this machine only, and
// only under a name of this machine, so that a web page elsewhere cannot have
// the browser ask for it.
package controls

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options connects the routes with the stack.
type Options struct {
	// Mint returns a token for a tenant with scopes, separated by spaces.
	Mint func(tenant, scopes string) (string, error)
	// Scopes are those of a token when none are asked for.
	Scopes string
	// Schedule fires the schedule at a time and returns the fan-out's answer.
	Schedule func(ctx context.Context, at time.Time) (json.RawMessage, error)
	// Left tells what is left to do.
	Left func(ctx context.Context) (Left, error)
	// Credentials returns what the simulator issued for an account number, ""
	// for the demo account's. It is nil where the bank is not the simulator.
	Credentials func(account string) (Credentials, error)
}

// Left counts what is left to do.
type Left struct {
	Waiting    int `json:"waiting"`
	Delayed    int `json:"delayed"`
	InFlight   int `json:"in_flight"`
	Running    int `json:"running"` // function invocations
	DeadLetter int `json:"dlq"`
}

// Idle reports whether nothing is left to do; dead letters do not count.
func (l Left) Idle() bool { return l.Waiting+l.Delayed+l.InFlight+l.Running == 0 }

// Credentials is what the bank issues for an integration.
type Credentials struct {
	Account      string `json:"account"`
	Certificate  string `json:"certificate"` // PEM
	Key          string `json:"key"`         // PEM
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Zip          []byte `json:"zip"` // the file that the bank gives, in base64
}

// ErrBadAccount says that a text is no account number of the simulator's.
var ErrBadAccount = errors.New("account must be the digits of an account number, with the check digit and without leading zeros")

// ErrTooFar says that a time is too far away to be played.
var ErrTooFar = errors.New("time is too far ahead: the simulator's history reaches ten years from today")

// New returns the handler of everything under /_local/.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local/token", o.token)
	mux.HandleFunc("POST /_local/schedule", o.schedule)
	mux.HandleFunc("GET /_local/idle", o.idle)
	if o.Credentials != nil {
		mux.HandleFunc("GET /_local/bank/credentials", o.credentials)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fromHere(r) {
			say(w, http.StatusForbidden, "/_local answers this machine only, as localhost or 127.0.0.1")
			return
		}
		h, pattern := mux.Handler(r)
		if pattern == "" { // the mux answers in plain text
			if allowed := methods(mux, r); allowed != "" {
				w.Header().Set("Allow", allowed)
				say(w, http.StatusMethodNotAllowed, "Method Not Allowed")
				return
			}
			say(w, http.StatusNotFound, "Not Found")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// methods returns the method that the path would take, "" for none.
func methods(mux *http.ServeMux, r *http.Request) string {
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		if _, pattern := mux.Handler(&http.Request{Method: m, Host: r.Host, URL: &url.URL{Path: r.URL.Path}}); pattern != "" {
			return m
		}
	}
	return ""
}

func fromHere(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && IsLoopback(host) && IsLoopback(peer)
}

// IsLoopback reports whether a host, without a port, is this machine.
func IsLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

func say(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message})
}
