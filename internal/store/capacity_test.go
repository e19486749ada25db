package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// metered returns what DynamoDB says that f consumed.
func metered(t *testing.T, f func(context.Context) error) statement.Capacity {
	t.Helper()
	var m statement.Meter
	must(t, f(statement.WithMeter(t.Context(), &m)))
	return m.Used()
}

func TestCapacityOfACommit(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	for _, k := range []int{0, 1, 5, 20, 40} {
		c := storetest.Additions(statement.Date("2026-01-01").AddDays(k), k, k+1)
		for i := range c.Changes { // every third entry takes two kilobytes
			if i%3 == 0 {
				c.Changes[i].Entry.Details = json.RawMessage(`"` + strings.Repeat("x", 1100) + `"`)
			}
		}
		kilobytes := k + (k+2)/3
		used := metered(t, func(ctx context.Context) (err error) {
			f.head, err = f.Commit(ctx, f.head, c)
			return err
		})
		if most := float64(2*kilobytes + 12); used.Write > most || used.Write < 2 || used.Read != 0 {
			t.Errorf("%d entries of %d KB consumed %+v, want at most %v of writing", k, kilobytes, used, most)
		}
	}
}

func TestCapacityOfReading(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	_, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-01-01", 60, 60))
	must(t, err)
	used := metered(t, func(ctx context.Context) error {
		_, err := f.Account(ctx, f.head.Ref)
		return err
	})
	if want := (statement.Capacity{Read: 1}); used != want {
		t.Errorf("a covered day consumes %+v, want %+v", used, want)
	}
	used = metered(t, func(ctx context.Context) error {
		_, err := f.Window(ctx, f.head.Ref, "2026-01-01", "2026-01-01")
		return err
	})
	// 60 entries of about 700 bytes: consistent reads pay one unit per 4 KB.
	if used.Read < 8 || used.Read > 13 || used.Write != 0 {
		t.Errorf("a window of 60 entries consumes %+v, want 8 to 13 of reading", used)
	}
}

// A daily sync of k entries dated in one or two days, with its record: what
// DESIGN allows beside the entries is head, COMMIT#, days and run.
func TestCapacityOfADay(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	for i, test := range []struct{ k, days int }{{0, 1}, {1, 1}, {2, 2}, {10, 2}, {22, 2}, {30, 1}} {
		c := storetest.Additions(statement.Date("2026-01-01").AddDays(3*i), test.k, max(1, (test.k+test.days-1)/test.days))
		balance, opening := statement.Cents(1234567890), statement.Cents(98765432)
		c.Ledger = ordinary(c.ReadThrough, &balance, &opening)
		c.Run = statement.RunSummary{
			ID: statement.NewRunID(time.Unix(1.8e9, 0)), At: time.Unix(1.8e9, 0), Reason: statement.ReasonSchedule,
			Outcome: statement.OutcomeProven, Added: test.k,
		}
		used := metered(t, func(ctx context.Context) (err error) {
			if f.head, err = f.Commit(ctx, f.head, c); err != nil {
				return err
			}
			return f.PutRun(ctx, f.head.Ref, statement.Run{
				RunSummary: c.Run, From: "2026-11-13", To: "2026-11-22", Through: "2026-11-22", Calendar: "rickar/cal v2.1.27 br + carnival",
				EndedAt: time.Unix(1.8e9+1, 0), Requests: statement.Requests{Token: 1, Statement: 1, Balance: 1, Connections: 1},
				Capacity: statement.Capacity{Read: 12.5, Write: 31}, Decisions: []statement.Decision{{Entry: "2026-11-20-0123456789abcdef0123", What: "kept", Reason: "the balance has it"}},
			})
		})
		t.Logf("%d entries in %d days: %v", test.k, len(c.Days), used.Write)
		if most := float64(2*test.k + 12); used.Write > most || used.Read != 0 {
			t.Errorf("%d entries in %d days consumed %+v, want at most %v of writing", test.k, len(c.Days), used, most)
		}
	}
}

// A moved entry costs its deletion and a MOVED# besides.
func TestCapacityOfAMove(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	e := f.add(t, "2026-11-02", 1)
	used := metered(t, func(ctx context.Context) error {
		e.Date = "2026-11-03"
		_, err := f.Commit(ctx, f.head, statement.Commit{
			Changes: []statement.Change{{Kind: statement.Modified, Entry: e, Moved: "2026-11-02"}},
			Days:    []statement.Day{{Date: "2026-11-02"}, {Date: "2026-11-03"}},
		})
		return err
	})
	// head, COMMIT#, two days, and the three items of the move
	if want := (statement.Capacity{Write: 14}); used != want {
		t.Errorf("consumed %+v, want %+v", used, want)
	}
}

// ordinary is the ledger of an account that balances.
func ordinary(through statement.Date, balance, opening *statement.Cents) statement.Ledger {
	return statement.Ledger{
		CoveredFrom: "2026-01-01", ReadThrough: through, ProvenThrough: through, Balance: balance, Opening: opening, DeepRead: "2026-11-17",
	}
}

