package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func TestChangingAnAccount(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		body any
		want []statement.AccountPatch
	}{
		"description":            {object{"description": "  Inter filial "}, []statement.AccountPatch{{Description: text("Inter filial")}}},
		"external id":            {object{"external_id": "y"}, []statement.AccountPatch{{ExternalID: text("y")}}},
		"null removes it":        {object{"external_id": nil}, []statement.AccountPatch{{ExternalID: text("")}}},
		"an empty text does too": {object{"external_id": ""}, []statement.AccountPatch{{ExternalID: text("")}}},
		"default":                {object{"default": true}, []statement.AccountPatch{{MakeDefault: true}}},
		"all":                    {object{"default": true, "description": "d", "external_id": nil}, []statement.AccountPatch{{Description: text("d"), ExternalID: text(""), MakeDefault: true}}},
		"nothing":                {object{}, nil},
		"nulls change nothing":   {object{"description": nil, "default": nil}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := active(t)
			got := c.do("PATCH", "/v1/accounts/a1", test.body)
			if got.status != 200 || got.body["id"] != nil && got.body["id"] != "a1" {
				t.Fatal(got.status, got.text)
			}
			if diff := cmp.Diff(test.want, c.patches); diff != "" {
				t.Error(diff)
			}
			if got.body["default"] != (len(test.want) == 1 && test.want[0].MakeDefault) {
				t.Error("default is", got.body["default"])
			}
		})
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   any
		status int
		code   string
		fields []string
	}{
		"unset the default":    {object{"default": false}, 422, "default_cannot_be_unset", []string{"default default_cannot_be_unset"}},
		"blank description":    {object{"description": "  "}, 422, "validation_failed", []string{"description too_short"}},
		"long description":     {object{"description": strings.Repeat("é", 101)}, 422, "validation_failed", []string{"description too_long"}},
		"two lines":            {object{"description": "a\nb"}, 422, "validation_failed", []string{"description characters_invalid"}},
		"unprintable id":       {object{"external_id": "a\x00"}, 422, "validation_failed", []string{"external_id characters_invalid"}},
		"long id":              {object{"external_id": strings.Repeat("x", 129)}, 422, "validation_failed", []string{"external_id too_long"}},
		"default as text":      {object{"default": "true"}, 422, "validation_failed", []string{"default type_invalid"}},
		"a field of no change": {object{"cnpj": "11222333000181"}, 422, "validation_failed", []string{" unknown_field"}},
		"taken":                {object{"external_id": "x"}, 409, "external_id_taken", []string{"external_id external_id_taken"}},
		"a list":               {`[]`, 422, "validation_failed", []string{" type_invalid"}},
		"no body":              {nil, 400, "body_required", nil},
	} {
		c := active(t)
		other := statement.Ref{Tenant: "acme", Account: "a2"}
		c.accounts[other] = statement.Account{Ref: other, ExternalID: "x"}
		before := c.accounts[a1]
		got := c.do("PATCH", "/v1/accounts/a1", test.body)
		if got.status != test.status || got.body["code"] != test.code {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		if diff := cmp.Diff(test.fields, got.fields()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(before, c.accounts[a1]); diff != "" {
			t.Errorf("%s changes the account: %s", name, diff)
		}
	}
	c := active(t)
	if got := c.do("PATCH", "/v1/accounts/a1", object{"default": false}); !strings.Contains(got.body["detail"].(string), "marque outra conta") {
		t.Error(got.text)
	}
	for _, body := range []object{{}, {"description": "x"}} {
		if got := c.do("PATCH", "/v1/accounts/nobody", body); got.status != 404 {
			t.Error(got.status, got.text)
		}
	}
}

func TestDisable(t *testing.T) {
	t.Parallel()
	c := active(t)
	for range 2 { // a repeat changes nothing
		got := c.do("DELETE", integration, nil)
		if got.status != 200 || got.body["status"].(object)["state"] != "disabled" || got.body["next_sync_at"] != nil {
			t.Error(got.status, got.text)
		}
	}
	if got := c.do("DELETE", "/v1/accounts/nobody/integration", nil); got.status != 404 || c.asked("Disable") != 2 {
		t.Error(got.status, c.calls)
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	c := active(t)
	got := c.do("DELETE", "/v1/accounts/a1", nil)
	if got.status != 202 || got.body["id"] != "a1" || !strings.Contains(got.text, "segundo plano") {
		t.Fatal(got.status, got.text)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if got := c.do(method, "/v1/accounts/a1", nil); got.status != 404 || got.body["code"] != "account_not_found" {
			t.Error(method, got.status, got.text)
		}
	}
	if got := c.do("DELETE", "/v1/accounts/nobody", nil); got.status != 404 {
		t.Error(got.status, got.text)
	}
}

// TestARepeatedEraseFinishesTheFirst: the secret or the message may be left of a
// request that broke off after the tombstone.
func TestARepeatedEraseFinishesTheFirst(t *testing.T) {
	t.Parallel()
	c := active(t)
	c.failErase = errTest("vault is closed")
	for range 2 {
		if got := c.do("DELETE", "/v1/accounts/a1", nil); got.status != 500 {
			t.Error(got.status, got.text)
		}
	}
	c.failErase = nil
	if got := c.do("DELETE", "/v1/accounts/a1", nil); got.status != 404 || c.asked("Erase") != 3 {
		t.Error(got.status, c.calls)
	}
}

type errTest string

func (e errTest) Error() string { return string(e) }
