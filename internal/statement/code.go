package statement

// Code names a way that enabling or syncing an account can fail. It is stable:
// the API tells it, the account keeps it. Package failure says what follows.
type Code string

// The codes that park an account until a person acts.
const (
	CertificateExpired  Code = "certificate_expired"
	CertificateRejected Code = "certificate_rejected"
	CredentialsRejected Code = "credentials_rejected"
	PermissionMissing   Code = "permission_missing"
	DifferentAccount    Code = "different_account"
	BankAccountRequired Code = "bank_account_required"
	CredentialsMissing  Code = "credentials_missing" // the vault no longer has the pair
)

// The codes that time heals.
const (
	BankUnavailable  Code = "bank_unavailable"
	BankRateLimited  Code = "bank_rate_limited"
	IncompleteAnswer Code = "incomplete_answer"
	Conflict         Code = "conflict"
	Undecided        Code = "statement_undecided" // an answer lacks what is kept, and the balance does not tell
)

// What an account is warned of; the sync goes on.
const (
	ScopeWiderThanNeeded Code = "scope_wider_than_needed" // the bank granted more than extrato.read
	AccountUnconfirmed   Code = "account_unconfirmed"     // renewed, and nothing told that it is the same bank account
	CertificateExpiring  Code = "certificate_expiring"    // told from its dates, never stored
)
