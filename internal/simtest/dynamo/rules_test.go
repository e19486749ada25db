package dynamo_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/store"
)

// play is a table with the store's schema, and an item in it.
type play struct {
	t  *testing.T
	db *dynamo.DB
}

const stored = `{"PK":{"S":"p"},"SK":{"S":"a"},"n":{"N":"5"},"s":{"S":"text"},"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]},` +
	`"m":{"M":{"in":{"S":"x"}}},"set":{"SS":["a","b"]}}`

const keyA = `"Key":{"PK":{"S":"p"},"SK":{"S":"a"}}`

func begin(t *testing.T, o dynamo.Options) play {
	t.Helper()
	p := play{t, dynamo.New(o)}
	if _, err := p.db.Client(nil).CreateTable(t.Context(), store.Schema("t")); err != nil {
		t.Fatal(err)
	}
	p.ok("PutItem", `"Item":`+stored)
	return p
}

// call sends members of a request on the table and returns the answer.
func (p play) call(operation, members string) (int, map[string]any) {
	p.t.Helper()
	status, answer := send(p.t, p.db, operation, []byte(`{`+members+`,"TableName":"t"}`))
	return status, decode(p.t, answer)
}

func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func (p play) ok(operation, members string) map[string]any {
	p.t.Helper()
	status, v := p.call(operation, members)
	if status != http.StatusOK {
		p.t.Fatalf("%s: %d %v", operation, status, v)
	}
	return v
}

