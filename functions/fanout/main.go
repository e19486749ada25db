// Command fanout is the Lambda function behind the schedule.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/sethvargo/go-envconfig"

	"extrato/internal/fanout"
	"extrato/internal/queue"
	"extrato/internal/store"
)

type config struct {
	Table       string `env:"TABLE_NAME, required"`
	SyncQueue   string `env:"SYNC_QUEUE_URL, required"`
	Concurrency int    `env:"CONCURRENCY, default=16"` // all shards at once
}

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
	aws, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	job := &fanout.Fanout{
		Index:       store.New(dynamodb.NewFromConfig(aws), c.Table),
		Queue:       queue.New(sqs.NewFromConfig(aws), c.SyncQueue, ""),
		Shards:      store.Shards,
		Concurrency: c.Concurrency,
		Log:         lambdacontext.NewLogger(),
	}
	lambda.Start(job.Run)
	return nil
}
