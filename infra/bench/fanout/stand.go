package fanout

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"extrato/infra/local/cloud"
)

// heldAtMost is how many messages the local queue holds before it is drained:
// each takes about a kilobyte of this process.
const heldAtMost = 20_000

// stand is the queue and the index of one run.
type stand struct {
	n       int
	failing int64 // one in so many entries is failed by the queue; 0 is none
	index   *index
	queue   *cloud.Cloud
	url     string // of the queue
	servers []*http.Server
	urls    [2]string // endpoints of DynamoDB and SQS

	batches, entries, failed atomic.Int64 // SendMessageBatch calls, and what they had

	// draining is held by the calls for reading, and by the drain for writing.
	draining sync.RWMutex
	held     atomic.Int64  // messages on the queue, about
	passed   time.Duration // by the queue's clock
	started  time.Time
	seen     []bool // by number of account
	messages int    // received
	delayed  int    // of those, with a delay
	trouble  error  // of a drain
}

// open starts a queue and an index of n accounts.
func open(n int, failing int64) (*stand, error) {
	s := &stand{n: n, failing: failing, index: &index{n: n, pageBytes: 1 << 20}, seen: make([]bool, n), started: time.Now()}
	var err error
	s.queue, err = cloud.New(cloud.Options{Clock: func() time.Time { return s.started.Add(s.passed) }})
	if err != nil {
		return nil, err
	}
	var made struct{ QueueUrl string }
	if err := s.call("CreateQueue", map[string]string{"QueueName": "sync"}, &made); err != nil {
		return nil, err
	}
	for i, handler := range []http.Handler{s.index, s} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.close()
			return nil, err
		}
		server := &http.Server{Handler: handler}
		s.servers = append(s.servers, server)
		s.urls[i] = "http://" + listener.Addr().String()
		go func() { _ = server.Serve(listener) }()
	}
	s.url = s.urls[1] + "/000000000000/sync"
	return s, nil
}

func (s *stand) close() {
	for _, server := range s.servers {
		_ = server.Close()
	}
	s.queue.Close()
}

// environment is what a function sees: the template's variables, and where its
// services are.
func (s *stand) environment() []string {
	return []string{
		"AWS_LAMBDA_FUNCTION_NAME=extrato-fanout", "AWS_LAMBDA_LOG_FORMAT=JSON", fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", memory),
		"AWS_REGION=sa-east-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
		"AWS_ENDPOINT_URL_DYNAMODB=" + s.urls[0], "AWS_ENDPOINT_URL_SQS=" + s.urls[1],
		"TABLE_NAME=extrato", "SYNC_QUEUE_URL=" + s.url, fmt.Sprintf("CONCURRENCY=%d", inFlight),
	}
}

// missing returns how many accounts had no message.
func (s *stand) missing() (n int) {
	for _, seen := range s.seen {
		if !seen {
			n++
		}
	}
	return n
}
