package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/statement"
)

type object = map[string]any

func upload() object {
	return object{"certificate": "cert", "key": "key", "client_id": "id", "client_secret": "secret"}
}

// account is a good body with some fields changed; nil takes one out.
func account(changes ...any) object {
	body := object{"description": "Inter matriz", "bank": "inter", "person_type": "PJ"}
	for i := 0; i < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

func TestCreateAnswersTheAccountAsTheContractNamesIt(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	got := c.do("POST", "/v1/accounts", account("description", "  Inter matriz ", "cnpj", "11.222.333/0001-81", "external_id", "conta-17"))
	if got.status != 201 {
		t.Fatal(got.status, got.text)
	}
	id := got.body["id"].(string)
	if !statement.ValidID(id) || got.header.Get("Location") != "/v1/accounts/"+id {
		t.Errorf("id %q, Location %q", id, got.header.Get("Location"))
	}
	status := got.body["status"].(object)
	if !strings.Contains(status["next_step"].(string), "Soluções para sua empresa > Nova integração") {
		t.Errorf("next step does not tell the path: %v", status["next_step"])
	}
	delete(status, "message")
	delete(status, "next_step")
	want := object{
		"id": id, "external_id": "conta-17", "description": "Inter matriz", "bank": "inter", "person_type": "PJ",
		"cnpj": "11222333000181", "default": true, "bank_account": nil, "warnings": []any{},
		"status": object{"state": "disabled", "code": nil}, "certificate": nil,
		"coverage":  object{"from": nil, "read_through": nil, "proven_through": nil, "balance": nil},
		"last_sync": nil, "next_sync_at": nil, "created_at": "2026-11-23T10:00:00.000Z",
	}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	if read := c.do("GET", "/v1/accounts/"+id, nil); read.status != 200 || read.body["id"] != id {
		t.Error(read.status, read.text)
	}
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 129)
	for name, test := range map[string]struct {
		body   any
		status int
		code   string
		fields []string
	}{
		"PF":                      {account("person_type", "PF"), 422, "person_type_not_supported", []string{"person_type person_type_not_supported"}},
		"MEI and nothing else":    {object{"person_type": "MEI"}, 422, "person_type_not_supported", []string{"bank required", "description required", "person_type person_type_not_supported"}},
		"another bank":            {account("bank", "itau"), 422, "bank_not_supported", []string{"bank bank_not_supported"}},
		"another bank and PF":     {account("bank", "itau", "person_type", "PF"), 422, "person_type_not_supported", []string{"bank bank_not_supported", "person_type person_type_not_supported"}},
		"no description":          {account("description", nil), 422, "validation_failed", []string{"description required"}},
		"blank description":       {account("description", "   "), 422, "validation_failed", []string{"description too_short"}},
		"long description":        {account("description", strings.Repeat("á", 101)), 422, "validation_failed", []string{"description too_long"}},
		"two lines":               {account("description", "a\nb"), 422, "validation_failed", []string{"description characters_invalid"}},
		"description a number":    {account("description", 7), 422, "validation_failed", []string{"description type_invalid"}},
		"long external id":        {account("external_id", long), 422, "validation_failed", []string{"external_id too_long"}},
		"unprintable external id": {account("external_id", "a\x00"), 422, "validation_failed", []string{"external_id characters_invalid"}},
		"wrong CNPJ":              {account("cnpj", "11.222.333/0001-82"), 422, "cnpj_invalid", []string{"cnpj cnpj_invalid"}},
		"default as text":         {account("default", "yes"), 422, "validation_failed", []string{"default type_invalid"}},
		"unknown field":           {account("descricao", "x"), 422, "validation_failed", []string{" unknown_field"}},
		"integration a text":      {account("integration", "x"), 422, "validation_failed", []string{"integration type_invalid"}},
		"integration without key": {account("integration", object{"certificate": "c", "client_id": "i", "client_secret": "s"}), 422, "validation_failed", []string{"integration.key required"}},
		"integration key a list":  {account("integration", object{"certificate": "c", "key": []int{1}, "client_id": "i", "client_secret": "s"}), 422, "validation_failed", []string{"integration.key type_invalid"}},
		"a list":                  {`[]`, 422, "validation_failed", []string{" type_invalid"}},
		"null":                    {`null`, 422, "validation_failed", []string{" type_invalid"}},
		"no body":                 {"", 400, "body_required", nil},
		"half a body":             {`{"description":`, 400, "json_invalid", nil},
		"two bodies":              {`{}{}`, 400, "json_invalid", nil},
		"name in other case":      {`{"Description":"x","description":"a","bank":"inter","person_type":"PJ"}`, 422, "validation_failed", []string{" unknown_field"}},
		"over the limit":          {strings.Repeat(" ", 64<<10+1), 413, "body_too_large", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			got := c.do("POST", "/v1/accounts", test.body)
			if got.status != test.status || got.body["code"] != test.code {
				t.Errorf("got %d %v, want %d %s", got.status, got.body["code"], test.status, test.code)
			}
			if diff := cmp.Diff(test.fields, got.fields()); diff != "" {
				t.Error(diff)
			}
			if len(c.calls) > 0 {
				t.Errorf("calls for a refused body: %v", c.calls)
			}
		})
	}
}

