package simtest

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// span is how many effects of a message a fault may let through first: about
// as many as an ordinary sync has.
const span = 14

// processKinds are what Lambda may do to a process.
func processKinds() []*Kind {
	killBefore := func(r *rand.Rand) *Armed {
		return &Armed{Match: every, Past: r.IntN(span), Act: func(f *Flight) (*http.Response, error) {
			f.Kill("the simulation")
			return nil, nil // not reached
		}}
	}
	killAfter := func(r *rand.Rand) *Armed {
		return &Armed{Match: every, Past: r.IntN(span), Act: func(f *Flight) (*http.Response, error) {
			resp, err := f.Send()
			f.Kill("the simulation")
			return resp, err // not reached
		}}
	}
	return []*Kind{
		{Name: "process/kill-before", Weight: 3, Arm: killBefore},
		{Name: "process/kill-after", Weight: 3, Arm: killAfter},
		{Name: "process/fanout-killed-before", Fanout: true, Arm: killBefore},
		{Name: "process/fanout-killed-after", Fanout: true, Arm: killAfter},
		{Name: "process/person-killed-before", Person: true, Arm: killBefore},
		{Name: "process/person-killed-after", Person: true, Arm: killAfter},
		{Name: "process/frozen-and-thawed", Weight: 2, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: every, Past: r.IntN(span), Gate: true}
		}},
		{Name: "process/panic", Weight: 2, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: every, Past: r.IntN(span), Act: func(f *Flight) (*http.Response, error) { panic("made by the simulation") }}
		}},
		{Name: "process/deadline", Arm: func(r *rand.Rand) *Armed {
			// Past the account's limit, or past Lambda's own.
			d := pick(r, []time.Duration{61 * time.Second, processLimit})
			return &Armed{Match: every, Past: r.IntN(span), Act: func(f *Flight) (*http.Response, error) {
				resp, err := f.Send()
				time.Sleep(d)
				return resp, err
			}}
		}},
	}
}
