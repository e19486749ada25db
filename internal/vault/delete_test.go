package vault_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/vault"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	remove := func(what string) {
		t.Helper()
		m.since()
		if err := v.Delete(t.Context(), ref); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if d := cmp.Diff([]string{"DeleteSecret"}, m.since()); d != "" {
			t.Errorf("%s: calls (-want +got):\n%s", what, d)
		}
		if _, err := v.Load(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("%s: it is still there, error %v", what, err)
		}
	}
	remove("no secret")
	save(t, v, credential("a"))
	remove("a secret")
	about := func() *secretsmanager.DescribeSecretOutput {
		out, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(name)})
		if err != nil || out.DeletedDate == nil {
			t.Fatalf("no deletion is scheduled: %v", err)
		}
		return out
	}
	scheduled := *about().DeletedDate
	remove("scheduled already")
	if got := *about().DeletedDate; !got.Equal(scheduled) {
		t.Errorf("the deletion moved from %v to %v", scheduled, got)
	}
	save(t, v, credential("a")) // enabled again: the deletion is taken back
	loads(t, v, credential("a"))
}

// TestDeleteRefused: a refusal is not taken for an absence.
func TestDeleteRefused(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	for _, code := range []string{"AccessDeniedException", "InvalidRequestException"} {
		m.failWith(func(w http.ResponseWriter, _ int, _ string) (bool, bool) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"` + code + `","Message":"the key is not enabled"}`))
			return true, false
		})
		if err := v.Delete(t.Context(), ref); err == nil || !strings.Contains(err.Error(), code) || errors.Is(err, statement.ErrNotFound) {
			t.Errorf("%s: %v", code, err)
		}
	}
	m.failWith(nil)
	if err := v.Delete(t.Context(), statement.Ref{Tenant: "t/a", Account: "b"}); err == nil || len(m.since()) > 0 {
		t.Errorf("a foreign id: %v", err)
	}
}
