package calls

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../../../.."

func load(t *testing.T, overlay map[string][]byte) *Program {
	t.Helper()
	p, err := Load(root, overlay)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFunctions is what the design says of secrets and queues: who may read
// them, who may write, who sends.
func TestFunctions(t *testing.T) {
	t.Parallel()
	p := load(t, nil)
	if d := cmp.Diff([]string{"functions/api", "functions/fanout", "functions/sync"}, p.Functions()); d != "" {
		t.Fatalf("functions (-want +got):\n%s", d)
	}
	for path, want := range map[string][]string{
		"functions/fanout": {"dynamodb.Query enabled", "sqs.SendMessageBatch syncURL"},
		"functions/sync": {"secretsmanager.GetSecretValue",
			"sqs.ChangeMessageVisibility syncURL", "sqs.SendMessage dlqURL", "sqs.SendMessageBatch syncURL"},
		"functions/api": {"secretsmanager.CreateSecret", "secretsmanager.DeleteSecret", "secretsmanager.GetSecretValue",
			"secretsmanager.PutSecretValue", "secretsmanager.RestoreSecret", "sqs.SendMessageBatch syncURL"},
	} {
		calls, err := p.Of(path)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range calls {
			if c.Service != "dynamodb" || path == "functions/fanout" {
				got = append(got, c.String())
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}

// plant returns an overlay that adds a file to a program and calls its probe.
func plant(t *testing.T, overlay map[string][]byte, program, probe string) {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join(root, "functions", program))
	if err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(folder, "main.go")
	text, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	const start = "func run(ctx context.Context) error {\n"
	if strings.Count(string(text), start) != 1 {
		t.Fatalf("%s has no run", main)
	}
	overlay[main] = []byte(strings.Replace(string(text), start, start+"\tprobe(ctx)\n", 1))
	overlay[filepath.Join(folder, "probe.go")] = []byte(probe)
}

const reached = `package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"
)

type purger interface{ purge(context.Context) error }

type queues struct {
	client   *sqs.Client
	probeURL string
}

func (q *queues) purge(ctx context.Context) error {
	_, err := q.client.PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: &q.probeURL})
	return err
}

func (q *queues) never(ctx context.Context) error {
	_, err := q.client.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: &q.probeURL})
	return err
}

func unused(ctx context.Context, db *dynamodb.Client) { _, _ = db.DeleteTable(ctx, nil) }

func probe(ctx context.Context) {
	db := dynamodb.New(dynamodb.Options{})
	var all errgroup.Group
	all.Go(func() error { // a library calls it
		_, err := db.Scan(ctx, &dynamodb.ScanInput{IndexName: aws.String("probed")})
		return err
	})
	var p purger = &queues{}
	_ = p.purge(ctx)
	describe := db.DescribeTable // a value
	_, _ = describe(ctx, nil)
	_, _ = db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Delete: &types.Delete{}}}})
}
`

const beyond = `package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func probe(ctx context.Context) {
	_ = dynamodb.NewQueryPaginator(dynamodb.New(dynamodb.Options{}), nil)
	_, _ = sqs.New(sqs.Options{}).PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: aws.String(os.Getenv("X"))})
}
`

// TestReach plants calls on every kind of way, and some that are on none.
func TestReach(t *testing.T) {
	t.Parallel()
	overlay := map[string][]byte{}
	plant(t, overlay, "fanout", reached)
	plant(t, overlay, "sync", beyond)
	p := load(t, overlay)
	calls, err := p.Of("functions/fanout")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range calls {
		got = append(got, c.String())
	}
	want := []string{"dynamodb.Delete", "dynamodb.DescribeTable", "dynamodb.Query enabled", "dynamodb.Scan probed",
		"sqs.PurgeQueue probeURL", "sqs.SendMessageBatch syncURL"}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
	_, err = p.Of("functions/sync")
	for _, want := range []string{"client of dynamodb", "QueueUrl that cannot be told"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
