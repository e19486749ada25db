package enable

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

const clientID = "3f1c7a52-9a53-4d3e-8a61-0d8a6f3d9b11"

var (
	now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ref = statement.Ref{Tenant: "t1", Account: "a1"}
)

func upload(t *testing.T) credential.Upload {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "ERP", OrganizationalUnit: []string{clientID}},
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
		ClientID:     clientID,
		ClientSecret: "a-client-secret-of-the-bank",
	}
}

// outside is the vault, the table, the queue and the bank. It writes down the
// order of what is asked of it.
type outside struct {
	done    []string
	owner   statement.AccountID
	enabled statement.Enablement
	sent    []statement.Message
	scope   string
	rows    []statement.Row
	fail    map[string]error
	asked   [2]statement.Date
	header  string
}

func (o *outside) step(name string) error {
	o.done = append(o.done, name)
	return o.fail[name]
}

func (o *outside) Save(context.Context, statement.Ref, statement.Credential) error {
	return o.step("save secret")
}
func (o *outside) BankAccountOwner(context.Context, statement.TenantID, string) (statement.AccountID, error) {
	return o.owner, o.step("ask owner")
}
func (o *outside) Enable(_ context.Context, e statement.Enablement) (statement.Account, error) {
	o.enabled = e
	return statement.Account{Ref: e.Ref, State: statement.Active}, o.step("enable head")
}
func (o *outside) Send(_ context.Context, ms []statement.Message) error {
	o.sent = append(o.sent, ms...)
	return o.step("send")
}
func (o *outside) Authenticate(context.Context) (string, error) { return o.scope, o.step("token") }
func (o *outside) Statement(_ context.Context, from, to statement.Date) (statement.Read, error) {
	o.asked = [2]statement.Date{from, to}
	return statement.Read{From: from, To: to, Rows: o.rows}, o.step("statement")
}
func (o *outside) Close() { o.done = append(o.done, "close") }

func service(o *outside) *Service {
	if o.scope == "" {
		o.scope = "extrato.read"
	}
	return &Service{Vault: o, Heads: o, Queue: o, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Open: func(_ statement.Credential, header string) (Session, error) {
			o.header = header
			return o, o.step("open")
		}}
}

func bankID(account string) string {
	return base64.StdEncoding.EncodeToString([]byte("001_00019_" + account + "_2026-11-19_900000066"))
}

func TestEnable(t *testing.T) {
	t.Parallel()
	o := &outside{rows: []statement.Row{{BankID: bankID("012345678")}}}
	s := service(o)
	p, err := s.Prepare(t.Context(), upload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"open", "token", "statement", "close"}, o.done); d != "" {
		t.Errorf("the check did (-want +got):\n%s", d)
	}
	if o.asked[1] != "2026-11-22" || o.header != "" {
		t.Errorf("asked %v with account %q, want up to yesterday and no header", o.asked, o.header)
	}
	o.done = nil
	account, err := s.Finish(t.Context(), ref, p)
	if err != nil || account.State != statement.Active {
		t.Fatalf("finish: %+v, %v", account, err)
	}
	if d := cmp.Diff([]string{"ask owner", "save secret", "enable head", "send"}, o.done); d != "" {
		t.Errorf("finishing did (-want +got):\n%s", d)
	}
	if o.enabled.BankAccount != "12345678" || o.enabled.SelectBank || o.enabled.CredentialID == "" ||
		o.enabled.Certificate.Fingerprint == "" || len(o.enabled.Warnings) != 0 {
		t.Errorf("enabled with %+v", o.enabled)
	}
	want := []statement.Message{{V: 1, Tenant: "t1", Account: "a1", Through: "2026-11-22", Reason: statement.ReasonEnabled}}
	if d := cmp.Diff(want, o.sent); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
}

func TestWiderScopeAndChosenAccount(t *testing.T) {
	t.Parallel()
	o := &outside{scope: "extrato.read pagamento-pix.write"}
	s := service(o)
	p, err := s.Prepare(t.Context(), upload(t), "0012.345-6")
	if err != nil {
		t.Fatal(err)
	}
	if o.header != "123456" {
		t.Errorf("asked for account %q, want 123456", o.header)
	}
	if _, err := s.Finish(t.Context(), ref, p); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]statement.Code{statement.ScopeWiderThanNeeded}, o.enabled.Warnings); d != "" {
		t.Errorf("warnings (-want +got):\n%s", d)
	}
	if !o.enabled.SelectBank || o.enabled.BankAccount != "123456" {
		t.Errorf("enabled with %+v", o.enabled)
	}
}

func TestFaultsNeverReachTheBank(t *testing.T) {
	t.Parallel()
	o := &outside{}
	u := upload(t)
	u.Certificate = []byte("PK\x03\x04 a zip")
	_, err := service(o).Prepare(t.Context(), u, "conta 1")
	var faults credential.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v, want faults", err)
	}
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	if d := cmp.Diff([]string{"certificate", "bank_account"}, fields); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	if len(o.done) != 0 {
		t.Errorf("a faulty upload did %v", o.done)
	}
}

type coded statement.Code

func (c coded) Error() string               { return string(c) }
func (c coded) FailureCode() statement.Code { return statement.Code(c) }
func (c coded) RetryIn() time.Duration      { return time.Minute }

func TestRefusalsSaveNothing(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"open", "token", "statement"} {
		o := &outside{fail: map[string]error{step: fmt.Errorf("at %s: %w", step, coded(statement.PermissionMissing))}}
		_, err := service(o).Prepare(t.Context(), upload(t), "")
		var r *Refusal
		if !errors.As(err, &r) || r.Code != statement.PermissionMissing || r.RetryAfter != time.Minute {
			t.Errorf("refused at %s: got %v", step, err)
		}
	}
	ours := errors.New("not the bank's")
	o := &outside{fail: map[string]error{"token": ours}}
	if _, err := service(o).Prepare(t.Context(), upload(t), ""); !errors.Is(err, ours) || errors.As(err, new(*Refusal)) {
		t.Errorf("an error without a code became %v", err)
	}
}

func TestBankAccountOfAnotherAccount(t *testing.T) {
	t.Parallel()
	o := &outside{rows: []statement.Row{{BankID: bankID("123456789")}}, owner: "a2"}
	s := service(o)
	p, err := s.Prepare(t.Context(), upload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	o.done = nil
	_, err = s.Finish(t.Context(), ref, p)
	var taken *statement.BankAccountTaken
	if !errors.As(err, &taken) || taken.By != "a2" {
		t.Fatalf("got %v", err)
	}
	if d := cmp.Diff([]string{"ask owner"}, o.done); d != "" {
		t.Errorf("a refused account did (-want +got):\n%s", d)
	}
}

func TestQueueDownLeavesAnEnabledAccount(t *testing.T) {
	t.Parallel()
	o := &outside{fail: map[string]error{"send": errors.New("queue down")}}
	s := service(o)
	p, err := s.Prepare(t.Context(), upload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.Finish(t.Context(), ref, p); err != nil || a.State != statement.Active {
		t.Errorf("got %+v, %v: the schedule would sync it", a, err)
	}
}

func TestPreparedPrintsNothing(t *testing.T) {
	t.Parallel()
	o := &outside{}
	u := upload(t)
	p, err := service(o).Prepare(t.Context(), u, "")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "p", p)
	text := fmt.Sprintf("%v %+v %#v %s %q", p, p, p, p, p) + log.String()
	if strings.Contains(text, "PRIVATE") || strings.Contains(text, u.ClientSecret) {
		t.Error("a prepared upload prints its secrets")
	}
}
