package fanout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"extrato/internal/store"
)

// index answers DynamoDB's Query of the index for n accounts, with the pages,
// the JSON and the checksum of DynamoDB, and makes the items up as it goes.
type index struct {
	n int
	// pageBytes ends a page, by the size of its items, not of the answer: 1 MB.
	pageBytes int

	pages  atomic.Int64 // answered with items
	counts atomic.Int64 // answered with a number only
}

// query is what is understood of a Query.
type query struct {
	IndexName                 string
	KeyConditionExpression    string
	ProjectionExpression      string
	Select                    string
	Limit                     int
	ExclusiveStartKey         map[string]map[string]string
	ExpressionAttributeValues map[string]map[string]string
}

func (x *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q query
	err := json.NewDecoder(r.Body).Decode(&q)
	var body []byte
	if err == nil && r.Header.Get("X-Amz-Target") == "DynamoDB_20120810.Query" {
		body, err = x.answer(q)
	} else if err == nil {
		err = fmt.Errorf("%s is not answered", r.Header.Get("X-Amz-Target"))
	}
	status := http.StatusOK
	if err != nil {
		status = http.StatusBadRequest
		body, _ = json.Marshal(map[string]string{"__type": "com.amazon.coral.validate#ValidationException", "message": err.Error()})
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// answer returns one page.
func (x *index) answer(q query) ([]byte, error) {
	shard, first, end, err := x.span(q)
	if err != nil {
		return nil, err
	}
	var items bytes.Buffer
	size, count := 0, 0
	for first+count < end && (q.Limit == 0 || count < q.Limit) {
		key := keyOf(shard, first+count)
		more := itemSize(key)
		if size+more > x.pageBytes && count > 0 {
			break
		}
		if count > 0 {
			items.WriteByte(',')
		}
		switch {
		case q.Select == "COUNT":
		case q.ProjectionExpression == "enabled_key":
			_, _ = fmt.Fprintf(&items, `{"enabled_key":{"S":"%s"}}`, key)
		default:
			writeItem(&items, shard, key)
		}
		size += more
		count++
	}
	var out bytes.Buffer
	// An eventually consistent read pays half a unit per 4 KB.
	_, _ = fmt.Fprintf(&out, `{"ConsumedCapacity":{"TableName":"extrato","CapacityUnits":%.1f},"Count":%d,"ScannedCount":%d`,
		float64(max(1, (size+4095)/4096))/2, count, count)
	if q.Select == "COUNT" {
		x.counts.Add(1)
	} else {
		x.pages.Add(1)
		_, _ = fmt.Fprintf(&out, `,"Items":[%s]`, items.Bytes())
	}
	if count > 0 && (first+count < end || count == q.Limit) { // DynamoDB does not look beyond a Limit
		_, _ = io.WriteString(&out, `,"LastEvaluatedKey":`)
		writeItem(&out, shard, keyOf(shard, first+count-1))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// span returns which accounts of which shard a query asks for.
func (x *index) span(q query) (shard, first, end int, err error) {
	shard, err = strconv.Atoi(q.ExpressionAttributeValues[":shard"]["N"])
	if err != nil || shard < 0 || shard >= store.Shards || q.IndexName != store.EnabledIndex {
		return 0, 0, 0, fmt.Errorf("no shard of the index: %+v", q)
	}
	end = inShard(x.n, shard)
	place := func(key string) (int, error) {
		i, err := number(key)
		return i / store.Shards, err
	}
	condition, _ := strings.CutPrefix(q.KeyConditionExpression, "enabled_shard = :shard")
	switch condition {
	case "":
	case " AND enabled_key > :from":
		first, err = place(q.ExpressionAttributeValues[":from"]["S"])
		first++
	case " AND enabled_key <= :from":
		end, err = place(q.ExpressionAttributeValues[":from"]["S"])
		end++
	default:
		err = fmt.Errorf("condition %q is not understood", q.KeyConditionExpression)
	}
	if err == nil && q.ExclusiveStartKey != nil {
		var after int
		after, err = place(q.ExclusiveStartKey["enabled_key"]["S"])
		first = max(first, after+1)
	}
	return shard, first, end, err
}

func keyOf(shard, place int) string {
	ref := account(place*store.Shards + shard)
	return string(ref.Tenant) + "#" + string(ref.Account)
}

// itemSize is names and values, as DynamoDB counts what a page holds: PK, SK,
// enabled_shard and enabled_key.
func itemSize(key string) int {
	return len("PK"+"TENANT#"+"SK"+"ACCOUNT#") + len(key) - 1 + len("enabled_shard") + 2 + len("enabled_key") + len(key)
}

func writeItem(out *bytes.Buffer, shard int, key string) {
	tenant, account, _ := strings.Cut(key, "#")
	_, _ = fmt.Fprintf(out, `{"PK":{"S":"TENANT#%s"},"SK":{"S":"ACCOUNT#%s"},"enabled_shard":{"N":"%d"},"enabled_key":{"S":"%s"}}`,
		tenant, account, shard, key)
}
