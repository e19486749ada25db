package cloud

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

type getSecretValueInput struct {
	SecretId     string
	VersionId    string
	VersionStage string
}

type getSecretValueOutput struct {
	ARN           string
	Name          string
	VersionId     string
	SecretString  string
	VersionStages []string
	CreatedDate   float64
}

// getSecretValue reads one version: by its id, by its label, or the current one.
func (s *secrets) getSecretValue(_ call, in getSecretValueInput) (getSecretValueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, err := s.usable(in.SecretId)
	if err != nil {
		return getSecretValueOutput{}, err
	}
	stage := in.VersionStage
	if in.VersionId == "" {
		stage = cmp.Or(stage, current)
	}
	for _, v := range one.Versions {
		if in.VersionId != "" && v.ID != in.VersionId || in.VersionId == "" && !slices.Contains(v.Stages, stage) {
			continue
		}
		if stage != "" && !slices.Contains(v.Stages, stage) {
			return getSecretValueOutput{}, &fault{code: "InvalidRequestException",
				message: "You provided a VersionStage that is not associated to the provided VersionId."}
		}
		return getSecretValueOutput{one.ARN, one.Name, v.ID, v.Text.Reveal(), v.Stages, epoch(v.Created)}, nil
	}
	what := "staging label: " + clip(stage)
	if in.VersionId != "" {
		what = "VersionId: " + clip(in.VersionId)
	}
	return getSecretValueOutput{}, &fault{code: "ResourceNotFoundException",
		message: fmt.Sprintf("Secrets Manager can't find the specified secret value for %s", what)}
}

// description is a secret without its values.
type description struct {
	ARN                string
	Name               string
	Description        string `json:",omitempty"`
	KmsKeyId           string `json:",omitempty"`
	CreatedDate        float64
	LastChangedDate    float64
	DeletedDate        float64             `json:",omitempty"`
	VersionIdsToStages map[string][]string `json:",omitempty"`
}

// describe leaves out versions without a label, as Secrets Manager does.
func (one secret) describe() description {
	d := description{ARN: one.ARN, Name: one.Name, Description: one.About, KmsKeyId: one.KMSKey,
		CreatedDate: epoch(one.Created), LastChangedDate: epoch(one.Changed), VersionIdsToStages: make(map[string][]string)}
	if !one.Deleted.IsZero() {
		d.DeletedDate = epoch(one.Deleted)
	}
	for _, v := range one.Versions {
		if len(v.Stages) > 0 {
			d.VersionIdsToStages[v.ID] = v.Stages
		}
	}
	return d
}

// describeSecret tells a secret that is scheduled for deletion too.
func (s *secrets) describeSecret(_ call, in secretID) (description, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, err := s.find(in.SecretId)
	if err != nil {
		return description{}, err
	}
	return one.describe(), nil
}

type listSecretsInput struct {
	Filters                []any
	IncludePlannedDeletion bool
}

// listed is a description in the list, where the labels have another name.
type listed struct {
	description
	SecretVersionsToStages map[string][]string `json:",omitempty"`
}

type listSecretsOutput struct{ SecretList []listed }

// listSecrets tells all secrets by name, in one page.
func (s *secrets) listSecrets(_ call, in listSecretsInput) (listSecretsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.Filters) > 0 {
		return listSecretsOutput{}, badParameter("The local stand-in does not simulate Filters.")
	}
	out := listSecretsOutput{SecretList: []listed{}}
	for _, name := range slices.Sorted(maps.Keys(s.byName)) {
		one, err := s.find(name)
		if err != nil || !one.Deleted.IsZero() && !in.IncludePlannedDeletion {
			continue // gone by now, or hidden while its deletion is scheduled
		}
		d := one.describe()
		stages := d.VersionIdsToStages
		d.VersionIdsToStages = nil
		out.SecretList = append(out.SecretList, listed{d, stages})
	}
	return out, nil
}
