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

// An update pays one unit per kilobyte of the item, so one unit says that the
// head is within its kilobyte.
func TestHeadOfAnOrdinaryAccountIsUnder1KB(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	ref := statement.Ref{Tenant: "empresa-de-contabilidade-01", Account: "01jd9x3v6k8m2p4r7t9w1y3z5b"}
	a := storetest.Account(ref)
	a.Description, a.ExternalID = "Conta corrente da matriz, Banco Inter", "conta-financeira-004711"
	must(t, f.CreateAccount(t.Context(), a, false))
	e := storetest.Enablement(ref, strings.Repeat("0f", 32), "123456789")
	e.Certificate.WarnedDays = 30
	head, err := f.Enable(t.Context(), e)
	must(t, err)
	balance := statement.Cents(-1234567890)
	head, err = f.Commit(t.Context(), head, statement.Commit{
		CoveredFrom: "2026-09-22", ReadThrough: "2026-11-22", ProvenThrough: "2026-11-20", Balance: &balance, Run: storetest.Summary("20261123T090000000Z-0123456789"),
	})
	must(t, err)
	used := metered(t, func(ctx context.Context) error {
		return f.SaveFailure(ctx, head, statement.BankUnavailable, time.Unix(1.8e9, 0), false)
	})
	if want := (statement.Capacity{Write: 1}); used != want {
		t.Errorf("writing on the head consumes %+v, want %+v", used, want)
	}
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
