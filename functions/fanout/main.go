// Command fanout is the Lambda function behind the schedule.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/sethvargo/go-envconfig"

	"extrato/internal/fanout"
	"extrato/internal/queue"
	"extrato/internal/store"
	"extrato/internal/telemetry"
)

type config struct {
	Table     string `env:"TABLE_NAME, required"`
	SyncQueue string `env:"SYNC_QUEUE_URL, required"`
	// Concurrency is how many batches are under way at once. Sixteen at 20 ms are
	// 8,000 accounts a second, more than the CPU of 256 MB makes.
	Concurrency int `env:"CONCURRENCY, default=16"`
}

// callTimeout ends one attempt of an AWS call: the SDK has no limit of its own,
// and a connection that died silently would hold a shard up until Lambda ends
// the function. A page of 1 MB takes a fraction of a second.
const callTimeout = 15 * time.Second

func main() {
	if err := run(context.Background()); err != nil {
		slog.Error("fanout does not start", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var c config
	if err := envconfig.Process(ctx, &c); err != nil {
		return err
	}
	// The SDK keeps ten idle connections to a host and closes the others: a TLS
	// handshake for every call beyond.
	client := awshttp.NewBuildableClient().WithTimeout(callTimeout).WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, c.Concurrency+store.Shards
	})
	aws, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithHTTPClient(client))
	if err != nil {
		return err
	}
	metrics := telemetry.New(os.Stdout, lambdacontext.FunctionName, time.Now)
	job := &fanout.Fanout{
		Index:       store.New(dynamodb.NewFromConfig(aws), c.Table),
		Queue:       queue.New(sqs.NewFromConfig(aws), c.SyncQueue, ""),
		Shards:      store.Shards,
		Concurrency: c.Concurrency,
		Log:         lambdacontext.NewLogger(),
		Count:       metrics.Count,
	}
	lambda.Start(telemetry.Flushing(metrics, job.Run))
	return nil
}
