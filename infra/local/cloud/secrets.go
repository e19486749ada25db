package cloud

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"extrato/internal/statement"
)

// secrets is the stand-in for Secrets Manager.
type secrets struct {
	region, account string
	now             func() time.Time
	files           folder

	mu     sync.Mutex
	byName map[string]secret
}

// secret is one secret. A secret is replaced as a whole, never changed in
// place: versions of a copy are cloned before they change.
type secret struct {
	Name     string
	ARN      string
	KMSKey   string
	About    string // Description
	Created  time.Time
	Changed  time.Time
	Deleted  time.Time // when deletion was asked for; zero: it was not
	GoneAt   time.Time // end of the recovery window
	Versions []version // oldest first
}

// version is one value. Its text prints as [redacted].
type version struct {
	ID      string
	Text    statement.Secret `json:"-"`
	Created time.Time
	Stages  []string
}

// The labels that Secrets Manager moves by itself.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// storedSecret is a secret on disk: the one place where values are in the open,
// under mode 0600.
type storedSecret struct {
	secret
	Texts []string // of Versions, in their order
}

func openSecrets(o Options, files folder) (*secrets, error) {
	s := &secrets{region: o.Region, account: o.AccountID, now: o.Clock, files: files, byName: make(map[string]secret)}
	kept, err := read[storedSecret](files)
	if err != nil {
		return nil, fmt.Errorf("cloud: secrets: %w", err)
	}
	for _, k := range kept {
		if len(k.Texts) != len(k.Versions) {
			return nil, fmt.Errorf("cloud: secret %s: its file is not whole", k.Name)
		}
		for i := range k.Versions {
			k.Versions[i].Text = statement.NewSecret(k.Texts[i])
		}
		s.byName[k.Name] = k.secret
	}
	return s, nil
}

// keep makes a secret durable, then what is answered from.
func (s *secrets) keep(one secret) error {
	k := storedSecret{secret: one}
	for _, v := range one.Versions {
		k.Texts = append(k.Texts, v.Text.Reveal())
	}
	if err := s.files.put(file(one.Name), k); err != nil {
		return err
	}
	s.byName[one.Name] = one
	return nil
}

// file names the file of a secret, whose own name may hold slashes.
func file(name string) string {
	h := sha256.Sum256([]byte(name))
	return hex.EncodeToString(h[:])
}

// find returns a secret by its name or ARN, whether or not it is scheduled for
// deletion. One whose recovery window is over is removed here. The lock must
// be held.
func (s *secrets) find(id string) (secret, error) {
	for name, one := range s.byName {
		if id == "" || name != id && one.ARN != id && partial(one.ARN) != id {
			continue
		}
		if one.GoneAt.IsZero() || s.now().Before(one.GoneAt) {
			return one, nil
		}
		if err := s.files.remove(file(name)); err != nil {
			return secret{}, err
		}
		delete(s.byName, name)
	}
	return secret{}, &fault{code: "ResourceNotFoundException", message: "Secrets Manager can't find the specified secret."}
}

// usable is find for calls that a scheduled deletion refuses.
func (s *secrets) usable(id string) (secret, error) {
	one, err := s.find(id)
	if err == nil && !one.Deleted.IsZero() {
		return secret{}, &fault{code: "InvalidRequestException",
			message: "You can't perform this operation on the secret because it was marked for deletion."}
	}
	return one, err
}

func (s *secrets) service() service {
	return service{name: "Secrets Manager", version: "1.1", messageKey: "Message",
		operations: map[string]operation{
			"CreateSecret":   op(s.createSecret),
			"PutSecretValue": op(s.putSecretValue),
			"GetSecretValue": op(s.getSecretValue),
			"DescribeSecret": op(s.describeSecret),
			"ListSecrets":    op(s.listSecrets),
			"DeleteSecret":   op(s.deleteSecret),
			"RestoreSecret":  op(s.restoreSecret),
		}}
}

// arn makes the ARN of a new secret, which ends in six random characters.
func (s *secrets) arn(name string) string {
	return fmt.Sprintf("arn:aws:secretsmanager:%s:%s:secret:%s-%s", s.region, s.account, name, rand.Text()[:6])
}

// partial returns an ARN without the random end, which finds the secret too.
func partial(arn string) string {
	i := strings.LastIndexByte(arn, '-')
	return arn[:max(i, 0)]
}

// epoch is how the protocol writes instants: seconds with a fraction.
func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func badParameter(message string) *fault {
	return &fault{code: "InvalidParameterException", message: message}
}
