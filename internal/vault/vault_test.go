package vault_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/internal/statement"
	"extrato/internal/vault"
)

func TestLoadAbsent(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	_, err := v.Load(t.Context(), ref)
	if !errors.Is(err, statement.ErrNotFound) || !strings.Contains(err.Error(), ref.String()) {
		t.Errorf("no secret: %v", err)
	}
	save(t, v, credential("a"))
	m.delete(t)
	if _, err := v.Load(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("scheduled for deletion: %v", err)
	}
}

func TestLoadMalformed(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"no JSON":         `marked`,
		"cut JSON":        `{"certificate":"marked`,
		"another type":    `{"certificate":"c","key":["marked"],"client_id":"i","client_secret":"marked"}`,
		"a number":        `{"certificate":"c","key":"k","client_id":"i","client_secret":1234567}`,
		"no key":          `{"certificate":"c","client_id":"i","client_secret":"marked"}`,
		"an empty secret": `{"certificate":"c","key":"marked","client_id":"i","client_secret":""}`,
		"an array":        `["marked"]`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			m := newManager(t)
			if _, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String(name), SecretString: &text}); err != nil {
				t.Fatal(err)
			}
			got, err := vault.New(m.Client, "extrato").Load(t.Context(), ref)
			if err == nil || errors.Is(err, statement.ErrNotFound) || got != (statement.Credential{}) {
				t.Fatalf("error %v, want one that is not ErrNotFound", err)
			}
			if s := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(s, "marked") || strings.Contains(s, "1234567") {
				t.Errorf("the error quotes the secret: %s", s)
			}
		})
	}
}

// TestRefusals: what Secrets Manager refuses comes back as it is, and is never
// taken for an absence; secrets are not in it.
func TestRefusals(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	for _, code := range []string{"AccessDeniedException", "InvalidRequestException", "DecryptionFailure"} {
		m.failWith(func(w http.ResponseWriter, _ int, operation string) (bool, bool) {
			if operation == "RestoreSecret" {
				return false, false // answers that there is none
			}
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"__type":%q,"Message":"the key is not enabled"}`, code)
			return true, false
		})
		_, loadErr := v.Load(t.Context(), ref)
		for what, err := range map[string]error{"Load": loadErr, "Save": v.Save(t.Context(), ref, credential("a"))} {
			if err == nil || !strings.Contains(err.Error(), code) || errors.Is(err, statement.ErrNotFound) || strings.Contains(err.Error(), "marked") {
				t.Errorf("%s on %s: %v", what, code, err)
			}
		}
		if calls := m.since(); len(calls) > 5 {
			t.Errorf("%s: %d calls, want a few: %v", code, len(calls), calls)
		}
	}
}

func TestForeignIDs(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	for _, bad := range []statement.Ref{{}, {Tenant: "t/a", Account: "b"}, {Tenant: "t", Account: "../x"}, {Tenant: "t", Account: ""}} {
		_, loadErr := v.Load(t.Context(), bad)
		if saveErr := v.Save(t.Context(), bad, credential("a")); loadErr == nil || saveErr == nil || errors.Is(loadErr, statement.ErrNotFound) {
			t.Errorf("%q: load %v, save %v", bad, loadErr, saveErr)
		}
	}
	if calls := m.since(); len(calls) != 0 {
		t.Errorf("calls were made: %v", calls)
	}
}
