package syncer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/credential"
	"extrato/internal/inter"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
	"extrato/internal/store/storetest"
)

// expiring gives the world's account a certificate that ends at an instant.
func (w *world) expiring(notAfter time.Time, warned int) {
	head := w.table.heads[ref]
	head.Certificate = &statement.Certificate{Fingerprint: "f1", NotAfter: notAfter, WarnedDays: warned}
	w.table.heads[ref] = head
}

// events collects a log and returns those of one message.
func (w *world) events(message string) func() []map[string]any {
	var out bytes.Buffer
	w.Syncer.Log = slog.New(slog.NewJSONHandler(&out, nil))
	return func() (found []map[string]any) {
		for line := range strings.Lines(out.String()) {
			var e map[string]any
			if json.Unmarshal([]byte(line), &e) == nil && e["msg"] == message {
				found = append(found, e)
			}
		}
		return found
	}
}

// TestWarnings lets a certificate end with its 23 January, a second before
// midnight in São Paulo, and syncs daily at 06:00 from 70 days before.
func TestWarnings(t *testing.T) {
	t.Parallel()
	w := newWorld()
	end := time.Date(2027, 1, 23, 23, 59, 59, 0, statement.SaoPaulo)
	w.expiring(end, statement.NotWarned)
	events := w.events("certificate expiring")
	for left := 70; left >= 0; left-- {
		day := statement.Date("2027-01-23").AddDays(-left)
		w.Syncer.Now = func() time.Time { return day.Time().Add(9 * time.Hour) } // 06:00 in São Paulo
		for range 2 {
			if err := w.Syncer.Sync(t.Context(), message(day.AddDays(-1), statement.ReasonManual)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var told []any
	for _, e := range events() {
		told = append(told, e["days_left"])
		if e["tenant"] != "t1" || e["account"] != "a1" || e["level"] != "WARN" {
			t.Errorf("event %v", e)
		}
	}
	if d := cmp.Diff([]any{60.0, 30.0, 15.0, 7.0, 3.0, 1.0, 0.0}, told); d != "" {
		t.Errorf("warned with so many days left (-want +got):\n%s", d)
	}
	if n := w.counts.all["CertificatesExpiring"]; n != 7 {
		t.Errorf("metric says %d, want 7", n)
	}
}

func TestWarningsGoByCivilDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		now, end  time.Time
		warned    int
		want      any // days_left, nil for no event
		wantSaved int
	}{
		{"an hour before midnight, ends an hour after", time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC), time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC), 4, 1.0, 2},
		{"early and late on one day", time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC), time.Date(2026, 11, 25, 2, 59, 0, 0, time.UTC), 2, 0.0, 1},
		{"61 days", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), time.Date(2027, 1, 23, 3, 0, 0, 0, time.UTC), 0, nil, 0},
		{"60 days, less than 60 times 24 hours", time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC), time.Date(2027, 1, 22, 3, 0, 0, 0, time.UTC), 0, 60.0, 61},
		{"several passed unseen: only the nearest", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC), 61, 5.0, 8},
		{"told already", time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC), 8, nil, 8},
	} {
		w := newWorld()
		w.expiring(tt.end, tt.warned)
		events := w.events("certificate expiring")
		w.Syncer.Now = func() time.Time { return tt.now }
		if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
			t.Fatal(err)
		}
		var got any
		if e := events(); len(e) > 0 {
			got = e[0]["days_left"]
		}
		if saved := w.table.heads[ref].Certificate.WarnedDays; got != tt.want || saved != tt.wantSaved {
			t.Errorf("%s: %v days left told, %d saved; want %v, %d", tt.name, got, saved, tt.want, tt.wantSaved)
		}
	}
}

