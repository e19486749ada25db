package front

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"extrato/infra/bench/figures"
)

// mark is in texts that look like secrets; no encoding changes it.
const mark = "MARKSECRET"

// bad is a request that must be refused.
type bad struct {
	what   string
	want   int
	method string
	path   string
	kind   string // content type
	body   []byte
	header []string // further ones, name after name
}

// badRequests returns what a customer, with another one beside, must not be
// given. The statuses are those of the design, section 9, and of API Gateway
// (package front of the local stack).
func badRequests(c, other *customer, readOnly string) []bad {
	const form = "multipart/form-data; boundary=b"
	upload, renew := c.path("/integration"), c.path("/integration/certificate")
	with := func(change func(body map[string]any)) []byte {
		body := map[string]any{"certificate": c.own.Certificate, "key": c.own.Key, "client_id": c.own.ClientID, "client_secret": c.own.ClientSecret}
		change(body)
		text, _ := json.Marshal(body) // texts and numbers marshal
		return text
	}
	set := func(name string, value any) []byte { return with(func(b map[string]any) { b[name] = value }) }
	field := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	whole := field("certificate", c.own.Certificate) + field("key", c.own.Key) + field("client_id", c.own.ClientID) + field("client_secret", c.own.ClientSecret)
	put := func(what string, want int, kind string, body []byte, header ...string) bad {
		return bad{what, want, http.MethodPut, upload, kind, body, header}
	}
	get := func(what string, want int, path string, header ...string) bad {
		return bad{what, want, http.MethodGet, path, "", nil, header}
	}
	const js = "application/json"
	return []bad{
		// Whose request it is.
		get("no token", 401, c.path(""), "Authorization", ""),
		get("a forged token", 401, c.path(""), "Authorization", "Bearer "+c.token[:len(c.token)-6]+"AAAAAA"),
		put("an upload without the scope", 403, js, c.own.json(), "Authorization", "Bearer "+readOnly),
		get("another tenant's account", 404, other.path("/entries")),
		{"an upload to another tenant's account", 404, http.MethodPut, other.path("/integration"), js, c.own.json(), nil},
		put("another account's credentials", 409, js, other.own.json()),
		// Too large.
		put("JSON of 64 KB and a byte", 413, js, padded(c.own.json(), 64<<10+1)),
		put("a form of 1 MB", 413, form, padded([]byte(whole), 1<<20)),
		put("a body of more than 10 MB", 413, js, padded(c.own.json(), 10<<20+1)),
		put("a certificate of more than 16 KB", 422, js, set("certificate", strings.Repeat(c.own.Certificate, 1+16<<10/len(c.own.Certificate)))),
		get("headers of 2 MB", 431, c.path(""), "X-Large", strings.Repeat("x", 2<<20)),
		// Not what it says it is.
		put("text", 415, "text/plain", c.own.json()),
		put("XML", 415, "application/xml", []byte("<key>"+c.own.Key+"</key>")),
		put("JSON that breaks off", 400, js, c.own.json()[:900]),
		put("a key as JSON", 400, js, []byte(c.own.Key)),
		put("no body", 400, js, nil),
		put("20,000 brackets", 400, js, bytes.Repeat([]byte("["), 20_000)),
		put("JSON in gzip, so it says", 400, js, []byte("\x1f\x8b\x08\x00"+mark), "Content-Encoding", "gzip"),
		put("a form without its end", 400, form, []byte(whole)),
		put("a form without a boundary", 400, "multipart/form-data", []byte(whole+"--b--\r\n")),
		put("a form whose boundary is a secret", 400, "multipart/form-data; boundary="+mark, []byte(whole+"--b--\r\n")),
		get("an answer as HTML", 406, c.path(""), "Accept", "text/html"),
		// Not what is asked for.
		put("a JSON text", 422, js, []byte(`"`+mark+`"`)),
		put("a list", 422, js, []byte(`["`+mark+`"]`)),
		put("an unknown field", 422, js, set(mark, mark)),
		put("an object for a text", 422, js, set("client_secret", map[string]string{mark: mark})),
		put("a missing field", 422, js, with(func(b map[string]any) { delete(b, "key") })),
		put("a field twice in a form", 422, form, []byte(whole+field("key", c.own.Key)+"--b--\r\n")),
		put("the bank's zip", 422, form, []byte(field("certificate", string(c.own.Zip))+whole[len(field("certificate", c.own.Certificate)):]+"--b--\r\n")),
		put("certificate and key swapped", 422, js, with(func(b map[string]any) { b["certificate"], b["key"] = c.own.Key, c.own.Certificate })),
		put("another one's key", 422, js, set("key", other.own.Key)),
		put("half a key", 422, js, set("key", c.own.Key[:len(c.own.Key)/2])),
		{"a renewal with another one's key", 422, http.MethodPut, renew, js, set("key", other.own.Key), nil},
		put("a client secret that is wrong", 422, js, set("client_secret", mark)),
		// Queries.
		get("a limit of 0", 422, c.path("/entries?limit=0")),
		get("a limit that is no number", 422, c.path("/entries?limit="+mark)),
		get("a date that is none", 422, c.path("/days?from=2026-02-30")),
		get("a range that goes back", 422, c.path("/entries?from=2026-11-02&to=2026-11-01")),
		get("a cursor that is none", 422, c.path("/changes?cursor="+mark)),
		get("an account with a path in its id", 404, "/v1/accounts/..%2f"+mark),
		get("an unknown route", 404, "/v1/"+mark),
		{"an unknown method", 404, "PURGE", c.path(""), "", nil, nil},
	}
}

// padded returns a body with blanks behind it, so that it has a length.
func padded(body []byte, length int) []byte {
	return append(body, bytes.Repeat([]byte(" "), length-len(body))...)
}

// refuse sends all of them, and counts those that are not answered as they
// should be.
func refuse(ctx context.Context, c *customer, all []bad) figures.Figure {
	t := &tally{}
	for _, b := range all {
		status, answer, err := c.send(ctx, b.method, b.path, b.kind, b.body, b.header...)
		if err == nil && status != b.want {
			err = fmt.Errorf("%s: %d, want %d: %.200s", b.what, status, b.want, answer)
		}
		t.record(0, err)
	}
	f := t.figure("oversized and malformed requests without their 4xx")
	if t.first == nil {
		f.Note = fmt.Sprintf("%d requests", len(all))
	}
	return f
}
