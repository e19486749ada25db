package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/uuid"

	"extrato/internal/statement"
)

const (
	currentStage = "AWSCURRENT"
	// maxPuts bounds a Save. It alone needs three at most; more where others
	// write the same secret meanwhile.
	maxPuts = 5
)

// errUnsettled says that other writers kept changing the secret.
var errUnsettled = errors.New("the secret changes faster than it can be written")

// Save makes a credential the current one of an account. On return without
// error it is durable and Load returns it. Saving the same again adds nothing,
// or one more version of the same content where the pair was put back before.
//
// Put comes first, because only its answer tells whether the version is the
// current one; create follows where there is no secret, and restore where it is
// scheduled for deletion. What a crash leaves behind: until a put or create is
// done, the credential that was current before, and after it this one, never a
// mix; after a restore, the old credential readable again, of an account that
// its head still calls disabled. Saving again ends what was begun.
func (v *Vault) Save(ctx context.Context, ref statement.Ref, cred statement.Credential) error {
	if err := v.save(ctx, ref, cred); err != nil {
		return fmt.Errorf("save the credential of %s: %w", ref, err)
	}
	return nil
}

func (v *Vault) save(ctx context.Context, ref statement.Ref, cred statement.Credential) error {
	name, err := v.name(ref)
	if err != nil {
		return err
	}
	text, err := json.Marshal(content{cred.Certificate, cred.Key.Reveal(), cred.ClientID, cred.ClientSecret.Reveal()})
	if err != nil {
		return errors.New("the credential is no text")
	}
	put := &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: aws.String(string(text)),
		ClientRequestToken: aws.String(cred.ID())}
	restored := false
	for range maxPuts {
		done, err := v.client.PutSecretValue(ctx, put)
		switch {
		case err == nil && slices.Contains(done.VersionStages, currentStage):
			return nil
		case err == nil, is[*types.ResourceExistsException](err):
			// The token has a version, which a put never changes, and it is not
			// current: this pair was replaced once and is put back. Or it is
			// this pair in the JSON of another version of this code. Only a
			// new token makes a new version.
			put.ClientRequestToken = aws.String(uuid.NewString())
		case is[*types.ResourceNotFoundException](err):
			err := v.create(ctx, put)
			if err == nil || !is[*types.ResourceExistsException](err) && !is[*types.InvalidRequestException](err) {
				return err
			}
			// Somebody made it, or made and deleted it, since the put.
		case is[*types.InvalidRequestException](err) && !restored:
			// It may be scheduled for deletion. Restoring a secret that is not
			// changes nothing, and the next put tells what else is wrong.
			_, err := v.client.RestoreSecret(ctx, &secretsmanager.RestoreSecretInput{SecretId: &name})
			if err != nil && !is[*types.ResourceNotFoundException](err) {
				return err
			}
			restored = true
		default:
			return err
		}
	}
	return errUnsettled
}

// create makes the secret with its first value.
func (v *Vault) create(ctx context.Context, put *secretsmanager.PutSecretValueInput) error {
	in := &secretsmanager.CreateSecretInput{Name: put.SecretId, SecretString: put.SecretString, ClientRequestToken: put.ClientRequestToken}
	if v.key != "" {
		in.KmsKeyId = &v.key
	}
	_, err := v.client.CreateSecret(ctx, in)
	return err
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
