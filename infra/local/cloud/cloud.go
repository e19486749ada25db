package cloud

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options says what the stand-in pretends to be. The zero value works.
type Options struct {
	Region    string // default sa-east-1
	AccountID string // default 000000000000
	// DynamoDB is the URL of the server that DynamoDB calls are forwarded to.
	// "" refuses them.
	DynamoDB string
	// Dir is the folder that state is kept in; it is made where missing.
	// "" keeps state in memory.
	Dir string
	// Speed divides delays and visibility times, so that 30 makes a minute two
	// seconds. It does not touch the waiting time of a long poll, nor
	// recovery windows. Default 1.
	Speed float64
	// Clock tells the time. Long polls wait on timers of the real clock all the
	// same. Default time.Now.
	Clock func() time.Time
}

// Cloud is the stand-in. It is safe for use by several goroutines.
type Cloud struct {
	queues   *queues
	services map[string]service
	dynamodb http.Handler

	closing   sync.Once
	closed    chan struct{}
	greetings string
}

// New returns a stand-in with the state that Options.Dir holds. It fails where
// that state or an option cannot be used; the error names the file or option.
func New(o Options) (*Cloud, error) {
	if o.Region == "" {
		o.Region = "sa-east-1"
	}
	if o.AccountID == "" {
		o.AccountID = "000000000000"
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	switch {
	case o.Speed == 0:
		o.Speed = 1
	case !(o.Speed > 0): // NaN too
		return nil, fmt.Errorf("cloud: speed is %v, want more than 0", o.Speed)
	}
	c := &Cloud{closed: make(chan struct{})}
	var err error
	if c.dynamodb, err = forwardTo(o.DynamoDB); err != nil {
		return nil, err
	}
	root := folder(o.Dir)
	if c.queues, err = openQueues(o, root.sub("sqs"), c.closed); err != nil {
		return nil, err
	}
	secrets, err := openSecrets(o, root.sub("secrets"))
	if err != nil {
		return nil, err
	}
	c.services = map[string]service{
		"AmazonSQS":      c.queues.service(),
		"secretsmanager": secrets.service(),
	}
	c.greetings = fmt.Sprintf("Extrato's local stand-in for AWS (%s, account %s): SQS and Secrets Manager are simulated, "+
		"DynamoDB is forwarded, signatures are not verified.\n", o.Region, o.AccountID)
	return c, nil
}

// Close ends the long polls that wait, which answer that there is no message,
// so that a server can shut down at once. It is safe to call more than once.
func (c *Cloud) Close() { c.closing.Do(func() { close(c.closed) }) }

// String names the stand-in, so that printing one shows none of its state.
func (c *Cloud) String() string { return "cloud.Cloud" }

// Format writes String under every verb.
func (c *Cloud) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// ServeHTTP answers one call. The service and the operation are named by the
// header X-Amz-Target; the path is of no account.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	name, operation, _ := strings.Cut(target, ".")
	if name == dynamoTarget {
		c.dynamodb.ServeHTTP(w, r)
		return
	}
	if s, ok := c.services[name]; ok {
		s.serve(w, r, operation)
		return
	}
	if target == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, c.greetings)
		return
	}
	message := "This endpoint speaks the AWS JSON protocol for DynamoDB, SQS and Secrets Manager; the request names no operation of theirs in X-Amz-Target."
	if target != "" {
		message = fmt.Sprintf("This endpoint does not simulate %q, only DynamoDB, SQS and Secrets Manager.", clip(target))
	}
	service{version: "1.0", messageKey: "message"}.fail(w, &fault{code: "UnknownOperationException", message: message})
}

// clip bounds foreign text that is told back.
func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// absolute parses a URL that has a scheme and a host.
func absolute(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is no http URL", raw)
	}
	return u, nil
}
