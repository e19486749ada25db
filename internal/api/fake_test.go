package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"extrato/internal/api"
	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

// now is a Monday, 07:00 in São Paulo: one hour after the first firing.
var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// fake is store and enabler in memory. It keeps the contracts of api's
// interfaces, and fails the test where the API breaks its side of them.
type fake struct {
	t  *testing.T
	mu sync.Mutex

	accounts  map[statement.Ref]statement.Account
	preferred map[statement.TenantID]statement.AccountID
	entries   map[statement.Ref][]statement.Entry
	changes   map[statement.Ref][]statement.FeedChange // by seq, without gaps
	days      map[statement.Ref][]statement.Day        // by date
	runs      map[statement.Ref][]statement.Run        // newest first
	calls     []string                                 // every call, as "Method tenant/account"
	sent      []statement.Message

	failStore    error // of every store call
	refuse       error // of Prepare
	failFinish   error
	failSend     error
	panicWith    any // of Account
	uploads      []credential.Upload
	renewals     []credential.Upload
	failRenew    error
	failErase    error
	tombs        []statement.Ref
	patches      []statement.AccountPatch
	answers      map[string]*kept // by tenant and key
	failAnswers  map[string]error // by method
	begun        []string         // what Begin was given
	bankAccounts []string
}

func newFake(t *testing.T) *fake {
	return &fake{
		t:         t,
		accounts:  map[statement.Ref]statement.Account{},
		preferred: map[statement.TenantID]statement.AccountID{},
		entries:   map[statement.Ref][]statement.Entry{},
		changes:   map[statement.Ref][]statement.FeedChange{},
		days:      map[statement.Ref][]statement.Day{},
		runs:      map[statement.Ref][]statement.Run{},
		answers:   map[string]*kept{},
	}
}

func (f *fake) called(method string, ref statement.Ref) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, method+" "+ref.String())
	if !statement.ValidID(string(ref.Tenant)) || ref.Account != "" && !statement.ValidID(string(ref.Account)) {
		f.t.Errorf("%s with invalid ids", method)
	}
	return f.failStore
}

func (f *fake) CreateAccount(_ context.Context, a statement.Account, makeDefault bool) error {
	if err := f.called("CreateAccount", a.Ref); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for ref, other := range f.accounts {
		if ref.Tenant == a.Tenant && a.ExternalID != "" && other.ExternalID == a.ExternalID {
			return statement.ErrExternalIDTaken
		}
	}
	f.accounts[a.Ref] = a
	if makeDefault || f.preferred[a.Tenant] == "" {
		f.preferred[a.Tenant] = a.Account
	}
	return nil
}

