// Command sync is the Lambda function behind the sync queue.
package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/sethvargo/go-envconfig"

	"extrato/internal/inter"
	"extrato/internal/queue"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/syncer"
	"extrato/internal/telemetry"
	"extrato/internal/vault"
)

func main() {
	if err := run(context.Background()); err != nil {
		slog.Error("sync does not start", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	memory()
	var c config
	if err := envconfig.Process(ctx, &c); err != nil {
		return err
	}
	aws, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	metrics := telemetry.New(os.Stdout, lambdacontext.FunctionName, time.Now)
	bank, err := inter.New(inter.Config{BaseURL: c.BankBaseURL, CAPEM: c.BankCAPEM, Observe: metrics.BankCall})
	if err != nil {
		return err
	}
	table := store.New(dynamodb.NewFromConfig(aws), c.Table)
	messages := queue.New(sqs.NewFromConfig(aws), c.SyncQueue, c.SyncDLQ)
	batch := &syncer.Batch{Queue: messages, Concurrency: c.Concurrency, Turns: syncer.NewTurns(syncer.LargeAtOnce), Sync: &syncer.Syncer{
		Config: syncer.Config{BackfillDays: c.BackfillDays, LookbackDays: c.LookbackDays},
		Heads:  table, Facts: table, Items: table, Ledger: table, Runs: table, Queue: messages,
		Vault: vault.New(secretsmanager.NewFromConfig(aws), c.SecretPrefix),
		Open: func(cred statement.Credential, account string) (syncer.Session, error) {
			return bank.Open(cred, account)
		},
		Now:    time.Now,
		NewRun: statement.NewRunID,
		Count:  metrics.Count,
		Value:  metrics.Value,
		Log:    lambdacontext.NewLogger(),
	}}
	lambda.Start(telemetry.Flushing(metrics, handler(batch)))
	return nil
}
