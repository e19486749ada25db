package cloud_test

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/cloud"
)

func TestOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]cloud.Options{
		"negative speed":      {Speed: -1},
		"speed is no number":  {Speed: math.NaN()},
		"DynamoDB is no URL":  {DynamoDB: "127.0.0.1:8000"},
		"folder is a file":    {Dir: "/dev/null"},
		"DynamoDB is a path":  {DynamoDB: "/tmp"},
		"DynamoDB is a ftp":   {DynamoDB: "ftp://127.0.0.1"},
		"DynamoDB has a typo": {DynamoDB: "http//127.0.0.1"},
	} {
		if _, err := cloud.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(open(t, cloud.Options{}))
	defer s.Close()
	tests := []struct {
		method, path, target, body string
		status                     int
		says                       string
	}{
		{"GET", "/", "", "", 200, "signatures are not verified"},
		{"GET", "/favicon.ico", "", "", 404, "local stand-in"},
		{"POST", "/", "", "Action=SendMessage", 400, `"__type":"UnknownOperationException"`},
		{"POST", "/", "Kinesis_20131202.PutRecord", "{}", 400, "does not simulate \\\"Kinesis_20131202.PutRecord\\\""},
		{"POST", "/", "AmazonSQS.AddPermission", "{}", 400, `"__type":"com.amazonaws.sqs#UnknownOperationException"`},
		{"POST", "/", "secretsmanager.RotateSecret", "{}", 400, "does not simulate \\\"RotateSecret\\\""},
		{"POST", "/", "AmazonSQS.SendMessage", `{"QueueUrl":`, 400, "SerializationException"},
		{"POST", "/000000000000/q", "AmazonSQS.GetQueueUrl", `{"QueueName":"q"}`, 400, "com.amazonaws.sqs#QueueDoesNotExist"},
		{"POST", "/", "DynamoDB_20120810.ListTables", "{}", 400, "started without a DynamoDB"},
	}
	for _, test := range tests {
		r, err := http.NewRequestWithContext(t.Context(), test.method, s.URL+test.path, strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		if test.target != "" {
			r.Header.Set("X-Amz-Target", test.target)
		}
		answer := must(http.DefaultClient.Do(r))(t)
		body := must(io.ReadAll(answer.Body))(t)
		_ = answer.Body.Close()
		if answer.StatusCode != test.status || !strings.Contains(string(body), test.says) {
			t.Errorf("%s %s %s: %d %s; want %d and %q", test.method, test.path, test.target, answer.StatusCode, body, test.status, test.says)
		}
	}
}

func TestForward(t *testing.T) {
	t.Parallel()
	body := `{"Item":{"PK":{"S":"TENANT#t"}}}`
	checksum := crc32.ChecksumIEEE([]byte(body))
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.GetItem" || !strings.Contains(string(in), `"TENANT#t"`) {
			t.Errorf("upstream got %s %s", r.Header.Get("X-Amz-Target"), in)
		}
		w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(checksum), 10))
		_, _ = io.WriteString(w, body)
	}))
	s := httptest.NewServer(open(t, cloud.Options{DynamoDB: upstream.URL}))
	defer s.Close()
	client := dynamodb.New(dynamodb.Options{BaseEndpoint: &s.URL, Region: "sa-east-1", RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")})
	get := func() (*dynamodb.GetItemOutput, error) {
		return client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("x"),
			Key: map[string]ddbtypes.AttributeValue{"PK": &ddbtypes.AttributeValueMemberS{Value: "TENANT#t"}}})
	}
	item := must(get())(t).Item
	if got, ok := item["PK"].(*ddbtypes.AttributeValueMemberS); !ok || got.Value != "TENANT#t" {
		t.Errorf("got item %v", item)
	}
	// The bytes and their checksum come through as they are, and unpacked.
	r := must(http.NewRequestWithContext(t.Context(), "POST", s.URL, strings.NewReader(`{"Key":{"PK":{"S":"TENANT#t"}}}`)))(t)
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
	answer := must(http.DefaultClient.Do(r))(t)
	got := must(io.ReadAll(answer.Body))(t)
	_ = answer.Body.Close()
	if string(got) != body || answer.Header.Get("X-Amz-Crc32") != fmt.Sprint(checksum) {
		t.Errorf("answer is %s with checksum %s, want %s with %d", got, answer.Header.Get("X-Amz-Crc32"), body, checksum)
	}
	upstream.Close()
	_, err := get()
	fails[*ddbtypes.InternalServerError](t, "DynamoDB is down", err)
}

