package simtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// queueKinds are what SQS and its event source may do.
func queueKinds() []*Kind {
	return []*Kind{
		// Delivered once more than it was sent.
		{Name: "queue/duplicate", Do: func(_ *World, a *Account, r *rand.Rand) bool { a.copies += 1 + r.IntN(2); return true }},
		// The next receives come in another order.
		{Name: "queue/reorder", Do: func(w *World, _ *Account, _ *rand.Rand) bool { w.lambda.reorder = 5; return true }},
		// The account's next message stays away for more than a day.
		{Name: "queue/delay-past-the-next-day", Do: func(_ *World, a *Account, r *rand.Rand) bool {
			a.withhold = time.Duration(24+r.IntN(30)) * time.Hour
			return true
		}},
		// What succeeded is not deleted: it comes back when its visibility ends.
		{Name: "queue/visibility-expiry", Do: func(_ *World, a *Account, _ *rand.Rand) bool { a.undeleted++; return true }},
		{Name: "queue/poison", Do: func(w *World, a *Account, r *rand.Rand) bool { w.poison(a, r); return true }},
		{Name: "queue/send-throttled", Fanout: true, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: on(SQS, "SendMessageBatch"), Times: 1 + r.IntN(3), Act: func(*Flight) (*http.Response, error) {
				return awsFailure(400, "com.amazonaws.sqs#RequestThrottled", "made by the simulation"), nil
			}}
		}},
		{Name: "queue/sent-but-reply-lost", Fanout: true, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: on(SQS, "SendMessageBatch"), Times: 1 + r.IntN(3), Act: func(f *Flight) (*http.Response, error) { return lost(f.Send()) }}
		}},
		{Name: "queue/partly-sent", Fanout: true, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: on(SQS, "SendMessageBatch"), Times: 1 + r.IntN(3), Act: partlySent}
		}},
		{Name: "queue/visibility-not-changed", Arm: func(*rand.Rand) *Armed {
			return &Armed{Match: on(SQS, "ChangeMessageVisibility"), Times: 3, Act: func(*Flight) (*http.Response, error) {
				return awsFailure(500, "InternalError", "made by the simulation"), nil
			}}
		}},
	}
}

// partlySent takes no entry of a batch and says so, each for itself.
func partlySent(f *Flight) (*http.Response, error) {
	var in struct{ Entries []struct{ ID string } }
	if err := json.Unmarshal(bodyOf(f.Request), &in); err != nil {
		return nil, err
	}
	type failed struct {
		ID          string `json:"Id"`
		SenderFault bool
		Code        string
	}
	var out struct{ Failed []failed }
	for _, e := range in.Entries {
		out.Failed = append(out.Failed, failed{e.ID, false, "InternalError"})
	}
	body, err := json.Marshal(out)
	return answer(http.StatusOK, "application/x-amz-json-1.0", body), err
}

// poison puts a body on the queue that is no message.
func (w *World) poison(a *Account, r *rand.Rand) {
	through := "2026-11-20"
	body := pick(r, []string{
		"", "{", "null", `"text"`, "[]", strings.Repeat("x", 2000), `{"v":2}`,
		fmt.Sprintf(`{"v":1,"tenant":"%s","account":"%s","through":"yesterday","reason":"schedule"}`, a.Ref.Tenant, a.Ref.Account),
		fmt.Sprintf(`{"v":1,"tenant":"%s#x","account":"%s","through":"%s","reason":"schedule"}`, a.Ref.Tenant, a.Ref.Account, through),
		fmt.Sprintf(`{"v":1,"tenant":"%s","account":"../%s","through":"%s","reason":"schedule"}`, a.Ref.Tenant, a.Ref.Account, through),
		fmt.Sprintf(`{"v":1,"tenant":"%s","account":"%s","through":"%s","reason":"payment"}`, a.Ref.Tenant, a.Ref.Account, through),
		fmt.Sprintf(`{"v":1,"tenant":"%s","account":"%s","through":"%s","reason":"manual","from":"2026-12-01"}`, a.Ref.Tenant, a.Ref.Account, through),
		// An erase of an account that nobody erased.
		fmt.Sprintf(`{"v":1,"tenant":"%s","account":"%s","through":"%s","reason":"erase"}`, a.Ref.Tenant, a.Ref.Account, through),
	})
	if body == "" { // SQS takes none that is empty
		body = " "
	}
	w.lambda.poisoned++
	w.lambda.send(body)
}
