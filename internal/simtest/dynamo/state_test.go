package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/simtest/dynamo"
)

func keys(p play) (list []string) {
	for i := range p.db.Each("t") {
		list = append(list, i.PK()+"/"+i.SK())
	}
	return list
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	p := begin(t, dynamo.Options{})
	_, _, _ = p.transact("before", addA)
	before := p.db.Snapshot()
	for range 2 { // as often as one likes
		v := p.db.Version("t", "p")
		if _, _, v := p.transact("before", addA); codes(v) != nil || p.item("a")["n"].(map[string]any)["N"] != "6" {
			t.Errorf("the token is not known: %v", v)
		}
		p.ok("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"enabled_shard":{"N":"1"},"enabled_key":{"S":"k"}}`)
		p.ok("DeleteItem", keyA)
		p.ok("PutItem", `"Item":{"PK":{"S":"q"},"SK":{"S":"b"}}`)
		_, _, _ = p.transact("after", putC)
		if diff := cmp.Diff([]string{"p/b", "p/c", "q/b"}, keys(p)); diff != "" || p.db.Version("t", "p") == v {
			t.Errorf("after it (-want +got):\n%s", diff)
		}
		after := p.db.Snapshot()
		p.db.Restore(before)
		if diff := cmp.Diff([]string{"p/a"}, keys(p)); diff != "" || p.db.Version("t", "p") != v {
			t.Errorf("restored (-want +got):\n%s", diff)
		}
		if n := p.enabled("1"); n != 0 {
			t.Errorf("the restored index holds %d", n)
		}
		p.db.Restore(after)
		if diff := cmp.Diff([]string{"p/b", "p/c", "q/b"}, keys(p)); diff != "" || p.enabled("1") != 1 {
			t.Errorf("forward again (-want +got):\n%s", diff)
		}
		if _, kind, _ := p.transact("after", putB); kind != "IdempotentParameterMismatchException" {
			t.Errorf("the later token is not known: %q", kind)
		}
		p.db.Restore(before)
		if _, kind, _ := p.transact("after", addA); kind != "" {
			t.Errorf("the later token is known: %q", kind)
		}
		p.db.Restore(before)
	}
}

// enabled counts the items of a shard in the index.
func (p play) enabled(shard string) int {
	p.t.Helper()
	v := p.ok("Query", `"IndexName":"enabled","KeyConditionExpression":"enabled_shard = :s","ExpressionAttributeValues":{":s":{"N":"`+shard+`"}}`)
	return int(v["Count"].(float64))
}

func TestSweepDeletesWhatIsPastItsTime(t *testing.T) {
	t.Parallel()
	p := begin(t, dynamo.Options{})
	for sk, expires := range map[string]string{"b": `{"N":"1800000000"}`, "c": `{"N":"1800000001"}`, "d": `{"S":"1"}`, "e": `{"N":"0"}`} {
		p.ok("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"`+sk+`"},"expires":`+expires+`,"enabled_shard":{"N":"1"},"enabled_key":{"S":"`+sk+`"}}`)
	}
	now := time.Unix(1800000001, 0)
	if p.item("b") == nil || p.enabled("1") != 4 {
		t.Error("gone before the sweep")
	}
	if n := p.db.Sweep(now); n != 1 {
		t.Errorf("swept %d, want 1", n)
	}
	if diff := cmp.Diff([]string{"p/a", "p/c", "p/d", "p/e"}, keys(p)); diff != "" || p.enabled("1") != 3 {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// With a lag, the index and eventually consistent reads are behind; a
// consistent read is not.
func TestLag(t *testing.T) {
	t.Parallel()
	now := time.Unix(1.8e9, 0)
	p := begin(t, dynamo.Options{Clock: func() time.Time { return now }, Lag: time.Second})
	now = now.Add(time.Hour)
	p.ok("UpdateItem", keyA+`,"UpdateExpression":"SET enabled_shard = :s, enabled_key = :k, n = :s","ExpressionAttributeValues":{":s":{"N":"1"},":k":{"S":"k"}}`)
	p.ok("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"}}`)
	n := func(consistent bool) string {
		v := p.ok("GetItem", fmt.Sprintf(`%s,"ConsistentRead":%v`, keyA, consistent))
		return v["Item"].(map[string]any)["n"].(map[string]any)["N"].(string)
	}
	count := func(consistent bool) int {
		v := p.ok("Query", fmt.Sprintf(`"KeyConditionExpression":"PK = :p","ConsistentRead":%v,"ExpressionAttributeValues":{":p":{"S":"p"}}`, consistent))
		return int(v["Count"].(float64))
	}
	check := func(when string, want ...any) {
		t.Helper()
		got := []any{n(true), n(false), count(true), count(false), p.enabled("1")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	check("at once", "1", "5", 2, 1, 0)
	now = now.Add(999 * time.Millisecond)
	p.ok("DeleteItem", `"Key":{"PK":{"S":"p"},"SK":{"S":"b"}}`)
	check("nearly a second later", "1", "5", 1, 1, 0)
	now = now.Add(time.Millisecond)
	check("a second later", "1", "1", 1, 2, 1)
	now = now.Add(time.Second)
	check("two seconds later", "1", "1", 1, 1, 1)
}

func TestUnprocessed(t *testing.T) {
	t.Parallel()
	left := 0
	p := begin(t, dynamo.Options{Unprocessed: func(operation string, n int) int {
		if n != 3 {
			t.Errorf("%s of %d keys, want 3", operation, n)
		}
		return left
	}})
	const writes = `{"RequestItems":{"t":[{"PutRequest":{"Item":{"PK":{"S":"p"},"SK":{"S":"c"}}}},{"PutRequest":{"Item":{"PK":{"S":"p"},"SK":{"S":"b"}}}},` +
		`{"DeleteRequest":{"Key":{"PK":{"S":"p"},"SK":{"S":"a"}}}}]},"ReturnConsumedCapacity":"TOTAL"}`
	const reads = `{"RequestItems":{"t":{"ConsistentRead":true,"Keys":[{"PK":{"S":"p"},"SK":{"S":"c"}},{"PK":{"S":"p"},"SK":{"S":"b"}},{"PK":{"S":"p"},"SK":{"S":"zz"}}]}}}`
	for _, tt := range []struct {
		left              int
		operation, answer string
		keys              []string
	}{
		{2, "BatchWriteItem", `{"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"PK":{"S":"p"},"SK":{"S":"b"}}}},{"PutRequest":{"Item":{"PK":{"S":"p"},"SK":{"S":"c"}}}}]},` +
			`"ConsumedCapacity":[{"TableName":"t","CapacityUnits":1}]}`, nil},
		{0, "BatchWriteItem", `{"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"t","CapacityUnits":3}]}`, []string{"p/b", "p/c"}},
		{2, "BatchGetItem", `{"Responses":{"t":[{"PK":{"S":"p"},"SK":{"S":"b"}}]},"UnprocessedKeys":{"t":{"Keys":[{"PK":{"S":"p"},"SK":{"S":"c"}},` +
			`{"PK":{"S":"p"},"SK":{"S":"zz"}}],"ConsistentRead":true}}}`, []string{"p/b", "p/c"}},
		{0, "BatchGetItem", `{"Responses":{"t":[{"PK":{"S":"p"},"SK":{"S":"b"}},{"PK":{"S":"p"},"SK":{"S":"c"}}]},"UnprocessedKeys":{}}`, []string{"p/b", "p/c"}},
	} {
		left = tt.left
		body := writes
		if tt.operation == "BatchGetItem" {
			body = reads
		}
		_, answer := send(t, p.db, tt.operation, []byte(body))
		if string(answer) != tt.answer || !slices.Equal(keys(p), tt.keys) {
			t.Errorf("%s leaving %d:\n%s, want\n%s; keys %v, want %v", tt.operation, tt.left, answer, tt.answer, keys(p), tt.keys)
		}
	}
}

// The same requests get the same bytes.
func TestAnswersAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	var first string
	for range 5 {
		p := begin(t, dynamo.Options{})
		var all strings.Builder
		for range 3 {
			_, answer := send(t, p.db, "BatchWriteItem", []byte(`{"RequestItems":{"t":[{"PutRequest":{"Item":`+stored+`}}]},"ReturnConsumedCapacity":"INDEXES"}`))
			all.Write(answer)
			_, answer = send(t, p.db, "Query", []byte(`{"TableName":"t","Limit":1,"KeyConditionExpression":"PK = :p","ReturnConsumedCapacity":"INDEXES","ExpressionAttributeValues":{":p":{"S":"p"}}}`))
			all.Write(answer)
		}
		if first == "" {
			first = all.String()
		}
		if all.String() != first {
			t.Fatalf("%s\nthen\n%s", first, all.String())
		}
	}
}

// The SDK reads the refusals that tests make, and a request whose context is
// done has no effect.
func TestWhatTheClientSees(t *testing.T) {
	t.Parallel()
	p := begin(t, dynamo.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var next *http.Response
	client := p.db.Client(tripper(func(r *http.Request) (*http.Response, error) {
		if dynamo.Operation(r) == "DeleteItem" {
			cancel()
		}
		if next != nil {
			return next, nil
		}
		return p.db.RoundTrip(r)
	}))
	_, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: "p"}, "SK": &types.AttributeValueMemberS{Value: "a"},
	}})
	if !errors.Is(err, context.Canceled) || p.item("a") == nil {
		t.Errorf("a cancelled delete: %v, the item is %v", err, p.item("a"))
	}
	next = dynamo.Failure(400, "TransactionConflictException", "made by a test")
	_, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: map[string]types.AttributeValue{}})
	if _, ok := errors.AsType[*types.TransactionConflictException](err); !ok {
		t.Errorf("%v, want a conflict", err)
	}
	next = dynamo.Cancelled("None", "ThrottlingError")
	_, err = client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{}})
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok || len(cancelled.CancellationReasons) != 2 || aws.ToString(cancelled.CancellationReasons[1].Code) != "ThrottlingError" {
		t.Errorf("%v, want a cancellation", err)
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What checkers read of an item is what the SDK reads of it.
func TestItems(t *testing.T) {
	t.Parallel()
	r := statementOf(t, 3)
	i, ok := r.db.Item("bench", "TENANT#acme", "ACCOUNT#a1")
	if !ok || i.Text("bank") != "inter" || i.Int("last_seq") != 3 || i.Text("last_seq") != "3" || i.Has("total_centz") ||
		i.Map("certificate").Text("subject") != "CN=Empresa Exemplo LTDA:11222333000181" {
		t.Errorf("the account is %v, %s", ok, i.JSON())
	}
	var changes, entries int
	for i := range r.db.Partition("bench", "STATEMENT#acme#a1") {
		changes += len(i.Maps("changes"))
		if strings.HasPrefix(i.SK(), "ENTRY#") {
			entries++
		}
	}
	raw := 0
	for r := range r.db.Raw("bench", "STATEMENT#acme#a1") {
		raw += len(r.Item().Maps("changes"))
	}
	if changes != 3 || entries != 3 || raw != 3 {
		t.Errorf("%d changes, %d entries, %d changes in the raw; want 3 each", changes, entries, raw)
	}
	p := begin(t, dynamo.Options{})
	out, err := p.db.Client(nil).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("t"), Key: map[string]types.AttributeValue{
		"PK": &types.AttributeValueMemberS{Value: "p"}, "SK": &types.AttributeValueMemberS{Value: "a"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	i, _ = p.db.Item("t", "p", "a")
	if !reflect.DeepEqual(out.Item, i.Attributes()) {
		t.Errorf("the item is %v to the SDK, %v to us", out.Item, i.Attributes())
	}
	if i.Size() != 40 || !slices.Equal(i.Texts("set"), []string{"a", "b"}) {
		t.Errorf("%d bytes, %v", i.Size(), i.Texts("set"))
	}
}

// Many at once, with everything that a DB does; the race detector judges, and
// the sum does.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	p := begin(t, dynamo.Options{Lag: time.Microsecond, Between: func(int, int) { time.Sleep(time.Microsecond) }})
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 50 {
				for {
					_, kind, _ := p.transact(fmt.Sprintf("%d-%d", n, i), addA, fmt.Sprintf(`Put "Item":{"PK":{"S":"p"},"SK":{"S":"x%d-%d"}}`, n, i))
					if kind == "" {
						break
					}
				}
				_, _ = p.call("Query", `"KeyConditionExpression":"PK = :p","ExpressionAttributeValues":{":p":{"S":"p"}}`)
				for range p.db.Each("t") {
				}
			}
		})
	}
	all.Wait()
	if n := p.item("a")["n"].(map[string]any)["N"]; n != "405" {
		t.Errorf("n is %v, want 405", n)
	}
	if n := len(keys(p)); n != 401 {
		t.Errorf("%d items, want 401", n)
	}
}
