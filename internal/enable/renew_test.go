package enable

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

func TestRenew(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.head.State, o.indexed, o.head.Failure = statement.Attention, false, statement.CertificateExpired
	u := upload(t)
	account, err := service(o).Renew(t.Context(), ref, u)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"read head", "open", "token", "statement", "close", "ask owner", "save secret", "enable head", "send"}
	if d := cmp.Diff(want, o.done); d != "" {
		t.Errorf("did (-want +got):\n%s", d)
	}
	if cred := checked(t, u); *o.pair != cred || account.CredentialID != cred.ID() || o.header != "" {
		t.Errorf("the vault, or the head, has another pair")
	}
	if account.State != statement.Active || account.Failure != "" || !o.indexed || account.BankAccount != "12345678" ||
		account.SelectBank || account.Certificate.WarnedDays != 0 {
		t.Errorf("the account is %+v", account)
	}
	sent := []statement.Message{{V: 1, Tenant: "t1", Account: "a1", Through: "2026-11-22", Reason: statement.ReasonRenewed}}
	if d := cmp.Diff(sent, o.sent); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
}

func TestRenewNeedsAnIntegration(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.head.State = statement.Disabled
	if _, err := service(o).Renew(t.Context(), ref, upload(t)); !errors.Is(err, ErrNotEnabled) {
		t.Errorf("disabled: %v", err)
	}
	for name, o := range map[string]*outside{"none": {}, "erased": {head: newAccount(), erased: true}} {
		if _, err := service(o).Renew(t.Context(), ref, upload(t)); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff([]string{"read head"}, o.done); d != "" {
			t.Errorf("%s did (-want +got):\n%s", name, d)
		}
	}
}

