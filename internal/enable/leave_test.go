package enable

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

func TestDisable(t *testing.T) {
	t.Parallel()
	o := working(t)
	account, err := service(o).Disable(t.Context(), ref)
	if err != nil || account.State != statement.Disabled || o.indexed || !o.deleted {
		t.Errorf("%v, %+v", err, account)
	}
	if d := cmp.Diff([]string{"disable head", "delete secret"}, o.done); d != "" {
		t.Errorf("did (-want +got):\n%s", d)
	}
	if account.Version != 7 || account.BankAccount != "12345678" {
		t.Errorf("the history is touched: %+v", account)
	}
	if _, err := service(&outside{}).Disable(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}

func TestDisabledAndEnabledAgain(t *testing.T) {
	t.Parallel()
	o := working(t)
	s := service(o)
	if _, err := s.Disable(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	p, err := s.Prepare(t.Context(), o.head, upload(t), "")
	if err != nil {
		t.Fatal(err)
	}
	account, err := s.Finish(t.Context(), ref, p)
	if err != nil || account.State != statement.Active || !o.indexed || o.deleted || account.Version != 7 || account.BankAccount != "12345678" {
		t.Errorf("%v, %+v", err, account)
	}
}

func TestErase(t *testing.T) {
	t.Parallel()
	o := working(t)
	s := service(o)
	if err := s.Erase(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"erase head", "delete secret", "send"}, o.done); d != "" {
		t.Errorf("did (-want +got):\n%s", d)
	}
	want := []statement.Message{{V: 1, Tenant: "t1", Account: "a1", Through: "2026-11-22", Reason: statement.ReasonErase}}
	if d := cmp.Diff(want, o.sent); d != "" || !o.erased || !o.deleted {
		t.Errorf("message (-want +got):\n%s", d)
	}
	if err := s.Erase(t.Context(), ref); err != nil {
		t.Errorf("again: %v", err)
	}
	none := &outside{}
	if err := service(none).Erase(t.Context(), ref); !errors.Is(err, statement.ErrNotFound) || len(none.done) != 0 {
		t.Errorf("none: %v, did %v", err, none.done)
	}
}

// A secret that cannot be deleted does not keep the items, and the caller hears
// of either; without the message the items would stay for ever.
func TestEraseDoesWhatItCan(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	o := working(t)
	o.fail = map[string]error{"delete secret": down}
	if err := service(o).Erase(t.Context(), ref); !errors.Is(err, down) || len(o.sent) != 1 {
		t.Errorf("vault down: %v, sent %v", err, o.sent)
	}
	o = working(t)
	o.fail = map[string]error{"send": down}
	if err := service(o).Erase(t.Context(), ref); !errors.Is(err, down) || !o.deleted {
		t.Errorf("queue down: %v", err)
	}
}

// erasing is an account that is erased between the check and the secret.
type erasing struct{ *outside }

func (e erasing) BankAccountOwner(ctx context.Context, tenant statement.TenantID, number string) (statement.AccountID, error) {
	e.erased = true
	return e.outside.BankAccountOwner(ctx, tenant, number)
}

// An account that is erased while it is enabled or renewed leaves no secret.
func TestErasedMeanwhile(t *testing.T) {
	t.Parallel()
	o := working(t)
	s := service(o)
	s.Heads = erasing{o}
	if _, err := s.Renew(t.Context(), ref, upload(t)); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if !o.deleted || len(o.sent) != 0 {
		t.Errorf("the secret outlives the account: did %v", o.done)
	}
}
