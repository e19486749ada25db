package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// token returns the idempotency token of a transaction.
func token(t *testing.T, body []byte) string {
	t.Helper()
	var in struct{ ClientRequestToken string }
	if err := json.Unmarshal(body, &in); err != nil || in.ClientRequestToken == "" {
		t.Errorf("a transaction without a token: %v", err)
	}
	return in.ClientRequestToken
}

func TestWhatTimeHealsIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, codes := range map[string][]string{
		"conflict on the head":       {"TransactionConflict", "None", "None", "None"},
		"throttled inside":           {"None", "None", "ThrottlingError", "None"},
		"partition's units are used": {"None", "ProvisionedThroughputExceeded", "None", "None"},
		"both":                       {"TransactionConflict", "ThrottlingError", "None", "None"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := prepare(t)
			tokens := map[string]int{}
			s := f.behind(t, transactions(func(n int, body []byte, send func() (*http.Response, error)) (*http.Response, error) {
				tokens[token(t, body)]++
				if n <= 2 {
					return cancelled(codes...), nil
				}
				return send()
			}))
			got, err := s.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 1, 1))
			must(t, err)
			if got.Version != 1 || len(tokens) != 1 {
				t.Errorf("version %d, tokens %v; want version 1 and one token three times", got.Version, tokens)
			}
		})
	}
}

func TestALostReplyIsASuccess(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	tries := 0
	s := f.behind(t, transactions(func(n int, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		tries = n
		resp, err := send()
		if n == 1 && err == nil { // done, and the reply is lost
			_ = resp.Body.Close()
			return nil, errors.New("connection reset by peer")
		}
		return resp, err
	}))
	got, err := s.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 3, 3))
	must(t, err)
	now, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	entries, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	if tries != 2 || got.Version != 1 || now.Version != 1 || len(entries) != 3 {
		t.Errorf("%d tries, answer has version %d, head %d, %d entries; want 2, 1, 1, 3", tries, got.Version, now.Version, len(entries))
	}
}

func TestParkingMeetsATransaction(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	met := 0
	s := f.behind(t, func(operation string, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if met++; operation == "UpdateItem" && met <= 2 {
			return answer("TransactionConflictException", nil), nil
		}
		return send()
	})
	must(t, s.SaveFailure(t.Context(), f.head, statement.CertificateExpired, f.head.CreatedAt, true))
	now, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	if now.State != statement.Attention {
		t.Errorf("state %s, want attention", now.State)
	}
}

// nowhere is a store over a table that only answers, in a bubble of fake time.
func nowhere(d door) *store.Store {
	return store.New(dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://table.invalid"),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:  &http.Client{Transport: d},
	}), "table")
}

func TestTriesAreBounded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, code string
		tries      int
		conflict   bool
	}{
		{"conflict without end", "TransactionConflict", 8, true},
		{"throttled without end", "ThrottlingError", 8, false},
		{"head is not what was read", "ConditionalCheckFailed", 1, true},
		{"a fault of ours", "ValidationError", 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				s := nowhere(transactions(func(n int, _ []byte, _ func() (*http.Response, error)) (*http.Response, error) {
					tries = n
					return cancelled(test.code, "None", "None", "None"), nil
				}))
				_, err := s.Commit(t.Context(), storetest.Account(storetest.Ref()), storetest.Additions("2026-11-02", 1, 1))
				if err == nil || errors.Is(err, statement.ErrConflict) != test.conflict || tries != test.tries {
					t.Errorf("%d tries, then %v; want %d, conflict %v", tries, err, test.tries, test.conflict)
				}
			})
		})
	}
}

func TestTryingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		tries := 0
		s := nowhere(transactions(func(n int, _ []byte, _ func() (*http.Response, error)) (*http.Response, error) {
			tries = n
			cancel()
			return cancelled("TransactionConflict"), nil
		}))
		_, err := s.Commit(ctx, storetest.Account(storetest.Ref()), storetest.Additions("2026-11-02", 1, 1))
		if !errors.Is(err, context.Canceled) || tries != 1 {
			t.Errorf("%d tries, then %v; want 1 and the context's error", tries, err)
		}
	})
}