func TestCreateTakesWhatAClientMaySend(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body        any
		contentType string
	}{
		"nulls for absent fields": {account("cnpj", nil, "external_id", nil, "default", nil, "integration", nil), "application/json"},
		"charset":                 {account(), "application/json; charset=utf-8"},
		"100 characters":          {account("description", strings.Repeat("ã", 100)), "application/json"},
		"alphanumeric CNPJ":       {account("cnpj", "12ABC34501DE35"), "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			if got := c.do("POST", "/v1/accounts", test.body, "Content-Type", test.contentType); got.status != 201 {
				t.Error(got.status, got.text)
			}
		})
	}
	t.Run("exactly 64 KB", func(t *testing.T) {
		t.Parallel()
		c := newClient(t)
		text, _ := json.Marshal(account())
		body := string(text) + strings.Repeat(" ", 64<<10-len(text))
		if got := c.do("POST", "/v1/accounts", body); got.status != 201 {
			t.Error(got.status, got.text)
		}
	})
}

func TestExternalIDTaken(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.do("POST", "/v1/accounts", account("external_id", "x"))
	got := c.do("POST", "/v1/accounts", account("external_id", "x"))
	if got.status != 409 || got.body["code"] != "external_id_taken" {
		t.Error(got.status, got.text)
	}
	if diff := cmp.Diff([]string{"external_id external_id_taken"}, got.fields()); diff != "" {
		t.Error(diff)
	}
}

func TestCreateWithIntegration(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	body := upload()
	body["bank_account"] = "123456789"
	got := c.do("POST", "/v1/accounts", account("integration", body))
	if got.status != 201 || got.body["status"].(object)["state"] != "active" {
		t.Fatal(got.status, got.text)
	}
	if got.body["next_sync_at"] != "2026-11-23T13:00:00.000Z" { // the firing of 10 h in São Paulo
		t.Error(got.body["next_sync_at"])
	}
	u := c.uploads[0]
	want := []string{"cert", "key", "id", "secret", "123456789"}
	if diff := cmp.Diff(want, []string{string(u.Certificate), string(u.Key), u.ClientID, u.ClientSecret, c.bankAccounts[0]}); diff != "" {
		t.Error("the upload did not arrive as sent")
	}
}

func TestARefusedUploadStoresNothing(t *testing.T) {
	t.Parallel()
	faults := credential.Faults{
		{Code: "zip_not_accepted", Field: "certificate", Message: "Extraia o .zip."},
		{Code: "required", Field: "key", Message: "Falta a chave."},
	}
	refused := func(c statement.Code) error { return &enable.Refusal{Code: c} }
	for name, test := range map[string]struct {
		err    error
		status int
		code   string
		fields []string
	}{
		"faults":               {faults, 422, "zip_not_accepted", []string{"certificate zip_not_accepted", "key required"}},
		"credentials_rejected": {refused(statement.CredentialsRejected), 422, "credentials_rejected", nil},
		"permission_missing":   {refused(statement.PermissionMissing), 422, "permission_missing", nil},
		"certificate_rejected": {refused(statement.CertificateRejected), 422, "certificate_rejected", nil},
		"certificate_expired":  {refused(statement.CertificateExpired), 422, "certificate_expired", nil},
		"bank_account":         {refused(statement.BankAccountRequired), 422, "bank_account_required", nil},
		"different_account":    {refused(statement.DifferentAccount), 409, "different_account", nil},
		"bank_unavailable":     {refused(statement.BankUnavailable), 503, "bank_unavailable", nil},
		"bank_rate_limited":    {refused(statement.BankRateLimited), 503, "bank_rate_limited", nil},
		"incomplete_answer":    {refused(statement.IncompleteAnswer), 503, "incomplete_answer", nil},
		"conflict":             {statement.ErrConflict, 409, "conflict", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			c.refuse = test.err
			created := c.do("POST", "/v1/accounts", account("integration", upload()))
			ref := statement.Ref{Tenant: "acme", Account: "a1"}
			c.accounts[ref] = statement.Account{Ref: ref}
			put := c.do("PUT", "/v1/accounts/a1/integration", upload())
			for prefix, got := range map[string]answer{"integration.": created, "": put} {
				if got.status != test.status || got.body["code"] != test.code {
					t.Errorf("got %d %v, want %d %s", got.status, got.body["code"], test.status, test.code)
				}
				if (got.header.Get("Retry-After") != "") != (test.status == 503) {
					t.Errorf("Retry-After of a %d: %q", test.status, got.header.Get("Retry-After"))
				}
				var want []string
				for _, f := range test.fields {
					want = append(want, prefix+f)
				}
				if diff := cmp.Diff(want, got.fields()); diff != "" {
					t.Error(diff)
				}
			}
			if wrote := c.wrote(); len(wrote) > 0 {
				t.Errorf("stored: %v", wrote)
			}
		})
	}
}