func (f *fake) Account(_ context.Context, ref statement.Ref) (statement.Account, error) {
	if err := f.called("Account", ref); err != nil {
		return statement.Account{}, err
	}
	if f.panicWith != nil {
		panic(f.panicWith)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	a, ok := f.accounts[ref]
	if !ok {
		return statement.Account{}, statement.ErrNotFound
	}
	return a, nil
}

func (f *fake) Accounts(_ context.Context, t statement.TenantID, limit int, after statement.AccountID) ([]statement.Account, statement.AccountID, error) {
	if err := f.called("Accounts", statement.Ref{Tenant: t, Account: after}); err != nil {
		return nil, "", err
	}
	var list []statement.Account
	for ref, a := range f.accounts {
		if ref.Tenant == t && ref.Account > after {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b statement.Account) int { return strings.Compare(string(a.Account), string(b.Account)) })
	if len(list) <= limit {
		return list, "", nil
	}
	return list[:limit], list[limit-1].Account, nil
}

func (f *fake) DefaultAccount(_ context.Context, t statement.TenantID) (statement.AccountID, error) {
	if err := f.called("DefaultAccount", statement.Ref{Tenant: t}); err != nil {
		return "", err
	}
	return f.preferred[t], nil
}

func (f *fake) Page(_ context.Context, ref statement.Ref, q statement.PageQuery) (page []statement.Entry, after string, err error) {
	if err := f.called("Page", ref); err != nil {
		return nil, "", err
	}
	if q.Limit < 1 || q.Limit > 500 || q.From > q.To {
		f.t.Errorf("Page with limit %d, %s to %s", q.Limit, q.From, q.To)
	}
	for _, e := range f.entries[ref] { // in the order of their ids
		if e.Date < q.From || e.Date > q.To || string(e.ID) <= q.After || q.Match != nil && !q.Match(e) {
			continue
		}
		if len(page) == q.Limit {
			return page, string(page[q.Limit-1].ID), nil
		}
		page = append(page, e)
	}
	return page, "", nil
}

func (f *fake) Prepare(_ context.Context, a statement.Account, u credential.Upload, bankAccount string) (*enable.Prepared, error) {
	f.calls = append(f.calls, "Prepare")
	if a.Account == "" || a.Tenant == "" {
		f.t.Error("prepared for no account")
	}
	f.uploads = append(f.uploads, u)
	f.bankAccounts = append(f.bankAccounts, bankAccount)
	if f.refuse != nil {
		return nil, f.refuse
	}
	return &enable.Prepared{}, nil
}

func (f *fake) Finish(_ context.Context, ref statement.Ref, p *enable.Prepared) (statement.Account, error) {
	if err := f.called("Finish", ref); err != nil {
		return statement.Account{}, err
	}
	if p == nil {
		f.t.Error("Finish without what Prepare made")
	}
	if f.failFinish != nil {
		return statement.Account{}, f.failFinish
	}
	a, ok := f.accounts[ref]
	if !ok {
		return statement.Account{}, statement.ErrNotFound
	}
	a.State = statement.Active
	f.accounts[ref] = a
	return a, nil
}

// client speaks to one API for one caller.
type client struct {
	*fake
	h      http.Handler
	caller *api.Caller // nil: no token
	log    *bytes.Buffer
}

func newClient(t *testing.T) *client {
	t.Helper()
	c := &client{fake: newFake(t), caller: &api.Caller{Tenant: "acme", Scopes: []string{api.ScopeRead, api.ScopeWrite}}, log: &bytes.Buffer{}}
	c.h = api.New(api.Options{
		Store: table{c.fake}, Enabler: c.fake, Integrations: c.fake, Queue: c.fake,
		Caller: func(*http.Request) (api.Caller, bool) {
			if c.caller == nil {
				return api.Caller{}, false
			}
			return *c.caller, true
		},
		Clock:  func() time.Time { return now },
		Random: &counter{},
		Log:    slog.New(slog.NewJSONHandler(c.log, nil)),
	})
	return c
}

// counter is randomness that differs every time and is the same in every test.
type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	c.n++
	for i := range p {
		p[i] = c.n
	}
	return len(p), nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// do sends a request; a body that is not a string goes as JSON.
func (c *client) do(method, target string, body any, headers ...string) answer {
	c.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	req := httptest.NewRequest(method, target, r)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) answer {
	c.t.Helper()
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, req)
	a := answer{status: w.Code, header: w.Header(), text: w.Body.String()}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
			c.t.Fatalf("answer is not JSON: %v", err)
		}
	}
	if w.Code >= 400 {
		c.checkProblem(a)
	}
	return a
}

// checkProblem holds for every error, whatever it is.
func (c *client) checkProblem(a answer) {
	c.t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		c.t.Errorf("content type of a problem is %q", got)
	}
	if a.body["status"] != float64(a.status) {
		c.t.Errorf("problem says status %v in an answer of %d", a.body["status"], a.status)
	}
	for _, field := range []string{"title", "detail", "code"} {
		if s, _ := a.body[field].(string); s == "" {
			c.t.Errorf("problem without %s: %s", field, a.text)
		}
	}
	if _, ok := a.body["value"]; ok {
		c.t.Error("problem has a value")
	}
}

// fields returns "field code" of each of a problem's errors.
func (a answer) fields() []string {
	var out []string
	list, _ := a.body["errors"].([]any)
	for _, e := range list {
		m := e.(map[string]any)
		out = append(out, m["field"].(string)+" "+m["code"].(string))
	}
	return out
}

// wrote returns the calls that store something.
func (f *fake) wrote() []string {
	return slices.DeleteFunc(slices.Clone(f.calls), func(s string) bool {
		return !slices.ContainsFunc([]string{"CreateAccount", "Patch", "Finish", "Renew", "Disable", "Erase", "Send"}, func(m string) bool { return strings.HasPrefix(s, m) })
	})
}
