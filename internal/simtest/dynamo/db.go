package dynamo

import (
	"bytes"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Options of a DB. The zero value is a DynamoDB without troubles.
type Options struct {
	// Clock tells the time. Default time.Now, which is virtual in a bubble of
	// testing/synctest.
	Clock func() time.Time
	// Lag is how old what eventually consistent reads show is: of the index,
	// and of the table where ConsistentRead is not asked for.
	Lag time.Duration
	// Between, if not nil, is called between every two writes of one
	// transaction: done of its of writes can be read. It may sleep, and it may
	// call the DB. Meanwhile whoever writes one of the transaction's items, a
	// condition check included, meets a transaction conflict.
	Between func(done, of int)
	// Unprocessed, if not nil, says how many of a BatchGetItem's or
	// BatchWriteItem's n keys to leave to the caller.
	Unprocessed func(operation string, n int) int
}

// DB is a DynamoDB. It is an http.RoundTripper: whatever the URL, a request is
// answered from memory. It is safe for use by several goroutines.
type DB struct {
	options Options

	mu     sync.Mutex
	tables map[string]*table
	tokens tokens
	held   map[place]bool // items of transactions that are under way
	faults []string

	epoch    uint64 // moves with every Snapshot and Restore
	restored uint64 // moves with every Restore
	seq      uint64 // moves with every row that is written
	slow     int    // queries under way

	conditions  cache[*condition]
	updates     cache[*update]
	projections cache[*projection]
}

// place names an item.
type place struct{ table, hash, sort string }

// New returns a DB without tables.
func New(o Options) *DB {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &DB{options: o, tables: map[string]*table{}, tokens: newTokens(), held: map[place]bool{}}
}

// Client returns a client of the DB that needs no network, no signature and no
// goroutine. transport, if not nil, stands between: it is to end at the DB.
func (db *DB) Client(transport http.RoundTripper) *dynamodb.Client {
	if transport == nil {
		transport = db
	}
	return dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://dynamo.invalid"),
		Credentials: aws.AnonymousCredentials{}, HTTPClient: direct{transport},
	})
}

// direct does without http.Client, which has cookies and redirects to look for.
type direct struct{ http.RoundTripper }

func (d direct) Do(r *http.Request) (*http.Response, error) { return d.RoundTrip(r) }

// operation answers a request: the body of the answer, or a fault.
type operation func(db *DB, d *decoder) ([]byte, *fault)

var operations = map[string]operation{
	"CreateTable": (*DB).createTable, "DescribeTable": (*DB).describeTable, "DeleteTable": (*DB).deleteTable,
	"GetItem": (*DB).getItem, "BatchGetItem": (*DB).batchGetItem, "Query": (*DB).query,
	"PutItem": (*DB).putItem, "UpdateItem": (*DB).updateItem, "DeleteItem": (*DB).deleteItem,
	"BatchWriteItem": (*DB).batchWriteItem, "TransactWriteItems": (*DB).transactWriteItems,
}

// RoundTrip answers a request. A context that is done ends it before it has any
// effect; the error is then the context's.
func (db *DB) RoundTrip(r *http.Request) (*http.Response, error) { return db.roundTrip(r, nil) }

func (db *DB) roundTrip(r *http.Request, slow *Slow) (*http.Response, error) {
	body, err := Body(r)
	if err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer, f := db.answer(Operation(r), body, slow)
	if f == nil {
		return respond(r, http.StatusOK, answer), nil
	}
	if f.mistaken() {
		db.note(Operation(r) + ": " + f.text())
	}
	status, answer := f.encode()
	return respond(r, status, answer), nil
}

func (db *DB) answer(name string, body []byte, slow *Slow) ([]byte, *fault) {
	do, ok := operations[name]
	if !ok {
		return nil, notSimulated("The operation %q is not simulated", name)
	}
	if !utf8.Valid(body) {
		return nil, refuse("SerializationException", "The request is not UTF-8")
	}
	return do(db, &decoder{text: string(body), slow: slow})
}

// maxFaults bounds what is kept of a caller that is wrong all the time.
const maxFaults = 100

func (db *DB) note(text string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if len(db.faults) < maxFaults {
		db.faults = append(db.faults, text)
	}
}

// Faults returns what was refused since New because no state of the table
// could have made it right: malformed requests, which are a mistake of the
// caller's, and what is not simulated, which is a gap of this package. At most
// the first hundred are kept.
func (db *DB) Faults() []string {
	db.mu.Lock()
	defer db.mu.Unlock()
	return append([]string(nil), db.faults...)
}

// table returns a table by its name.
func (db *DB) table(name string) (*table, *fault) {
	t, ok := db.tables[name]
	if !ok {
		return nil, refuse("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
	}
	return t, nil
}

// Operation returns the name of the operation that a request asks for.
func Operation(r *http.Request) string {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return name
}

// Body returns the body of a request, which can be read again afterwards.
func Body(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := b.ReadFrom(r.Body)
	if closing := r.Body.Close(); err == nil {
		err = closing
	}
	r.Body = io.NopCloser(bytes.NewReader(b.Bytes()))
	return b.Bytes(), err
}

// respond makes an answer with its checksum, which the SDK looks at.
func respond(r *http.Request, status int, body []byte) *http.Response {
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Content-Type": {"application/x-amz-json-1.0"},
			"X-Amz-Crc32":  {strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)},
		},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// cache keeps parsed expressions: a program has few, and sends them often.
type cache[T any] map[string]T

// maxCached bounds it against a caller who writes values into expressions.
const maxCached = 10000

func (c *cache[T]) get(text string, parse func(string) (T, *fault)) (T, *fault) {
	if parsed, ok := (*c)[text]; ok {
		return parsed, nil
	}
	parsed, f := parse(text)
	if f != nil {
		return parsed, f
	}
	if *c == nil || len(*c) == maxCached {
		*c = cache[T]{}
	}
	(*c)[text] = parsed
	return parsed, nil
}