func TestRetryAfterIsTheBanks(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.refuse = &enable.Refusal{Code: statement.BankRateLimited, RetryAfter: 12_400_000_000}
	if got := c.do("POST", "/v1/accounts", account("integration", upload())); got.header.Get("Retry-After") != "13" {
		t.Error(got.header)
	}
}

func TestBankAccountTakenNamesTheAccount(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	first := c.do("POST", "/v1/accounts", account("description", "Inter filial")).body["id"].(string)
	second := c.do("POST", "/v1/accounts", account()).body["id"].(string)
	c.failFinish = &statement.BankAccountTaken{By: statement.AccountID(first)}
	got := c.do("PUT", "/v1/accounts/"+second+"/integration", upload())
	if got.status != 409 || got.body["code"] != "bank_account_already_integrated" || got.body["account_id"] != first {
		t.Error(got.status, got.text)
	}
	if !strings.Contains(got.body["detail"].(string), "Inter filial") {
		t.Error(got.body["detail"])
	}
}

func TestAnAccountWhoseIntegrationFailedLastIsNamed(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.failFinish = statement.ErrConflict
	got := c.do("POST", "/v1/accounts", account("integration", upload()))
	id, _ := got.body["account_id"].(string)
	if got.status != 409 || got.body["code"] != "conflict" || !strings.Contains(got.body["detail"].(string), id) {
		t.Fatal(got.status, got.text)
	}
	c.failFinish = nil
	if again := c.do("PUT", "/v1/accounts/"+id+"/integration", upload()); again.status != 200 {
		t.Error(again.status, again.text)
	}
}

func TestEnable(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.do("POST", "/v1/accounts", account()).body["id"].(string)
	got := c.do("PUT", "/v1/accounts/"+id+"/integration", upload())
	if got.status != 200 || got.body["status"].(object)["state"] != "active" {
		t.Error(got.status, got.text)
	}
	for name, test := range map[string]struct {
		body        any
		contentType string
		status      int
		code        string
	}{
		"a form":      {"certificate=x", "application/x-www-form-urlencoded", 415, "content_type_not_supported"},
		"half a form": {"--x\r\n", "multipart/form-data; boundary=x", 400, "form_invalid"},
		"no boundary": {"--x\r\n", "multipart/form-data", 400, "form_invalid"},
		"nonsense":    {"{}", ";;", 415, "content_type_not_supported"},
		"no key":      {object{"certificate": "c", "client_id": "i", "client_secret": "s"}, "application/json", 422, "validation_failed"},
	} {
		if got := c.do("PUT", "/v1/accounts/"+id+"/integration", test.body, "Content-Type", test.contentType); got.status != test.status || got.body["code"] != test.code {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	before := len(c.uploads)
	if got := c.do("PUT", "/v1/accounts/nobody/integration", upload()); got.status != 404 || len(c.uploads) != before {
		t.Error("the bank was asked for an account that does not exist", got.status)
	}
}

func TestListAccounts(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	var want []string
	for range 5 {
		want = append(want, c.do("POST", "/v1/accounts", account()).body["id"].(string))
	}
	c.accounts[statement.Ref{Tenant: "other", Account: "zz"}] = statement.Account{}
	var got []string
	var cursor string
	for target := "/v1/accounts?limit=2"; ; target = "/v1/accounts?limit=2&cursor=" + cursor {
		page := c.do("GET", target, nil)
		for _, a := range page.body["accounts"].([]any) {
			got = append(got, a.(object)["id"].(string))
			if a.(object)["default"] != (a.(object)["id"] == want[0]) {
				t.Error("default is not the first account")
			}
		}
		next, ok := page.body["next_cursor"]
		if !ok {
			break
		}
		cursor = next.(string)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c.caller.Tenant = "other"
	if got := c.do("GET", "/v1/accounts?cursor="+cursor, nil); got.body["code"] != "cursor_invalid" {
		t.Error("another tenant's cursor was taken", got.text)
	}
	c.caller.Tenant = "empty"
	if got := c.do("GET", "/v1/accounts", nil); got.text != `{"accounts":[]}`+"\n" {
		t.Error(got.text)
	}
}
