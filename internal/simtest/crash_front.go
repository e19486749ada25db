package simtest

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"extrato/internal/api"
	"extrato/internal/enable"
	"extrato/internal/inter/intertest"
	"extrato/internal/queue"
	"extrato/internal/statement"
	"extrato/internal/store"
)

// Front is the HTTP API as functions/api wires it. Making one takes longer
// than most plays, so one serves many worlds, one after another.
type Front struct {
	handler http.Handler
	w       *World
	store   store.Store
	service enable.Service
	queue   queue.Queue
	asked   time.Time // when the request came: account ids are made of it
	made    byte      // the chance that is in account ids
}

// NewFront makes the API's handler, serving no world yet.
func NewFront() *Front {
	f := &Front{}
	f.handler = api.New(api.Options{
		Store: &f.store, Enabler: &f.service, Integrations: &f.service, Queue: &f.queue, Available: f.service.Available,
		Clock: func() time.Time { return f.asked }, Random: f, Log: slog.New(slog.NewJSONHandler(frontLog{f}, nil)),
		Caller: func(r *http.Request) (api.Caller, bool) {
			return api.Caller{Tenant: r.Header.Get("Tenant"), Scopes: []string{api.ScopeRead, api.ScopeWrite}}, true
		},
	})
	return f
}

// serve makes a world the one that is behind the API.
func (f *Front) serve(w *World) {
	f.w, f.made = w, 0
	f.store, f.service, f.queue = *w.store, *w.enabler, *w.enabler.Queue.(*queue.Queue)
}

// Read is the chance of account ids, which is none.
func (f *Front) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = f.made
	}
	return len(p), nil
}

// nextID is the account id that the next creation makes.
func (f *Front) nextID() statement.AccountID {
	f.made++
	f.asked = time.Now()
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(f.asked.UnixMilli())<<16)
	copy(b[6:], bytes.Repeat([]byte{f.made}, 10))
	return statement.AccountID(base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

type frontLog struct{ f *Front }

func (l frontLog) Write(p []byte) (int, error) { return l.f.w.journal.Write(p) }

// Answer is what came back of a request: Status 0 is no answer at all.
type Answer struct {
	Status int
	Body   struct {
		ID        string
		Code      string
		AccountID string `json:"account_id"`
		Accounts  []struct {
			ID         string
			ExternalID string `json:"external_id"`
		}
	}
}

func (a Answer) done() bool { return a.Status >= 200 && a.Status < 300 }

// ask makes one request of the API for an account.
func (x *Stage) ask(a *Account, method, path string, body any, key string) (out Answer) {
	a.person = []*Armed{x.cutter.armed()}
	var status int
	var text []byte
	answered := false
	x.w.request(a, method, func(ctx context.Context) error {
		rec := httptest.NewRecorder()
		x.front.handler.ServeHTTP(rec, request(ctx, a, method, path, body, key))
		status, text, answered = rec.Code, rec.Body.Bytes(), true
		if rec.Code >= 300 {
			return fmt.Errorf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return nil
	})
	x.safe()
	if answered {
		out.Status = status
		if err := json.Unmarshal(text, &out.Body); err != nil {
			x.w.check(noCrash, false, "%s %s answers no JSON: %.200s", method, path, text)
		}
		x.w.check(noSecret, x.w.journal.find(text) == "", "an answer holds a secret")
	}
	return out
}

func request(ctx context.Context, a *Account, method, path string, body any, key string) *http.Request {
	var content io.Reader = http.NoBody
	if body != nil {
		text, _ := json.Marshal(body)
		content = bytes.NewReader(text)
	}
	r := httptest.NewRequestWithContext(ctx, method, path, content)
	r.Header.Set("Tenant", string(a.Ref.Tenant))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return r
}

// requests is how often a person tries.
const requests = 8

// insist makes a request until it is answered as it should be, with pauses that
// a person makes.
func (x *Stage) insist(ask func() bool) bool {
	for range requests {
		if ask() {
			return true
		}
		time.Sleep(90 * time.Second)
	}
	return false
}

func files(i *intertest.Integration) map[string]any {
	return map[string]any{"certificate": i.Certificate(), "key": i.Key(), "client_id": i.ClientID(), "client_secret": i.ClientSecret()}
}

func path(a *Account, rest ...string) string {
	return "/v1/accounts/" + string(a.Ref.Account) + strings.Join(rest, "")
}

func (x *Stage) enable(a *Account) bool {
	return x.insist(func() bool { return x.ask(a, http.MethodPut, path(a, "/integration"), files(a.pair), "").done() })
}

// renew sends the two new files alone: the codes stay.
func (x *Stage) renew(a *Account) bool {
	body := files(a.pair)
	delete(body, "client_id")
	delete(body, "client_secret")
	return x.insist(func() bool { return x.ask(a, http.MethodPut, path(a, "/integration/certificate"), body, "").done() })
}

func (x *Stage) disable(a *Account) bool {
	x.ends[a] = endsDisabled
	return x.insist(func() bool { return x.ask(a, http.MethodDelete, path(a, "/integration"), nil, "").done() })
}

// erase is done when the account is gone: a repeat is told that it is not there.
func (x *Stage) erase(a *Account) bool {
	x.ends[a] = endsErased
	return x.insist(func() bool {
		answer := x.ask(a, http.MethodDelete, path(a), nil, "")
		return answer.Status == http.StatusAccepted || answer.Status == http.StatusNotFound
	})
}

// register creates and enables an account in one request, and helps itself as
// a client does: the same request with the same key where no answer came, the
// list of accounts where its external id is taken, the account named where only
// the integration failed.
func (x *Stage) register(a *Account) bool {
	const external = "conta-17"
	body := map[string]any{"description": "Inter", "bank": "inter", "person_type": "PJ", "external_id": external, "integration": files(a.pair)}
	found := ""
	done := x.insist(func() bool {
		x.become(a, x.front.nextID())
		answer := x.ask(a, http.MethodPost, "/v1/accounts", body, "request-1")
		switch {
		case answer.done():
			x.become(a, statement.AccountID(answer.Body.ID))
			return true
		case answer.Body.AccountID != "":
			found = answer.Body.AccountID
		case answer.Body.Code == "external_id_taken":
			list := x.ask(a, http.MethodGet, "/v1/accounts", nil, "")
			for _, one := range list.Body.Accounts {
				if one.ExternalID == external {
					found = one.ID
				}
			}
		}
		return found != ""
	})
	if done && found != "" {
		x.become(a, statement.AccountID(found))
		return x.enable(a)
	}
	return done
}

// become gives an account the id that the API made.
func (x *Stage) become(a *Account, id statement.AccountID) {
	delete(x.w.byRef, a.Ref)
	a.Ref.Account = id
	x.w.byRef[a.Ref] = a
}
