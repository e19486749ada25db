package api_test

import (
	"bytes"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

// part is one part of a form; with a file name it is a file, as curl -F x=@file
// and browsers send it.
type part struct{ name, file, kind, value string }

// form writes a form as curl does, and its content type.
func form(t *testing.T, parts ...part) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := `form-data; name="` + p.name + `"`
		if p.file != "" {
			disposition += `; filename="` + p.file + `"`
		}
		h.Set("Content-Disposition", disposition)
		if p.kind != "" {
			h.Set("Content-Type", p.kind)
		}
		to, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte(p.value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func (c *client) put(path string, parts ...part) answer {
	c.t.Helper()
	body, contentType := form(c.t, parts...)
	return c.do("PUT", path, body, "Content-Type", contentType)
}

// Bytes that no text has: a file must come through as it is.
const binary = "\x30\x82\xff\xfe\x00\r\n--x\r\n"

func files() []part {
	return []part{
		{"certificate", "Inter API_Certificado.crt", "application/x-x509-ca-cert", binary + "cert"},
		{"key", "Inter API_Chave.key", "application/octet-stream", binary + "key"},
	}
}

func codes() []part {
	return []part{{name: "client_id", value: "id"}, {name: "client_secret", value: "secret"}}
}

const integration = "/v1/accounts/a1/integration"

func TestAFormEnables(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parts []part
		bank  string
	}{
		"as curl sends it":      {append(files(), codes()...), ""},
		"with the bank account": {append(append(files(), codes()...), part{name: "bank_account", value: "123456789"}), "123456789"},
		"in another order":      {append(codes(), files()...), ""},
		"any content types": {[]part{
			{"certificate", "a.pem", "image/png", binary + "cert"}, {"key", "", "", binary + "key"},
			{"client_id", "id.txt", "text/plain; charset=latin1", "id"}, {"client_secret", "", "application/json", "secret"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			c.accounts[a1] = statement.Account{Ref: a1}
			got := c.put(integration, test.parts...)
			if got.status != 200 || got.body["status"].(object)["state"] != "active" || len(c.uploads) != 1 {
				t.Fatal(got.status, got.text)
			}
			u := c.uploads[0]
			if diff := cmp.Diff([]string{binary + "cert", binary + "key", "id", "secret", test.bank},
				[]string{string(u.Certificate), string(u.Key), u.ClientID, u.ClientSecret, c.bankAccounts[0]}); diff != "" {
				t.Error("the upload did not arrive as sent")
			}
		})
	}
}

// TestAFormIsRefusedAsJSONIs: what both can do wrong has the same answer.
func TestAFormIsRefusedAsJSONIs(t *testing.T) {
	t.Parallel()
	for _, path := range []string{integration, integration + "/certificate"} {
		for name, test := range map[string]struct {
			parts []part
			body  object
		}{
			"nothing":       {nil, object{}},
			"no key":        {append(files()[:1], codes()...), object{"certificate": "c", "client_id": "id", "client_secret": "s"}},
			"unknown field": {append(append(files(), codes()...), part{name: "senha", value: "x"}), object{"certificate": "c", "key": "k", "client_id": "i", "client_secret": "s", "senha": "x"}},
		} {
			c := active(t)
			got, want := c.put(path, test.parts...), c.do("PUT", path, test.body)
			if got.status != 422 || got.text != want.text {
				t.Errorf("%s %s: as a form %d %s, as JSON %d %s", path, name, got.status, got.text, want.status, want.text)
			}
			if len(c.uploads)+len(c.renewals) > 0 {
				t.Errorf("%s %s: the bank was asked", path, name)
			}
		}
	}
}

func TestFormsThatAreNone(t *testing.T) {
	t.Parallel()
	whole, contentType := form(t, append(files(), codes()...)...)
	boundary := strings.TrimPrefix(contentType, "multipart/form-data; boundary=")
	big := append(files(), codes()...)
	big[0].value = strings.Repeat("x", 64<<10)
	large, largeType := form(t, big...)
	for name, test := range map[string]struct {
		body, contentType string
		status            int
		code              string
		fields            []string
	}{
		"no boundary":      {whole, "multipart/form-data", 400, "form_invalid", nil},
		"another boundary": {whole, "multipart/form-data; boundary=other", 400, "form_invalid", nil},
		"cut":              {whole[:len(whole)-10], contentType, 400, "form_invalid", nil},
		"cut in a header":  {whole[:80], contentType, 400, "form_invalid", nil},
		"JSON":             {`{"certificate":"x"}`, contentType, 400, "form_invalid", nil},
		"no body":          {"", contentType, 400, "body_required", nil},
		"nameless parts":   {strings.ReplaceAll(whole, `; name="client_id"`, ""), contentType, 422, "validation_failed", []string{" unknown_field", "client_id required"}},
		"twice":            {strings.ReplaceAll(whole, `name="client_id"`, `name="client_secret"`), contentType, 422, "validation_failed", []string{"client_id required", "client_secret repeated_field"}},
		"unknown twice":    {strings.NewReplacer(`name="client_id"`, `name="x"`, `name="client_secret"`, `name="x"`).Replace(whole), contentType, 422, "validation_failed", []string{" unknown_field", "client_id required", "client_secret required"}},
		"name in capitals": {strings.ReplaceAll(whole, `name="key"`, `name="KEY"`), contentType, 422, "validation_failed", []string{" unknown_field", "key required"}},
		"too large":        {large, largeType, 413, "body_too_large", nil},
		"another form":     {"certificate=x", "application/x-www-form-urlencoded", 415, "content_type_not_supported", nil},
		"mixed":            {whole, "multipart/mixed; boundary=" + boundary, 415, "content_type_not_supported", nil},
	} {
		c := active(t)
		got := c.do("PUT", integration, test.body, "Content-Type", test.contentType)
		if got.status != test.status || got.body["code"] != test.code {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		if diff := cmp.Diff(test.fields, got.fields()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(c.uploads) > 0 {
			t.Errorf("%s: the bank was asked", name)
		}
	}
}

// TestAZipAsAFileIsToldAsOne goes through the checks of package credential.
func TestAZipAsAFileIsToldAsOne(t *testing.T) {
	t.Parallel()
	c := active(t)
	zip := "PK\x03\x04\x14\x00\x08\x00" + binary
	_, _, c.refuse = credential.Check(credential.Upload{Certificate: []byte(zip), Key: []byte(zip)}, now)
	got := c.put(integration, append([]part{
		{"certificate", "Inter_API-Chave_e_Certificado (1).zip", "application/zip", zip},
		{"key", "Inter_API-Chave_e_Certificado (1).zip", "application/zip", zip},
	}, codes()...)...)
	if got.status != 422 || got.body["code"] != "zip_not_accepted" || !strings.Contains(got.text, "Extraia e envie os arquivos .crt e .key separadamente") {
		t.Error(got.status, got.text)
	}
	if string(c.uploads[0].Certificate) != zip || string(c.uploads[0].Key) != zip {
		t.Error("the zip did not arrive byte for byte")
	}
}

// TestAFormToARouteThatTakesJSONOnly: creating an account is JSON.
func TestAFormToARouteThatTakesJSONOnly(t *testing.T) {
	t.Parallel()
	c := active(t)
	body, contentType := form(t, part{name: "description", value: "x"})
	for _, target := range []string{"POST /v1/accounts", "POST /v1/accounts/a1/syncs", "PATCH /v1/accounts/a1"} {
		method, path, _ := strings.Cut(target, " ")
		if got := c.do(method, path, body, "Content-Type", contentType); got.status != 415 {
			t.Errorf("%s: %d %s", target, got.status, got.text)
		}
	}
}

func TestRenew(t *testing.T) {
	t.Parallel()
	path := integration + "/certificate"
	c := active(t)
	a := c.accounts[a1]
	a.State, a.Failure = statement.Attention, statement.CertificateExpired
	c.accounts[a1] = a
	for i, send := range []func() answer{
		func() answer { return c.put(path, files()...) },
		func() answer { return c.do("PUT", path, object{"certificate": "cert", "key": "key"}) },
		func() answer { return c.put(path, append(files(), codes()...)...) },
		func() answer {
			return c.do("PUT", path, object{"certificate": "cert", "key": "key", "client_id": "", "client_secret": nil})
		},
	} {
		if got := send(); got.status != 200 || got.body["status"].(object)["state"] != "active" || len(c.renewals) != i+1 {
			t.Fatal(i, got.status, got.text)
		}
		want := []string{"", ""}
		if i == 2 {
			want = []string{"id", "secret"}
		}
		if diff := cmp.Diff(want, []string{c.renewals[i].ClientID, c.renewals[i].ClientSecret}); diff != "" {
			t.Error(i, diff)
		}
	}
	// The number of the bank account is not the renewal's to change.
	if got := c.do("PUT", path, object{"certificate": "c", "key": "k", "bank_account": "1"}); got.status != 422 {
		t.Error(got.status, got.text)
	}
	off := newClient(t)
	off.accounts[a1] = statement.Account{Ref: a1, State: statement.Disabled}
	if got := off.put(path, files()...); got.status != 409 || got.body["code"] != "integration_not_enabled" {
		t.Error(got.status, got.text)
	}
	if got := off.put("/v1/accounts/nobody/integration/certificate", files()...); got.status != 404 || off.asked("Renew") != 1 {
		t.Error(got.status, got.text)
	}
}
