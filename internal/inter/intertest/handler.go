package intertest

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"extrato/internal/statement"
)

// Endpoint is one of the bank's, for faults and counters. "" is any.
type Endpoint string

// The endpoints.
const (
	Any       Endpoint = ""
	Token     Endpoint = "/oauth/v2/token"
	Simple    Endpoint = "/banking/v2/extrato"
	Statement Endpoint = "/banking/v2/extrato/completo"
	Export    Endpoint = "/banking/v2/extrato/exportar"
	Balance   Endpoint = "/banking/v2/saldo"
)

// maxForm is how much of a token request is read.
const maxForm = 64 << 10

// call is one request on its way through the bank.
type call struct {
	http      *http.Request
	endpoint  Endpoint
	clientID  string  // the OU of the certificate
	client    *client // nil where the bank knows no such integration
	body      []byte
	behaviour Behaviour
}

// answer is what the bank says. A body is JSON unless the type says otherwise.
type answer struct {
	status      int
	header      http.Header
	contentType string
	body        []byte
}

// Handler serves the bank's paths without a socket. The client's certificate
// is taken from the request's TLS state and is expected to be verified, by a
// handshake or with VerifyPeer.
func (b *Bank) Handler() http.Handler { return http.HandlerFunc(b.serve) }

func (b *Bank) serve(w http.ResponseWriter, r *http.Request) {
	c := &call{http: r, clientID: unitOf(r.TLS)}
	method := http.MethodGet
	switch e := Endpoint(r.URL.Path); e {
	case Token:
		c.endpoint, method = e, http.MethodPost
	case Simple, Statement, Export, Balance:
		c.endpoint = e
	}
	// A body that is not read would hide from us that the client leaves.
	c.body, _ = io.ReadAll(io.LimitReader(r.Body, maxForm))
	b.mu.Lock()
	c.behaviour = b.behaviour
	if i := slices.IndexFunc(b.clients, func(k *client) bool { return k.id == c.clientID }); i >= 0 {
		c.client = b.clients[i]
	}
	b.mu.Unlock()
	b.counter.request(c.clientID, c.endpoint)

	var a answer
	var f Fault
	switch {
	case c.endpoint == "":
		a = b.status(c, http.StatusNotFound)
	case r.Method != method:
		a = b.status(c, http.StatusMethodNotAllowed)
		a.header = http.Header{"Allow": {method}}
	default:
		f = b.fault(c)
		a = f.answer(b, c)
	}
	b.deliver(w, c, a, f)
}

var accountPattern = regexp.MustCompile(`^[1-9][0-9]*$`)

// respond answers without a fault. The order of the checks is part of what it
// plays: limit, token, scope, account, parameters.
func (b *Bank) respond(c *call) answer {
	if c.behaviour.SandboxHours && !sandboxOpen(b.now().In(statement.SaoPaulo)) {
		return b.status(c, http.StatusServiceUnavailable)
	}
	remaining, ok := b.allow(c)
	var a answer
	switch {
	case !ok:
		a = b.tooMany(c)
	case c.endpoint == Token:
		a = b.token(c)
	default:
		a = b.get(c)
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	a.header.Set("X-Rate-Limit-Time", strconv.FormatInt(b.now().UnixMilli(), 10))
	return a
}

func (b *Bank) get(c *call) answer {
	t := b.bearer(c)
	if t == nil {
		return b.status(c, http.StatusUnauthorized)
	}
	b.mu.Lock()
	refused := !slices.Contains(t.scopes, scopeStatement) || t.client.refuseScope
	accounts := t.client.accounts
	b.mu.Unlock()
	if refused {
		return b.failed(c, http.StatusForbidden, object{}.text("message", "Faltando escopos necessários."))
	}
	a, refusal := b.chosenAccount(c, accounts)
	if a == nil {
		return refusal
	}
	switch c.endpoint {
	case Simple:
		return b.simples(c, a)
	case Statement:
		return b.completo(c, a)
	case Export:
		return b.exportar(c, a)
	}
	return b.saldo(c, a)
}

// chosenAccount is the account that a GET is about.
func (b *Bank) chosenAccount(c *call, accounts []*Account) (*Account, answer) {
	number := c.http.Header.Get("x-conta-corrente")
	switch {
	case number == "" && len(accounts) == 1:
		return accounts[0], answer{}
	case number == "" && len(accounts) > 1:
		status := or(c.behaviour.MissingAccount, http.StatusBadRequest)
		if status == http.StatusBadRequest {
			return nil, b.invalid(c, violation{"O valor não pode ser nulo.", "x-conta-corrente"})
		}
		return nil, b.status(c, status)
	case number != "" && !accountPattern.MatchString(number):
		return nil, b.invalid(c, violation{"Não foi possível converter o valor.", "x-conta-corrente"})
	}
	for _, a := range accounts {
		if a.number == number {
			return a, answer{}
		}
	}
	return nil, b.status(c, http.StatusForbidden)
}

// finish adds what all answers carry.
func finish(a answer) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("X-Request-Id", uuid.NewString())
	a.header.Set("Content-Type", or(a.contentType, "application/json"))
	return a
}
