package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"extrato/internal/inter/intertest"
)

// mark is in every client secret of this test; no encoding changes it.
const mark = "MARKSECRET"

// hush is an ERP that sends secrets every way it can, and keeps what it hears.
type hush struct {
	*erp
	marks []string
	heard strings.Builder
	id    string
}

// say sends a body and keeps the answer.
func (h *hush) say(method, path, contentType string, body []byte) (status int) {
	h.t.Helper()
	status, answer := h.raw(method, strings.ReplaceAll(path, "{id}", h.id), map[string]string{
		"Content-Type": contentType, "Idempotency-Key": fmt.Sprint("key-", h.heard.Len()),
	}, body)
	told, _, _ := strings.Cut(path, "?")
	fmt.Fprintln(&h.heard, method, told, status, answer)
	return status
}

func (h *hush) sayJSON(method, path string, body any) (status int) {
	h.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.say(method, path, "application/json", text)
}

// holds marks the secrets of an integration: its client secret, which is made
// one with the mark, and the inside of its key.
func (h *hush) holds(i *intertest.Integration) *intertest.Integration {
	i.SetSecret(mark + "-" + i.ClientID())
	h.marks = append(h.marks, strings.Split(i.Key(), "\n")[1])
	return i
}

// none fails where a text holds a mark.
func (h *hush) none(where, text string) {
	h.t.Helper()
	for _, m := range h.marks {
		if at := strings.Index(text, m); at >= 0 {
			h.t.Errorf("%s: a secret, after %q", where, text[max(0, at-200):at])
		}
	}
}

func TestE2ESecrecy(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	account, mine := newBankAccount(bank, "407312956")
	_, foreign := newBankAccount(bank, "518820047")
	data := t.TempDir()
	r := startRig(t, bank, "--data", data)
	h := &hush{erp: r.erp("acme"), marks: []string{mark}}
	h.holds(mine)
	h.holds(foreign)
	var a erpAccount
	h.must("POST", "/v1/accounts", newAccount(), &a)
	h.id = a.ID
	const enable, renew = "/v1/accounts/{id}/integration", "/v1/accounts/{id}/integration/certificate"

	for _, path := range []string{"/v1/accounts", enable, renew} {
		h.sendsNonsense(path, mine, foreign)
	}
	h.hearsEchoes(http.MethodPut, enable, mine)
	contentType, form := curlForm(pairForm(mine)...)
	if status := h.say("PUT", enable, contentType, form); status != http.StatusOK {
		t.Fatalf("enabling: %d", status)
	}
	h.idle()
	h.hearsEchoes(http.MethodPut, renew, mine)
	if status := h.sayJSON("PUT", renew, pair(foreign)); status/100 != 4 {
		t.Errorf("another company's files: %d", status)
	}

	// A sync that the bank refuses with an echo parks; enabling brings it back.
	mine.Fail(intertest.Token, echo(http.StatusUnauthorized, "application/json", mine.ClientSecret(), 0))
	h.sayJSON("POST", "/v1/accounts/{id}/syncs", map[string]any{})
	h.idle()
	h.reads()
	if got := h.account(h.id); got.Status.Code != "credentials_rejected" {
		t.Errorf("%+v after the echo", got.Status)
	}
	bank.ClearFaults()
	fresh := h.holds(mine.Renew())
	if status := h.sayJSON("PUT", renew, pair(fresh)); status != http.StatusOK {
		t.Errorf("renewing: %d", status)
	}
	h.idle()
	h.sayJSON("DELETE", enable, nil)
	another := h.holds(bank.Issue("another", account))
	if status := h.sayJSON("PUT", enable, pair(another)); status != http.StatusOK {
		t.Errorf("enabling again: %d", status)
	}
	h.idle()

	// Messages that stay: they wait for their retry when the stack ends.
	bank.ResetCounters()
	bank.Fail(intertest.Token, echo(http.StatusServiceUnavailable, "text/html", another.ClientSecret(), 0))
	h.sayJSON("POST", "/v1/accounts/{id}/syncs", map[string]any{})
	for bank.Counters().Statuses[http.StatusServiceUnavailable] == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	h.reads()
	h.none("what was answered", h.heard.String())
	for key, item := range r.items() {
		h.none("item "+key, fmt.Sprint(item))
	}
	r.stop()
	h.searches(data)
}

// reads asks for all that is told of the account.
func (h *hush) reads() {
	for _, path := range []string{"/v1/accounts", "/v1/accounts?attention=true", "/v1/accounts/{id}", "/v1/accounts/{id}/syncs"} {
		h.say("GET", path, "application/json", nil)
	}
}

