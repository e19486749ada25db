package vault_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/vault"
)

// TestSave walks one secret through its life: calls is all that each step may
// ask of Secrets Manager.
func TestSave(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	a, b := credential("a"), credential("b")
	steps := []struct {
		name  string
		save  statement.Credential
		first func() // before the save
		calls []string
	}{
		{"first enabling", a, nil, []string{"PutSecretValue", "CreateSecret"}},
		{"the same again", a, nil, []string{"PutSecretValue"}},
		{"renewal", b, nil, []string{"PutSecretValue"}},
		{"the old pair put back", a, nil, []string{"PutSecretValue", "PutSecretValue"}},
		{"enabled again after disabling", b, func() { m.delete(t) },
			[]string{"PutSecretValue", "RestoreSecret", "PutSecretValue", "PutSecretValue"}},
		{"enabled again with the same pair", b, func() { m.delete(t) },
			[]string{"PutSecretValue", "RestoreSecret", "PutSecretValue", "PutSecretValue"}},
		{"a new pair after disabling", credential("c"), func() { m.delete(t) },
			[]string{"PutSecretValue", "RestoreSecret", "PutSecretValue"}},
	}
	for _, s := range steps {
		if s.first != nil {
			s.first()
		}
		m.since()
		save(t, v, s.save)
		if d := cmp.Diff(s.calls, m.since()); d != "" {
			t.Errorf("%s: calls (-want +got):\n%s", s.name, d)
		}
		loads(t, v, s.save)
	}
}

func TestSaveKeepsThePreviousPair(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato", vault.WithKey("alias/extrato"))
	save(t, v, credential("a"))
	save(t, v, credential("b"))
	save(t, v, credential("b"))
	out, err := m.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String(name), VersionStage: aws.String("AWSPREVIOUS")})
	if err != nil {
		t.Fatal(err)
	}
	a := credential("a")
	want := map[string]string{"certificate": a.Certificate, "key": a.Key.Reveal(), "client_id": a.ClientID, "client_secret": a.ClientSecret.Reveal()}
	var got map[string]string
	if err := json.Unmarshal([]byte(*out.SecretString), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" || *out.VersionId != a.ID() {
		t.Errorf("AWSPREVIOUS is version %s, want %s (-want +got):\n%s", *out.VersionId, a.ID(), d)
	}
	about, err := m.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(name)})
	if err != nil || aws.ToString(about.KmsKeyId) != "alias/extrato" {
		t.Errorf("the secret's key is %q, error %v", aws.ToString(about.KmsKeyId), err)
	}
}

// TestSaveOverOtherJSON: a version of our token whose text another version of
// this code wrote differently.
func TestSaveOverOtherJSON(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	_, err := m.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String(name),
		ClientRequestToken: aws.String(credential("a").ID()), SecretString: aws.String(`{"pair":"a"}`)})
	if err != nil {
		t.Fatal(err)
	}
	save(t, v, credential("a"))
	loads(t, v, credential("a"))
}

// TestSaveInterrupted loses the answer of every call in turn, once done and
// once not done. What is left is one pair or the other, and saving again ends
// what was begun.
func TestSaveInterrupted(t *testing.T) {
	t.Parallel()
	for _, persist := range []bool{false, true} {
		for _, scenario := range []string{"first enabling", "renewal", "enabling again"} {
			for lost := 0; ; lost++ {
				m := newManager(t)
				v := vault.New(m.Client, "extrato")
				if scenario != "first enabling" {
					save(t, v, credential("old"))
				}
				if scenario == "enabling again" {
					m.delete(t)
				}
				m.failWith(func(w http.ResponseWriter, call int, _ string) (bool, bool) {
					if call != lost {
						return false, false
					}
					http.Error(w, "marked: answer lost", http.StatusBadGateway)
					return true, persist
				})
				err := v.Save(t.Context(), ref, credential("new"))
				if err == nil {
					break // there is no such call: all were lost once
				}
				m.failWith(nil)
				got, loadErr := v.Load(t.Context(), ref)
				if !equal(got, credential("old")) && !equal(got, credential("new")) && !errors.Is(loadErr, statement.ErrNotFound) {
					t.Errorf("%s, call %d lost: left %v", scenario, lost, loadErr)
				}
				save(t, v, credential("new"))
				loads(t, v, credential("new"))
			}
		}
	}
}

func TestSaveRaces(t *testing.T) {
	t.Parallel()
	m := newManager(t)
	v := vault.New(m.Client, "extrato")
	pairs := []statement.Credential{credential("a"), credential("b"), credential("a"), credential("b")}
	var all sync.WaitGroup
	for _, c := range pairs {
		all.Go(func() {
			if err := v.Save(t.Context(), ref, c); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := v.Load(t.Context(), ref)
	if err != nil || !slices.ContainsFunc(pairs, func(c statement.Credential) bool { return equal(c, got) }) {
		t.Errorf("left with a pair that nobody saved, or error %v", err)
	}
}
