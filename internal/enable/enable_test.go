package enable

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

func TestEnable(t *testing.T) {
	t.Parallel()
	o := &outside{head: newAccount(), rows: []statement.Row{row("012345678", "2026-11-19")}}
	s := service(o)
	p, err := s.Prepare(t.Context(), statement.Account{}, upload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"open", "token", "statement", "close"}, o.done); d != "" {
		t.Errorf("the check did (-want +got):\n%s", d)
	}
	if o.asked[0][1] != "2026-11-22" || o.header != "" {
		t.Errorf("asked %v with account %q, want up to yesterday and no header", o.asked, o.header)
	}
	o.done = nil
	account, err := s.Finish(t.Context(), ref, p)
	if err != nil || account.State != statement.Active {
		t.Fatalf("finish: %+v, %v", account, err)
	}
	if d := cmp.Diff([]string{"read head", "ask owner", "save secret", "enable head", "send"}, o.done); d != "" {
		t.Errorf("finishing did (-want +got):\n%s", d)
	}
	if o.enabled.BankAccount != "12345678" || o.enabled.SelectBank || o.enabled.CredentialID != o.opened.ID() ||
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
	o := &outside{head: newAccount(), scope: "extrato.read pagamento-pix.write"}
	s := service(o)
	p, err := s.Prepare(t.Context(), statement.Account{}, upload(t), "0012.345-6")
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

// A bank that takes no notice of the header answers for another account than
// the one that would be claimed.
func TestChosenAccountIsNotTheOneRead(t *testing.T) {
	t.Parallel()
	o := &outside{rows: []statement.Row{row("12345678", "2026-11-19")}}
	_, err := service(o).Prepare(t.Context(), statement.Account{}, upload(t), "999")
	wantRefusal(t, err, statement.DifferentAccount)
}

func TestFaultsNeverReachTheBank(t *testing.T) {
	t.Parallel()
	o := &outside{}
	u := upload(t)
	u.Certificate = []byte("PK\x03\x04 a zip")
	_, err := service(o).Prepare(t.Context(), statement.Account{}, u, "conta 1")
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

func TestCompanyOfTheCertificate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, subject, account string
		fault                  bool
	}{
		{"the same", "PADARIA LTDA:00416968000101", "00416968000101", false},
		{"alphanumeric", "PADARIA LTDA:12ABC34501DE35", "12ABC34501DE35", false},
		{"the certificate names none", "ERP", "00416968000101", false},
		{"the account has none", "PADARIA LTDA:00416968000101", "", false},
		{"another", "PADARIA LTDA:00416968000101", "00000000000191", true},
	} {
		u := uploadOf(t, clientID, tt.subject)
		a := newAccount()
		a.CNPJ = tt.account
		o := &outside{head: a}
		s := service(o)
		_, err := s.Prepare(t.Context(), a, u, "")
		if !tt.fault && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.fault {
			wantFault(t, err, "certificate", CNPJMismatch)
			if len(o.done) != 0 {
				t.Errorf("%s: a faulty upload did %v", tt.name, o.done)
			}
			message := err.(credential.Faults)[0].Message
			if !strings.Contains(message, "00.000.000/0001-91") || strings.Contains(message, "00.416.968") {
				t.Errorf("%s: says %q, want the account's number only", tt.name, message)
			}
		}
		// A caller that prepared without the account is stopped before anything is saved.
		p, err := s.Prepare(t.Context(), statement.Account{}, u, "")
		if err != nil {
			t.Fatal(err)
		}
		o.done = nil
		_, err = s.Finish(t.Context(), ref, p)
		if tt.fault {
			wantFault(t, err, "certificate", CNPJMismatch)
		}
		if saved := o.pair != nil; saved == tt.fault || (err != nil) != tt.fault {
			t.Errorf("%s: saved %v, %v", tt.name, saved, err)
		}
	}
}