// transact sends a transaction; each write is VERB {members}.
func (p play) transact(token string, writes ...string) (status int, kind string, v map[string]any) {
	p.t.Helper()
	var b strings.Builder
	for i, w := range writes {
		verb, members, _ := strings.Cut(w, " ")
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"` + verb + `":{"TableName":"t",` + members + `}}`)
	}
	body := `{"TransactItems":[` + b.String() + `]`
	if token != "" {
		body += `,"ClientRequestToken":"` + token + `"`
	}
	status, answer := send(p.t, p.db, "TransactWriteItems", []byte(body+`,"ReturnConsumedCapacity":"TOTAL"}`))
	v = decode(p.t, answer)
	kind, _ = v["__type"].(string)
	_, kind, _ = strings.Cut(kind, "#")
	return status, kind, v
}

func codes(v map[string]any) (list []string) {
	reasons, _ := v["CancellationReasons"].([]any)
	for _, r := range reasons {
		list = append(list, r.(map[string]any)["Code"].(string))
	}
	return list
}

// item returns the stored item without its key.
func (p play) item(sk string) map[string]any {
	p.t.Helper()
	i, ok := p.db.Item("t", "p", sk)
	if !ok {
		return nil
	}
	v := decode(p.t, []byte(i.JSON()))
	delete(v, "PK")
	delete(v, "SK")
	return v
}

// What AWS documents and dynoxide does otherwise, or not in a transaction.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const one = `"ExpressionAttributeValues":{":v":{"N":"1"}}`
	for _, tt := range []struct{ name, operation, members, want string }{
		{"nested REMOVE that leads nowhere", "UpdateItem", keyA + `,"UpdateExpression":"REMOVE zip.deep"`, "invalid for update"},
		{"SET beside a list", "UpdateItem", keyA + `,"UpdateExpression":"SET s[0] = :v",` + one, "invalid for update"},
		{"SET from what is not there", "UpdateItem", keyA + `,"UpdateExpression":"SET s = zip"`, "does not exist"},
		{"overlapping paths", "UpdateItem", keyA + `,"UpdateExpression":"SET m.y = :v REMOVE m",` + one, "overlap"},
		{"the same path twice", "UpdateItem", keyA + `,"UpdateExpression":"SET s = :v, s = :v",` + one, "overlap"},
		{"a section twice", "UpdateItem", keyA + `,"UpdateExpression":"SET s = :v SET n = :v",` + one, "only be used once"},
		{"a key", "UpdateItem", keyA + `,"UpdateExpression":"SET SK = :v",` + one, "part of the key"},
		{"sum of text", "UpdateItem", keyA + `,"UpdateExpression":"SET s = s + :v",` + one, "incorrect data type"},
		{"ADD to text", "UpdateItem", keyA + `,"UpdateExpression":"ADD s :v",` + one, "incorrect data type"},
		{"ADD of text", "UpdateItem", keyA + `,"UpdateExpression":"ADD n :v","ExpressionAttributeValues":{":v":{"S":"1"}}`, "operator: ADD"},
		{"DELETE of a number", "UpdateItem", keyA + `,"UpdateExpression":"DELETE n :v",` + one, "operator: DELETE"},
		{"39 digits", "UpdateItem", keyA + `,"UpdateExpression":"SET n = n + :v","ExpressionAttributeValues":{":v":{"N":"1e39"}}`, "38 significant digits"},
		{"reserved word", "UpdateItem", keyA + `,"UpdateExpression":"SET status = :v",` + one, "reserved keyword: status"},
		{"reserved word within", "GetItem", keyA + `,"ProjectionExpression":"m.Date"`, "reserved keyword: Date"},
		{"no such value", "UpdateItem", keyA + `,"UpdateExpression":"SET n = :w"`, "not defined; attribute value: :w"},
		{"no such name", "UpdateItem", keyA + `,"UpdateExpression":"REMOVE #n"`, "not defined; attribute name: #n"},
		{"a value too many", "UpdateItem", keyA + `,"UpdateExpression":"REMOVE n",` + one, "unused in expressions"},
		{"a name too many", "UpdateItem", keyA + `,"UpdateExpression":"REMOVE n","ExpressionAttributeNames":{"#n":"n"}`, "unused in expressions"},
		{"values without expression", "PutItem", `"Item":` + stored + `,` + one, "only be specified when using expressions"},
		{"doubled parentheses", "DeleteItem", keyA + `,"ConditionExpression":"((attribute_exists(n)))"`, "redundant parentheses"},
		{"empty expression", "DeleteItem", keyA + `,"ConditionExpression":""`, "can not be empty"},
		{"half an expression", "DeleteItem", keyA + `,"ConditionExpression":"n ="`, "Syntax error"},
		{"two expressions", "DeleteItem", keyA + `,"ConditionExpression":"attribute_exists(n) attribute_exists(n)"`, "Syntax error"},
		{"no such function", "DeleteItem", keyA + `,"ConditionExpression":"exists(n)"`, "Invalid function name"},
		{"< of a flag", "DeleteItem", keyA + `,"ConditionExpression":"n < :v","ExpressionAttributeValues":{":v":{"BOOL":true}}`, "operand type: BOOL"},
		{"empty range", "DeleteItem", keyA + `,"ConditionExpression":"n BETWEEN :v AND :w","ExpressionAttributeValues":{":v":{"N":"2"},":w":{"N":"1"}}`, "upper bound"},
		{"long expression", "DeleteItem", keyA + `,"ConditionExpression":"attribute_exists(n)` + strings.Repeat(" ", 4096) + `"`, "maximum allowed size"},
		{"empty key", "GetItem", `"Key":{"PK":{"S":""},"SK":{"S":"a"}}`, "empty string value"},
		{"half a key", "GetItem", `"Key":{"PK":{"S":"p"}}`, "does not match the schema"},
		{"more than a key", "GetItem", `"Key":{"PK":{"S":"p"},"SK":{"S":"a"},"n":{"N":"1"}}`, "does not match the schema"},
		{"key of another type", "GetItem", `"Key":{"PK":{"S":"p"},"SK":{"N":"1"}}`, "does not match the schema"},
		{"long key", "GetItem", `"Key":{"PK":{"S":"p"},"SK":{"S":"` + strings.Repeat("k", 1025) + `"}}`, "maximum size limit of1024"},
		{"no key", "PutItem", `"Item":{"PK":{"S":"p"}}`, "Missing the key SK"},
		{"two types in a value", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{"S":"1","N":"1"}}`, "more than one datatypes"},
		{"no type in a value", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{}}`, "AttributeValue is empty"},
		{"empty set", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{"SS":[]}}`, "may not be empty"},
		{"set with a repetition", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{"NS":["1","1.0"]}}`, "duplicates"},
		{"no number", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{"N":"1_0"}}`, "converted to a numeric value"},
		{"deep value", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":` + strings.Repeat(`{"L":[`, 33) + strings.Repeat(`]}`, 33) + `}`, "Nesting Levels"},
		{"index key of another type", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"enabled_shard":{"S":"1"}}`, "Type mismatch for Index Key"},
		{"large item", "PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"x":{"S":"` + strings.Repeat("x", 400<<10) + `"}}`, "Item size has exceeded"},
		{"update to a large item", "UpdateItem", keyA + `,"UpdateExpression":"SET s = :v","ExpressionAttributeValues":{":v":{"S":"` + strings.Repeat("x", 400<<10) + `"}}`, "Item size to update"},
		{"consistent read of the index", "Query", `"IndexName":"enabled","ConsistentRead":true,"KeyConditionExpression":"enabled_shard = :v",` + one, "not supported on global secondary"},
		{"no such index", "Query", `"IndexName":"other","KeyConditionExpression":"enabled_shard = :v",` + one, "specified index"},
		{"query without partition", "Query", `"KeyConditionExpression":"SK = :v","ExpressionAttributeValues":{":v":{"S":"a"}}`, "missed key schema element: PK"},
		{"query by another attribute", "Query", `"KeyConditionExpression":"PK = :v AND s = :v","ExpressionAttributeValues":{":v":{"S":"a"}}`, "not a part of the key"},
		{"query by OR", "Query", `"KeyConditionExpression":"PK = :v OR PK = :w","ExpressionAttributeValues":{":v":{"S":"a"},":w":{"S":"b"}}`, "Invalid operator"},
		{"query of two ranges", "Query", `"KeyConditionExpression":"PK = :v AND SK > :v AND SK < :w","ExpressionAttributeValues":{":v":{"S":"a"},":w":{"S":"b"}}`, "Invalid operator"},
		{"filter by a key", "Query", `"KeyConditionExpression":"PK = :v","FilterExpression":"SK = :v","ExpressionAttributeValues":{":v":{"S":"a"}}`, "non-primary key attributes"},
		{"limit of none", "Query", `"KeyConditionExpression":"PK = :v","Limit":0,"ExpressionAttributeValues":{":v":{"S":"a"}}`, "greater than or equal to 1"},
		{"start elsewhere", "Query", `"KeyConditionExpression":"PK = :v","ExclusiveStartKey":{"PK":{"S":"q"},"SK":{"S":"a"}},"ExpressionAttributeValues":{":v":{"S":"p"}}`, "outside query boundaries"},
		{"start out of range", "Query", `"KeyConditionExpression":"PK = :v AND SK < :w","ExclusiveStartKey":{"PK":{"S":"p"},"SK":{"S":"c"}},"ExpressionAttributeValues":{":v":{"S":"p"},":w":{"S":"b"}}`, "range key predicate"},
		{"parameter of another time", "GetItem", keyA + `,"AttributesToGet":["n"]`, "not simulated"},
		{"another operation", "Scan", `"Limit":1`, "not simulated"},
		{"no JSON", "GetItem", keyA + `,"x"`, "Serialization"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := begin(t, dynamo.Options{})
			before := p.item("a")
			status, v := p.call(tt.operation, tt.members)
			faults := p.db.Faults()
			if status != http.StatusBadRequest || len(faults) != 1 || !strings.Contains(faults[0], tt.want) {
				t.Errorf("%d %v, faults %q; want one that says %q", status, v, faults, tt.want)
			}
			if diff := cmp.Diff(before, p.item("a")); diff != "" || p.item("b") != nil {
				t.Errorf("it had an effect:\n%s", diff)
			}
		})
	}
}

