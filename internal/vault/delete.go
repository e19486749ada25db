package vault

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/internal/statement"
)

// deletedAfter is the shortest time that Secrets Manager waits, in days. Until
// then Save takes the deletion back.
const deletedAfter = 7

// Delete schedules the credential of an account for deletion: Load does not
// find it from now on, and in seven days it is gone for good, with all its
// versions. There is nothing to do, and no error, where there is no credential
// or its deletion is scheduled already: it keeps its day.
func (v *Vault) Delete(ctx context.Context, ref statement.Ref) error {
	name, err := v.name(ref)
	if err == nil {
		_, err = v.client.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{
			SecretId: &name, RecoveryWindowInDays: aws.Int64(deletedAfter),
		})
	}
	if err != nil && !absent(err) {
		return fmt.Errorf("delete the credential of %s: %w", ref, err)
	}
	return nil
}
