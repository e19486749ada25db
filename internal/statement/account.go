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
	Version int64
	LastSeq int64  // last position of the feed
	Epoch   string // changes when the table was restored
	Total   Cents  // sum of all booked entries
	Ledger
	LastRun *RunSummary
}

// Ledger says which days are certain.
type Ledger struct {
	CoveredFrom   Date   // first date that the statement is kept from; "" before the first sync
	ReadThrough   Date   // every inclusion date up to here is read
	ProvenThrough Date   // every day up to here is proven; "" where none is
	Balance       *Cents // the bank's balance at ProvenThrough
	Opening       *Cents // the bank's balance of the day before CoveredFrom; nil until told
	UnprovenFrom  Date   // first day that was found not to balance; "" where none is
	Difference    Cents  // bank's balance minus ours from UnprovenFrom on
	DoubtFrom     Date   // a day found not to balance while the first such one is still searched for
	OpenFrom      Date   // first inclusion date that the next run must read again; "" where nothing is open
	DeepRead      Date   // run date of the last read that went back as far as one read can
}

// Certificate is what we tell of an account's certificate.
type Certificate struct {
	Fingerprint string // SHA-256 of the leaf's DER, lower-case hex
	Subject     string
	NotBefore   time.Time
	NotAfter    time.Time
	WarnedDays  int // of WarningDue
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
	OutcomeProven    Outcome = "proven"    // every day up to through is proven
	OutcomeRead      Outcome = "read"      // everything up to through is read; no balance to prove it by
	OutcomeUnproven  Outcome = "unproven"  // read, and the balance says otherwise
	OutcomeUndecided Outcome = "undecided" // an answer lacks what is kept, and the balance does not tell yet
	OutcomeFailed    Outcome = "failed"    // given up until the next firing, or parked
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
	Changes []Change
	Days    []Day // days whose item changes
	Ledger
	BankAccount string // the account's number, where it is known now and was not
	Run         RunSummary
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

// AccountPatch changes what a person may change of an account; nil is unchanged.
type AccountPatch struct {
	Description *string
	ExternalID  *string // "" for none
	MakeDefault bool
}