// TestNothingPrintsSecrets puts a marked value in and looks for it wherever it
// could come out but in GetSecretValue.
func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	const mark = "marked-value"
	c := open(t, cloud.Options{})
	client := overLoopback(t, c).secret
	name := vaultName()
	create(t, client, name, mark, tokenA)
	put(t, client, name, mark+"-2", tokenB)
	j, _ := json.Marshal(map[string]any{"cloud": c})
	shown := []string{fmt.Sprintf("%v %+v %#v %s", c, c, c, c), string(j)}
	for _, text := range []string{mark, strings.Repeat(mark, 6000)} {
		_, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: name, SecretString: &text, ClientRequestToken: &tokenB})
		shown = append(shown, err.Error())
		_, err = client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: name, SecretString: &text, ClientRequestToken: &tokenB})
		shown = append(shown, err.Error())
	}
	shown = append(shown, fmt.Sprint(must(client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: name}))(t)))
	listed := must(client.ListSecrets(t.Context(), &secretsmanager.ListSecretsInput{}))(t)
	j = must(json.Marshal(listed.SecretList))(t)
	for _, body := range []string{`{"SecretString":"` + mark, `{"SecretString":["` + mark + `"]}`, `{"SecretString":1` + mark + `}`} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "secretsmanager.CreateSecret")
		w := httptest.NewRecorder()
		c.ServeHTTP(w, r)
		shown = append(shown, w.Body.String())
	}
	for _, s := range append(shown, string(j)) {
		if strings.Contains(s, mark) {
			t.Errorf("a secret value was shown: %.200s", s)
		}
	}
}

// TestConcurrentUse has senders and receivers meet: every message arrives
// once, and is gone when all are deleted.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	const senders, each = 4, 5
	c := open(t, cloud.Options{Dir: t.TempDir()})
	q := overLoopback(t, c).queue
	url := newQueue(t, q, nil)
	var mu sync.Mutex
	var all sync.WaitGroup
	got := make(map[string]int)
	want := make(map[string]int)
	for s := range senders {
		var entries []types.SendMessageBatchRequestEntry
		for i := range each {
			body := fmt.Sprintf("%d-%d", s, i)
			want[body] = 1
			entries = append(entries, entry(body, body))
		}
		all.Go(func() {
			if _, err := q.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: &url, Entries: entries}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			for {
				mu.Lock()
				done := len(got) == senders*each
				mu.Unlock()
				if done {
					return
				}
				out, err := q.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 3, WaitTimeSeconds: 1})
				if err != nil {
					t.Error(err)
					return
				}
				for _, m := range out.Messages {
					mu.Lock()
					got[*m.Body]++
					mu.Unlock()
					if _, err := q.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("times received (-want +got):\n%s", d)
	}
	depths, _ := c.Depths()
	for name, d := range depths {
		if d.Total() != 0 {
			t.Errorf("queue %s is left with %+v", name, d)
		}
	}
}

// TestQueueNamesFromAnyHost: a URL made under one name of this machine, or by
// configuration, finds the queue all the same.
func TestQueueNamesFromAnyHost(t *testing.T) {
	t.Parallel()
	q := overLoopback(t, open(t, cloud.Options{AccountID: "123456789012"})).queue
	made := must(q.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("sync")}))(t)
	if !strings.HasPrefix(*made.QueueUrl, "http://127.0.0.1:") || !strings.HasSuffix(*made.QueueUrl, "/123456789012/sync") {
		t.Errorf("queue URL is %s", *made.QueueUrl)
	}
	send(t, q, "http://localhost:4566/000000000000/sync", "x")
	if got := receive(t, q, *made.QueueUrl); len(got) != 1 {
		t.Errorf("received %d messages, want 1", len(got))
	}
}
