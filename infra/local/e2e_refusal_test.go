package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// problem is the body of a refusal.
type problem struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Field   string `json:"field"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"errors"`
}

func TestE2ERefusalsStoreNothing(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	account := bank.AddAccount("407312956")
	good, other := bank.Issue("erp", account), bank.Issue("another", account)
	r := startRig(t, bank)
	c := r.erp("acme")

	with := func(body map[string]any, name string, value any) map[string]any {
		if body[name] = value; value == nil {
			delete(body, name)
		}
		return body
	}
	integrated := func(integration map[string]any) map[string]any {
		return with(newAccount(), "integration", integration)
	}
	for _, refused := range []struct {
		what        string
		body        map[string]any
		code        string
		field, says string // of errors, or of the whole where field is ""
	}{
		{"PF", with(integrated(pair(good)), "person_type", "PF"), "person_type_not_supported", "person_type", "exclusiva para contas de Pessoa Jurídica"},
		{"MEI", with(integrated(pair(good)), "person_type", "MEI"), "person_type_not_supported", "person_type", "MEI não têm acesso"},
		{"no description", with(integrated(pair(good)), "description", nil), "validation_failed", "description", ""},
		{"the zip", integrated(with(pair(good), "certificate", string(good.Zip()))), "zip_not_accepted", "integration.certificate", "Extraia e envie os arquivos .crt e .key separadamente"},
		{"no key", integrated(with(pair(good), "key", nil)), "", "integration.key", ""},
		{"another integration's key", integrated(with(pair(good), "key", other.Key())), "key_does_not_match", "integration.key", "Esta chave não é a deste certificado"},
	} {
		t.Run(refused.what, func(t *testing.T) {
			p := c.in(t).refused("POST", "/v1/accounts", refused.body)
			if refused.code != "" && p.Code != refused.code {
				t.Errorf("code %s, want %s", p.Code, refused.code)
			}
			said := false
			for _, e := range p.Errors {
				said = said || e.Field == refused.field && strings.Contains(e.Message, refused.says) && e.Code != ""
			}
			if !said {
				t.Errorf("nothing about %s (%s) in %+v", refused.field, refused.says, p)
			}
		})
	}
	if items := r.items(); len(items) != 0 {
		t.Errorf("%d items are stored: %v", len(items), items)
	}

	t.Run("an account that exists", func(t *testing.T) {
		c := c.in(t)
		var a erpAccount
		c.must("POST", "/v1/accounts", newAccount(), &a)
		before := r.items()
		c.refused("PUT", "/v1/accounts/"+a.ID+"/integration", with(pair(good), "key", other.Key()))
		if got := c.account(a.ID); got.Status.State != "disabled" || len(r.items()) != len(before) {
			t.Errorf("account %+v, %d items, %d before", got, len(r.items()), len(before))
		}
		vault := secretsmanager.NewFromConfig(r.config())
		_, err := vault.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(stackName + "/acme/" + a.ID)})
		if err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
			t.Errorf("the secret: %v", err)
		}
	})
	if n := bank.Counters().Accepted; n != 0 {
		t.Errorf("%d connections to the bank", n)
	}
	if got := r.fire("2026-11-24"); got.Enqueued != 0 {
		t.Errorf("fan-out %+v", got)
	}
}

// refused sends what must be refused, as a problem in Portuguese that repeats
// none of the secrets sent.
func (c *erp) refused(method, path string, body map[string]any) problem {
	c.t.Helper()
	status, contentType, answer, err := c.send(c.t.Context(), method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	var p problem
	if err := json.Unmarshal(answer, &p); err != nil || status/100 != 4 || !strings.HasPrefix(contentType, "application/problem+json") {
		c.t.Fatalf("%d %s %s, want a 4xx problem; %v", status, contentType, answer, err)
	}
	if p.Code == "" || p.Title == "" || !strings.ContainsAny(p.Title+p.Detail, "áâãéêíóôõúç") {
		c.t.Errorf("%+v is no problem in Portuguese", p)
	}
	integration, ok := body["integration"].(map[string]any)
	if !ok {
		integration = body
	}
	for _, name := range []string{"key", "client_secret"} {
		if secret, _ := integration[name].(string); secret != "" && strings.Contains(string(answer), secret) {
			c.t.Errorf("the answer repeats %s", name)
		}
	}
	return p
}
