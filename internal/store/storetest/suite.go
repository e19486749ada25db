// Package storetest judges a store over a DynamoDB: Run is the conformance
// suite, which knows the store by its methods alone, so that any table behind
// it can be judged. Open gives other packages' tests a store of their own over
// a dynoxide that they share; Client and Table are its parts.
package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// Run plays the whole contract of a store. open returns a store over an empty
// table; it is called once per test, from several goroutines.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	for _, group := range []map[string]func(*testing.T, *store.Store){
		accountTests, patchTests, enableTests, failureTests, certificateTests, leaveTests, requestTests,
		commitTests, ledgerTests, readTests, moveTests, feedTests, runTests,
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, open(t))
			})
		}
	}
}

// Ref is the account that most tests use.
func Ref() statement.Ref { return statement.Ref{Tenant: "acme", Account: "a1"} }

// Account is a new account as the API makes it, without external id.
func Account(ref statement.Ref) statement.Account {
	return statement.Account{
		Ref: ref, Description: "Conta principal", Bank: "inter", PersonType: "PJ", CNPJ: "11222333000181",
		CreatedAt: time.Date(2026, 11, 2, 12, 30, 0, 0, time.UTC),
	}
}

// Enablement enables an account with the credential and number given.
func Enablement(ref statement.Ref, credential, number string) statement.Enablement {
	return statement.Enablement{
		Ref: ref, CredentialID: credential, BankAccount: number,
		Certificate: statement.Certificate{
			Fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
			Subject:     "CN=Empresa Exemplo LTDA:11222333000181",
			NotBefore:   time.Date(2026, 1, 5, 3, 0, 0, 0, time.UTC),
			NotAfter:    time.Date(2027, 1, 5, 3, 0, 0, 0, time.UTC),
		},
	}
}

// Entry is the nth entry of a day, of an ordinary size: a Pix received.
func Entry(date statement.Date, n int) statement.Entry {
	at := date.Time().Add(12*time.Hour + time.Duration(n)*time.Millisecond)
	end := fmt.Sprintf("E00416968%s%011d", at.Format("200601021504"), n)
	return statement.Entry{
		Row: statement.Row{
			BankID: fmt.Sprintf("MDAxXzAwMDE5XzEyMzQ1Njc4OV8%s_%09d", date, n), BookedAt: at, Date: date,
			Type: "PIX", Operation: statement.Credit, Amount: statement.Cents(100 + n),
			Title: "Pix recebido ", Description: "PIX RECEBIDO - Cp :00000000-FULANO DE TAL", EndToEndID: end,
			Counterparty: statement.Counterparty{Name: "Fulano de Tal", TaxID: "***.456.789-**"},
			Details:      json.RawMessage(`{"endToEndId":"` + end + `","nomePagador":"Fulano de Tal","tipoDetalhe":"COMPLETE"}`),
		},
		ID:       statement.EntryID(fmt.Sprintf("%s-%020x", date, n)),
		Identity: statement.ByBankID, Status: statement.Booked, Revision: 1,
		ImportedAt: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Run: "run-1",
	}
}

// Additions makes n entries spread over days from the given one on, each day
// getting perDay of them, with their days.
func Additions(first statement.Date, n, perDay int) statement.Commit {
	c := statement.Commit{Ledger: statement.Ledger{CoveredFrom: first}, Run: Summary("run-1")}
	for i := range n {
		date := first.AddDays(i / perDay)
		if i%perDay == 0 {
			c.Days = append(c.Days, statement.Day{Date: date, Status: statement.DayRead})
		}
		e := Entry(date, i)
		day := &c.Days[len(c.Days)-1]
		day.Entries++
		day.Credits += e.Amount
		c.Changes = append(c.Changes, statement.Change{Kind: statement.Added, Entry: e, Delta: e.Amount})
		c.ReadThrough = date
	}
	return c
}

// Summary is a run's summary.
func Summary(id statement.RunID) statement.RunSummary {
	return statement.RunSummary{
		ID: id, At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Reason: statement.ReasonSchedule, Outcome: statement.OutcomeRead, Added: 3,
	}
}

// create stores an account and returns its head.
func create(t *testing.T, s *store.Store, ref statement.Ref) statement.Account {
	t.Helper()
	must(t, s.CreateAccount(t.Context(), Account(ref), false))
	return head(t, s, ref)
}

// active stores an account, enables it and returns its head.
func active(t *testing.T, s *store.Store, ref statement.Ref, number string) statement.Account {
	t.Helper()
	create(t, s, ref)
	a, err := s.Enable(t.Context(), Enablement(ref, "credential-1", number))
	must(t, err)
	return a
}

func head(t *testing.T, s *store.Store, ref statement.Ref) statement.Account {
	t.Helper()
	a, err := s.Account(t.Context(), ref)
	must(t, err)
	return a
}

// window reads all entries.
func window(t *testing.T, s *store.Store, ref statement.Ref) []statement.Entry {
	t.Helper()
	entries, err := s.Window(t.Context(), ref, "", "")
	must(t, err)
	return entries
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares; nil and empty are the same. cmp tells the difference, and is
// slow where there is none.
func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