func TestRefusalsSaveNothing(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"open", "token", "statement"} {
		o := &outside{fail: map[string]error{step: fmt.Errorf("at %s: %w", step, coded(statement.PermissionMissing))}}
		_, err := service(o).Prepare(t.Context(), statement.Account{}, upload(t), "")
		var r *Refusal
		if !errors.As(err, &r) || r.Code != statement.PermissionMissing || r.RetryAfter != time.Minute {
			t.Errorf("refused at %s: got %v", step, err)
		}
	}
	ours := errors.New("not the bank's")
	o := &outside{fail: map[string]error{"token": ours}}
	if _, err := service(o).Prepare(t.Context(), statement.Account{}, upload(t), ""); !errors.Is(err, ours) || errors.As(err, new(*Refusal)) {
		t.Errorf("an error without a code became %v", err)
	}
}

func TestBankAccountOfAnotherAccount(t *testing.T) {
	t.Parallel()
	o := &outside{head: newAccount(), rows: []statement.Row{row("123456789", "2026-11-19")}, owners: map[string]statement.AccountID{"123456789": "a2"}}
	s := service(o)
	p, err := s.Prepare(t.Context(), statement.Account{}, upload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	var taken *statement.BankAccountTaken
	if err := s.Available(t.Context(), "t1", p); !errors.As(err, &taken) || taken.By != "a2" {
		t.Errorf("available: %v", err)
	}
	o.done = nil
	_, err = s.Finish(t.Context(), ref, p)
	if !errors.As(err, &taken) || taken.By != "a2" {
		t.Fatalf("got %v", err)
	}
	if d := cmp.Diff([]string{"read head", "ask owner"}, o.done); d != "" {
		t.Errorf("a refused account did (-want +got):\n%s", d)
	}
}

// Another account claims the bank account after it was asked for: what was
// saved of the upload goes, but not the secret of an account that works.
func TestBankAccountClaimedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, state := range []statement.IntegrationState{statement.Disabled, statement.Active, statement.Attention} {
		o := working(t)
		o.head.State, o.head.Version = state, 0
		o.fail = map[string]error{"enable head": &statement.BankAccountTaken{By: "a2"}}
		s := service(o)
		p, err := s.Prepare(t.Context(), o.head, upload(t), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Finish(t.Context(), ref, p)
		if taken, ok := errors.AsType[*statement.BankAccountTaken](err); !ok || taken.By != "a2" {
			t.Errorf("%s: got %v", state, err)
		}
		if o.deleted != (state == statement.Disabled) {
			t.Errorf("%s: the secret is deleted: %v", state, o.deleted)
		}
	}
}

// An account that has a statement keeps its bank account, also when it was
// disabled in between; one that has none may change it.
func TestEnableAgain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		version int64
		number  string
		refused bool
	}{
		{"the same", 7, "12345678", false},
		{"another", 7, "99999999", true},
		{"another, nothing read yet", 0, "99999999", false},
	} {
		for _, blind := range []bool{false, true} { // prepared without the account
			o := working(t)
			o.head.Version, o.head.State = tt.version, statement.Disabled
			o.rows = []statement.Row{row(tt.number, "2026-11-19")}
			old, s := *o.pair, service(o)
			prepareFor := o.head
			if blind {
				prepareFor = statement.Account{}
			}
			p, err := s.Prepare(t.Context(), prepareFor, upload(t), "")
			if err == nil {
				_, err = s.Finish(t.Context(), ref, p)
			}
			if tt.refused {
				wantRefusal(t, err, statement.DifferentAccount)
				if *o.pair != old || o.head.State != statement.Disabled {
					t.Errorf("%s: the refused pair is in use", tt.name)
				}
				continue
			}
			if err != nil || o.head.State != statement.Active || o.head.BankAccount != tt.number {
				t.Errorf("%s: %v, %+v", tt.name, err, o.head)
			}
		}
	}
}

func TestQueueDownLeavesAnEnabledAccount(t *testing.T) {
	t.Parallel()
	o := &outside{head: newAccount(), fail: map[string]error{"send": errors.New("queue down")}}
	s := service(o)
	p, err := s.Prepare(t.Context(), statement.Account{}, upload(t), "")
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
	p, err := service(o).Prepare(t.Context(), statement.Account{}, u, "")
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
