package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

// mark stands for a secret. Its parts are looked for too: an excerpt of a key is
// a part of a key.
const mark = "S3CRET-mark-7f3a91c2"

// leaks reports what of the mark is in a text, whatever its case.
func leaks(text string) bool {
	lower := strings.ToLower(text)
	for _, part := range []string{mark, "S3CRET", "mark-7f3a", "7f3a91c2", url.QueryEscape(mark)} {
		if strings.Contains(lower, strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// TestNothingThatWasSentIsToldOrLogged sends a mark wherever a client could put
// a key by mistake. No case expects a 2xx.
func TestNothingThatWasSentIsToldOrLogged(t *testing.T) {
	t.Parallel()
	pem := "-----BEGIN PRIVATE KEY-----\n" + mark + "\n-----END PRIVATE KEY-----\n"
	bodies := map[string]any{
		"not JSON":               mark,
		"broken after":           `{"key":"` + mark + `"`,
		"broken before":          `{"key":` + mark + `}`,
		"raw line break":         "{\"key\":\"" + pem + "\"}",
		"trailing":               `{} ` + mark,
		"invalid escape":         `{"key":"\` + mark + `"}`,
		"invalid literal":        `t` + mark,
		"a text":                 `"` + mark + `"`,
		"a list":                 []string{mark},
		"unknown field's name":   object{mark: 1},
		"unknown field's value":  object{"unknown": mark},
		"dotted unknown name":    object{"integration." + mark + ".x": 1, "a." + mark: 1, mark + "[0]": 1},
		"case of a known name":   object{"KEY": mark, "Certificate": mark},
		"unknown nested":         object{"integration": object{mark: object{mark: mark}}},
		"very long":              strings.Repeat(mark, 64<<10/len(mark)+1),
		"long text":              account("description", strings.Repeat(mark, 20), "external_id", strings.Repeat(mark, 20)),
		"enum":                   account("bank", mark, "person_type", mark),
		"cnpj":                   account("cnpj", mark),
		"unprintable":            account("description", mark+"\n", "external_id", mark+"\x00"),
		"default":                account("default", mark),
		"integration a text":     account("integration", mark),
		"integration incomplete": account("integration", object{"key": pem}),
		"duplicate name":         `{"key":"` + mark + `","key":{"` + mark + `":1}}`,
		"deep":                   strings.Repeat(`{"a":`, 200) + `"` + mark + `"` + strings.Repeat(`}`, 200),
		"range":                  object{"from": mark, "to": mark},
		"range and more":         object{"from": "2026-10-01", "to": "2026-10-02", mark: mark},
		"number":                 `{"key":1` + strings.Repeat("0", 400) + `e` + mark + `}`,
	}
	for _, field := range []string{"certificate", "key", "client_id", "client_secret", "bank_account", "description", "bank", "person_type", "cnpj", "external_id"} {
		for kind, value := range map[string]any{
			"object": object{mark: mark, "a": []any{mark, object{mark: mark}}}, "list": []any{mark}, "number": 12345, "bool": true,
		} {
			body := upload()
			body[field] = value
			bodies[field+" as "+kind] = body
			bodies[field+" nested as "+kind] = account("integration", body, field, value)
		}
	}
	c := newClient(t)
	c.accounts[statement.Ref{Tenant: "acme", Account: "a1"}] = statement.Account{}
	for name, body := range bodies {
		for _, target := range []string{"POST /v1/accounts", "PATCH /v1/accounts/a1", "PUT /v1/accounts/a1/integration",
			"PUT /v1/accounts/a1/integration/certificate", "POST /v1/accounts/a1/syncs"} {
			t.Run(name+" "+target, func(t *testing.T) {
				c := &client{fake: c.fake, h: c.h, log: c.log}
				c.t = t
				method, path, _ := strings.Cut(target, " ")
				for _, contentType := range []string{"application/json", "text/" + mark, "multipart/form-data; boundary=" + mark, mark} {
					c.mustNotLeak(c.do(method, path, body, "Content-Type", contentType, "Idempotency-Key", mark))
				}
			})
		}
	}
}

// TestNothingOfAFormIsToldOrLogged puts marks into every place of a form. The
// files and codes pass the API's own checks and are refused behind them.
func TestNothingOfAFormIsToldOrLogged(t *testing.T) {
	t.Parallel()
	good := append(files(), codes()...)
	with := func(change func([]part) []part) []part { return change(append([]part{}, good...)) }
	cases := map[string][]part{
		"an unknown name": with(func(p []part) []part { return append(p, part{name: mark, value: mark}) }),
		"a file's name":   with(func(p []part) []part { p[0].file = mark; return append(p, part{name: "x", file: mark, kind: mark}) }),
		"a type":          with(func(p []part) []part { p[1].kind = mark; return p[1:] }),
		"nothing known":   {{name: mark, file: mark, kind: "text/" + mark, value: mark}},
		"too large":       with(func(p []part) []part { p[1].value = strings.Repeat(mark, 64<<10/len(mark)); return p }),
	}
	for i, p := range good {
		cases[p.name] = with(func(all []part) []part { all[i].value = mark; return all })
		cases[p.name+" alone"] = []part{{name: p.name, value: mark}}
		cases[p.name+" twice"] = with(func(all []part) []part { return append(all, part{name: p.name, value: mark}) })
	}
	cases["bank_account"] = append(append([]part{}, good...), part{name: "bank_account", value: mark})
	c := active(t)
	behind := map[string]error{
		"refused": &enable.Refusal{Code: statement.CredentialsRejected, Err: fmt.Errorf("the bank says %s", mark)},
		"faulty":  credential.Faults{{Code: "not_pem", Field: "key", Message: "Envie o arquivo .key."}},
		"broken":  fmt.Errorf("vault is closed"),
	}
	for name, parts := range cases {
		for _, path := range []string{integration, integration + "/certificate"} {
			for _, err := range behind {
				c.refuse, c.failRenew = err, err
				c.mustNotLeak(c.put(path, parts...))
				body, contentType := form(t, parts...)
				for _, broken := range []string{body[:len(body)/2], body[len(body)/2:], mark + body} {
					if got := c.do("PUT", path, broken, "Content-Type", contentType); got.status < 400 {
						t.Errorf("%s: half a form is taken", name)
					} else {
						c.mustNotLeak(got)
					}
				}
				c.mustNotLeak(c.do("PUT", path, body, "Content-Type", contentType+"; "+mark+"="+mark))
				c.mustNotLeak(c.do("PUT", path, body, "Content-Type", strings.Replace(contentType, "boundary=", "boundary="+mark, 1)))
			}
		}
	}
}

// TestInvalidJSONIsNotQuoted: not even the one character that encoding/json
// names in its error.
func TestInvalidJSONIsNotQuoted(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a, b := c.do("POST", "/v1/accounts", `{"key":A}`), c.do("POST", "/v1/accounts", `{"key":B}`)
	if a.text != b.text {
		t.Errorf("%s\n%s", a.text, b.text)
	}
}

func TestNoParameterOrPathIsTold(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.accounts[statement.Ref{Tenant: "acme", Account: "a1"}] = statement.Account{}
	q := url.QueryEscape(mark)
	for _, parameter := range []string{"from", "to", "operation", "status", "limit", "cursor", "attention", "unknown", q, "body." + q, "from." + q, "from[" + q + "]"} {
		for _, path := range []string{"/v1/accounts", "/v1/accounts/a1", "/v1/accounts/a1/entries", "/v1/accounts/a1/entries/2026-11-20-0a",
			"/v1/accounts/a1/changes", "/v1/accounts/a1/days", "/v1/accounts/a1/syncs"} {
			c.mustNotLeak(c.do("GET", path+"?"+parameter+"="+q, nil))
		}
	}
	for _, parameter := range []string{"type", "q"} {
		c.mustNotLeak(c.do("GET", "/v1/accounts/a1/entries?"+parameter+"="+strings.Repeat(q, 30), nil))
	}
	for _, path := range []string{"/" + q, "/v1/" + q, "/v1/accounts/" + q, "/v1/accounts/" + q + "/entries", "/v1/accounts/a%2F" + q,
		"/v1/accounts/a1/entries/" + q, "/v1/accounts/a1/entries/2026-11-20-" + q, "/v1/accounts/" + q + "/changes", "/v1/accounts/" + q + "/integration", "/v1/accounts/" + q + "/integration/certificate", "/v1/accounts/" + q + "/syncs"} {
		for _, method := range []string{"GET", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			c.mustNotLeak(c.do(method, path, nil))
		}
	}
	c.mustNotLeak(c.do("GET", "/v1/accounts", nil, "Accept", "text/"+mark))
}

// mustNotLeak wants an answer that is an error, and no mark in it nor in the log.
func (c *client) mustNotLeak(a answer) {
	c.t.Helper()
	if a.status < 400 {
		c.t.Errorf("status %d: the case does not test an error", a.status)
	}
	if leaks(a.text) || leaks(fmt.Sprint(a.header)) {
		c.t.Errorf("the answer (%d %v) repeats what was sent", a.status, a.body["code"])
	}
	if leaks(c.log.String()) {
		c.t.Error("the log repeats what was sent")
	}
}

func TestAFailureIsLoggedOnceAndToldAsNothing(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.failStore = fmt.Errorf("dynamodb: table is gone")
	got := c.do("POST", "/v1/accounts", account("integration", upload()))
	if got.status != 500 || got.body["code"] != "internal_error" || strings.Contains(got.text, "dynamodb") {
		t.Error(got.status, got.text)
	}
	lines := strings.Split(strings.TrimSpace(c.log.String()), "\n")
	var line object
	if len(lines) != 1 || json.Unmarshal([]byte(lines[0]), &line) != nil {
		t.Fatalf("%d log lines", len(lines))
	}
	if line["tenant"] != "acme" || line["operation"] != "create-account" || !strings.Contains(fmt.Sprint(line["error"]), "table is gone") {
		t.Error(line)
	}
}

func TestAPanicIsA500AndItsValueIsNotLogged(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"text": mark, "error": fmt.Errorf("about %s", mark)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			c.panicWith = value
			got := c.do("PUT", "/v1/accounts/a1/integration", object{"certificate": mark, "key": mark, "client_id": mark, "client_secret": mark})
			if got.body["code"] != "internal_error" {
				t.Error(got.status, got.text)
			}
			c.mustNotLeak(got)
			if !strings.Contains(c.log.String(), "panic") || !strings.Contains(c.log.String(), "goroutine") {
				t.Error("the log does not say where it panicked")
			}
		})
	}
}

