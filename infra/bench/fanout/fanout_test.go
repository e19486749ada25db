package fanout

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/bench/figures"
	"extrato/internal/queue"
	"extrato/internal/statement"
	"extrato/internal/store"
)

var local = credentials.NewStaticCredentialsProvider("local", "local", "")

// The whole measurement, at a size at which time says nothing.
func TestMeasure(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := &figures.Report{To: &out}
	if err := Measure(t.Context(), figures.Options{Root: "../../..", Accounts: 2003}, r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Broken() {
		if f.Zero || f.Unit == "MB" {
			t.Errorf("%s: %v", f.What, f.Value)
		}
	}
	for _, want := range []string{"of 2,003", "accounts without a message", "CPU time against the bare calls", "peak resident memory"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

// The store reads every account of the index once, in pages no longer than
// DynamoDB's or its own, whatever the place it begins at.
func TestIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, pageBytes, longest int }{
		{1003, 10 * itemSize(keyOf(0, 0)), 10},
		{16 * 2500, 1 << 20, 1000},
	} {
		server := httptest.NewServer(&index{n: c.n, pageBytes: c.pageBytes})
		t.Cleanup(server.Close)
		s := store.New(dynamodb.New(dynamodb.Options{Region: "sa-east-1", BaseEndpoint: &server.URL, Credentials: local}), "extrato")
		for _, at := range []float64{0, 0.2, 0.5, 0.99} {
			var got []statement.AccountID
			longest := 0
			for shard := range store.Shards {
				before := len(got)
				err := s.EnabledFrom(t.Context(), shard, at, func(refs []statement.Ref) error {
					longest = max(longest, len(refs))
					for _, r := range refs {
						got = append(got, r.Account)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if first := account(int(at*float64(inShard(c.n, shard)))*store.Shards + shard).Account; got[before] != first {
					t.Errorf("shard %d from %v begins with %s, want %s", shard, at, got[before], first)
				}
			}
			if longest != c.longest {
				t.Errorf("a page of %d accounts, want %d", longest, c.longest)
			}
			slices.Sort(got)
			var want []statement.AccountID
			for i := range c.n {
				want = append(want, account(i).Account)
			}
			if !slices.Equal(want, got) {
				t.Errorf("%d accounts from %v: %d were read, or others", c.n, at, len(got))
			}
		}
	}
}

// What is missing, twice there, or failed by the queue is counted.
func TestStand(t *testing.T) {
	t.Parallel()
	s, err := open(100, 7)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	q := queue.New(sqs.New(sqs.Options{Region: "sa-east-1", BaseEndpoint: &s.urls[1], Credentials: local}), s.url, "")
	var batch []statement.Message
	for i := range 60 {
		ref := account(i % 50) // ten of them twice
		batch = append(batch, statement.Message{V: 1, Tenant: ref.Tenant, Account: ref.Account, Through: "2026-11-22", Reason: statement.ReasonSchedule})
	}
	delay := func(m statement.Message) time.Duration {
		if m.Account == account(7).Account {
			return 15 * time.Minute
		}
		return 0
	}
	if n, err := q.SendDelayed(t.Context(), batch, delay); n != 60 || err != nil {
		t.Fatalf("%d messages sent: %v", n, err)
	}
	if err := errors.Join(s.drain(), s.drain()); err != nil {
		t.Fatal(err)
	}
	failed := s.failed.Load()
	if s.messages != 60 || s.missing() != 50 || s.delayed != 2 || failed == 0 || s.entries.Load() != 60+failed {
		t.Errorf("%d messages, %d accounts missing, %d delayed, %d entries of which %d failed; want 60, 50, 2, and 60 entries beyond those failed",
			s.messages, s.missing(), s.delayed, s.entries.Load(), failed)
	}
	stranger := account(100)
	m := statement.Message{V: 1, Tenant: stranger.Tenant, Account: stranger.Account, Through: "2026-11-22", Reason: statement.ReasonSchedule}
	if err := q.Send(t.Context(), []statement.Message{m}); err != nil {
		t.Fatal(err)
	}
	if err := s.drain(); err == nil {
		t.Error("an account that the run does not have is taken")
	}
}
