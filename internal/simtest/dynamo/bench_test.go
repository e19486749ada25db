package dynamo_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// recorder keeps the requests that go by.
type recorder struct {
	db     *dynamo.DB
	bodies map[string][]byte // the last of each operation
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := dynamo.Body(req)
	if err != nil {
		return nil, err
	}
	r.bodies[dynamo.Operation(req)] = bytes.Clone(body)
	return r.db.RoundTrip(req)
}

// statementOf is a DB with a statement of so many entries, made by the store,
// and the requests that it took.
func statementOf(tb testing.TB, entries int) *recorder {
	tb.Helper()
	r := &recorder{dynamo.New(dynamo.Options{}), map[string][]byte{}}
	client := r.db.Client(r)
	if _, err := client.CreateTable(tb.Context(), store.Schema("bench")); err != nil {
		tb.Fatal(err)
	}
	s := store.New(client, "bench")
	ref := storetest.Ref()
	if err := s.CreateAccount(tb.Context(), storetest.Account(ref), false); err != nil {
		tb.Fatal(err)
	}
	head, err := s.Enable(tb.Context(), storetest.Enablement(ref, "c", "1"))
	if err == nil && entries > 0 {
		_, err = s.Commit(tb.Context(), head, storetest.Additions("2026-11-02", entries, 30))
	}
	if err == nil {
		_, err = s.Window(tb.Context(), ref, "", "")
	}
	if err == nil {
		_, err = s.Account(tb.Context(), ref)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// send makes one call of a body, without the SDK, and checks the checksum.
func send(tb judge, db http.RoundTripper, operation string, body []byte) (status int, answer []byte) {
	tb.Helper()
	resp, answer := exchange(tb, db, operation, body)
	if sum := fmt.Sprint(crc32.ChecksumIEEE(answer)); resp.Header.Get("X-Amz-Crc32") != sum {
		tb.Fatalf("%s: X-Amz-Crc32 is %s, want %s", operation, resp.Header.Get("X-Amz-Crc32"), sum)
	}
	return resp.StatusCode, answer
}

func exchange(tb judge, db http.RoundTripper, operation string, body []byte) (*http.Response, []byte) {
	tb.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://dynamo.invalid/", bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("%v", err)
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	resp, err := db.RoundTrip(req)
	if err != nil {
		tb.Fatalf("%v", err)
	}
	answer := make([]byte, resp.ContentLength)
	if _, err := io.ReadFull(resp.Body, answer); err != nil {
		tb.Fatalf("%v", err)
	}
	return resp, answer
}

func BenchmarkGetItem(b *testing.B)        { benchmark(b, "GetItem") }
func BenchmarkQuery60(b *testing.B)        { benchmark(b, "Query") }
func BenchmarkTransactReplay(b *testing.B) { benchmark(b, "TransactWriteItems") }

// benchmark repeats the store's last request of an operation, without the SDK.
func benchmark(b *testing.B, operation string) {
	r := statementOf(b, 60)
	body := r.bodies[operation]
	b.ReportAllocs()
	for b.Loop() {
		if resp, answer := exchange(b, r.db, operation, body); resp.StatusCode != http.StatusOK {
			b.Fatalf("%s", answer)
		}
	}
}

// BenchmarkTransact20 is a commit of 20 entries: a head, a COMMIT# and a day
// beside them.
func BenchmarkTransact20(b *testing.B) {
	r := statementOf(b, 20)
	body := r.bodies["TransactWriteItems"]
	r = statementOf(b, 0)
	before := r.db.Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		r.db.Restore(before)
		if resp, answer := exchange(b, r.db, "TransactWriteItems", body); resp.StatusCode != http.StatusOK {
			b.Fatalf("%s", answer)
		}
	}
}

// BenchmarkWithSDK is what a caller pays: the client encodes and decodes.
func BenchmarkWithSDK(b *testing.B) {
	r := statementOf(b, 60)
	client := r.db.Client(nil)
	key := map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: "TENANT#acme"}, "SK": &types.AttributeValueMemberS{Value: "ACCOUNT#a1"}}
	for b.Loop() {
		if _, err := client.GetItem(b.Context(), &dynamodb.GetItemInput{TableName: aws.String("bench"), Key: key}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInsert puts entries into the midst of a large statement.
func BenchmarkInsert(b *testing.B) {
	r := statementOf(b, 5000)
	n := 0
	for b.Loop() {
		n++
		date := statement.Date("2026-11-02").AddDays(n % 160)
		body := fmt.Sprintf(`{"TableName":"bench","Item":{"PK":{"S":"STATEMENT#acme#a1"},"SK":{"S":"ENTRY#%s#x%08d"}}}`, date, n)
		if resp, answer := exchange(b, r.db, "PutItem", []byte(body)); resp.StatusCode != http.StatusOK {
			b.Fatalf("%s", answer)
		}
	}
}

// BenchmarkSnapshot goes back to a moment of 200 accounts with their
// statements, and writes one of them.
func BenchmarkSnapshot(b *testing.B) {
	r := statementOf(b, 20)
	put := func(pk, sk string) {
		body := fmt.Sprintf(`{"TableName":"bench","Item":{"PK":{"S":"%s"},"SK":{"S":"%s"},"text":{"S":"%0500d"}}}`, pk, sk, 1)
		if resp, answer := exchange(b, r.db, "PutItem", []byte(body)); resp.StatusCode != http.StatusOK {
			b.Fatalf("%s", answer)
		}
	}
	for account := range 200 {
		put(fmt.Sprintf("TENANT#%d", account), "ACCOUNT#a")
		for entry := range 50 {
			put(fmt.Sprintf("STATEMENT#%d#a", account), fmt.Sprintf("ENTRY#%d", entry))
		}
	}
	for b.Loop() {
		r.db.Restore(r.db.Snapshot())
		put("STATEMENT#7#a", "ENTRY#7")
	}
}
