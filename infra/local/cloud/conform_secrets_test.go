package cloud_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"
)

func conformSecrets(t *testing.T, c *secretsmanager.Client) {
	t.Run("versions", func(t *testing.T) { t.Parallel(); conformVersions(t, c) })
	t.Run("tokens", func(t *testing.T) { t.Parallel(); conformTokens(t, c) })
	t.Run("deletion", func(t *testing.T) { t.Parallel(); conformDeletion(t, c) })
	t.Run("absence", func(t *testing.T) { t.Parallel(); conformAbsence(t, c) })
}

// vaultName is a fresh name in the shape that the product uses.
func vaultName() *string { return aws.String("extrato/tenant_1/" + rand.Text()) }

func create(t *testing.T, c *secretsmanager.Client, name *string, text, token string) {
	t.Helper()
	must(c.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: name, SecretString: &text, ClientRequestToken: &token}))(t)
}

func put(t *testing.T, c *secretsmanager.Client, name *string, text, token string) []string {
	t.Helper()
	return must(c.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: name, SecretString: &text, ClientRequestToken: &token}))(t).VersionStages
}

// valueOf reads a version by its label; "" is the default.
func valueOf(t *testing.T, c *secretsmanager.Client, id *string, stage string) string {
	t.Helper()
	in := &secretsmanager.GetSecretValueInput{SecretId: id}
	if stage != "" {
		in.VersionStage = &stage
	}
	return aws.ToString(must(c.GetSecretValue(t.Context(), in))(t).SecretString)
}

var tokenA, tokenB, tokenC = strings.Repeat("a", 32), strings.Repeat("b", 64), strings.Repeat("c", 40)

func conformVersions(t *testing.T, c *secretsmanager.Client) {
	name := vaultName()
	made := must(c.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: name, SecretString: aws.String("one"),
		ClientRequestToken: &tokenA, KmsKeyId: aws.String("alias/extrato"), Description: aws.String("d")}))(t)
	if *made.VersionId != tokenA || !strings.HasPrefix(*made.ARN, "arn:aws:secretsmanager:") || !strings.Contains(*made.ARN, ":secret:"+*name+"-") {
		t.Errorf("created version %s of %s", *made.VersionId, *made.ARN)
	}
	if got := valueOf(t, c, made.ARN, ""); got != "one" {
		t.Errorf("by ARN: %q, want one", got)
	}
	if d := cmp.Diff([]string{"AWSCURRENT"}, put(t, c, name, "two", tokenB)); d != "" {
		t.Errorf("labels of a new version (-want +got):\n%s", d)
	}
	got := []string{valueOf(t, c, name, ""), valueOf(t, c, name, "AWSCURRENT"), valueOf(t, c, name, "AWSPREVIOUS")}
	if d := cmp.Diff([]string{"two", "two", "one"}, got); d != "" {
		t.Errorf("after one put (-want +got):\n%s", d)
	}
	put(t, c, name, "three", tokenC)
	got = []string{valueOf(t, c, name, "AWSCURRENT"), valueOf(t, c, name, "AWSPREVIOUS")}
	if d := cmp.Diff([]string{"three", "two"}, got); d != "" {
		t.Errorf("after two puts (-want +got):\n%s", d)
	}
	byID := must(c.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: name, VersionId: &tokenC}))(t)
	if *byID.SecretString != "three" || *byID.VersionId != tokenC || byID.CreatedDate.IsZero() {
		t.Errorf("by version id: version %s", *byID.VersionId)
	}
	about := must(c.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: name}))(t)
	want := map[string][]string{tokenB: {"AWSPREVIOUS"}, tokenC: {"AWSCURRENT"}}
	if d := cmp.Diff(want, about.VersionIdsToStages); d != "" || *about.Name != *name || aws.ToString(about.KmsKeyId) != "alias/extrato" {
		t.Errorf("DescribeSecret tells %s, key %s, versions (-want +got):\n%s", *about.Name, aws.ToString(about.KmsKeyId), d)
	}
}

