package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"extrato/internal/statement"
)

var secretName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

const (
	maxSecret   = 65536 // bytes of a value
	maxVersions = 100   // versions kept, beside labelled ones
)

// value is what creating and putting have in common.
type value struct {
	SecretString       *string
	SecretBinary       []byte
	ClientRequestToken string
}

// check says what a value would be refused for, and gives it a token where the
// caller has none.
func (v *value) check() error {
	switch n := len(v.ClientRequestToken); {
	case v.SecretBinary != nil:
		return badParameter("The local stand-in keeps SecretString only.")
	case v.SecretString == nil || *v.SecretString == "":
		return badParameter("You must provide either SecretString or SecretBinary.")
	case len(*v.SecretString) > maxSecret:
		return badParameter(fmt.Sprintf("The secret value can be at most %d bytes.", maxSecret))
	case n == 0:
		v.ClientRequestToken = uuid.NewString()
	case n < 32 || n > 64:
		return badParameter("ClientRequestToken must be 32-64 characters long.")
	}
	return nil
}

// repeats reports whether the value is the version of its token again. The
// same token with another value is a fault.
func (v *value) repeats(one secret) (version, bool, error) {
	i := slices.IndexFunc(one.Versions, func(o version) bool { return o.ID == v.ClientRequestToken })
	if i < 0 {
		return version{}, false, nil
	}
	if one.Versions[i].Text.Reveal() != *v.SecretString {
		return version{}, false, &fault{code: "ResourceExistsException", message: fmt.Sprintf(
			"You can't use ClientRequestToken %s because that value is already in use for a version of secret %s.", v.ClientRequestToken, one.ARN)}
	}
	return one.Versions[i], true, nil
}

type createSecretInput struct {
	Name              string
	Description       string
	KmsKeyId          string
	AddReplicaRegions []any
	value
}

type written struct {
	ARN           string
	Name          string
	VersionId     string   `json:",omitempty"`
	VersionStages []string `json:",omitempty"`
}

// createSecret makes a secret with its first value. A repeat, by token and
// value, succeeds and changes nothing: not even which version is current.
func (s *secrets) createSecret(_ call, in createSecretInput) (written, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !secretName.MatchString(in.Name) {
		return written{}, badParameter("Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")
	}
	if len(in.AddReplicaRegions) > 0 {
		return written{}, badParameter("The local stand-in does not replicate secrets.")
	}
	if err := in.check(); err != nil {
		return written{}, err
	}
	if _, err := s.find(in.Name); err == nil {
		one, err := s.usable(in.Name)
		if err != nil {
			return written{}, &fault{code: "InvalidRequestException",
				message: "You can't create this secret because a secret with this name is already scheduled for deletion."}
		}
		_, again, err := in.repeats(one)
		if err == nil && !again {
			err = &fault{code: "ResourceExistsException",
				message: fmt.Sprintf("The operation failed because the secret %s already exists.", in.Name)}
		}
		return written{ARN: one.ARN, Name: one.Name, VersionId: in.ClientRequestToken}, err
	}
	now := s.now()
	one := secret{Name: in.Name, ARN: s.arn(in.Name), KMSKey: in.KmsKeyId, About: in.Description, Created: now, Changed: now,
		Versions: []version{{ID: in.ClientRequestToken, Text: statement.NewSecret(*in.SecretString), Created: now, Stages: []string{current}}}}
	return written{ARN: one.ARN, Name: one.Name, VersionId: in.ClientRequestToken}, s.keep(one)
}

type putSecretValueInput struct {
	SecretId      string
	VersionStages []string
	value
}

// putSecretValue adds a version and makes it current; what was current becomes
// previous. A repeat changes nothing, and tells the labels that the version
// has by now.
func (s *secrets) putSecretValue(_ call, in putSecretValueInput) (written, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.VersionStages != nil && !slices.Equal(in.VersionStages, []string{current}) {
		return written{}, badParameter("The local stand-in knows no staging label to put but AWSCURRENT.")
	}
	if err := in.check(); err != nil {
		return written{}, err
	}
	one, err := s.usable(in.SecretId)
	if err != nil {
		return written{}, err
	}
	out := written{ARN: one.ARN, Name: one.Name, VersionId: in.ClientRequestToken}
	old, again, err := in.repeats(one)
	if err != nil || again {
		out.VersionStages = old.Stages
		return out, err
	}
	now := s.now()
	one.Changed = now
	one.Versions = append(demoted(one.Versions),
		version{ID: in.ClientRequestToken, Text: statement.NewSecret(*in.SecretString), Created: now, Stages: []string{current}})
	out.VersionStages = []string{current}
	return out, s.keep(one)
}

// demoted returns a copy of versions in which the current one is the previous
// one, without the oldest of those that have no label and are too many.
func demoted(versions []version) []version {
	out := make([]version, 0, len(versions)+1)
	for i, v := range versions {
		var stages []string
		if slices.Contains(v.Stages, current) {
			stages = []string{previous}
		}
		if stages == nil && i < len(versions)-maxVersions {
			continue
		}
		v.Stages = stages
		out = append(out, v)
	}
	return out
}

type deleteSecretInput struct {
	SecretId                   string
	RecoveryWindowInDays       *int
	ForceDeleteWithoutRecovery bool
}

type deleteSecretOutput struct {
	ARN          string
	Name         string
	DeletionDate float64
}

// deleteSecret schedules the deletion after a recovery window of 7 to 30 days,
// within which nothing of the secret can be read.
func (s *secrets) deleteSecret(_ call, in deleteSecretInput) (deleteSecretOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	days := 30
	if in.RecoveryWindowInDays != nil {
		days = *in.RecoveryWindowInDays
	}
	switch {
	case in.ForceDeleteWithoutRecovery:
		return deleteSecretOutput{}, badParameter("The local stand-in does not simulate ForceDeleteWithoutRecovery.")
	case days < 7 || days > 30:
		return deleteSecretOutput{}, badParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")
	}
	one, err := s.usable(in.SecretId)
	if err != nil {
		return deleteSecretOutput{}, err
	}
	one.Deleted = s.now()
	one.GoneAt = one.Deleted.Add(time.Duration(days) * 24 * time.Hour)
	return deleteSecretOutput{one.ARN, one.Name, epoch(one.GoneAt)}, s.keep(one)
}

type secretID struct{ SecretId string }

// restoreSecret takes a scheduled deletion back. Where none is scheduled it
// succeeds all the same.
func (s *secrets) restoreSecret(_ call, in secretID) (written, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, err := s.find(in.SecretId)
	if err != nil {
		return written{}, err
	}
	one.Deleted, one.GoneAt = time.Time{}, time.Time{}
	return written{ARN: one.ARN, Name: one.Name}, s.keep(one)
}
