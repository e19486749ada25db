package sync

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/internal/inter"
	"extrato/internal/queue"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/syncer"
	"extrato/internal/vault"
)

// childEnv has what Child is to do, as JSON. What must not be measured
// together with the bank and the database is done in a process of its own, and
// what the deployed function cannot be told to do is done by this one.
const childEnv = "EXTRATO_BENCH_SYNC"

// order is what a child is to do: handshakes, the bare calls of a daily sync, or
// messages without turns and with Go's own settings for memory.
type order struct {
	BankURL, BankCA, AWS, Queue string

	Times            int
	Certificate, Key string
	Bare             []bareWork
	Messages         []statement.Message
}

// outcome is what it took.
type outcome struct {
	CPU  time.Duration
	Peak float64 // MB resident
}

// Child reports whether this process was started as a child of Measure, in which
// case it has done what it was started for. A program that calls Measure calls it
// before anything else.
func Child() bool {
	text := os.Getenv(childEnv)
	if text == "" {
		return false
	}
	err := child([]byte(text), os.Stdout)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func child(text []byte, to io.Writer) error {
	var o order
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	work := handshakes
	switch {
	case len(o.Bare) > 0:
		work = bare
	case len(o.Messages) > 0:
		work = withoutTurns
	}
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	if err := work(o); err != nil {
		return err
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	used := func(r syscall.Rusage) time.Duration { return time.Duration(r.Utime.Nano() + r.Stime.Nano()) }
	return json.NewEncoder(to).Encode(outcome{used(after) - used(before), peakOf("self")})
}

// handshakes connects to the bank and hangs up, from the PEM texts on, as often
// as is asked for.
func handshakes(o order) error {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(o.BankCA))
	bank, err := url.Parse(o.BankURL)
	if err != nil {
		return err
	}
	for range o.Times {
		pair, err := tls.X509KeyPair([]byte(o.Certificate), []byte(o.Key))
		if err != nil {
			return err
		}
		conn, err := tls.Dial("tcp", bank.Host, &tls.Config{
			MinVersion: tls.VersionTLS12, RootCAs: roots, ServerName: bank.Hostname(), Certificates: []tls.Certificate{pair},
		})
		if err != nil {
			return err
		}
		_ = conn.Close()
	}
	return nil
}

// withoutTurns is the function without what bounds its memory.
func withoutTurns(o order) error {
	config := aws.Config{Region: region, BaseEndpoint: &o.AWS, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	bank, err := inter.New(inter.Config{BaseURL: o.BankURL, CAPEM: o.BankCA})
	if err != nil {
		return err
	}
	table, messages := store.New(dynamodb.NewFromConfig(config), stack), queue.New(sqs.NewFromConfig(config), o.Queue, o.Queue)
	batch := syncer.Batch{Queue: messages, Concurrency: len(o.Messages), Sync: &syncer.Syncer{
		Config: syncer.Config{BackfillDays: 60, LookbackDays: 9},
		Heads:  table, Facts: table, Items: table, Ledger: table, Runs: table, Queue: messages,
		Vault:  vault.New(secretsmanager.NewFromConfig(config), stack),
		Open:   func(c statement.Credential, account string) (syncer.Session, error) { return bank.Open(c, account) },
		Now:    time.Now,
		NewRun: statement.NewRunID,
		Count:  func(string, int) {},
		Value:  func(string, float64) {},
		Log:    slog.New(slog.DiscardHandler),
	}}
	var all []syncer.Delivery
	for i, m := range o.Messages {
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		all = append(all, syncer.Delivery{ID: fmt.Sprint(i), Receipt: "none", Body: string(body), Receives: 1})
	}
	// On a machine that is busy with other things an account's minute may end
	// before its commit does. The queue would bring it again.
	for range 3 {
		again := batch.Run(context.Background(), all)
		if len(again) == 0 {
			return nil
		}
		all = slices.DeleteFunc(all, func(d syncer.Delivery) bool { return !slices.Contains(again, d.ID) })
	}
	return fmt.Errorf("%d messages failed", len(all))
}

// inChild carries an order out in a process of its own.
func inChild(ctx context.Context, o order) (outcome, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return outcome{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return outcome{}, err
	}
	c := exec.CommandContext(ctx, self)
	c.Env = append(os.Environ(), childEnv+"="+string(text))
	var complaint bytes.Buffer
	c.Stderr = &complaint
	answer, err := c.Output()
	if err != nil {
		return outcome{}, fmt.Errorf("a child of the benchmark: %w: %s", err, complaint.String())
	}
	var r outcome
	return r, json.Unmarshal(answer, &r)
}
