// Command api is the Lambda function behind the HTTP API.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/sethvargo/go-envconfig"

	"extrato/internal/api"
	"extrato/internal/enable"
	"extrato/internal/inter"
	"extrato/internal/lambdahttp"
	"extrato/internal/queue"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/telemetry"
	"extrato/internal/vault"
)

type config struct {
	Table        string `env:"TABLE_NAME, required"`
	SyncQueue    string `env:"SYNC_QUEUE_URL, required"`
	SecretPrefix string `env:"SECRET_PREFIX, required"`
	SecretKey    string `env:"SECRET_KMS_KEY_ID"` // encrypts new secrets; none: the account's default key
	BankBaseURL  string `env:"BANK_BASE_URL, default=https://cdpj.partners.bancointer.com.br"`
	BankCAPEM    string `env:"BANK_CA_PEM"`
	TenantClaim  string `env:"TENANT_CLAIM, default=tenant"`
}

func main() {
	if err := run(context.Background()); err != nil {
		slog.Error("api does not start", "error", err)
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
	metrics := telemetry.New(os.Stdout, lambdacontext.FunctionName, time.Now)
	// A person waits for the live check: a statement takes no longer than a token.
	bank, err := inter.New(inter.Config{BaseURL: c.BankBaseURL, CAPEM: c.BankCAPEM, StatementTimeout: 8 * time.Second, Observe: metrics.BankCall})
	if err != nil {
		return err
	}
	log, table := lambdacontext.NewLogger(), store.New(dynamodb.NewFromConfig(aws), c.Table)
	syncs := queue.New(sqs.NewFromConfig(aws), c.SyncQueue, "")
	service := &enable.Service{
		Vault: vault.New(secretsmanager.NewFromConfig(aws), c.SecretPrefix, vault.WithKey(c.SecretKey)),
		Heads: table, Queue: syncs,
		Open: func(cred statement.Credential, account string) (enable.Session, error) {
			return bank.Open(cred, account)
		},
		Now: time.Now, Count: metrics.Count, Log: log,
	}
	lambda.Start(telemetry.Flushing(metrics, lambdahttp.Handler(api.New(api.Options{
		Store: table, Enabler: service, Integrations: service, Queue: syncs, Available: service.Available, Log: log,
		Caller: func(r *http.Request) (api.Caller, bool) {
			in, ok := lambdahttp.From(r.Context())
			return api.Caller{Tenant: in.Claims[c.TenantClaim], Scopes: in.Scopes}, ok && in.Claims != nil
		},
	}))))
	return nil
}
