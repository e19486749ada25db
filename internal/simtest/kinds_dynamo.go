package simtest

import (
	"math/rand/v2"
	"net/http"
	"time"

	"extrato/internal/simtest/dynamo"
)

// dynamoKinds are what DynamoDB may do. Up to two refusals in a row are met by
// the SDK's own retries, more by ours.
func dynamoKinds() []*Kind {
	refuse := func(match func(Effect) bool, most int, with func() *http.Response) func(*rand.Rand) *Armed {
		return func(r *rand.Rand) *Armed {
			return &Armed{Match: match, Past: max(0, r.IntN(5)-2), Times: 1 + r.IntN(most),
				Act: func(*Flight) (*http.Response, error) { return with(), nil }}
		}
	}
	return []*Kind{
		{Name: "dynamodb/conflict", Weight: 2, Arm: refuse(on(DynamoDB, "TransactWriteItems"), 12, func() *http.Response {
			return dynamo.Cancelled("TransactionConflict", "None")
		})},
		{Name: "dynamodb/throttle", Weight: 2, Arm: refuse(on(DynamoDB), 6, func() *http.Response {
			return dynamo.Failure(400, "ProvisionedThroughputExceededException", "made by the simulation")
		})},
		{Name: "dynamodb/throttled-transaction", Arm: refuse(on(DynamoDB, "TransactWriteItems"), 12, func() *http.Response {
			return dynamo.Cancelled("None", "ThrottlingError")
		})},
		{Name: "dynamodb/conflict-of-one-write", Arm: refuse(on(DynamoDB, "UpdateItem"), 4, func() *http.Response {
			return dynamo.Failure(400, "TransactionConflictException", "made by the simulation")
		})},
		{Name: "dynamodb/internal-error", Arm: refuse(on(DynamoDB), 6, func() *http.Response {
			return dynamo.Failure(500, "InternalServerError", "made by the simulation")
		})},
		{Name: "dynamodb/error-after-commit", Weight: 2, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: writes(DynamoDB), Past: max(0, r.IntN(4)-1), Times: 1 + r.IntN(4), Act: func(f *Flight) (*http.Response, error) {
				resp, err := f.Send()
				if err != nil {
					return resp, err
				}
				_ = resp.Body.Close()
				return dynamo.Failure(500, "InternalServerError", "made by the simulation"), nil
			}}
		}},
		{Name: "dynamodb/reply-lost", Weight: 2, Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: writes(DynamoDB), Past: max(0, r.IntN(4)-1), Times: 1 + r.IntN(4),
				Act: func(f *Flight) (*http.Response, error) { return lost(f.Send()) }}
		}},
		{Name: "dynamodb/unreachable", Arm: func(r *rand.Rand) *Armed {
			return &Armed{Match: on(DynamoDB), Past: r.IntN(8), Times: 1 + r.IntN(6), Act: func(*Flight) (*http.Response, error) { return nil, errLost }}
		}},
		{Name: "dynamodb/slow", Arm: func(r *rand.Rand) *Armed {
			d := time.Duration(1+r.IntN(25)) * time.Second
			return &Armed{Match: on(DynamoDB), Past: r.IntN(8), Times: 1 + r.IntN(3), Act: func(f *Flight) (*http.Response, error) {
				if err := f.Sleep(d); err != nil {
					return nil, err
				}
				return f.Send()
			}}
		}},
		{Name: "dynamodb/fanout-throttled", Fanout: true, Arm: refuse(on(DynamoDB, "Query"), 6, func() *http.Response {
			return dynamo.Failure(400, "ProvisionedThroughputExceededException", "made by the simulation")
		})},
	}
}
