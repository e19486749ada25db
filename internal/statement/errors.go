package statement

import (
	"errors"
	"fmt"
	"time"
)

// What a store answers besides a plain failure.
var (
	// ErrNotFound says that there is no such thing for this tenant.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that somebody else wrote first: read again and decide again.
	ErrConflict = errors.New("changed meanwhile")
	// ErrExternalIDTaken says that another account of the tenant has this external id.
	ErrExternalIDTaken = errors.New("external id is taken")
)

// BankAccountTaken says that the bank account is already imported into another
// account of the tenant.
type BankAccountTaken struct{ By AccountID }

// Error names the account that has it.
func (e *BankAccountTaken) Error() string {
	return fmt.Sprintf("bank account is already integrated in account %s", e.By)
}

// Coded is an error at the bank's boundary that says what it means. RetryIn is
// the wait that the bank asked for, 0 where it asked for none.
type Coded interface {
	error
	FailureCode() Code
	RetryIn() time.Duration
}

// CodeOf returns the code in err's chain, or "" where nothing there is Coded.
func CodeOf(err error) (Code, time.Duration) {
	var c Coded
	if errors.As(err, &c) {
		return c.FailureCode(), c.RetryIn()
	}
	return "", 0
}