// Updates as the documentation tells them, beside those drawn at random.
func TestUpdates(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expression, values, attribute, want string }{
		{"REMOVE l[0], l[2]", "", "l", `{"L":[{"N":"2"}]}`},
		{"SET l[9] = :v", `{":v":{"S":"x"}}`, "l", `{"L":[{"N":"1"},{"N":"2"},{"N":"3"},{"S":"x"}]}`},
		{"SET m.deep = :v, n = n - :v", `{":v":{"N":"7"}}`, "m", `{"M":{"in":{"S":"x"},"deep":{"N":"7"}}}`},
		{"SET n = n - :v", `{":v":{"N":"7"}}`, "n", `{"N":"-2"}`},
		{"SET n = n + :v", `{":v":{"N":"0.25"}}`, "n", `{"N":"5.25"}`},
		{"SET s = n, n = :v", `{":v":{"N":"7"}}`, "s", `{"N":"5"}`}, // of the item before
		{"SET more = if_not_exists(n, :v) + :v", `{":v":{"N":"7"}}`, "more", `{"N":"12"}`},
		{"SET l = list_append(:v, l)", `{":v":{"L":[{"N":"0"}]}}`, "l", `{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"}]}`},
		{"ADD more :v", `{":v":{"N":"7"}}`, "more", `{"N":"7"}`},
		{"ADD #set :v", `{":v":{"SS":["c","b"]}}`, "set", `{"SS":["a","b","c"]}`},
		{"DELETE #set :v", `{":v":{"SS":["a","x"]}}`, "set", `{"SS":["b"]}`},
		{"DELETE #set :v", `{":v":{"SS":["a","b"]}}`, "set", `null`},
		{"REMOVE zip", "", "s", `{"S":"text"}`},
	} {
		t.Run(tt.expression, func(t *testing.T) {
			t.Parallel()
			p := begin(t, dynamo.Options{})
			members := keyA + `,"UpdateExpression":"` + tt.expression + `"`
			if strings.Contains(tt.expression, "#set") {
				members += `,"ExpressionAttributeNames":{"#set":"set"}`
			}
			if tt.values != "" {
				members += `,"ExpressionAttributeValues":` + tt.values
			}
			p.ok("UpdateItem", members)
			var want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, p.item("a")[tt.attribute]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.attribute, diff)
			}
		})
	}
}
