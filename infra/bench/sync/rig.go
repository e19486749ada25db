package sync

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/dynoxide"
	"extrato/infra/local/build"
	"extrato/infra/local/cloud"
	"extrato/infra/local/resources"
	"extrato/infra/template"
	"extrato/internal/credential"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/vault"
)

// stack names the table and what secrets begin with.
const (
	stack  = "bench"
	region = "sa-east-1"
)

// rig is everything that a sync talks to, in this process; what is measured
// runs in processes of its own.
type rig struct {
	bank      *intertest.Bank
	store     *store.Store
	vault     *vault.Vault
	db        *dynamodb.Client
	meter     *meter
	aws       string // URL of the stand-in
	queue     string // URL of the sync queue
	bootstrap string
	env       []string

	accounts int
	closers  []func()
}

// openRig starts the bank, DynamoDB and the stand-in for the rest of AWS, and
// builds the function. close ends what was started, also after an error.
func openRig(ctx context.Context, root string) (*rig, error) {
	r := &rig{}
	if err := r.open(ctx, root); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *rig) close() {
	for i := len(r.closers) - 1; i >= 0; i-- {
		r.closers[i]()
	}
}

func (r *rig) open(ctx context.Context, root string) error {
	root, err := filepath.Abs(root) // the build runs in another folder than this program
	if err != nil {
		return err
	}
	t, err := template.Read(filepath.Join(root, "template.yaml"))
	if err != nil {
		return err
	}
	binaries, err := build.Functions(ctx, root, []string{"sync"}, func() {})
	if err != nil {
		return err
	}
	r.bootstrap = binaries["sync"]
	if r.bank, err = intertest.New(intertest.Options{Seed: 2026}); err != nil {
		return err
	}
	if err := r.bank.Listen("127.0.0.1:0"); err != nil {
		return err
	}
	r.closers = append(r.closers, r.bank.Close)
	if r.aws, err = r.serveAWS(ctx); err != nil {
		return err
	}
	config := aws.Config{Region: region, BaseEndpoint: &r.aws, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	r.db = dynamodb.NewFromConfig(config)
	if err := resources.Table(ctx, r.db, stack); err != nil {
		return err
	}
	queues, err := resources.Queues(ctx, sqs.NewFromConfig(config), stack, t.Queues)
	if err != nil {
		return err
	}
	r.queue = queues["SyncQueue"].URL
	r.store = store.New(r.db, stack)
	r.vault = vault.New(secretsmanager.NewFromConfig(config), stack)
	r.env = []string{
		"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_ENDPOINT_URL=" + r.aws,
		"AWS_LAMBDA_FUNCTION_NAME=" + stack + "-sync", "AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"TABLE_NAME=" + stack, "SECRET_PREFIX=" + stack,
		"SYNC_QUEUE_URL=" + r.queue, "SYNC_DLQ_URL=" + queues["SyncDeadLetterQueue"].URL,
		"BANK_BASE_URL=" + r.bank.URL(), "BANK_CA_PEM=" + r.bank.CAPEM(),
		"PATH=" + os.Getenv("PATH"),
	}
	return nil
}

// serveAWS starts DynamoDB, unless one is named, and the stand-in before it.
func (r *rig) serveAWS(ctx context.Context) (url string, err error) {
	database := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")
	if database == "" {
		server, err := dynoxide.Start(ctx, dynoxide.Options{})
		if err != nil {
			return "", err
		}
		r.closers = append(r.closers, func() { _ = server.Close() })
		database = server.Endpoint()
	}
	fake, err := cloud.New(cloud.Options{Region: region, DynamoDB: database})
	if err != nil {
		return "", err
	}
	r.meter = &meter{next: fake}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: r.meter, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	r.closers = append(r.closers, func() { _ = server.Close(); <-done }, fake.Close)
	return "http://" + listener.Addr().String(), nil
}

// customer is an account with its bank account.
type customer struct {
	ref  statement.Ref
	bank *intertest.Account
	cred statement.Credential
}

// enable opens a bank account, and an active account with its credential. It
// has no entries yet.
func (r *rig) enable(ctx context.Context, key intertest.KeyKind) (customer, error) {
	r.accounts++
	c := customer{
		ref:  statement.Ref{Tenant: "t", Account: statement.AccountID(fmt.Sprintf("a%05d", r.accounts))},
		bank: r.bank.AddAccount(fmt.Sprint(100_000_000 + r.accounts)),
	}
	i := r.bank.IssueWith("bench", intertest.CertificateOptions{Key: key}, c.bank)
	c.cred = i.Credential()
	facts, err := credential.Facts(c.cred.Certificate)
	if err != nil {
		return c, err
	}
	account := statement.Account{Ref: c.ref, Description: "bench", Bank: "inter", PersonType: "PJ", CreatedAt: time.Now()}
	if err := r.store.CreateAccount(ctx, account, false); err != nil {
		return c, err
	}
	if err := r.vault.Save(ctx, c.ref, c.cred); err != nil {
		return c, err
	}
	_, err = r.store.Enable(ctx, statement.Enablement{Ref: c.ref, CredentialID: c.cred.ID(), Certificate: facts})
	return c, err
}
