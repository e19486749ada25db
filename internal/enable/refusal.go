package enable

import (
	"context"
	"errors"
	"fmt"
	"time"

	"extrato/internal/credential"
	"extrato/internal/statement"
)

// Refusal is the no to a live check, told as what it means: the bank's own, or
// DifferentAccount where what it answered is not this account's statement.
type Refusal struct {
	Code       statement.Code
	RetryAfter time.Duration // where waiting helps; 0 otherwise
	Err        error         // for logs: of the bank client, or what differs
}

// Error tells the code and the cause.
func (r *Refusal) Error() string { return fmt.Sprintf("live check refused: %s: %v", r.Code, r.Err) }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// refusal gives the bank's error its code; an error without one is ours.
func refusal(err error) error {
	code, wait := statement.CodeOf(err)
	if code == "" {
		return err
	}
	return &Refusal{Code: code, RetryAfter: wait, Err: err}
}

// different refuses a credential that reads another bank account.
func different(why error) error {
	return &Refusal{Code: statement.DifferentAccount, Err: why}
}

// tally counts an upload that a person was told to mend, be it by us or by the
// bank. What broke on our side is none.
func (s *Service) tally(err error) {
	var faults credential.Faults
	var refused *Refusal
	if s.Count != nil && (errors.As(err, &faults) || errors.As(err, &refused)) {
		s.Count("EnablementsRefused", 1)
	}
}

// errOtherNumber and the like say in logs what differs, without the numbers.
var (
	errOtherNumber  = errors.New("the statement's rows name another bank account")
	errOtherBalance = errors.New("the balance of the last proven day differs from the stored one")
	errNotBehind    = errors.New("the bank account is not behind the integration")
)

// wantsAccount reports whether the bank asked for an account behind the
// integration, or does not know the one it was given.
func wantsAccount(err error) bool { return isRefusal(err, statement.BankAccountRequired) }

func isRefusal(err error, code statement.Code) bool {
	r, ok := errors.AsType[*Refusal](err)
	return ok && r.Code == code
}

// notBehind finds out whether the chosen bank account is what the bank refused.
// It may say so in no other words than those for a missing permission; then one
// read without the number tells them apart: the permission is there if it is
// answered, or if the bank asks for a number. several says that it did already.
func (s *Service) notBehind(ctx context.Context, p *Prepared, err error, several bool) bool {
	if wantsAccount(err) {
		return true
	}
	if !isRefusal(err, statement.PermissionMissing) {
		return false
	}
	if !several {
		without := Prepared{cred: p.cred}
		err = s.live(ctx, &without, statement.Account{}, false)
		several = err == nil || wantsAccount(err)
	}
	return several
}
