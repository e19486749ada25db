package vault_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/infra/local/cloud"
	"extrato/internal/statement"
	"extrato/internal/vault"
)

var ref = statement.Ref{Tenant: "tenant_1", Account: "01J-account"}

const name = "extrato/tenant_1/01J-account"

// credential returns a pair that differs by its mark. Nothing may ever show
// "marked".
func credential(mark string) statement.Credential {
	return statement.Credential{Certificate: "-----BEGIN CERTIFICATE-----\n" + mark + "\n", ClientID: "id-" + mark,
		Key: statement.NewSecret("marked-key <&> \u2028" + mark), ClientSecret: statement.NewSecret("marked-secret-" + mark)}
}

func equal(a, b statement.Credential) bool { return a.ID() == b.ID() }

// manager is Secrets Manager in front of which calls are counted, and can be
// made to fail.
type manager struct {
	*secretsmanager.Client
	mu    sync.Mutex
	calls []string
	// fault, where set, is asked at every call, by its number from 0.
	fault func(w http.ResponseWriter, call int, operation string) (answered, persist bool)
}

func newManager(t *testing.T) *manager {
	t.Helper()
	c, err := cloud.New(cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := &manager{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		m.mu.Lock()
		number, fault := len(m.calls), m.fault
		m.calls = append(m.calls, operation)
		m.mu.Unlock()
		if fault != nil {
			if answered, persist := fault(w, number, operation); answered {
				if persist {
					c.ServeHTTP(httptest.NewRecorder(), r)
				}
				return
			}
		}
		c.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	m.Client = secretsmanager.New(secretsmanager.Options{BaseEndpoint: &s.URL, Region: "sa-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")})
	return m
}

// since returns the calls since the last question.
func (m *manager) since() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls := m.calls
	m.calls = nil
	return calls
}

func (m *manager) failWith(fault func(http.ResponseWriter, int, string) (answered, persist bool)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls, m.fault = nil, fault
}

func (m *manager) delete(t *testing.T) {
	t.Helper()
	if _, err := m.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: aws.String(name), RecoveryWindowInDays: aws.Int64(7)}); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, v *vault.Vault, c statement.Credential) {
	t.Helper()
	if err := v.Save(t.Context(), ref, c); err != nil {
		t.Fatal(err)
	}
}

func loads(t *testing.T, v *vault.Vault, want statement.Credential) {
	t.Helper()
	got, err := v.Load(t.Context(), ref)
	if err != nil || !equal(got, want) {
		t.Errorf("loaded the wanted credential: %v, error %v", equal(got, want), err)
	}
}
