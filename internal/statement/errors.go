package statement

import (
	"errors"
	"fmt"
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