func conformTokens(t *testing.T, c *secretsmanager.Client) {
	ctx := t.Context()
	name := vaultName()
	create(t, c, name, "one", tokenA)
	create(t, c, name, "one", tokenA) // a repeat
	_, err := c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: name, SecretString: aws.String("other"), ClientRequestToken: &tokenA})
	fails[*types.ResourceExistsException](t, "create with another value", err)
	_, err = c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: name, SecretString: aws.String("one"), ClientRequestToken: &tokenB})
	fails[*types.ResourceExistsException](t, "create with another token", err)

	put(t, c, name, "two", tokenB)
	put(t, c, name, "two", tokenB) // a repeat
	if got := valueOf(t, c, name, "AWSPREVIOUS"); got != "one" {
		t.Errorf("a repeat moved the labels: AWSPREVIOUS is %q, want one", got)
	}
	_, err = c.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: aws.String("other"), ClientRequestToken: &tokenB})
	fails[*types.ResourceExistsException](t, "put with another value", err)
	// The repeat of a version that is no longer current does not bring it back.
	if got := put(t, c, name, "one", tokenA); slices.Contains(got, "AWSCURRENT") {
		t.Errorf("an old version put again has the labels %v", got)
	}
	if got := valueOf(t, c, name, ""); got != "two" {
		t.Errorf("current is %q, want two", got)
	}
	_, err = c.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: aws.String("x"), ClientRequestToken: aws.String("short")})
	fails[*types.InvalidParameterException](t, "a token of five characters", err)
}

func conformDeletion(t *testing.T, c *secretsmanager.Client) {
	ctx := t.Context()
	name := vaultName()
	create(t, c, name, "one", tokenA)
	for _, days := range []int64{6, 31} {
		_, err := c.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: name, RecoveryWindowInDays: &days})
		fails[*types.InvalidParameterException](t, "a window of 6 or 31 days", err)
	}
	gone := must(c.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: name, RecoveryWindowInDays: aws.Int64(7)}))(t)
	if *gone.Name != *name || gone.DeletionDate.IsZero() {
		t.Errorf("DeleteSecret answers %s at %v", *gone.Name, gone.DeletionDate)
	}
	_, err := c.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: name})
	fails[*types.InvalidRequestException](t, "read while scheduled for deletion", err)
	_, err = c.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: aws.String("two")})
	fails[*types.InvalidRequestException](t, "put while scheduled for deletion", err)
	_, err = c.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: name, SecretString: aws.String("one"), ClientRequestToken: &tokenA})
	fails[*types.InvalidRequestException](t, "create while scheduled for deletion", err)
	about := must(c.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: name}))(t)
	if about.DeletedDate == nil {
		t.Error("DescribeSecret tells no DeletedDate")
	}
	must(c.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: name}))(t)
	must(c.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: name}))(t) // nothing to restore
	if got := valueOf(t, c, name, ""); got != "one" {
		t.Errorf("after the restore: %q, want one", got)
	}
}

func conformAbsence(t *testing.T, c *secretsmanager.Client) {
	ctx := t.Context()
	name := vaultName()
	_, err := c.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: name})
	fails[*types.ResourceNotFoundException](t, "GetSecretValue", err)
	_, err = c.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: aws.String("x")})
	fails[*types.ResourceNotFoundException](t, "PutSecretValue", err)
	_, err = c.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: name})
	fails[*types.ResourceNotFoundException](t, "DeleteSecret", err)
	_, err = c.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: name})
	fails[*types.ResourceNotFoundException](t, "RestoreSecret", err)
	_, err = c.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: name})
	fails[*types.ResourceNotFoundException](t, "DescribeSecret", err)
	create(t, c, name, "one", tokenA)
	_, err = c.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: name, VersionStage: aws.String("AWSPREVIOUS")})
	fails[*types.ResourceNotFoundException](t, "a label that no version has", err)
	listed := must(c.ListSecrets(ctx, &secretsmanager.ListSecretsInput{}))(t)
	if !slices.ContainsFunc(listed.SecretList, func(e types.SecretListEntry) bool { return *e.Name == *name }) {
		t.Error("ListSecrets does not tell the secret")
	}
}
