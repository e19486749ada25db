package sync

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// spent is what DynamoDB was asked, by its own word.
type spent struct {
	Read, Write  float64 // units consumed
	Transactions int
}

// meter stands before the stand-in for AWS and adds up what DynamoDB's answers
// say that they consumed.
type meter struct {
	next http.Handler

	mu  sync.Mutex
	now spent
}

// since returns what was spent since the last call.
func (m *meter) since() spent {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.now
	m.now = spent{}
	return s
}

// ServeHTTP implements http.Handler.
func (m *meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if service != "DynamoDB_20120810" {
		m.next.ServeHTTP(w, r)
		return
	}
	kept := &copied{ResponseWriter: w}
	m.next.ServeHTTP(kept, r)
	m.add(operation, kept.text.Bytes())
}

// consumed is one ConsumedCapacity; a transaction's answer has a list of them.
type consumed struct {
	CapacityUnits, ReadCapacityUnits, WriteCapacityUnits *float64
}

func (m *meter) add(operation string, text []byte) {
	var answer struct{ ConsumedCapacity json.RawMessage }
	if json.Unmarshal(text, &answer) != nil {
		return
	}
	var all []consumed
	if json.Unmarshal(answer.ConsumedCapacity, &all) != nil {
		all = make([]consumed, 1)
		if json.Unmarshal(answer.ConsumedCapacity, &all[0]) != nil {
			return
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if operation == "TransactWriteItems" {
		m.now.Transactions++
	}
	for _, c := range all {
		switch {
		case c.ReadCapacityUnits != nil || c.WriteCapacityUnits != nil:
			m.now.Read += value(c.ReadCapacityUnits)
			m.now.Write += value(c.WriteCapacityUnits)
		case operation == "GetItem" || operation == "Query" || operation == "BatchGetItem":
			m.now.Read += value(c.CapacityUnits)
		default:
			m.now.Write += value(c.CapacityUnits)
		}
	}
}

func value(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}

// copied keeps a copy of the answer.
type copied struct {
	http.ResponseWriter
	text bytes.Buffer
}

// Write implements http.ResponseWriter.
func (c *copied) Write(b []byte) (int, error) {
	c.text.Write(b)
	return c.ResponseWriter.Write(b)
}
