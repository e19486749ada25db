package dynamo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"extrato/internal/store/storetest"
)

// Requests drawn at random get the same answer from both. Which kinds came up,
// and how they ended, is logged.
func TestRandomRequestsAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := newTwin(rt)
		w.count = count
		s := &source{t: rt, table: storetest.Table(t, storetest.Client(t, w))}
		w.t = rt
		for range 40 {
			operation, body := s.request()
			s.send(w, operation, body)
		}
		s.send(w, "Query", s.all("p"))
		s.send(w, "Query", s.all("q"))
	})
	t.Log(count)
	for _, operation := range []string{"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem", "TransactWriteItems"} {
		if count[operation+" "] == 0 {
			t.Errorf("no %s was answered", operation)
		}
	}
}

// Pages end at the same items, with and without a filter, forwards, backwards
// and in the index; and a batch of more than 16 MB is left at the same place.
func TestPagesAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	w := newTwin(t)
	w.ignored = "ScannedCount" // it counts one item beyond the page
	s := &source{table: storetest.Table(t, storetest.Client(t, w))}
	var keys []any
	for i := range 48 {
		key := object{"PK": text("q"), "SK": text(fmt.Sprintf("%03d", i))}
		if i < 9 {
			key["PK"] = text("p")
		}
		keys = append(keys, maps.Clone(key))
		key["x"], key["n"] = text(strings.Repeat("x", 350_000+1000*i)), object{"N": fmt.Sprint(i)}
		key["enabled_shard"], key["enabled_key"] = object{"N": "1"}, text("k")
		s.send(w, "PutItem", object{"TableName": s.table, "Item": key, "ReturnConsumedCapacity": "INDEXES"})
	}
	for _, forward := range []bool{true, false} {
		for _, filter := range []string{"", "n > :n"} {
			for start := any(nil); ; {
				r := s.all("p")
				r["ScanIndexForward"], r["ReturnConsumedCapacity"] = forward, "TOTAL"
				if filter != "" {
					r["FilterExpression"] = filter
					r["ExpressionAttributeValues"].(object)[":n"] = object{"N": "5"}
				}
				if start != nil {
					r["ExclusiveStartKey"] = start
				}
				if start = s.send(w, "Query", r)["LastEvaluatedKey"]; start == nil {
					break
				}
			}
		}
	}
	s.send(w, "BatchGetItem", object{"RequestItems": object{s.table: object{"Keys": keys, "ConsistentRead": true}}, "ReturnConsumedCapacity": "TOTAL"})
	s.send(w, "Query", object{
		"TableName": s.table, "IndexName": "enabled", "KeyConditionExpression": "enabled_shard = :s", "ReturnConsumedCapacity": "INDEXES",
		"ExpressionAttributeValues": object{":s": object{"N": "1"}},
	})
	if n := w.count["Query "]; n != 21 { // of nine items two to a page, four times
		t.Errorf("%d queries, want 21: pages are not of 1 MB", n)
	}
}

func (s *source) send(w *twin, operation string, body object) object {
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	r, err := http.NewRequest(http.MethodPost, w.url, strings.NewReader(string(text)))
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00")
	r.Header.Set("X-Amz-Date", "20260101T000000Z")
	resp, err := w.RoundTrip(r)
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer object
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		w.t.Fatalf("%v", err)
	}
	return answer
}

// request draws any request.
func (s *source) request() (operation string, body object) {
	switch n := s.upTo(16); {
	case n < 4:
		body, operation = s.write("Put", s.key()), "PutItem"
		body["ReturnValues"] = s.of("NONE", "ALL_OLD")
	case n < 7:
		body, operation = s.write("Update", s.key()), "UpdateItem"
		body["ReturnValues"] = s.of("NONE", "ALL_NEW") // the other one returns old ones of an item that was not there, and a whole list for an element
	case n < 8:
		body, operation = s.write("Delete", s.key()), "DeleteItem"
		body["ReturnValues"] = s.of("NONE", "ALL_OLD")
	case n < 9:
		body, operation = s.project(object{"TableName": s.table, "Key": s.key(), "ConsistentRead": s.one(2)}), "GetItem"
	case n < 10:
		body, operation = s.batchGet(), "BatchGetItem"
	case n < 11:
		body, operation = s.batchWrite(), "BatchWriteItem"
	case n < 13:
		body, operation = s.transaction(), "TransactWriteItems"
	default:
		body, operation = s.query(), "Query"
	}
	// What an update of an indexed attribute costs in the index they disagree on,
	// and nothing of ours reads it.
	if operation != "UpdateItem" && operation != "TransactWriteItems" {
		body["ReturnConsumedCapacity"] = s.of("NONE", "TOTAL", "INDEXES", "INDEXES")
	}
	return operation, body
}

