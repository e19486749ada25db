package store_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/store"
)

// state wants what Begin says of the key "k" with a body.
func state(t *testing.T, st *store.Store, body, want string) {
	t.Helper()
	_, _, got, err := st.Begin(t.Context(), "acme", "k", body)
	if err != nil || got != want {
		t.Errorf("state %q, %v; want %q", got, err, want)
	}
}

// request returns the one item of a request.
func (f fixture) request(t *testing.T) item {
	t.Helper()
	items := f.raw(t, "TENANT#acme", "IDEMPOTENCY#")
	if len(items) != 1 {
		t.Fatalf("%d items, want 1", len(items))
	}
	return items[0]
}

func (f fixture) requestAt(t *testing.T, name string, at time.Time) {
	t.Helper()
	f.write(t, "TENANT#acme", text(f.request(t)["SK"]), name, &types.AttributeValueMemberN{Value: fmt.Sprint(at.Unix())})
}

func TestARequestThatWasCutOffIsNewAfterAMinute(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	before := time.Now()
	state(t, f.Store, "body", "new")
	if got := text(f.request(t)["attempt_ends"]); got < fmt.Sprint(before.Add(time.Minute).Unix()) || got > fmt.Sprint(time.Now().Add(time.Minute).Unix()) {
		t.Errorf("the attempt ends %s, want in a minute", got)
	}
	state(t, f.Store, "body", "running")
	f.requestAt(t, "attempt_ends", time.Now().Add(-time.Second))
	state(t, f.Store, "another body", "other")
	state(t, f.Store, "body", "new")
	state(t, f.Store, "body", "running")
	must(t, f.Finish(t.Context(), "acme", "k", 201, []byte("{}")))
	f.requestAt(t, "attempt_ends", time.Now().Add(-time.Second))
	state(t, f.Store, "body", "done")
}

func TestARequestIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	before := time.Now()
	state(t, f.Store, "body", "new")
	if got := text(f.request(t)["expires"]); got < fmt.Sprint(before.Add(24*time.Hour).Unix()) || got > fmt.Sprint(time.Now().Add(24*time.Hour).Unix()) {
		t.Errorf("it expires %s, want in a day", got)
	}
	must(t, f.Finish(t.Context(), "acme", "k", 201, []byte("first")))
	f.requestAt(t, "expires", time.Now().Add(-time.Second))
	state(t, f.Store, "another body", "new")
	if left := f.request(t)["answer"]; left != nil {
		t.Errorf("the earlier answer is still there: %v", left)
	}
}

// TestALostReplyOfBegin: the SDK asks again and meets its own item.
func TestALostReplyOfBegin(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	lost := false
	st := f.behind(t, func(operation string, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		resp, err := send()
		if operation == "PutItem" && !lost && err == nil {
			lost = true
			_ = resp.Body.Close()
			return nil, errors.New("connection reset by peer")
		}
		return resp, err
	})
	state(t, st, "body", "new")
	state(t, st, "body", "running")
}

func TestNeitherKeyNorBodyIsStored(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	_, _, _, err := f.Begin(t.Context(), "acme", "marked-key", "marked-body")
	must(t, err)
	must(t, f.Finish(t.Context(), "acme", "marked-key", 201, []byte("{}")))
	for name, v := range f.request(t) {
		if strings.Contains(text(v), "marked") {
			t.Errorf("%s holds %s", name, text(v))
		}
	}
}