// TestCodesAreKept: each code is kept where it comes empty, a secret only for
// its own client id.
func TestCodesAreKept(t *testing.T) {
	t.Parallel()
	const kept, fresh = "a-client-secret-of-the-bank", "another-secret"
	for _, tt := range []struct {
		name, unit, id, secret string
		gone                   bool // the vault has no pair
		wantID, wantSecret     string
		field, fault           string
		loads                  bool
	}{
		{name: "both", unit: clientID, wantID: clientID, wantSecret: kept, loads: true},
		{name: "blanks", unit: clientID, id: " ", secret: "\n", wantID: clientID, wantSecret: kept, loads: true},
		{name: "the id", unit: clientID, secret: fresh, wantID: clientID, wantSecret: fresh, loads: true},
		{name: "the secret", unit: clientID, id: strings.ToUpper(clientID), wantID: clientID, wantSecret: kept, loads: true},
		{name: "neither", unit: clientID, id: clientID, secret: fresh, wantID: clientID, wantSecret: fresh},
		{name: "another integration", unit: otherID, id: otherID, secret: fresh, wantID: otherID, wantSecret: fresh},
		{name: "another integration without its secret", unit: otherID, id: otherID, field: "client_secret", fault: "required", loads: true},
		{name: "another integration's certificate", unit: otherID, field: "client_id", fault: "client_id_of_another_integration", loads: true},
		{name: "nothing to keep the secret of", unit: clientID, id: clientID, gone: true, field: "client_secret", fault: "required", loads: true},
		{name: "the pair is gone, all sent", unit: clientID, id: clientID, secret: fresh, gone: true, wantID: clientID, wantSecret: fresh},
	} {
		o := working(t)
		o.deleted = tt.gone
		u := uploadOf(t, tt.unit, "ERP")
		u.ClientID, u.ClientSecret = tt.id, tt.secret
		_, err := service(o).Renew(t.Context(), ref, u)
		if loaded := len(o.done) > 1 && o.done[1] == "load secret"; loaded != tt.loads {
			t.Errorf("%s: loaded the secret: %v, want %v", tt.name, loaded, tt.loads)
		}
		if tt.fault != "" {
			wantFault(t, err, tt.field, tt.fault)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if o.pair.ClientID != tt.wantID || o.pair.ClientSecret.Reveal() != tt.wantSecret || o.deleted {
			t.Errorf("%s: the vault has client id %s and secret as wanted: %v", tt.name, o.pair.ClientID, o.pair.ClientSecret.Reveal() == tt.wantSecret)
		}
	}
	down := errors.New("vault down")
	o := working(t)
	o.fail = map[string]error{"load secret": down}
	u := upload(t)
	u.ClientID = ""
	if _, err := service(o).Renew(t.Context(), ref, u); !errors.Is(err, down) || errors.As(err, new(credential.Faults)) {
		t.Errorf("vault down: %v", err)
	}
}

func TestRenewalOfAnotherCompany(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.head.CNPJ = "00000000000191"
	_, err := service(o).Renew(t.Context(), ref, uploadOf(t, clientID, "PADARIA:00416968000101"))
	wantFault(t, err, "certificate", CNPJMismatch)
}

// TestSeveralAccountsBehind: the number goes out where it did before or where
// the bank asks for it; a number that is not behind the integration means that
// these are another account's files.
func TestSeveralAccountsBehind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		accounts []string
		selected bool   // before
		number   string // before
		want     statement.Code
		header   string
		opens    int
	}{
		{"one", []string{"12345678"}, false, "12345678", "", "", 1},
		{"several, chosen before", []string{"12345678", "999"}, true, "12345678", "", "12345678", 1},
		{"several now", []string{"12345678", "999"}, false, "12345678", "", "12345678", 2},
		{"several others, chosen before", []string{"888", "999"}, true, "12345678", statement.DifferentAccount, "12345678", 1},
		{"several others", []string{"888", "999"}, false, "12345678", statement.DifferentAccount, "12345678", 2},
		{"several, number not known", []string{"888", "999"}, false, "", statement.BankAccountRequired, "", 1},
	} {
		o := working(t)
		o.accounts, o.head.SelectBank, o.head.BankAccount = tt.accounts, tt.selected, tt.number
		old := *o.pair
		account, err := service(o).Renew(t.Context(), ref, upload(t))
		opens := 0
		for _, step := range o.done {
			if step == "open" {
				opens++
			}
		}
		if o.header != tt.header || opens != tt.opens {
			t.Errorf("%s: header %q after %d sessions, want %q after %d", tt.name, o.header, opens, tt.header, tt.opens)
		}
		if tt.want != "" {
			wantRefusal(t, err, tt.want)
			if *o.pair != old {
				t.Errorf("%s: the refused pair is saved", tt.name)
			}
			continue
		}
		if err != nil || account.SelectBank != (tt.header != "") || account.BankAccount != "12345678" {
			t.Errorf("%s: %v, %+v", tt.name, err, account)
		}
	}
}

func TestRenewedWithTheSameFiles(t *testing.T) {
	t.Parallel()
	o := working(t)
	u, s := upload(t), service(o)
	if _, err := s.Renew(t.Context(), ref, u); err != nil {
		t.Fatal(err)
	}
	o.head.Certificate.WarnedDays = 16
	account, err := s.Renew(t.Context(), ref, u)
	if err != nil || account.Certificate.WarnedDays != 16 {
		t.Errorf("%v, %+v: the 15 days would be told twice", err, account.Certificate)
	}
}

// The number is learnt at the renewal, and another account has claimed it.
func TestRenewedIntoAnotherAccount(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.head.BankAccount, o.owners["12345678"] = "", "a2"
	old := *o.pair
	_, err := service(o).Renew(t.Context(), ref, upload(t))
	if taken, ok := errors.AsType[*statement.BankAccountTaken](err); !ok || taken.By != "a2" || *o.pair != old {
		t.Errorf("got %v", err)
	}
}

func TestWiderScopeIsWarnedOfOnce(t *testing.T) {
	t.Parallel()
	o := working(t)
	o.scope, o.accounts = "extrato.read boleto-cobranca.write", []string{"12345678", "999"} // two sessions
	account, err := service(o).Renew(t.Context(), ref, upload(t))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]statement.Code{statement.ScopeWiderThanNeeded}, account.Warnings); d != "" {
		t.Errorf("warnings (-want +got):\n%s", d)
	}
}
