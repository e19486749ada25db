package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/simtest/dynamo"
)

const (
	putB    = `Put "Item":{"PK":{"S":"p"},"SK":{"S":"b"}}`
	putC    = `Put "Item":{"PK":{"S":"p"},"SK":{"S":"c"}}`
	addA    = `Update ` + keyA + `,"UpdateExpression":"SET n = n + :v","ExpressionAttributeValues":{":v":{"N":"1"}}`
	deleteA = `Delete ` + keyA
)

func TestATransactionIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		writes []string
		kind   string
		codes  []string
	}{
		{"a condition that fails", []string{putB, addA + `,"ConditionExpression":"attribute_not_exists(PK)"`, putC},
			"TransactionCanceledException", []string{"None", "ConditionalCheckFailed", "None"}},
		{"two that fail", []string{`ConditionCheck ` + keyA + `,"ConditionExpression":"attribute_exists(zip)"`, putB + `,"ConditionExpression":"attribute_exists(PK)"`},
			"TransactionCanceledException", []string{"ConditionalCheckFailed", "ConditionalCheckFailed"}},
		{"an update that cannot be", []string{putB, strings.Replace(addA, "n + :v", "s + :v", 1)},
			"TransactionCanceledException", []string{"None", "ValidationError"}},
		{"an update to a large item", []string{putB, strings.Replace(strings.Replace(addA, "n + :v", ":v", 1), `{"N":"1"}`, `{"S":"`+strings.Repeat("x", 400<<10)+`"}`, 1)},
			"TransactionCanceledException", []string{"None", "ValidationError"}},
		{"an item of another type of key", []string{`Put "Item":{"PK":{"S":"p"},"SK":{"N":"1"}}`, putC},
			"TransactionCanceledException", []string{"ValidationError", "None"}},
		{"a large item", []string{`Put "Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{"S":"` + strings.Repeat("x", 400<<10) + `"}}`, putC}, "ValidationException", nil},
		{"one item twice", []string{putB, `Delete "Key":{"PK":{"S":"p"},"SK":{"S":"b"}}`}, "ValidationException", nil},
		{"overlapping paths", []string{putB, strings.Replace(addA, "SET n", "REMOVE n SET n", 1)}, "ValidationException", nil},
		{"an operand of another type", []string{putB, addA + `,"ConditionExpression":"begins_with(s, :v)"`}, "ValidationException", nil},
		{"a check without condition", []string{putB, `ConditionCheck ` + keyA}, "ValidationException", nil},
		{"more than a hundred", many(101, 1), "ValidationException", nil},
		{"more than 4 MB", many(11, 399<<10), "ValidationException", nil},
		{"none", nil, "ValidationException", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := begin(t, dynamo.Options{})
			before := p.item("a")
			status, kind, v := p.transact("", tt.writes...)
			if status != 400 || kind != tt.kind || !slices.Equal(codes(v), tt.codes) {
				t.Errorf("%d %s %v, want %s %v", status, kind, codes(v), tt.kind, tt.codes)
			}
			if diff := cmp.Diff(before, p.item("a")); diff != "" || p.item("b") != nil || p.item("c") != nil {
				t.Errorf("it had an effect:\n%s", diff)
			}
		})
	}
	p := begin(t, dynamo.Options{})
	if status, _, v := p.transact("", many(100, 1)...); status != 200 {
		t.Errorf("a hundred: %v", v)
	}
}

// many puts items of so many bytes.
func many(n, bytes int) (writes []string) {
	for i := range n {
		writes = append(writes, fmt.Sprintf(`Put "Item":{"PK":{"S":"p"},"SK":{"S":"many%d"},"x":{"S":"%s"}}`, i, strings.Repeat("x", bytes)))
	}
	return writes
}

// The same token: the same request is a success without effect, which consumes
// reads; another one is refused; after ten minutes it is new.
func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Unix(1.8e9, 0)
	p := begin(t, dynamo.Options{Clock: func() time.Time { return now }})
	n := func() string { return p.item("a")["n"].(map[string]any)["N"].(string) }
	add := func(what, token, write, wantKind, wantN string) map[string]any {
		t.Helper()
		_, kind, v := p.transact(token, write)
		if kind != wantKind || n() != wantN {
			t.Errorf("%s: %q, n is %s; want %q, %s", what, kind, n(), wantKind, wantN)
		}
		return v
	}
	failing := addA + `,"ConditionExpression":"n = :v"`
	v := add("first", "one", addA, "", "6")
	if used := v["ConsumedCapacity"].([]any)[0].(map[string]any); used["WriteCapacityUnits"] != 2.0 || used["ReadCapacityUnits"] != nil {
		t.Errorf("first: %v", used)
	}
	v = add("again", "one", addA, "", "6")
	if used := v["ConsumedCapacity"].([]any)[0].(map[string]any); used["ReadCapacityUnits"] != 2.0 || used["WriteCapacityUnits"] != nil {
		t.Errorf("again: %v", used)
	}
	add("no token", "", addA, "", "7")
	add("another token", "two", addA, "", "8")
	add("another request", "one", strings.Replace(addA, `"1"`, `"2"`, 1), "IdempotentParameterMismatchException", "8")
	add("another verb", "one", deleteA, "IdempotentParameterMismatchException", "8")
	add("cancelled", "three", failing, "TransactionCanceledException", "8")
	add("cancelled is not remembered", "three", addA, "", "9")
	now = now.Add(10*time.Minute - time.Second)
	add("nearly ten minutes later", "one", addA, "", "9")
	now = now.Add(time.Second)
	add("ten minutes later", "one", addA, "", "10")
	add("again from then on", "one", addA, "", "10")
}

