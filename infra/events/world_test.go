package events_test

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/infra/dynoxide"
	"extrato/infra/local/build"
	"extrato/infra/local/cloud"
	"extrato/infra/local/resources"
	"extrato/infra/local/runtime"
	"extrato/infra/template"
	"extrato/internal/credential"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/vault"
)

const root = "../.."

// demo is the account that the events speak of, and entryID its entry.
var demo = statement.Ref{Tenant: "acme", Account: "conta-demo"}

const entryID = "2026-11-19-0123456789abcdef0123"

// binaries builds the functions once.
var binaries = sync.OnceValues(func() (map[string]string, error) {
	return build.Functions(context.Background(), root, []string{"fanout", "sync", "api"}, func() {})
})

// clouds starts what all worlds share.
type clouds struct {
	url      string
	config   aws.Config
	template *template.Template
	bank     *intertest.Bank
	upload   credential.Upload
}

func newClouds(t *testing.T) *clouds {
	t.Helper()
	db, err := dynoxide.Start(t.Context(), dynoxide.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fake, err := cloud.New(cloud.Options{DynamoDB: db.Endpoint()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(fake)
	bank, err := intertest.New(intertest.Options{Seed: 7, Key: intertest.EC})
	if err != nil {
		t.Fatal(err)
	}
	if err := bank.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bank.Close(); fake.Close(); server.Close(); _ = db.Close() })
	deployed, err := template.Read(filepath.Join(root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	account := bank.AddAccount("407312956")
	account.Generate(intertest.Profile{}, "2026-08-01", "2026-11-30")
	i := bank.Issue("ERP", account)
	return &clouds{
		url: server.URL, template: deployed, bank: bank,
		config: aws.Config{Region: "sa-east-1", BaseEndpoint: &server.URL,
			Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")},
		upload: credential.Upload{Certificate: []byte(i.Certificate()), Key: []byte(i.Key()), ClientID: i.ClientID(), ClientSecret: i.ClientSecret()},
	}
}

// world is a deployed stack of its own, with one enabled account.
type world struct {
	*clouds
	t      *testing.T
	name   string
	queues map[string]resources.Queue
	store  *store.Store
}

func (c *clouds) world(t *testing.T, name string) *world {
	t.Helper()
	w := &world{clouds: c, t: t, name: name, store: store.New(dynamodb.NewFromConfig(c.config), name)}
	if err := resources.Table(t.Context(), dynamodb.NewFromConfig(c.config), name); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.queues, err = resources.Queues(t.Context(), sqs.NewFromConfig(c.config), name, c.template.Queues); err != nil {
		t.Fatal(err)
	}
	pair, facts, err := credential.Check(c.upload, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.must(w.store.CreateAccount(t.Context(), statement.Account{Ref: demo, Description: "Conta demo", Bank: "inter", PersonType: "PJ",
		CreatedAt: time.Now(), State: statement.Disabled, Epoch: "e1"}, true))
	w.must(vault.New(secretsmanager.NewFromConfig(c.config), name).Save(t.Context(), demo, pair))
	_, err = w.store.Enable(t.Context(), statement.Enablement{Ref: demo, CredentialID: pair.ID(), Certificate: facts})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// withStatement gives the account an entry, its day and the run that brought it.
func (w *world) withStatement() {
	w.t.Helper()
	head, err := w.store.Account(w.t.Context(), demo)
	w.must(err)
	opening, balance := statement.Cents(1000), statement.Cents(13345)
	at := time.Date(2026, 11, 19, 13, 0, 0, 0, time.UTC)
	run := statement.RunSummary{ID: statement.NewRunID(at), At: at, Reason: statement.ReasonEnabled, Outcome: statement.OutcomeProven, Added: 1}
	entry := statement.Entry{
		Row: statement.Row{Date: "2026-11-19", BookedAt: at, Amount: 12345, Operation: statement.Credit, Type: "PIX", Title: "Pix recebido"},
		ID:  entryID, Identity: statement.ByBankID, Status: statement.Booked, Revision: 1, ImportedAt: at, Run: run.ID,
	}
	_, err = w.store.Commit(w.t.Context(), head, statement.Commit{
		Changes: []statement.Change{{Kind: statement.Added, Entry: entry, Delta: entry.Amount}},
		Days:    []statement.Day{{Date: "2026-11-19", Status: statement.DayProven, Entries: 1, Credits: 12345, Balance: &balance}},
		Ledger: statement.Ledger{CoveredFrom: "2026-09-20", ReadThrough: "2026-11-19", ProvenThrough: "2026-11-19",
			Balance: &balance, Opening: &opening},
		Run: run,
	})
	w.must(err)
	w.must(w.store.PutRun(w.t.Context(), demo, statement.Run{RunSummary: run, From: "2026-09-13", To: "2026-11-19", Through: "2026-11-19", EndedAt: at}))
}

// invoke gives a payload to a function's binary in a fresh process.
func (w *world) invoke(function string, payload []byte) []byte {
	w.t.Helper()
	built, err := binaries()
	w.must(err)
	folder := strings.ToLower(strings.TrimSuffix(function, "Function"))
	known := resources.Known(w.template, w.name, w.config.Region, w.queues)
	name, err := w.template.Resolve(w.template.Functions[function].Name, known)
	w.must(err)
	env := []string{
		"AWS_LAMBDA_FUNCTION_NAME=" + name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_LAMBDA_LOG_FORMAT=JSON",
		"AWS_REGION=" + w.config.Region, "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_ENDPOINT_URL=" + w.url,
	}
	for name, v := range w.template.Functions[function].Environment {
		text, err := w.template.Resolve(v, known)
		w.must(err)
		switch name {
		case "BANK_BASE_URL":
			text = w.bank.URL()
		case "BANK_CA_PEM":
			text = w.bank.CAPEM()
		}
		env = append(env, name+"="+text)
	}
	log := filepath.Join(w.t.TempDir(), "log")
	out := func() io.WriteCloser {
		f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		w.must(err)
		return f
	}
	pool := runtime.NewPool(runtime.Function{Name: folder, ARN: "arn:aws:lambda:sa-east-1:" + resources.AccountID + ":function:" + name,
		Timeout: time.Minute, Max: 1, Start: runtime.Exec(built[folder], env, out)})
	defer pool.Close()
	answer, err := pool.Invoke(w.t.Context(), payload)
	if err != nil {
		text, _ := os.ReadFile(log)
		w.t.Fatalf("%s: %v\n%s", function, err, text)
	}
	return answer
}

// depth is how many messages a queue holds, those that wait for their time too.
func (w *world) depth(id string) string {
	w.t.Helper()
	names := []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesDelayed}
	got, err := sqs.NewFromConfig(w.config).GetQueueAttributes(w.t.Context(),
		&sqs.GetQueueAttributesInput{QueueUrl: aws.String(w.queues[id].URL), AttributeNames: names})
	w.must(err)
	return got.Attributes[string(names[0])] + "+" + got.Attributes[string(names[1])]
}
