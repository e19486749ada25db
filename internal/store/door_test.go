package store_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// door stands between a client and DynamoDB. It sees every request, by the
// operation's name and body, and decides what comes back; send passes it on.
type door func(operation string, body []byte, send func() (*http.Response, error)) (*http.Response, error)

func (d door) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return d(operation, body, func() (*http.Response, error) {
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		return http.DefaultTransport.RoundTrip(again)
	})
}

// transactions calls a function for the nth TransactWriteItems, from 1, and
// lets everything else through.
func transactions(f func(n int, body []byte, send func() (*http.Response, error)) (*http.Response, error)) door {
	var n atomic.Int32
	return func(operation string, body []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if operation != "TransactWriteItems" {
			return send()
		}
		return f(int(n.Add(1)), body, send)
	}
}

// answer is DynamoDB's refusal of a type, without a checksum, which is optional.
func answer(kind string, more map[string]any) *http.Response {
	text := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + kind, "message": "made by the test"}
	for k, v := range more {
		text[k] = v
	}
	body, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return &http.Response{
		StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// cancelled is the refusal of a transaction, by a code per item.
func cancelled(codes ...string) *http.Response {
	var reasons []map[string]string
	for _, c := range codes {
		reasons = append(reasons, map[string]string{"Code": c})
	}
	return answer("TransactionCanceledException", map[string]any{"CancellationReasons": reasons})
}

// fixture is an enabled account in a table of its own, behind a door that may
// be opened later.
type fixture struct {
	*store.Store
	client *dynamodb.Client // beside the door
	table  string
	head   statement.Account
}

func prepare(t *testing.T) fixture {
	t.Helper()
	return prepareWith(t, "123456789")
}

func prepareWith(t *testing.T, number string) fixture {
	t.Helper()
	f := fixture{client: storetest.Client(t, nil)}
	f.table = storetest.Table(t, f.client)
	f.Store = store.New(f.client, f.table)
	must(t, f.CreateAccount(t.Context(), storetest.Account(storetest.Ref()), false))
	var err error
	f.head, err = f.Enable(t.Context(), storetest.Enablement(storetest.Ref(), "credential-1", number))
	must(t, err)
	return f
}

// behind returns a store over the same table, behind a door.
func (f fixture) behind(t *testing.T, d door) *store.Store {
	t.Helper()
	return store.New(storetest.Client(t, d), f.table)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
