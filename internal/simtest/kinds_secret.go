package simtest

import (
	"math/rand/v2"
	"net/http"
)

// secretKinds are what Secrets Manager may do.
func secretKinds() []*Kind {
	refuse := func(status int, kind string, times int) func(*rand.Rand) *Armed {
		return func(*rand.Rand) *Armed {
			return &Armed{Match: on(Secrets), Times: times, Act: func(*Flight) (*http.Response, error) {
				return awsFailure(status, kind, "made by the simulation"), nil
			}}
		}
	}
	return []*Kind{
		{Name: "secrets/missing", Arm: refuse(400, "ResourceNotFoundException", 1)},
		{Name: "secrets/denied", Arm: refuse(400, "AccessDeniedException", 1)},
		{Name: "secrets/throttled", Arm: refuse(400, "ThrottlingException", 4)},
		{Name: "secrets/internal-error", Arm: refuse(500, "InternalServiceError", 2)},
		{Name: "secrets/put-but-reply-lost", Person: true, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: writes(Secrets), Times: 1 + r.IntN(4), Act: func(f *Flight) (*http.Response, error) { return lost(f.Send()) }}
		}},
		{Name: "secrets/scheduled-for-deletion", Do: func(w *World, a *Account, _ *rand.Rand) bool { return w.deleteSecret(a) }},
	}
}