// project adds a projection, perhaps.
func (s *source) project(r object) object {
	s.begin()
	if s.one(3) {
		r["ProjectionExpression"] = s.path() + ", " + s.path()
	}
	return s.finish(r)
}

func (s *source) batchGet() object {
	keys := []any{}
	for range 1 + s.upTo(4) {
		keys = append(keys, s.key())
	}
	of := s.project(object{"Keys": keys, "ConsistentRead": s.one(2)})
	delete(of, "ExpressionAttributeValues")
	return object{"RequestItems": object{s.table: of}}
}

func (s *source) batchWrite() object {
	list := []any{}
	for range 1 + s.upTo(4) {
		if s.one(2) {
			list = append(list, object{"DeleteRequest": object{"Key": s.key()}})
		} else {
			list = append(list, object{"PutRequest": object{"Item": s.attributes(s.key())}})
		}
	}
	return object{"RequestItems": object{s.table: list}}
}

// transaction draws one; one with a token may be the one before, again.
func (s *source) transaction() object {
	if s.last != nil && s.one(3) {
		return maps.Clone(s.last)
	}
	s.together = true
	defer func() { s.together = false }()
	token := s.one(2)
	var list []any
	seen := map[string]bool{}
	for range 1 + s.upTo(4) {
		verb, key := s.of("Put", "Update", "Delete", "ConditionCheck"), s.key()
		// Which of two reasons to refuse comes first is not to be judged here.
		if name := fmt.Sprint(key); token && seen[name] {
			continue
		} else {
			seen[name] = true
		}
		list = append(list, object{verb: s.write(verb, key)})
	}
	r := object{"TransactItems": list}
	if token {
		s.tokens++                                                             // the same one for two requests is refused by both, but they disagree what is looked at first
		r["ClientRequestToken"] = fmt.Sprintf("%s-%d", s.table[:20], s.tokens) // other tables share the tokens
		s.last = maps.Clone(r)
	}
	return r
}

func (s *source) all(pk string) object {
	return object{
		"TableName": s.table, "KeyConditionExpression": "PK = :p", "ConsistentRead": true,
		"ExpressionAttributeValues": object{":p": text(pk)},
	}
}

func (s *source) query() object {
	s.begin()
	r := object{"TableName": s.table, "ScanIndexForward": s.one(2)}
	if s.one(3) {
		r["Limit"] = 1 + s.upTo(3)
	}
	if s.one(3) {
		r["FilterExpression"] = s.condition(1)
	}
	if s.one(5) {
		r["Select"] = s.of("COUNT", "ALL_ATTRIBUTES")
	}
	// The other one takes start keys from outside of what is asked for.
	if s.one(3) {
		shard := object{"N": s.of("1", "2", "3")}
		r["IndexName"] = "enabled"
		r["KeyConditionExpression"] = s.named("enabled_shard") + " = " + s.given(shard) +
			s.either("", func() string { return " AND enabled_key >= " + s.given(text("k")) })
		if s.one(3) {
			r["ExclusiveStartKey"] = object{"PK": text("p"), "SK": text(s.sort()), "enabled_shard": shard, "enabled_key": text(s.of("k", "l"))}
		}
		return s.finish(r)
	}
	pk := s.of("p", "p", "q", "none")
	r["ConsistentRead"] = s.one(2)
	condition := "PK = " + s.given(text(pk))
	if s.one(4) {
		r["ExclusiveStartKey"] = object{"PK": text(pk), "SK": text(s.sort())}
	} else {
		condition += s.within()
	}
	r["KeyConditionExpression"] = condition
	return s.finish(r)
}

// within draws a condition on the sort key.
func (s *source) within() string {
	switch s.upTo(5) {
	case 0:
		return " AND SK BETWEEN " + s.given(text(s.sort())) + " AND " + s.given(text(s.of("b", "c", "z")))
	case 1:
		return " AND begins_with(SK, " + s.given(text(s.of("a", "a#", "b"))) + ")"
	case 2:
		return " AND " + s.named("SK") + s.of(" = ", " < ", " <= ", " > ", " >= ") + s.given(text(s.sort()))
	default:
		return ""
	}
}
