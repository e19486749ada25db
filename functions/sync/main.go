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
	var c config
	if err := envconfig.Process(ctx, &c); err != nil {
		return err
	}
	aws, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	bank, err := inter.New(inter.Config{BaseURL: c.BankBaseURL, CAPEM: c.BankCAPEM})
	if err != nil {
		return err
	}
	table := store.New(dynamodb.NewFromConfig(aws), c.Table)
	messages := queue.New(sqs.NewFromConfig(aws), c.SyncQueue, c.SyncDLQ)
	batch := &syncer.Batch{Queue: messages, Concurrency: c.Concurrency, Sync: &syncer.Syncer{
		Config: syncer.Config{BackfillDays: c.BackfillDays, LookbackDays: c.LookbackDays},
		Heads:  table, Facts: table, Items: table, Ledger: table, Runs: table, Queue: messages,
		Vault: vault.New(secretsmanager.NewFromConfig(aws), c.SecretPrefix),
		Open: func(cred statement.Credential, account string) (syncer.Session, error) {
			return bank.Open(cred, account)
		},
		Now:    time.Now,
		NewRun: statement.NewRunID,
		Count:  telemetry.New(os.Stdout, "sync", time.Now).Count,
		Log:    lambdacontext.NewLogger(),
	}}
	lambda.Start(handler(batch))
	return nil
}