// A covered account is looked at once a firing and reads nothing; it must be
// warned all the same. One that is not synced is not.
func TestWhoIsWarned(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*statement.Account)
		want   int
	}{
		{"covered", func(a *statement.Account) { a.CoveredFrom, a.ReadThrough = "2026-09-24", "2026-11-22" }, 1},
		{"parked", func(a *statement.Account) { a.State = statement.Attention }, 0},
		{"disabled", func(a *statement.Account) { a.State = statement.Disabled }, 0},
		{"no certificate known", func(a *statement.Account) { a.Certificate = nil }, 0},
	} {
		w := newWorld()
		w.expiring(time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC), statement.NotWarned)
		head := w.table.heads[ref]
		tt.change(&head)
		w.table.heads[ref] = head
		if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
			t.Fatal(err)
		}
		if got := w.counts.all["CertificatesExpiring"]; got != tt.want {
			t.Errorf("%s: warned %d times, want %d", tt.name, got, tt.want)
		}
	}
}

// TestWarningOfSeveralRuns: all have read the same head when the first saves.
func TestWarningOfSeveralRuns(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.expiring(time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC), statement.NotWarned)
	var there, all sync.WaitGroup
	there.Add(4)
	w.table.beforeWarning = func() { there.Done(); there.Wait() }
	for range 4 {
		all.Go(func() { w.Syncer.warn(t.Context(), w.table.heads[ref]) })
	}
	all.Wait()
	if got := w.counts.all["CertificatesExpiring"]; got != 1 {
		t.Errorf("told %d times, want once", got)
	}
}

func TestWarningThatCannotBeSavedIsToldLater(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.expiring(time.Date(2026, 11, 28, 3, 0, 0, 0, time.UTC), statement.NotWarned)
	w.table.failWarning = errors.New("throttled")
	for day := range 2 {
		if err := w.Syncer.Sync(t.Context(), message(statement.Date("2026-11-22").AddDays(day), statement.ReasonSchedule)); err != nil {
			t.Fatalf("the sync was given up for a warning: %v", err)
		}
		if got := w.counts.all["CertificatesExpiring"]; got != day {
			t.Errorf("day %d: told %d times", day, got)
		}
		w.table.failWarning = nil
	}
}

// issued returns a pair as the bank issues it, on a certificate until then.
func issued(t *testing.T, notAfter time.Time) (*intertest.Bank, *intertest.Integration, statement.Credential) {
	t.Helper()
	bank, err := intertest.New(intertest.Options{Key: intertest.EC})
	if err != nil {
		t.Fatal(err)
	}
	i := bank.IssueWith("empresa", intertest.CertificateOptions{NotBefore: notAfter.AddDate(-1, 0, 0), NotAfter: notAfter}, bank.AddAccount("123456789"))
	return bank, i, statement.Credential{Certificate: i.Certificate(), Key: statement.NewSecret(i.Key()),
		ClientID: i.ClientID(), ClientSecret: statement.NewSecret(i.ClientSecret())}
}