func TestACredentialIsNeverInAnAnswer(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	secrets := object{"certificate": mark, "key": mark, "client_id": mark, "client_secret": mark}
	answers := []answer{c.do("POST", "/v1/accounts", account("integration", secrets))}
	id := answers[0].body["id"].(string)
	answers = append(answers, c.do("PUT", "/v1/accounts/"+id+"/integration", secrets), c.do("GET", "/v1/accounts/"+id, nil))
	renewal := "/v1/accounts/" + id + "/integration/certificate"
	parts := []part{{name: "certificate", value: mark}, {name: "key", value: mark}, {name: "client_id", value: mark}, {name: "client_secret", value: mark}}
	answers = append(answers, c.do("PUT", renewal, secrets), c.put(renewal, parts...), c.put("/v1/accounts/"+id+"/integration", parts...),
		c.do("GET", "/v1/accounts?attention=false", nil), c.do("PATCH", "/v1/accounts/"+id, object{"default": true}))
	for i, a := range answers {
		if a.status > 201 {
			t.Errorf("answer %d is a %d", i, a.status)
		}
	}
	c.refuse = &enable.Refusal{Code: statement.CredentialsRejected, Err: fmt.Errorf("the bank says %s", mark)}
	answers = append(answers, c.do("PUT", "/v1/accounts/"+id+"/integration", secrets))
	c.refuse, c.failFinish = nil, fmt.Errorf("vault is closed")
	answers = append(answers, c.do("PUT", "/v1/accounts/"+id+"/integration", secrets))
	answers = append(answers, c.do("DELETE", "/v1/accounts/"+id+"/integration", nil), c.do("DELETE", "/v1/accounts/"+id, nil))
	for i, a := range answers {
		if leaks(a.text) || leaks(fmt.Sprint(a.header)) {
			t.Errorf("answer %d shows a credential", i)
		}
	}
	if leaks(c.log.String()) {
		t.Error("the log shows a credential")
	}
}