// Clients write the members of a request in any order.
func TestATokenIsOfWhatIsSaid(t *testing.T) {
	t.Parallel()
	p := begin(t, dynamo.Options{})
	a := `{"ClientRequestToken":"x","TransactItems":[{"Put":{"TableName":"t","Item":{"PK":{"S":"p"},"SK":{"S":"b"},"n":{"N":"1"}}}}]}`
	b := `{"TransactItems":[{"Put":{"Item":{"n":{"N":"1.0"},"SK":{"S":"b"},"PK":{"S":"p"}},"TableName":"t"}}],"ClientRequestToken":"x"}`
	for _, body := range []string{a, b} {
		if status, answer := send(t, p.db, "TransactWriteItems", []byte(body)); status != 200 {
			t.Errorf("%s", answer)
		}
	}
}

// Between two writes of a transaction, others see what is written and what is
// not, and cannot write any of its items.
func TestBetween(t *testing.T) {
	t.Parallel()
	var p play
	var seen []string
	transaction := []string{`ConditionCheck "Key":{"PK":{"S":"p"},"SK":{"S":"z"}},"ConditionExpression":"attribute_not_exists(PK)"`, putB, addA, putC}
	o := dynamo.Options{}
	within := false
	o.Between = func(done, of int) {
		if within {
			return // a transaction that should have met a conflict
		}
		within = true
		defer func() { within = false }()
		there := func(sk string) int {
			if p.item(sk) != nil {
				return 1
			}
			return 0
		}
		seen = append(seen, fmt.Sprintf("%d of %d: b%d n%v c%d", done, of, there("b"), p.item("a")["n"].(map[string]any)["N"], there("c")))
		query := p.ok("Query", `"KeyConditionExpression":"PK = :p","ConsistentRead":true,"ExpressionAttributeValues":{":p":{"S":"p"}}`)
		if want := float64(1 + there("b") + there("c")); query["Count"] != want {
			t.Errorf("a query finds %v, want %v", query["Count"], want)
		}
		for _, sk := range []string{"a", "b", "c", "z"} {
			_, v := p.call("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"`+sk+`"}}`)
			if !strings.HasSuffix(fmt.Sprint(v["__type"]), "#TransactionConflictException") {
				t.Errorf("a put of %s meets %v", sk, v)
			}
		}
		if status, _ := p.call("PutItem", `"Item":{"PK":{"S":"q"},"SK":{"S":"a"}}`); status != 200 {
			t.Error("another item cannot be written")
		}
		_, _, v := p.transact("", `Put "Item":{"PK":{"S":"q"},"SK":{"S":"b"}}`, deleteA)
		if want := []string{"None", "TransactionConflict"}; !slices.Equal(codes(v), want) {
			t.Errorf("another transaction meets %v, want %v", codes(v), want)
		}
		if _, kind, _ := p.transact("token", transaction...); kind != "TransactionInProgressException" {
			t.Errorf("the same transaction meets %q", kind)
		}
		status, answer := send(t, p.db, "BatchWriteItem", []byte(`{"RequestItems":{"t":[{"DeleteRequest":{"Key":{"PK":{"S":"p"},"SK":{"S":"a"}}}},`+
			`{"DeleteRequest":{"Key":{"PK":{"S":"q"},"SK":{"S":"a"}}}}]}}`))
		left, _ := decode(t, answer)["UnprocessedItems"].(map[string]any)["t"].([]any)
		if status != 200 || len(left) != 1 || p.item("a") == nil {
			t.Errorf("a batch leaves %v", left)
		}
		if p.db.Sweep(time.Unix(4e9, 0)) != 0 {
			t.Error("swept what has no end")
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a snapshot of half a transaction")
				}
			}()
			p.db.Snapshot()
		}()
	}
	p = begin(t, o)
	if status, _, v := p.transact("token", transaction...); status != 200 {
		t.Fatal(v)
	}
	want := []string{"1 of 3: b1 n5 c0", "2 of 3: b1 n6 c0"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("what others saw (-want +got):\n%s", diff)
	}
	p.ok("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"a"}}`) // it is over
}