func factsOf(t *testing.T, cred statement.Credential) statement.Certificate {
	t.Helper()
	facts, err := credential.Facts(cred.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestHealing: a renewal saved the secret and was cut off before the head.
func TestHealing(t *testing.T) {
	t.Parallel()
	w, s := onStore(t, nil)
	_, _, cred := issued(t, time.Now().AddDate(1, 0, 0))
	w.Syncer.Vault = vault{ref: cred}
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	head, err := s.Account(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	facts := factsOf(t, cred)
	if d := cmp.Diff(&facts, head.Certificate); d != "" || head.CredentialID != cred.ID() || head.ReadThrough != "2026-11-22" {
		t.Errorf("credential %s, read through %s, certificate (-want +got):\n%s", head.CredentialID, head.ReadThrough, d)
	}
	if d := cmp.Diff([]string{cred.ID()}, w.bank.used); d != "" {
		t.Errorf("pairs used (-want +got):\n%s", d)
	}
}

// TestHealedRunParksItsOwnPair: the bank refuses the secret's pair. It is that
// pair the account is parked for, unless still another came meanwhile.
func TestHealedRunParksItsOwnPair(t *testing.T) {
	t.Parallel()
	for _, renewed := range []bool{false, true} {
		w, s := onStore(t, nil)
		_, _, cred := issued(t, time.Now().AddDate(1, 0, 0))
		w.Syncer.Vault = vault{ref: cred}
		w.bank.fail = []error{refusal{code: statement.CredentialsRejected}}
		if renewed {
			w.bank.block = func() {
				if _, err := s.Enable(t.Context(), storetest.Enablement(ref, "c3", "")); err != nil {
					t.Error(err)
				}
			}
		}
		if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
			t.Fatal(err)
		}
		head, err := s.Account(t.Context(), ref)
		if parked := head.State == statement.Attention; err != nil || parked == renewed {
			t.Errorf("renewed meanwhile %v: state %s of %s, %v", renewed, head.State, head.CredentialID, err)
		}
	}
}

// TestHealingMeetsARenewal: the head moves on between the secret and the heal.
// The message is tried again at once, with the head as it then is.
func TestHealingMeetsARenewal(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, _, cred := issued(t, time.Now().AddDate(1, 0, 0))
	w.Syncer.Vault = loads(func() statement.Credential {
		w.table.mu.Lock()
		defer w.table.mu.Unlock()
		head := w.table.heads[ref]
		facts := factsOf(t, cred)
		head.CredentialID, head.Certificate = cred.ID(), &facts
		w.table.heads[ref] = head
		return cred
	})
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); !errors.Is(err, statement.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
	if again := w.Run(t.Context(), []Delivery{delivery(t, "1", 1, message("2026-11-22", statement.ReasonSchedule))}); len(again) > 0 {
		t.Errorf("to come again: %v", again)
	}
	if head := w.table.heads[ref]; head.ReadThrough != "2026-11-22" || head.State != statement.Active {
		t.Errorf("head is %+v", head)
	}
}

// TestHealingKeepsWhatWasWarnedOf: with another client secret the certificate
// is the same, with another certificate nothing was warned of yet.
func TestHealingKeepsWhatWasWarnedOf(t *testing.T) {
	t.Parallel()
	for _, same := range []bool{true, false} {
		w := newWorld()
		_, _, cred := issued(t, w.Syncer.Now().AddDate(0, 0, 20))
		w.Syncer.Vault = vault{ref: cred}
		facts := factsOf(t, cred)
		facts.WarnedDays = 31
		if !same {
			facts.Fingerprint = "another"
		}
		head := w.table.heads[ref]
		head.Certificate = &facts
		w.table.heads[ref] = head
		if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
			t.Fatal(err)
		}
		want := 1 // the 30 days' warning, of a certificate that nobody was warned of
		if same {
			want = 0
		}
		if got := w.counts.all["CertificatesExpiring"]; got != want {
			t.Errorf("same certificate %v: warned %d times, want %d", same, got, want)
		}
		if id := w.table.heads[ref].CredentialID; id != cred.ID() {
			t.Errorf("not healed: %s", id)
		}
	}
}

// TestExpiredParksWithoutTheBank goes through the real client of the bank.
func TestExpiredParksWithoutTheBank(t *testing.T) {
	t.Parallel()
	bank, _, cred := issued(t, time.Now().Add(-time.Hour))
	if err := bank.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bank.Close)
	client, err := inter.New(inter.Config{BaseURL: bank.URL(), CAPEM: bank.CAPEM()})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld()
	w.Syncer.Vault = vault{ref: cred}
	w.Syncer.Open = func(c statement.Credential, account string) (Session, error) { return client.Open(c, account) }
	if err := w.Syncer.Sync(t.Context(), message("2026-11-22", statement.ReasonSchedule)); err != nil {
		t.Fatal(err)
	}
	head := w.table.heads[ref]
	if head.State != statement.Attention || head.Failure != statement.CertificateExpired {
		t.Errorf("state %s, failure %q", head.State, head.Failure)
	}
	if n := bank.Counters().Accepted; n != 0 {
		t.Errorf("%d connections to the bank, want none", n)
	}
	if runs := fmt.Sprint(w.table.runs[0].Failure, w.table.runs[0].Requests); runs != fmt.Sprint(statement.CertificateExpired, statement.Requests{}) {
		t.Errorf("run says %s", runs)
	}
}
