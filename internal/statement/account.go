package statement

import "time"

// IntegrationState says whether an account is synced.
type IntegrationState string

// The states.
const (
	Disabled  IntegrationState = "disabled"
	Active    IntegrationState = "active"
	Attention IntegrationState = "attention" // parked: a person must act
)

// Account is the head: the one item that every commit of an account swaps.
type Account struct {
	Ref
	Description string
	ExternalID  string // the ERP's own id, unique per tenant; may be ""
	Bank        string // "inter"
	PersonType  string // "PJ"
	CNPJ        string // without punctuation; may be ""
	CreatedAt   time.Time

	State       IntegrationState
	Failure     Code      // why the last sync did not succeed; "" when it did
	FailedAt    time.Time // when Failure was written
	Warnings    []Code    // what does not stop the sync but should be known
	BankAccount string    // the account's number at the bank; "" until known
	SelectBank  bool      // BankAccount was given by the person and goes out as x-conta-corrente
	Certificate *Certificate
	// CredentialID names the pair in the vault: parking is conditional on it.
	CredentialID string

	// Version moves only with statement data; every commit is conditional on it.
	Version       int64
	LastSeq       int64  // last position of the feed
	Epoch         string // changes when the table was restored
	CoveredFrom   Date   // first date that the statement is kept from; "" before the first sync
	ReadThrough   Date   // every inclusion date up to here is read
	ProvenThrough Date   // every day up to here is proven
	Balance       *Cents // the bank's balance at ProvenThrough
	LastRun       *RunSummary
}

// Certificate is what we tell of an account's certificate.
type Certificate struct {
	Fingerprint string // SHA-256 of the leaf's DER, lower-case hex
	Subject     string
	NotBefore   time.Time
	NotAfter    time.Time
	WarnedDays  int // the last warning given, in days before the end; 0 for none
}

// RunSummary is the last run as told on the account.
type RunSummary struct {
	ID                         RunID
	At                         time.Time
	Reason                     Reason
	Outcome                    Outcome
	Added, Modified, Withdrawn int
}

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	OutcomeRead     Outcome = "read"     // everything up to through is read
	OutcomeRetrying Outcome = "retrying" // a temporary failure; the queue tries again
	OutcomeFailed   Outcome = "failed"   // given up until the next firing, or parked
)

// Capacity is what DynamoDB says it consumed.
type Capacity struct{ Read, Write float64 }

// Run is the record of one sync.
type Run struct {
	RunSummary
	From, To  Date // inclusion dates asked for
	Through   Date
	Calendar  string // version of the banking calendar
	EndedAt   time.Time
	Failure   Code
	Requests  Requests
	Capacity  Capacity
	Decisions []Decision // at most 100, other than plain additions
}

// Decision is one thing that merge did and why.
type Decision struct {
	Entry  EntryID
	What   string
	Reason string
}

// Commit is what one sync brings to an account, to be made durable together.
// The store splits what does not fit one transaction, in date order, and moves
// the ledger (CoveredFrom, ReadThrough, ProvenThrough, Balance) last.
type Commit struct {
	Changes       []Change
	Days          []Day // days whose item changes
	CoveredFrom   Date
	ReadThrough   Date
	ProvenThrough Date
	Balance       *Cents
	BankAccount   string // the account's number, where it is known now and was not
	Run           RunSummary
}

// Enablement is what a successful check of a credential brings to an account.
type Enablement struct {
	Ref
	CredentialID string
	Certificate  Certificate
	BankAccount  string // claimed for the account; "" while unknown
	SelectBank   bool
	Warnings     []Code
}
