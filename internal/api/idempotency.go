package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"extrato/internal/statement"
)

const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
	maxKey         = 255
	// keepLimit bounds storing an answer, which goes on where the client has gone.
	keepLimit = 3 * time.Second
	// retryRunning is asked of a client whose first request is still at work.
	retryRunning = 5 * time.Second
)

// once answers a repeated POST with the first answer. Without the header
// nothing changes. A success is kept before it is sent; whatever else comes out
// frees the key, so that the client can try again with it.
//
// A crash while the request is done leaves the key claimed: for a minute, more
// than any request may take, a repeat is told that it is in progress; then it is
// done anew, and what a second account would share with the first (its external
// id, its bank account) is refused as ever. The store sees only a hash of the
// request, which may carry a private key.
func (s *server) once(route Route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		keys, sent := r.Header[keyHeader]
		if !sent {
			next(hc)
			return
		}
		if len(keys) != 1 || !validKey(keys[0]) {
			write(w, invalid(codeKeyInvalid, "header", keyHeader, entryOf(codeKeyInvalid).detail))
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		again := r.WithContext(hc.Context())
		again.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
		if err != nil || len(body) > maxBody { // huma refuses it, and no work is done
			next(humago.NewContext(hc.Operation(), again, w))
			return
		}
		k := claimed{server: s, route: route, tenant: callOf(hc.Context()).tenant, key: keys[0]}
		answer, status, state, err := s.Store.Begin(hc.Context(), k.tenant, k.key, requestHash(route.ID, r.URL.Path, string(body)))
		switch {
		case err != nil:
			write(w, s.problem(hc.Context(), route, fmt.Errorf("claim an idempotency key of %s: %w", k.tenant, err)))
		case state == "new":
			k.do(again.Context(), w, func(w http.ResponseWriter) { next(humago.NewContext(hc.Operation(), again, w)) })
		case state == "done":
			replay(w, status, answer)
		case state == "running":
			p := newProblem(codeInProgress)
			p.retryAfter = retryRunning
			write(w, p)
		default:
			write(w, invalid(codeKeyReused, "header", keyHeader, entryOf(codeKeyReused).detail))
		}
	}
}

// claimed is a key that this request has.
type claimed struct {
	*server
	route  Route
	tenant statement.TenantID
	key    string
}

// do lets the request be done, and stores what came out before it is sent.
func (k claimed) do(ctx context.Context, w http.ResponseWriter, work func(http.ResponseWriter)) {
	ctx = context.WithoutCancel(ctx)
	h := &held{ResponseWriter: w, status: http.StatusInternalServerError}
	end := func(ctx context.Context) error {
		if h.status >= 200 && h.status < 300 {
			return k.Store.Finish(ctx, k.tenant, k.key, h.status, h.body.Bytes())
		}
		return k.Store.Forget(ctx, k.tenant, k.key)
	}
	func() {
		defer func() { k.settle(ctx, end) }() // after a panic too, which goes on to front
		work(h)
	}()
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body.Bytes()) // the client is gone where this fails
}

// settle ends a claim. Where that fails the answer is sent all the same: it is
// true, and the key stays claimed for a minute.
func (k claimed) settle(ctx context.Context, end func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, keepLimit)
	defer cancel()
	if err := end(ctx); err != nil {
		k.Log.WarnContext(ctx, "idempotency key stays claimed", slog.String("operation", k.route.ID),
			slog.String("tenant", string(k.tenant)), slog.String("error", err.Error()))
	}
}

// held keeps an answer back until it is stored; its headers go through.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) WriteHeader(status int) { h.status = status }

func (h *held) Write(p []byte) (int, error) { return h.body.Write(p) }

// replay sends a stored answer, byte for byte.
func replay(w http.ResponseWriter, status int, answer []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set(replayedHeader, "true")
	var created struct{ ID string }
	if status == http.StatusCreated && json.Unmarshal(answer, &created) == nil {
		w.Header().Set("Location", "/v1/accounts/"+created.ID)
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer) // the client is gone where this fails
}

// validKey wants 1 to 255 visible ASCII characters.
func validKey(key string) bool {
	return key != "" && len(key) <= maxKey && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

// requestHash names what is asked: the same key with anything else is refused.
func requestHash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// keyParameter documents the header.
func keyParameter() *huma.Param {
	longest, shortest := maxKey, 1
	return &huma.Param{Name: keyHeader, In: "header", Example: "5f0c1c1e-8d9b-4a51-9a39-0d5f6f0f7b11",
		Description: "Chosen by the client, new for each operation: a repeat of the same request within 24 h gets the first success again, " +
			"with " + replayedHeader + ": true, and does nothing. 1 to 255 visible ASCII characters.",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: &shortest, MaxLength: &longest, Pattern: "^[!-~]+$"}}
}
