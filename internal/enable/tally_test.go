package enable

import (
	"errors"
	"testing"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

// A refusal that a person reads is counted once, a failure of ours and a
// success not at all.
func TestRefusalsAreCounted(t *testing.T) {
	t.Parallel()
	refused := func(step string, err error) map[string]error { return map[string]error{step: err} }
	for name, tt := range map[string]struct {
		fail   map[string]error
		change func(*credential.Upload)
		want   int
	}{
		"good":                 {nil, func(*credential.Upload) {}, 0},
		"fault in the files":   {nil, func(u *credential.Upload) { u.Key = []byte("PK\x03\x04") }, 1},
		"the bank's no":        {refused("token", coded(statement.CredentialsRejected)), func(*credential.Upload) {}, 1},
		"a failure that is us": {refused("token", errors.New("out of memory")), func(*credential.Upload) {}, 0},
	} {
		for _, do := range []string{"enable", "renew"} {
			o := working(t)
			o.fail = tt.fail
			counted := map[string]int{}
			s := service(o)
			s.Count = func(metric string, n int) { counted[metric] += n }
			u := upload(t)
			tt.change(&u)
			var err error
			if do == "renew" {
				_, err = s.Renew(t.Context(), ref, u)
			} else {
				_, err = s.Prepare(t.Context(), statement.Account{}, u, "")
			}
			if counted["EnablementsRefused"] != tt.want || (err == nil) != (name == "good") {
				t.Errorf("%s, %s: counted %v, error %v", name, do, counted, err)
			}
		}
	}
	if _, err := service(working(t)).Renew(t.Context(), statement.Ref{}, credential.Upload{}); err == nil {
		t.Error("an empty upload is accepted") // and nothing to count with
	}
}
