package simtest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/x509"
	"math/rand/v2"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/local/cloud"
	"extrato/internal/enable"
	"extrato/internal/fanout"
	"extrato/internal/inter"
	"extrato/internal/inter/intertest"
	"extrato/internal/queue"
	"extrato/internal/simtest/dynamo"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/syncer"
	"extrato/internal/vault"
)

// Names of what is deployed.
const (
	tableName    = "extrato"
	secretPrefix = "extrato"
	queueHost    = "http://sqs.simulated"
	syncQueue    = "sync"
	deadLetters  = "sync-dead"
)

// World is everything of one history.
type World struct {
	t      testing.TB
	script Script
	rand   *rand.Rand // of the world's own course

	table  *dynamo.DB
	cloud  *cloud.Cloud
	bank   *intertest.Bank
	wire   *Wire
	lambda *lambda

	// The product, as functions/*/main.go wire it.
	store   *store.Store // also the world's own eyes, where the context names no process
	fanout  *fanout.Fanout
	batch   *syncer.Batch
	enabler *enable.Service
	vault   *vault.Vault
	skew    time.Duration // of the product's clock

	accounts []*Account
	byRef    map[statement.Ref]*Account
	clients  map[string]*Account // by client id
	erased   []statement.Ref

	tick        int // firings so far
	planned     []planned
	fanoutArmed []*Armed
	lastThrough statement.Date // of the last firing on a banking day
	calmed      bool
	lastErr     error // of the last request that was refused, for debugging

	journal    *journal
	mu         sync.Mutex // of what follows
	verified   []*x509.Certificate
	figures    *Figures
	violations []Violation
	jitterRand *rand.Rand

	traceMu sync.Mutex
	trace   *trace
}

// planned is something that happens at a later firing, or when calm begins.
type planned struct {
	tick int
	f    func()
}

// NewWorld makes the world of a script at the present virtual time. Accounts
// are there, with sixty days and more behind them, and not yet enabled.
func NewWorld(t testing.TB, s Script) *World {
	w := &World{t: t, script: s, rand: Stream(s.Seed, "world"), jitterRand: Stream(s.Seed, "jitter"),
		byRef: map[statement.Ref]*Account{}, clients: map[string]*Account{}, figures: NewFigures(), trace: newTrace()}
	w.wire, w.journal = &Wire{w}, newJournal(w)
	w.table = dynamo.New(dynamo.Options{})
	var err error
	w.cloud, err = cloud.New(cloud.Options{})
	w.must(err)
	w.bank, err = intertest.New(intertest.Options{Seed: int64(s.Seed >> 1), Key: intertest.EC})
	w.must(err)
	w.wireProduct()
	w.must(createTable(w))
	w.lambda = newLambda(w)
	for i := range s.Plan.Accounts {
		w.addAccount(i)
	}
	return w
}

func createTable(w *World) error {
	_, err := w.dynamoClient().CreateTable(context.Background(), store.Schema(tableName))
	return err
}

func (w *World) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("the simulation itself: %v", err)
	}
}

// wireProduct does what the three mains do.
func (w *World) wireProduct() {
	log := slog.New(slog.NewJSONHandler(w.journal, &slog.HandlerOptions{Level: slog.LevelDebug}))
	now := func() time.Time { return time.Now().Add(w.skew) }
	bank, err := inter.New(inter.Config{BaseURL: "https://bank.simulated", Now: now, Transport: w.bankTransport})
	w.must(err)
	checks, err := inter.New(inter.Config{BaseURL: "https://bank.simulated", StatementTimeout: 8 * time.Second, Now: now, Transport: w.bankTransport})
	w.must(err)
	w.store = store.New(w.dynamoClient(), tableName)
	messages := queue.New(w.sqsClient(), queueHost+"/000000000000/"+syncQueue, queueHost+"/000000000000/"+deadLetters)
	w.vault = vault.New(w.secretsClient(), secretPrefix)
	w.fanout = &fanout.Fanout{Index: w.store, Queue: messages, Shards: store.Shards, Concurrency: 1, OneByOne: true, Log: log}
	w.enabler = &enable.Service{Vault: w.vault, Heads: w.store, Queue: messages, Now: now, Log: log,
		Open: func(cred statement.Credential, account string) (enable.Session, error) {
			return checks.Open(cred, account)
		}}
	w.batch = &syncer.Batch{Queue: messages, Concurrency: 1, Sync: &syncer.Syncer{
		Config: syncer.Config{BackfillDays: 60, LookbackDays: 9},
		Heads:  w.store, Facts: w.store, Items: w.store, Ledger: w.store, Runs: w.store, Queue: messages, Vault: w.vault,
		Open: func(cred statement.Credential, account string) (syncer.Session, error) {
			return bank.Open(cred, account)
		},
		Now:    now,
		NewRun: w.newRun,
		Count:  func(string, int) {},
		Value:  func(string, float64) {},
		Log:    log,
	}}
}

