package api

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"extrato/internal/statement"
)

func fuzzSchemas() huma.Registry {
	return newServer(Options{Caller: func(*http.Request) (Caller, bool) { return Caller{}, false }}).schemas()
}

// refusedByUs wants a problem of the client's making that repeats nothing.
func refusedByUs(t *testing.T, err error) {
	t.Helper()
	var p *Problem
	if !errors.As(err, &p) || p.Status < 400 || p.Status > 499 || p.Title == "" || strings.Contains(fmt.Sprint(p, p.Errors), "MARK") {
		t.Fatalf("refused with %v", err)
	}
}

// FuzzUpload: a body is refused with a problem, or is read; and whatever it is,
// as a file of a form it arrives byte for byte.
func FuzzUpload(f *testing.F) {
	const head, tail = "--b\r\nContent-Disposition: form-data; name=\"certificate\"\r\n\r\n", "\r\n--b\r\nContent-Disposition: form-data; name=\"key\"; filename=\"Inter API_Chave.key\"\r\nContent-Type: MARK\r\n\r\nk\r\n--b--\r\n"
	f.Add("multipart/form-data; boundary=b", []byte(head+"x"+tail))
	f.Add("multipart/form-data; boundary=b", []byte(head+"x"+tail[:20]+"--b--"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=MARK\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41\r\n--b--\r\n"))
	f.Add("multipart/form-data; boundary=\"--\"", []byte("----\r\n\r\n------"))
	f.Add("application/json", []byte(`{"certificate":"x","key":"y","client_id":null}`))
	f.Add("application/json", []byte(`{"certificate":"x","certificate":{"MARK":1}}`))
	f.Add("", []byte(`[{"key":"\ud800MARK"}]`))
	schemas, kind := fuzzSchemas(), reflect.TypeFor[Renewal]()
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		c, err := uploaded(schemas, kind, contentType, body)
		if err != nil {
			refusedByUs(t, err)
			if c != (Credential{}) {
				t.Fatal("refused and read")
			}
		} else if c.BankAccount != "" {
			t.Fatal("a field is read that the schema does not have")
		}
		value := string(body)
		if strings.Contains("\r\n"+value, "\r\n--b") {
			return // ends the part
		}
		c, err = uploaded(schemas, kind, "multipart/form-data; boundary=b", []byte(head+value+tail))
		if err != nil || c.Certificate != value || c.Key != "k" || c.ClientID+c.ClientSecret != "" {
			t.Fatalf("a file does not arrive as it is: %v", err)
		}
	})
}

// FuzzChange: whatever is sent as JSON, it is a change within the limits of an
// account, or refused.
func FuzzChange(f *testing.F) {
	for _, body := range []string{`{"description":" x "}`, `{"external_id":null,"default":true}`, `{"default":false}`, `{"description":"a\u0000"}`,
		`{"description":{"MARK":"x"}}`, `{"Description":"MARK"}`, `{"external_id":"é"}`, `[]`, `{"default":1e400}`, `{"MARK":MARK}`} {
		f.Add([]byte(body))
	}
	schemas := fuzzSchemas()
	f.Fuzz(func(t *testing.T, body []byte) {
		change, err := decode[AccountChange](schemas, "application/json", body, prepareChange)
		if err != nil {
			refusedByUs(t, err)
			return
		}
		p, err := change.patch()
		if err != nil {
			refusedByUs(t, err)
			return
		}
		if d := p.Description; d != nil && (strings.TrimSpace(*d) != *d || *d == "" || len([]rune(*d)) > 100 || strings.ContainsAny(*d, "\x00\r\n\t")) {
			t.Fatalf("described as %q", *d)
		}
		if e := p.ExternalID; e != nil && (len([]rune(*e)) > 128 || strings.ContainsAny(*e, "\x00\r\n\t")) {
			t.Fatalf("known as %q", *e)
		}
	})
}

// FuzzPosition: a cursor is refused, or moves within its own list and nothing
// in it can be more than a position: printable ASCII, and dates that exist.
func FuzzPosition(f *testing.F) {
	of := fingerprint("accounts", "acme", "", "")
	f.Add(position{After: "a1", Of: of}.String())
	f.Add(position{After: "2026-11-20-0a", From: "2026-09-21", To: "2026-11-20", Of: of}.String())
	f.Add(position{After: "a1", Of: "another"}.String())
	f.Add("eyJhIjoieCJ9")
	f.Add("")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, ok := parsePosition(cursor, of)
		if !ok {
			if p != (position{}) {
				t.Fatalf("a refused cursor comes back: %+v", p)
			}
			return
		}
		if p.Of != of || p.After == "" || len(p.After) > len(cursor) || strings.ContainsFunc(p.After, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("%q is read as %+v", cursor, p)
		}
		for _, d := range []statement.Date{p.From, p.To} {
			if _, err := statement.ParseDate(string(d)); d != "" && err != nil {
				t.Fatalf("%q has the date %q", cursor, d)
			}
		}
		if again, ok := parsePosition(p.String(), of); !ok || again != p {
			t.Fatalf("%+v reads back as %+v", p, again)
		}
		if _, ok := parsePosition(cursor, fingerprint("accounts", "other", "", "")); ok {
			t.Fatal("another tenant's cursor is taken")
		}
	})
}