// sendsNonsense sends what must be refused, secrets in it.
func (h *hush) sendsNonsense(path string, mine, foreign *intertest.Integration) {
	h.t.Helper()
	method := http.MethodPut
	wrap := func(body map[string]any) map[string]any { return body }
	if path == "/v1/accounts" {
		method = http.MethodPost
		wrap = func(body map[string]any) map[string]any {
			all := newAccount()
			all["integration"] = body
			return all
		}
	}
	with := func(name string, value any) map[string]any {
		body := pair(mine)
		body[name] = value
		return wrap(body)
	}
	secret, key := mine.ClientSecret(), mine.Key()
	bodies := [][]byte{
		[]byte(`{"client_secret":"` + secret + `","key":"`), []byte(`"` + secret + `"`), []byte(secret), []byte(key),
		[]byte(`{"` + secret + `":1,"client_secret":` + secret + `}`), []byte(`["` + secret + `"]`),
	}
	for _, body := range []map[string]any{
		with("key", []string{key}), with("client_secret", map[string]any{secret: secret}), with("client_secret", []string{secret}),
		with("certificate", key), with("key", mine.Certificate()), with("key", secret), with("key", foreign.Key()),
		with("client_id", secret), with("client_secret", secret+"\n"+secret), with("client_secret", strings.Repeat(secret, 200)),
		with("key", strings.Replace(key, "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", 2)), with("key", key[:len(key)/2]),
		with(secret, secret), with("bank_account", secret), with("client_id", nil), with("certificate", 5),
	} {
		text, err := json.Marshal(body)
		if err != nil {
			h.t.Fatal(err)
		}
		bodies = append(bodies, text)
	}
	for _, body := range bodies {
		for _, contentType := range []string{"application/json", "text/plain", "multipart/form-data; boundary=" + secret} {
			if status := h.say(method, path+"?client_secret="+secret, contentType, body); status/100 != 4 {
				h.t.Errorf("%s %s with nonsense as %s: %d", method, path, contentType, status)
			}
			if status := h.say(method, path, contentType, body); status/100 != 4 {
				h.t.Errorf("%s %s with nonsense as %s: %d", method, path, contentType, status)
			}
		}
	}
	parts := pairForm(mine)
	for _, more := range []part{{"client_secret", "", secret}, {"key", secret, secret}, {secret, secret, secret}} {
		contentType, body := curlForm(append(parts[:4:4], more)...)
		for _, body := range [][]byte{body, body[:len(body)-20]} {
			if status := h.say(method, path, contentType, body); status/100 != 4 {
				h.t.Errorf("%s %s with a broken form: %d", method, path, status)
			}
		}
	}
}

// echo is an answer of the bank that repeats a secret, after some blanks of
// other text: what is told of it is cut somewhere.
func echo(status int, contentType, secret string, pad int) intertest.Fault {
	text := strings.Repeat("x ", pad) + "client_secret " + secret
	if contentType == "application/json" {
		text = fmt.Sprintf(`{"title":%q,"error_description":%q,"violacoes":[{"razao":%q,"valor":%q}]}`, text, text, text, secret)
	}
	return intertest.Body(status, contentType, text)
}

// hearsEchoes sends a good pair to a bank that repeats the secret, or the token
// that it gave.
func (h *hush) hearsEchoes(method, path string, i *intertest.Integration) {
	h.t.Helper()
	const token = mark + "-token"
	granted := intertest.Body(http.StatusOK, "application/json", `{"access_token":"`+token+`","expires_in":3600,"scope":"extrato.read"}`)
	for _, f := range []intertest.Fault{
		echo(http.StatusBadGateway, "text/html", token, 186), echo(http.StatusForbidden, "application/json", token, 0),
		intertest.Redirect("https://localhost/?token=" + token + "&client_secret=" + i.ClientSecret()),
	} {
		i.Fail(intertest.Token, granted)
		i.Fail(intertest.Statement, f)
		if got := h.sayJSON(method, path, pair(i)); got/100 == 2 {
			h.t.Errorf("%s %s: %d though the bank gave no statement", method, path, got)
		}
		h.rig.bank.ClearFaults()
	}
	for _, e := range []intertest.Endpoint{intertest.Token, intertest.Statement} {
		for n, status := range []int{200, 400, 401, 403, 429, 500, 503} {
			for _, contentType := range []string{"application/json", "text/html"} {
				i.Fail(e, echo(status, contentType, i.ClientSecret(), 185+n))
				if got := h.sayJSON(method, path, pair(i)); got/100 == 2 {
					h.t.Errorf("%s %s: %d though the bank's %s said %d", method, path, got, e, status)
				}
				h.rig.bank.ClearFaults()
			}
		}
	}
}

// searches looks for the marks in all that the stack leaves: logs, table,
// queues. Only Secrets Manager has them.
func (h *hush) searches(data string) {
	h.t.Helper()
	found := map[string]int{}
	var logs strings.Builder
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		kind := strings.Split(strings.TrimPrefix(path, data+"/"), "/")
		switch name := strings.Join(kind, "/"); {
		case strings.Contains(name, "secrets"):
			if strings.Contains(string(text), mark) {
				found["secrets"]++
			}
		case strings.Contains(name, "messages"):
			found["messages"]++
			h.none(name, string(text))
		default:
			found[kind[0]]++
			h.none(name, string(text))
		}
		if kind[0] == "logs" {
			logs.Write(text)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, kind := range []string{"secrets", "messages", "logs", "dynamodb.sqlite"} {
		if found[kind] == 0 {
			h.t.Errorf("nothing of %s was searched: %v", kind, found)
		}
	}
	if !strings.Contains(logs.String(), "[redacted]") {
		h.t.Error("the bank's echo reached no log: the search proves nothing")
	}
}
