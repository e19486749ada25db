package main

import (
	"encoding/json"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// today is the date that the API enables by.
func today() statement.Date { return statement.DateOf(time.Now()) }

// newBankAccount opens an account with a history around today.
func newBankAccount(b *intertest.Bank, number string) (*intertest.Account, *intertest.Integration) {
	a := b.AddAccount(number)
	a.SetOpening(2_000_000)
	a.Generate(intertest.Profile{}, today().AddDays(-80), today().AddDays(20))
	return a, b.Issue("erp "+number, a)
}

// isTheBanks compares an account's entries with what the bank included up to
// a day, of the dates that are kept.
func (c *erp) isTheBanks(id string, bank *intertest.Account, through statement.Date) {
	c.t.Helper()
	a := c.account(id)
	if a.Coverage.ReadThrough != through {
		c.t.Errorf("read through %q, want %s; status %+v", a.Coverage.ReadThrough, through, a.Status)
	}
	rows := bank.Rows("2000-01-01", through)
	sameLines(c.t, "entries", entryKeys(c.entries(id, "booked")), rowKeys(rows, a.Coverage.From))
}

func TestE2EImport(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	matriz, pairMatriz := newBankAccount(bank, "407312956")
	filial, pairFilial := newBankAccount(bank, "518820047")
	r := startRig(t, bank, "--queue-speed", "60")
	one, two := r.erp("acme"), r.erp("outra-empresa")
	run := bankday.After(today())

	var first, second erpAccount
	one.must("POST", "/v1/accounts", newAccount(), &first)
	one.must("PUT", "/v1/accounts/"+first.ID+"/integration", pair(pairMatriz), &first)
	r.idle()
	if from := one.account(first.ID).Coverage.From; from > today().AddDays(-60) || from < today().AddDays(-61) {
		t.Errorf("kept from %s, want 60 days before %s", from, today())
	}
	second = two.open(pairFilial)
	if got := r.fire(run); !got.BankingDay || got.Enqueued != 2 || got.Through != run.AddDays(-1) {
		t.Errorf("fan-out %+v", got)
	}
	r.idle()
	one.isTheBanks(first.ID, matriz, run.AddDays(-1))
	two.isTheBanks(second.ID, filial, run.AddDays(-1))

	t.Run("another tenant's account is not there", func(t *testing.T) {
		if status, _, body, err := two.send(t.Context(), "GET", "/v1/accounts/"+first.ID+"/entries", nil); err != nil || status != 404 {
			t.Errorf("%d %s, %v", status, body, err)
		}
	})

	t.Run("a covered day costs nothing", func(t *testing.T) {
		before := r.items()
		bank.ResetCounters()
		if got := r.fire(run); got.Enqueued != 2 {
			t.Errorf("fan-out %+v", got)
		}
		r.deliver(5, statement.Message{V: 1, Tenant: "acme", Account: statement.AccountID(first.ID), Through: run.AddDays(-1), Reason: statement.ReasonEnabled})
		r.idle()
		if n := bank.Counters().Accepted; n != 0 {
			t.Errorf("%d connections to the bank", n)
		}
		if !reflect.DeepEqual(before, r.items()) {
			t.Error("something was written")
		}
	})

	for _, reason := range []statement.Reason{statement.ReasonSchedule, statement.ReasonManual} {
		t.Run("five deliveries at once, "+string(reason), func(t *testing.T) {
			run = bankday.After(run)
			r.deliver(5, statement.Message{V: 1, Tenant: "acme", Account: statement.AccountID(first.ID), Through: run.AddDays(-1), Reason: reason})
			if n := r.idle(); n != 0 {
				t.Errorf("%d dead letters", n)
			}
			one.in(t).isTheBanks(first.ID, matriz, run.AddDays(-1))
		})
	}
}

// deliver puts a message on the queue n times at once.
func (r *rig) deliver(n int, m statement.Message) {
	r.t.Helper()
	c, url := r.queue("SyncQueue")
	body, err := json.Marshal(m)
	if err != nil {
		r.t.Fatal(err)
	}
	text := string(body)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if _, err := c.SendMessage(r.t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: &text}); err != nil {
				r.t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestE2EFiringRightAfterEnabling has the message of the enablement and that of
// the schedule meet. The queue keeps its real pace: one that lost a race and
// waited for its retry would not be idle in time.
func TestE2EFiringRightAfterEnabling(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	truth, credential := newBankAccount(bank, "407312956")
	r := startRig(t, bank)
	c := r.erp("acme")
	a := c.open(credential)
	run := bankday.After(today())
	if got := r.fire(run); got.Enqueued != 1 {
		t.Errorf("fan-out %+v", got)
	}
	if n := r.idle(); n != 0 {
		t.Errorf("%d dead letters", n)
	}
	c.isTheBanks(a.ID, truth, run.AddDays(-1))
}

// TestE2ERecordedPages imports what production answered in March 2023.
func TestE2ERecordedPages(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	recorded := bank.Recorded()
	r := startRig(t, bank, "--queue-speed", "60")
	c := r.erp("acme")
	a := c.open(bank.Issue("erp", recorded))
	r.idle()
	const from, to = "2023-01-01", "2023-03-23"
	var accepted map[string]any
	c.must("POST", "/v1/accounts/"+a.ID+"/syncs", map[string]any{"from": from, "to": to}, &accepted)
	if n := r.idle(); n != 0 {
		t.Errorf("%d dead letters", n)
	}
	entries := c.entries(a.ID, "booked")
	if len(entries) != intertest.RecordedRows {
		t.Errorf("%d entries, want %d", len(entries), intertest.RecordedRows)
	}
	sameLines(t, "entries", entryKeys(entries), rowKeys(recorded.Rows("2000-01-01", "2099-12-31"), from))

	var twins, provisional int
	sunday := recorded.Rows("2023-03-19", "2023-03-19")
	if len(sunday) != 3 {
		t.Errorf("%d rows were recorded that Sunday, want 3", len(sunday))
	}
	for _, row := range sunday {
		n := 0
		for _, e := range entries {
			if e.BankID == row.BankID && e.Date == "2023-03-20" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q of the Sunday is there %d times under Monday's date, want once", row.Title, n)
		}
	}
	for _, e := range entries {
		if e.Amount == "-204.42" && e.Date == "2023-03-21" {
			twins++
		}
		if id, ok := statement.ParseBankID(e.BankID); ok && id.Provisional {
			provisional++
		}
	}
	if twins != 2 || provisional != 1 {
		t.Errorf("the twins are %d entries, the provisional rows %d; want 2 and 1", twins, provisional)
	}
	if got := c.account(a.ID); got.BankAccount != intertest.RecordedAccount || got.Coverage.From != from {
		t.Errorf("bank account %q, covered from %q", got.BankAccount, got.Coverage.From)
	}
}
