package syncer

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/inter"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
	"extrato/internal/store"
)

// The numbers of the design's section 13, read off counters: the simulator's,
// the client's and what DynamoDB says it consumed.

// atTheBank is a world with the bank client and the simulator over mTLS.
func atTheBank(t *testing.T, transport http.RoundTripper) (*world, *store.Store, *intertest.Account, *intertest.Bank) {
	t.Helper()
	bank, err := intertest.New(intertest.Options{Seed: 7, Key: intertest.EC})
	if err != nil {
		t.Fatal(err)
	}
	if err := bank.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bank.Close)
	account := bank.AddAccount("123456789")
	integration := bank.Issue("ERP", account)
	client, err := inter.New(inter.Config{BaseURL: bank.URL(), CAPEM: bank.CAPEM()})
	if err != nil {
		t.Fatal(err)
	}
	w, s := onStore(t, transport)
	w.Syncer.Vault = vault{ref: integration.Credential()}
	w.Syncer.Open = func(c statement.Credential, number string) (Session, error) { return client.Open(c, number) }
	return w, s, account, bank
}

func lastRun(t *testing.T, s *store.Store) statement.Run {
	t.Helper()
	runs, _, err := s.Runs(t.Context(), ref, 1, "")
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	return runs[0]
}

// kilobytes is what an item's writing costs, by the shape that Window reads it in.
func kilobytes(t *testing.T, s *store.Store, from statement.Date) (units int, bytes int) {
	t.Helper()
	meter := &statement.Meter{}
	entries, err := s.Window(statement.WithMeter(t.Context(), meter), ref, from, "")
	if err != nil {
		t.Fatal(err)
	}
	for range entries {
		units++ // an ordinary entry is under 1 KB
	}
	return units, int(meter.Used().Read * 4096)
}

func TestNumbersOfADay(t *testing.T) {
	t.Parallel()
	w, s, account, bank := atTheBank(t, nil)
	account.Generate(intertest.Profile{}, "2026-08-01", "2026-11-30")
	sync := func(m statement.Message) statement.Capacity {
		meter := &statement.Meter{}
		if err := w.Syncer.Sync(statement.WithMeter(t.Context(), meter), m); err != nil {
			t.Fatal(err)
		}
		return meter.Used()
	}
	sync(message("2026-11-15", statement.ReasonEnabled))
	first := lastRun(t, s)
	if d := cmp.Diff(statement.Requests{Token: 1, Statement: 1, Balance: 2, Connections: 1}, first.Requests); d != "" {
		t.Errorf("first sync (-want +got):\n%s", d)
	}
	if first.Outcome != statement.OutcomeProven || first.Added < 100 {
		t.Errorf("first sync: %s, %d entries", first.Outcome, first.Added)
	}

	_, before := kilobytes(t, s, "2026-11-08")
	used := sync(message("2026-11-17", statement.ReasonSchedule))
	daily := lastRun(t, s)
	if d := cmp.Diff(statement.Requests{Token: 1, Statement: 1, Balance: 1, Connections: 1}, daily.Requests); d != "" {
		t.Errorf("daily sync (-want +got):\n%s", d)
	}
	if daily.Outcome != statement.OutcomeProven || daily.Added == 0 {
		t.Errorf("daily sync: %s, %d entries", daily.Outcome, daily.Added)
	}
	// Details make an entry of a boleto larger than 1 KB: what each costs is
	// counted by its own size.
	if limit := float64(2*kilobytesOf(t, s, daily.ID) + 12); used.Write > limit {
		t.Errorf("%d new entries consumed %.1f write units, limit %.0f", daily.Added, used.Write, limit)
	}
	if limit := 2 + float64(before)/4096 + 1; used.Read > limit {
		t.Errorf("the day consumed %.1f read units, limit %.1f", used.Read, limit)
	}
	t.Logf("daily: %d entries, %.1f RRU, %.1f WRU", daily.Added, used.Read, used.Write)

	bank.ResetCounters()
	used = sync(message("2026-11-17", statement.ReasonSchedule))
	if used.Read > 1 || used.Write != 0 {
		t.Errorf("a covered day consumed %.1f read and %.1f write units", used.Read, used.Write)
	}
	if c := fmt.Sprintf("%+v", bank.Counters()); strings.ContainsAny(strings.ReplaceAll(c, "0", ""), "123456789") {
		t.Errorf("a covered day asked the bank: %s", c)
	}
}

// kilobytesOf sums up, in whole kilobytes each, the entries that a run brought.
func kilobytesOf(t *testing.T, s *store.Store, run statement.RunID) int {
	t.Helper()
	entries, err := s.Window(t.Context(), ref, "", "")
	if err != nil {
		t.Fatal(err)
	}
	units := 0
	for _, e := range entries {
		if e.Run != run {
			continue
		}
		size := 450 // keys, names of attributes and fixed fields, at the least
		size += len(e.Title) + len(e.Description) + len(e.BankID) + len(e.EndToEndID) + len(e.Details) +
			len(e.Counterparty.Name) + len(e.Counterparty.TaxID) + len(e.DocumentNumber)
		units += (size + 1023) / 1024
	}
	return units
}

// counting counts the calls of one kind.
type counting struct {
	call string
	n    atomic.Int64
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+c.call) {
		c.n.Add(1)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestNumbersOfTenThousandEntries(t *testing.T) {
	t.Parallel()
	transactions := &counting{call: "TransactWriteItems"}
	w, s, account, _ := atTheBank(t, transactions)
	const n = 9_990 // the bank shows no more than 10,000 rows at once, the week before included
	account.Generate(intertest.Exactly(n), "2026-09-24", "2026-11-19")
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonEnabled)); err != nil {
		t.Fatal(err)
	}
	run := lastRun(t, s)
	if d := cmp.Diff(statement.Requests{Token: 1, Statement: 1, Balance: 2, Connections: 1}, run.Requests); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	if run.Added != n || run.Outcome != statement.OutcomeProven {
		t.Errorf("%d entries, outcome %s", run.Added, run.Outcome)
	}
	if got := transactions.n.Load(); got > 110 {
		t.Errorf("%d transactions, limit 110", got)
	}
	t.Logf("%d entries in %d transactions, %.0f WRU", run.Added, transactions.n.Load(), run.Capacity.Write)
}
