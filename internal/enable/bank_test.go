package enable_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/bankday"
	"extrato/internal/credential"
	"extrato/internal/enable"
	"extrato/internal/inter"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

var ref = statement.Ref{Tenant: "t1", Account: "a1"}

// scene is the service with the real bank client and the simulated bank, and
// memory for the rest. The clock stands still.
type scene struct {
	*enable.Service
	*memory
	bank  *intertest.Bank
	today statement.Date
}

func newScene(t *testing.T) *scene {
	t.Helper()
	now := time.Now()
	bank, err := intertest.New(intertest.Options{Key: intertest.EC, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if err := bank.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bank.Close)
	client, err := inter.New(inter.Config{BaseURL: bank.URL(), CAPEM: bank.CAPEM(), StatementTimeout: 8 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{head: statement.Account{Ref: ref, State: statement.Disabled}}
	return &scene{
		Service: &enable.Service{Vault: m, Heads: m, Queue: m, Log: slog.New(slog.DiscardHandler),
			Now: func() time.Time { return now.Add(time.Minute) }, // certificates are issued meanwhile
			Open: func(cred statement.Credential, account string) (enable.Session, error) {
				return client.Open(cred, account)
			}},
		memory: m, bank: bank, today: statement.DateOf(now.Add(time.Minute)),
	}
}

// account opens one with some entries, daysAgo the last of them.
func (s *scene) account(number string, daysAgo ...int) *intertest.Account {
	a := s.bank.AddAccount(number)
	for i, days := range daysAgo {
		a.Add(intertest.Entry{BookedAt: intertest.At(s.today.AddDays(-days), 10, i, 0, 0), Amount: 100_00, Title: "Pix recebido"})
	}
	return a
}

func uploadOf(i *intertest.Integration) credential.Upload {
	return credential.Upload{Certificate: []byte(i.Certificate()), Key: []byte(i.Key()), ClientID: i.ClientID(), ClientSecret: i.ClientSecret()}
}

// enabled enables the account and lets it be synced: proven through yesterday.
func (s *scene) enabled(t *testing.T, i *intertest.Integration, a *intertest.Account) {
	t.Helper()
	p, err := s.Prepare(t.Context(), statement.Account{}, uploadOf(i), "")
	if err == nil {
		_, err = s.Finish(t.Context(), ref, p)
	}
	if err != nil {
		t.Fatal(err)
	}
	proven := bankday.LastNotAfter(s.today.AddDays(-1))
	balance := a.BalanceAt(proven)
	s.head.Version, s.head.ProvenThrough, s.head.Balance = 1, proven, &balance
	s.sent = nil
	s.bank.ResetCounters()
}

// wantRefused fails unless err is the refusal.
func wantRefused(t *testing.T, err error, code statement.Code) *enable.Refusal {
	t.Helper()
	r, ok := errors.AsType[*enable.Refusal](err)
	if !ok || r.Code != code {
		t.Fatalf("got %v, want the refusal %s", err, code)
	}
	return r
}

func TestLiveCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		bank   func(*scene, *intertest.Integration)
		upload func(*scene, *credential.Upload)
		number string // bank_account
		want   statement.Code
		wait   time.Duration
	}{
		{name: "wrong secret", want: statement.CredentialsRejected,
			upload: func(_ *scene, u *credential.Upload) { u.ClientSecret = "00000000-0000-4000-8000-000000000000" }},
		{name: "permission missing", want: statement.PermissionMissing,
			bank: func(_ *scene, i *intertest.Integration) { i.SetScopes("boleto-cobranca.read") }},
		{name: "permission missing, told by the read", want: statement.PermissionMissing,
			bank: func(_ *scene, i *intertest.Integration) { i.RefuseScope(true) }},
		{name: "integration deleted", want: statement.CredentialsRejected,
			bank: func(_ *scene, i *intertest.Integration) { i.Delete() }},
		{name: "certificate of another integration, whose OU says nothing", want: statement.CredentialsRejected,
			upload: func(s *scene, u *credential.Upload) {
				other := s.bank.IssueWith("other", intertest.CertificateOptions{OU: "Inter Empresas"}, s.account("777"))
				u.Certificate, u.Key = []byte(other.Certificate()), []byte(other.Key())
			}},
		{name: "certificate of another bank", want: statement.CertificateRejected,
			upload: func(_ *scene, u *credential.Upload) {
				stranger, err := intertest.New(intertest.Options{Key: intertest.EC})
				if err != nil {
					panic(err)
				}
				i := stranger.IssueWith("x", intertest.CertificateOptions{OU: "x"})
				u.Certificate, u.Key = []byte(i.Certificate()), []byte(i.Key())
			}},
		{name: "several accounts", want: statement.BankAccountRequired,
			bank: func(s *scene, i *intertest.Integration) { i.SetAccounts(s.account("12345678"), s.account("777")) }},
		{name: "several accounts, none of them the chosen one", want: statement.BankAccountRequired, number: "999",
			bank: func(s *scene, i *intertest.Integration) { i.SetAccounts(s.account("12345678"), s.account("777")) }},
		{name: "another account than the chosen one", want: statement.BankAccountRequired, number: "999"},
		{name: "permission missing, one chosen", want: statement.PermissionMissing, number: "12345678",
			bank: func(_ *scene, i *intertest.Integration) { i.RefuseScope(true) }},
		{name: "several accounts, one chosen", number: "1234567-8",
			bank: func(s *scene, i *intertest.Integration) { i.SetAccounts(s.account("12345678"), s.account("777")) }},
		{name: "out of service", want: statement.BankUnavailable,
			bank: func(s *scene, _ *intertest.Integration) { s.bank.Fail(intertest.Any, intertest.Status(503)) }},
		{name: "statement out of service", want: statement.BankUnavailable,
			bank: func(s *scene, _ *intertest.Integration) { s.bank.Fail(intertest.Statement, intertest.Status(503)) }},
		{name: "limited", want: statement.BankRateLimited, wait: 42 * time.Second,
			bank: func(s *scene, _ *intertest.Integration) {
				s.bank.Fail(intertest.Token, intertest.Status(429).With("Retry-After", "42"))
			}},
		{name: "limited, no time told", want: statement.BankRateLimited, wait: time.Minute,
			bank: func(s *scene, _ *intertest.Integration) { s.bank.Fail(intertest.Statement, intertest.Status(429)) }},
		{name: "good"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			i := s.bank.Issue("erp", s.account("12345678", 3, 5))
			if tt.bank != nil {
				tt.bank(s, i)
			}
			u := uploadOf(i)
			if tt.upload != nil {
				tt.upload(s, &u)
			}
			p, err := s.Prepare(t.Context(), statement.Account{}, u, tt.number)
			if tt.want != "" {
				if r := wantRefused(t, err, tt.want); tt.wait != 0 && r.RetryAfter != tt.wait {
					t.Errorf("retry after %v, want %v", r.RetryAfter, tt.wait)
				}
				for _, secret := range []string{u.ClientSecret, "PRIVATE KEY"} {
					if strings.Contains(err.Error(), secret) {
						t.Error("the refusal tells a secret")
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Finish(t.Context(), ref, p); err != nil {
				t.Fatal(err)
			}
			if s.head.BankAccount != "12345678" || s.head.SelectBank != (tt.number != "") || len(s.head.Warnings) != 0 {
				t.Errorf("enabled as %+v", s.head)
			}
			if n := s.bank.Counters().Requests[intertest.Token]; n != 1 {
				t.Errorf("%d tokens, want 1 of the five a minute", n)
			}
		})
	}
}

// The subject of a certificate names its integration: the bank need not be asked.
func TestCertificateOfAnotherIntegration(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	mine, other := s.bank.Issue("erp", s.account("12345678")), s.bank.Issue("other", s.account("777"))
	u := uploadOf(mine)
	u.Certificate, u.Key = []byte(other.Certificate()), []byte(other.Key())
	_, err := s.Prepare(t.Context(), statement.Account{}, u, "")
	faults, ok := err.(credential.Faults)
	if !ok || len(faults) != 1 || faults[0].Code != credential.ClientIDOther {
		t.Errorf("got %v", err)
	}
	if n := s.bank.Counters().Accepted; n != 0 {
		t.Errorf("the bank was asked %d times", n)
	}
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	old, recent := []int{}, []int{3, 5}
	for _, tt := range []struct {
		name     string
		entries  []int
		fresh    func(s *scene, i *intertest.Integration, a *intertest.Account) *intertest.Integration
		want     statement.Code
		warnings []statement.Code
		before   bool // the number went out before
		selected bool // and goes out now
	}{
		{name: "the same account", entries: recent,
			fresh: func(_ *scene, i *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return i.Renew()
			}},
		{name: "another integration of the same account", entries: recent,
			fresh: func(s *scene, _ *intertest.Integration, a *intertest.Account) *intertest.Integration {
				return s.bank.Issue("new", a)
			}},
		{name: "another account", entries: recent, want: statement.DifferentAccount,
			fresh: func(s *scene, _ *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return s.bank.Issue("other", s.account("777", 4))
			}},
		{name: "another account, old rows only", entries: recent, want: statement.DifferentAccount,
			fresh: func(s *scene, _ *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return s.bank.Issue("other", s.account("777", 80))
			}},
		{name: "no rows, the balance", entries: old,
			fresh: func(_ *scene, i *intertest.Integration, a *intertest.Account) *intertest.Integration {
				return i.Renew()
			}},
		{name: "no rows, another account by its balance", entries: old, want: statement.DifferentAccount,
			fresh: func(s *scene, _ *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				other := s.account("777")
				other.SetOpening(1)
				return s.bank.Issue("other", other)
			}},
		{name: "no rows, a balance that the bank does not tell", entries: old, warnings: []statement.Code{statement.AccountUnconfirmed},
			fresh: func(s *scene, i *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				s.bank.Behave(func(b *intertest.Behaviour) { b.BalanceRefused = s.today })
				return i.Renew()
			}},
		{name: "more granted than asked", entries: recent, warnings: []statement.Code{statement.ScopeWiderThanNeeded},
			fresh: func(_ *scene, i *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				i.GrantAlso("pagamento-pix.write")
				return i.Renew()
			}},
		{name: "several accounts now", entries: recent, selected: true,
			fresh: func(s *scene, i *intertest.Integration, a *intertest.Account) *intertest.Integration {
				i.SetAccounts(s.account("777"), a)
				return i.Renew()
			}},
		{name: "several accounts, none of them this one", entries: recent, want: statement.DifferentAccount,
			fresh: func(s *scene, _ *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return s.bank.Issue("other", s.account("777", 4), s.account("888", 4))
			}},
		{name: "one of several before, another company's now", entries: recent, before: true, want: statement.DifferentAccount,
			fresh: func(s *scene, _ *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return s.bank.Issue("other", s.account("777", 4))
			}},
		{name: "one of several before, several others now", entries: recent, before: true, want: statement.DifferentAccount,
			fresh: func(s *scene, _ *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return s.bank.Issue("other", s.account("777", 4), s.account("888", 4))
			}},
		{name: "one of several before, permission missing now", entries: recent, before: true, want: statement.PermissionMissing,
			fresh: func(_ *scene, i *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				i.RefuseScope(true)
				return i.Renew()
			}},
		{name: "one of several, the same", entries: recent, before: true, selected: true,
			fresh: func(_ *scene, i *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				return i.Renew()
			}},
		{name: "out of service", entries: recent, want: statement.BankUnavailable,
			fresh: func(s *scene, i *intertest.Integration, _ *intertest.Account) *intertest.Integration {
				s.bank.Fail(intertest.Statement, intertest.Status(503))
				return i.Renew()
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			a := s.account("12345678", tt.entries...)
			a.SetOpening(5_000_00)
			i := s.bank.Issue("erp", a)
			s.enabled(t, i, a)
			s.head.SelectBank = tt.before
			head, pair := s.head, s.pair
			u := uploadOf(tt.fresh(s, i, a))
			if u.ClientID == i.ClientID() {
				u.ClientID, u.ClientSecret = "", "" // kept
			}
			account, err := s.Renew(t.Context(), ref, u)
			if tt.want != "" {
				wantRefused(t, err, tt.want)
				if d := cmp.Diff(head, s.head); d != "" || s.pair != pair || len(s.sent) != 0 {
					t.Errorf("a refused renewal changed something:\n%s", d)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.warnings, account.Warnings); d != "" {
				t.Errorf("warnings (-want +got):\n%s", d)
			}
			if s.pair == pair || account.SelectBank != tt.selected || len(s.sent) != 1 || s.sent[0].Reason != statement.ReasonRenewed {
				t.Errorf("renewed as %+v, sent %v", account, s.sent)
			}
			if n := s.bank.Counters().Requests[intertest.Token]; n != 1 && tt.selected == tt.before {
				t.Errorf("%d tokens, want 1 of the five a minute", n)
			}
		})
	}
}