// Swapping the head of an ordinary account costs two units, which is one
// kilobyte. What an account in trouble has to say besides, of days that do not
// balance, of what is open and of a failure, may take it into the second.
func TestCapacityOfTheHead(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	ref := statement.Ref{Tenant: "empresa-de-contabilidade-01", Account: "01jd9x3v6k8m2p4r7t9w1y3z5b"}
	a := storetest.Account(ref)
	a.Description, a.ExternalID = "Conta corrente da matriz, Banco Inter", "conta-financeira-004711"
	must(t, f.CreateAccount(t.Context(), a, false))
	e := storetest.Enablement(ref, strings.Repeat("0f", 32), "123456789")
	e.Certificate.Subject = "CN=Extrato ERP,OU=6f9619ff-8b86-4d01-b42d-00c04fc964ff,O=PADARIA EXEMPLO LTDA"
	e.Certificate.WarnedDays = 30
	head, err := f.Enable(t.Context(), e)
	must(t, err)
	balance, opening := statement.Cents(-1234567890), statement.Cents(2345678901)
	proven := ordinary("2026-11-20", &balance, &opening)
	trouble := proven
	trouble.UnprovenFrom, trouble.Difference, trouble.OpenFrom = "2026-11-19", -123456, "2026-11-11"
	for _, test := range []struct {
		name        string
		ledger      statement.Ledger
		fails       bool
		bytes, cost int // at most
	}{
		{"proven", proven, false, 1024, 2},
		{"in trouble", trouble, true, 1200, 4},
	} {
		commit := func(ctx context.Context) error {
			c := statement.Commit{Ledger: test.ledger, Run: storetest.Summary(statement.NewRunID(time.Unix(1.8e9, 0)))}
			c.Run.Outcome, c.Run.Modified, c.Run.Withdrawn = statement.OutcomeUndecided, 10, 1
			head, err = f.Commit(ctx, head, c)
			return err
		}
		first := storetest.Entry("2026-11-20", int(head.LastSeq))
		head, err = f.Commit(t.Context(), head, statement.Commit{
			Changes: []statement.Change{{Kind: statement.Added, Entry: first, Delta: 1234567890}}, Ledger: test.ledger,
		})
		must(t, err)
		must(t, commit(t.Context()))
		if test.fails {
			must(t, f.SaveFailure(t.Context(), head, statement.BankUnavailable, time.Unix(1.8e9, 0), false))
		}
		bytes := bytesOf(f.raw(t, "TENANT#"+string(ref.Tenant), "ACCOUNT#")[0])
		used := metered(t, commit)
		if bytes > test.bytes || used.Write > float64(test.cost) || used.Read != 0 {
			t.Errorf("%s: %d bytes, a swap consumes %+v; want at most %d, %d", test.name, bytes, used, test.bytes, test.cost)
		}
		t.Logf("%s: %d bytes, %v units", test.name, bytes, used.Write)
	}
}

// bytesOf is the size of an item of texts, numbers and maps as DynamoDB counts.
func bytesOf(it item) int {
	n := 0
	for name, v := range it {
		n += len(name)
		switch v := v.(type) {
		case *types.AttributeValueMemberM:
			n += 3 + len(v.Value) + bytesOf(v.Value)
		case *types.AttributeValueMemberN:
			n += (len(v.Value)+1)/2 + 2
		default:
			n += len(text(v))
		}
	}
	return n
}

// Everything that is done for one tenant names this tenant's partitions only.
func TestNoOtherTenantsPartition(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	var mu sync.Mutex
	partitions := map[string]bool{}
	keyed := regexp.MustCompile(`"(TENANT|STATEMENT)#[^"]*"`)
	s := f.behind(t, func(_ string, body []byte, send func() (*http.Response, error)) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		for _, k := range keyed.FindAllString(string(body), -1) {
			partitions[k] = true
		}
		return send()
	})
	ref := statement.Ref{Tenant: "tenant2", Account: "b1"}
	a := storetest.Account(ref)
	a.ExternalID = "x"
	ctx := t.Context()
	must(t, s.CreateAccount(ctx, a, true))
	head, err := s.Enable(ctx, storetest.Enablement(ref, "c", "123456789"))
	must(t, err)
	head, err = s.Commit(ctx, head, storetest.Additions("2026-11-02", 120, 7))
	must(t, err)
	must(t, s.SaveFailure(ctx, head, statement.BankUnavailable, head.CreatedAt, false))
	must(t, s.SaveFailure(ctx, head, statement.CertificateExpired, head.CreatedAt, true))
	must(t, s.PutRun(ctx, ref, statement.Run{RunSummary: storetest.Summary("r")}))
	_, _, err = s.Accounts(ctx, "tenant2", 10, "")
	must(t, err)
	_, err = s.DefaultAccount(ctx, "tenant2")
	must(t, err)
	_, err = s.Window(ctx, ref, "", "")
	must(t, err)
	_, err = s.Days(ctx, ref, "", "")
	must(t, err)
	_, _, err = s.Page(ctx, ref, statement.PageQuery{Limit: 5})
	must(t, err)
	_, _, _, err = s.Changes(ctx, ref, 3, 200)
	must(t, err)
	_, err = s.Entry(ctx, ref, storetest.Entry("2026-11-02", 0).ID)
	must(t, err)
	_, _, err = s.Runs(ctx, ref, 5, "")
	must(t, err)
	_, _, err = s.DayBefore(ctx, ref, "2026-11-10")
	must(t, err)
	want := []string{`"STATEMENT#tenant2#b1"`, `"TENANT#tenant2"`}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(partitions))); diff != "" {
		t.Errorf("partitions (-want +got):\n%s", diff)
	}
	if now, err := f.Account(ctx, f.head.Ref); err != nil || !cmp.Equal(now, f.head) {
		t.Errorf("the other tenant's account changed: %v", err)
	}
	for shard := range store.Shards {
		must(t, s.Enabled(ctx, shard, func(refs []statement.Ref) error {
			if fmt.Sprint(refs) != "[acme/a1]" {
				t.Errorf("index holds %v", refs)
			}
			return nil
		}))
	}
}
