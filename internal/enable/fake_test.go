package enable

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"slices"
	"testing"
	"time"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

const (
	clientID = "3f1c7a52-9a53-4d3e-8a61-0d8a6f3d9b11"
	otherID  = "77777777-9a53-4d3e-8a61-0d8a6f3d9b11"
)

var (
	now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ref = statement.Ref{Tenant: "t1", Account: "a1"}
)

// upload makes a good pair for the client id, in the name of a company.
func upload(t *testing.T) credential.Upload { return uploadOf(t, clientID, "ERP") }

func uploadOf(t *testing.T, unit, company string) credential.Upload {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: company, OrganizationalUnit: []string{unit}},
		NotBefore:    now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 11, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return credential.Upload{
		Certificate:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:          pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
		ClientID:     unit,
		ClientSecret: "a-client-secret-of-the-bank",
	}
}

// uploadFrom is what a person with this pair sends.
func uploadFrom(c statement.Credential) credential.Upload {
	return credential.Upload{Certificate: []byte(c.Certificate), Key: []byte(c.Key.Reveal()), ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal()}
}

// checked is the credential that an upload becomes.
func checked(t *testing.T, u credential.Upload) statement.Credential {
	t.Helper()
	cred, _, err := credential.Check(u, now)
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

// errCrash is what everything answers once the process is gone.
var errCrash = errors.New("crashed")

// outside is the vault, the table, the queue and the bank. It keeps what each
// contract says is kept, and writes down the order of what is asked of it.
type outside struct {
	head    statement.Account // ref's; none where Tenant is ""
	indexed bool              // in the schedule
	erased  bool
	entries []statement.Entry
	owners  map[string]statement.AccountID
	pair    *statement.Credential
	deleted bool // the pair is scheduled for deletion
	sent    []statement.Message
	enabled statement.Enablement

	scope    string
	rows     []statement.Row // by Date, which stands for the day of inclusion
	balance  statement.Cents
	accounts []string // behind the integration; several want the header

	done    []string
	fail    map[string]error // by step; the step is not done
	before  string           // the process ends before this effect
	after   string           // and here after it
	crashed bool
	asked   [][2]statement.Date
	header  string
	window  [2]statement.Date
	opened  statement.Credential
}

// step writes down what is asked; an error means that it is not done.
func (o *outside) step(name string) error {
	if o.crashed = o.crashed || o.before == name; o.crashed {
		return errCrash
	}
	o.done = append(o.done, name)
	return o.fail[name]
}

// effect is a step that changes something.
func (o *outside) effect(name string, change func()) error {
	if err := o.step(name); err != nil {
		return err
	}
	change()
	if o.after == name {
		o.crashed = true
		return errCrash
	}
	return nil
}

func (o *outside) Load(context.Context, statement.Ref) (statement.Credential, error) {
	err := o.step("load secret")
	if err == nil && (o.pair == nil || o.deleted) {
		err = statement.ErrNotFound
	}
	if err != nil {
		return statement.Credential{}, err
	}
	return *o.pair, nil
}

func (o *outside) Save(_ context.Context, _ statement.Ref, cred statement.Credential) error {
	return o.effect("save secret", func() { o.pair, o.deleted = &cred, false })
}

func (o *outside) Delete(context.Context, statement.Ref) error {
	return o.effect("delete secret", func() { o.deleted = o.pair != nil })
}

func (o *outside) Account(context.Context, statement.Ref) (statement.Account, error) {
	err := o.step("read head")
	if err == nil && (o.head.Tenant == "" || o.erased) {
		err = statement.ErrNotFound
	}
	return o.head, err
}

func (o *outside) Window(_ context.Context, _ statement.Ref, from, to statement.Date) ([]statement.Entry, error) {
	o.window = [2]statement.Date{from, to}
	return o.entries, o.step("read entries")
}

func (o *outside) BankAccountOwner(_ context.Context, _ statement.TenantID, number string) (statement.AccountID, error) {
	return o.owners[number], o.step("ask owner")
}

func (o *outside) Enable(_ context.Context, e statement.Enablement) (statement.Account, error) {
	if o.head.Tenant == "" || o.erased {
		return statement.Account{}, errors.Join(o.step("enable head"), statement.ErrNotFound)
	}
	err := o.effect("enable head", func() {
		o.enabled = e
		h := &o.head
		h.State, h.Failure, h.CredentialID, h.Certificate = statement.Active, "", e.CredentialID, &e.Certificate
		h.SelectBank, h.Warnings = e.SelectBank, e.Warnings
		if e.BankAccount != "" {
			h.BankAccount = e.BankAccount
		}
		o.indexed = true
	})
	return o.head, err
}

func (o *outside) Disable(context.Context, statement.Ref) (statement.Account, error) {
	if o.head.Tenant == "" || o.erased {
		return statement.Account{}, statement.ErrNotFound
	}
	err := o.effect("disable head", func() {
		o.head.State, o.head.Failure, o.head.Warnings, o.indexed = statement.Disabled, "", nil, false
	})
	return o.head, err
}

func (o *outside) Erase(context.Context, statement.Ref, time.Time) error {
	if o.head.Tenant == "" {
		return statement.ErrNotFound
	}
	return o.effect("erase head", func() { o.erased, o.indexed = true, false })
}

func (o *outside) Send(_ context.Context, ms []statement.Message) error {
	return o.effect("send", func() { o.sent = append(o.sent, ms...) })
}

func (o *outside) Authenticate(context.Context) (string, error) { return o.scope, o.step("token") }

func (o *outside) Statement(_ context.Context, from, to statement.Date) (statement.Read, error) {
	o.asked = append(o.asked, [2]statement.Date{from, to})
	err := o.step("statement")
	switch {
	case err != nil:
	case o.header == "" && len(o.accounts) > 1, o.header != "" && o.accounts != nil && !slices.Contains(o.accounts, o.header):
		err = coded(statement.BankAccountRequired)
	}
	read := statement.Read{From: from, To: to}
	for _, r := range o.rows {
		if from <= r.Date && r.Date <= to {
			read.Rows = append(read.Rows, r)
		}
	}
	return read, err
}

func (o *outside) Balance(_ context.Context, day statement.Date) (statement.Balance, error) {
	return statement.Balance{Date: day, Amount: o.balance}, o.step("balance of " + string(day))
}

func (o *outside) Close() { o.done = append(o.done, "close") }

func service(o *outside) *Service {
	if o.scope == "" {
		o.scope = "extrato.read"
	}
	return &Service{Vault: o, Heads: o, Queue: o, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Open: func(cred statement.Credential, header string) (Session, error) {
			o.header, o.opened = header, cred
			return o, o.step("open")
		}}
}

// newAccount is an account that was never enabled.
func newAccount() statement.Account {
	return statement.Account{Ref: ref, Bank: "inter", PersonType: "PJ", State: statement.Disabled}
}

// working returns an account that has been synced for long, and its pair.
func working(t *testing.T) *outside {
	t.Helper()
	pair, balance := checked(t, upload(t)), statement.Cents(1234_56)
	head := newAccount()
	head.State, head.BankAccount, head.CredentialID, head.Version = statement.Active, "12345678", pair.ID(), 7
	head.Certificate = &statement.Certificate{Fingerprint: "the-old-one", WarnedDays: 31}
	head.ProvenThrough, head.ReadThrough, head.Balance = "2026-11-20", "2026-11-22", &balance
	return &outside{head: head, indexed: true, pair: &pair, balance: balance,
		owners: map[string]statement.AccountID{"12345678": "a1"}, rows: []statement.Row{row("012345678", "2026-11-19")}}
}

// coded is an error of the bank.
type coded statement.Code

func (c coded) Error() string               { return string(c) }
func (c coded) FailureCode() statement.Code { return statement.Code(c) }
func (c coded) RetryIn() time.Duration      { return time.Minute }

// row is one whose id names an account.
func row(account string, day statement.Date) statement.Row {
	return statement.Row{BankID: bankID(account, "900000066"), Date: day}
}

func bankID(account, number string) string {
	return base64.StdEncoding.EncodeToString([]byte("001_00019_" + account + "_2026-11-19_" + number))
}

// wantRefusal fails unless err is a *Refusal with the code.
func wantRefusal(t *testing.T, err error, code statement.Code) {
	t.Helper()
	if r, ok := errors.AsType[*Refusal](err); !ok || r.Code != code {
		t.Errorf("got %v, want the refusal %s", err, code)
	}
}

// wantFault fails unless err is the one fault.
func wantFault(t *testing.T, err error, field, code string) {
	t.Helper()
	faults, ok := errors.AsType[credential.Faults](err)
	if !ok || len(faults) != 1 || faults[0].Field != field || faults[0].Code != code {
		t.Errorf("got %v, want the fault %s: %s", err, field, code)
	}
}