// newRun is statement.NewRunID without chance.
func (w *World) newRun(now time.Time) statement.RunID {
	w.mu.Lock()
	defer w.mu.Unlock()
	stamp := strings.Replace(now.UTC().Format("20060102T150405.000Z"), ".", "", 1)
	return statement.RunID(fmt.Sprintf("%s-%016x", stamp, w.jitterRand.Uint64()))
}

// jitter is what the product's pauses are drawn from.
func (w *World) jitter(limit time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Duration(w.jitterRand.Int64N(int64(limit)))
}

// addAccount opens an account at the bank, of a temperament of its own, and
// issues its integration. Two accounts to a tenant.
func (w *World) addAccount(i int) {
	r := Stream(w.script.Seed, "account", i)
	number := fmt.Sprint(100_000_000 + i*1_000 + r.IntN(1000))
	a := &Account{Index: i, w: w, Bank: w.bank.AddAccount(number),
		Ref:   statement.Ref{Tenant: statement.TenantID(fmt.Sprintf("tenant-%d", i/2)), Account: statement.AccountID(fmt.Sprintf("account-%d", i))},
		byKey: map[int64]*Line{}, off: map[statement.Date]statement.Cents{}}
	a.profile = pick(r, []intertest.Profile{
		{PerDay: [2]int{1, 3}, Weekend: [2]int{0, 1}}, {PerDay: [2]int{1, 2}, Weekend: [2]int{0, 1}}, {PerDay: [2]int{2, 5}, Weekend: [2]int{0, 2}},
	})
	if r.IntN(8) == 0 {
		a.profile = intertest.Profile{} // the small company
	}
	if t := w.script.Plan.temper(i); t != nil {
		a.profile = t.profile
	}
	today, past := w.today(), or(w.script.Plan.Past, 75)
	a.Bank.Generate(a.profile, today.AddDays(-past), today.AddDays(-1))
	a.learn(today.AddDays(-past), today)
	a.pair = w.bank.Issue("erp", a.Bank)
	w.knowPair(a)
	a.reset()
	w.accounts = append(w.accounts, a)
	w.byRef[a.Ref] = a
}

// knowPair tells the checkers of an account's new pair.
func (w *World) knowPair(a *Account) {
	w.clients[strings.ToLower(a.pair.ClientID())] = a
	w.journal.secret(a.pair.ClientSecret())
	w.journal.key(a.pair.Key())
}

// today is the civil date of the virtual clock.
func (w *World) today() statement.Date { return statement.DateOf(time.Now()) }

// message is one for an account up to yesterday.
func (w *World) message(ref statement.Ref, reason statement.Reason) statement.Message {
	return statement.Message{V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account, Through: w.today().AddDays(-1), Reason: reason}
}

// later plans something for n firings from now; until is the same for what
// takes a fault back. Both happen at the latest when calm begins.
func (w *World) later(n int, f func()) { w.planned = append(w.planned, planned{w.tick + n, f}) }
func (w *World) until(n int, f func()) { w.later(n, f) }

func (w *World) count(f func(*Figures)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(w.figures)
}

// faults tells how often a kind happened so far.
func (w *World) faults(kind string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.figures.Faults[kind]
}

// check counts a look at an invariant and writes down where it does not hold.
func (w *World) check(invariant string, holds bool, format string, args ...any) {
	w.mu.Lock()
	w.figures.Checks[invariant]++
	if !holds && len(w.violations) < 20 {
		w.violations = append(w.violations, Violation{invariant,
			time.Now().In(statement.SaoPaulo).Format("2006-01-02 15:04:05"), fmt.Sprintf(format, args...)})
	}
	w.mu.Unlock()
	if !holds {
		w.Trace("VIOLATION of %s", invariant)
	}
}

// failed reports whether anything was violated.
func (w *World) failed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.violations) > 0
}

// queueURL names a queue.
func queueURL(name string) *string { return aws.String(queueHost + "/000000000000/" + name) }

func (w *World) createQueues(client *sqs.Client) {
	ctx := context.Background()
	_, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(deadLetters)})
	w.must(err)
	_, err = client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(syncQueue), Attributes: map[string]string{
		"VisibilityTimeout": "1860",
		"RedrivePolicy":     fmt.Sprintf(`{"deadLetterTargetArn":"arn:aws:sqs:%s:000000000000:%s","maxReceiveCount":8}`, localRegion, deadLetters),
	}})
	w.must(err)
}
