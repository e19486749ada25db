package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/local/build"
	"extrato/infra/template"
	"extrato/internal/inter/intertest"
)

// The tests named e2e run the whole stack as main does, with the deployed
// binaries, on free ports, against a bank of their own as --bank-url: what they
// do to it is what a bank does, and what they see is what an ERP sees.

// built compiles the functions before several stacks want them at once.
var built = sync.OnceValue(func() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	t, err := template.Read(filepath.Join(root, "template.yaml"))
	if err != nil {
		return err
	}
	var names []string
	for id := range maps.Keys(t.Functions) {
		names = append(names, folderOf(id))
	}
	slices.Sort(names)
	_, err = build.Functions(context.Background(), root, names, func() {})
	return err
})

// rig is a running stack.
type rig struct {
	t    *testing.T
	url  string // of the API
	aws  string // of DynamoDB, SQS and Secrets Manager
	bank *intertest.Bank
	stop func() // ends the stack as Ctrl-C does; may be called again
}

// newBank returns a bank that listens until the test ends.
func newBank(t *testing.T) *intertest.Bank {
	t.Helper()
	b, err := intertest.New(intertest.Options{Seed: 7, Key: intertest.EC})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// startRig runs the stack with further arguments until the test ends.
func startRig(t *testing.T, bank *intertest.Bank, args ...string) *rig {
	t.Helper()
	if err := built(); err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte(bank.CAPEM()), 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{
		"--demo=false", "--addr", "127.0.0.1:0", "--aws-addr", "127.0.0.1:0", "--bank-url", bank.URL(), "--bank-ca", ca,
	}, args...) // of a flag given twice the last counts
	ctx, end := context.WithCancel(context.Background())
	out, errOut := &console{}, &console{}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, out, errOut) }()
	stop := sync.OnceFunc(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("the stack ended with %v", err)
		}
	})
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("what the stack said:\n%s", errOut.tail(6000))
		}
	})
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if found := banner.FindStringSubmatch(out.tail(1 << 20)); found != nil {
			return &rig{t: t, url: found[1], aws: found[2], bank: bank, stop: stop}
		}
		if len(ended) > 0 || time.Since(began) > time.Minute {
			t.Fatalf("the stack is not ready: %s", errOut.tail(6000))
		}
	}
}

// banner finds the addresses in what the stack prints when it is ready.
var banner = regexp.MustCompile(`(?s)  API +(\S+).*  AWS +(\S+).*\nready in`)

// console keeps what is written to it.
type console struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(b)
}

// tail returns the last n bytes.
func (c *console) tail(n int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.text.Bytes()
	return string(b[max(0, len(b)-n):])
}

func (r *rig) config() aws.Config {
	return aws.Config{
		Region: "sa-east-1", BaseEndpoint: &r.aws, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// queue returns a client and the URL of a queue of the template.
func (r *rig) queue(id string) (*sqs.Client, *string) {
	r.t.Helper()
	c := sqs.NewFromConfig(r.config())
	name := stackName + "-" + id
	got, err := c.GetQueueUrl(r.t.Context(), &sqs.GetQueueUrlInput{QueueName: &name})
	if err != nil {
		r.t.Fatal(err)
	}
	return c, got.QueueUrl
}

// items returns every item of the table, by its key.
func (r *rig) items() map[string]map[string]any {
	r.t.Helper()
	pages := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(r.config()), &dynamodb.ScanInput{
		TableName: aws.String(stackName), ConsistentRead: aws.Bool(true),
	})
	all := map[string]map[string]any{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		for _, item := range page.Items {
			var plain map[string]any
			if err := attributevalue.UnmarshalMap(item, &plain); err != nil {
				r.t.Fatal(err)
			}
			all[fmt.Sprint(plain["PK"], " ", plain["SK"])] = plain
		}
	}
	return all
}
