package queue_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/infra/local/cloud"
	"extrato/internal/queue"
	"extrato/internal/statement"
)

const (
	syncURL = "http://sqs.local/000000000000/sync"
	dlqURL  = "http://sqs.local/000000000000/dead"
)

// stack is the product's queue over the real SDK, with SQS called in process.
type stack struct {
	queue  *queue.Queue
	client *sqs.Client
	// failing decides which entries of a batch SQS fails: by the number of the
	// call from 0 and the entry's id. nil fails none.
	failing func(call int, id string) *types.BatchResultErrorEntry

	cloud *cloud.Cloud
	mu    sync.Mutex
	seen  map[string][][]byte // bodies of requests by operation
}

func newStack(t *testing.T) *stack {
	t.Helper()
	c, err := cloud.New(cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{cloud: c, seen: make(map[string][][]byte)}
	s.client = sqs.New(sqs.Options{BaseEndpoint: aws.String("http://sqs.local"), Region: "sa-east-1", HTTPClient: s,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")})
	for _, name := range []string{"sync", "dead"} {
		if _, err := s.client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name}); err != nil {
			t.Fatal(err)
		}
	}
	s.queue = queue.New(s.client, syncURL, dlqURL)
	return s
}

// Do answers a request as SQS would, but for the entries that are to fail:
// those it takes out of the batch and tells as failed.
func (s *stack) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.mu.Lock()
	call := len(s.seen[operation])
	s.seen[operation] = append(s.seen[operation], body)
	s.mu.Unlock()

	var failed []types.BatchResultErrorEntry
	if operation == "SendMessageBatch" && s.failing != nil {
		var in struct {
			QueueUrl string
			Entries  []map[string]any
		}
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		in.Entries = slices.DeleteFunc(in.Entries, func(e map[string]any) bool {
			f := s.failing(call, e["Id"].(string))
			if f != nil {
				f.Id = aws.String(e["Id"].(string))
				failed = append(failed, *f)
			}
			return f != nil
		})
		if len(in.Entries) == 0 {
			return answer(map[string]any{"Failed": failed})
		}
		if body, err = json.Marshal(in); err != nil {
			return nil, err
		}
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	s.cloud.ServeHTTP(w, r)
	if len(failed) == 0 {
		return w.Result(), nil
	}
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		return nil, err
	}
	out["Failed"] = failed
	return answer(out)
}

func answer(v any) (*http.Response, error) {
	w := httptest.NewRecorder()
	err := json.NewEncoder(w).Encode(v)
	return w.Result(), err
}

func (s *stack) requests(operation string) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[operation]
}

func (s *stack) receive(t *testing.T, url string) []types.Message {
	t.Helper()
	var all []types.Message
	for {
		out, err := s.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}, MessageAttributeNames: []string{"All"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return all
		}
		all = append(all, out.Messages...)
	}
}

// batches returns the ids of the entries of every batch sent.
func (s *stack) batches(t *testing.T) [][]string {
	t.Helper()
	var all [][]string
	for _, body := range s.requests("SendMessageBatch") {
		var in struct{ Entries []struct{ Id string } }
		if err := json.Unmarshal(body, &in); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, e := range in.Entries {
			ids = append(ids, e.Id)
		}
		all = append(all, ids)
	}
	return all
}

func messages(n int) []statement.Message {
	all := make([]statement.Message, n)
	for i := range all {
		all[i] = statement.Message{V: 1, Tenant: statement.TenantID(fmt.Sprint("t", i%3)), Account: statement.AccountID(fmt.Sprint("a", i)),
			Through: "2026-11-20", Reason: statement.ReasonSchedule}
	}
	return all
}
