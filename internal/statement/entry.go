package statement

import "time"

// Identity names the rule that recognised an entry.
type Identity string

// The rules, strongest first.
const (
	ByBankID      Identity = "bank_id"     // the bank's idTransacao
	ByEndToEnd    Identity = "end_to_end"  // the Pix's endToEndId, with operation, amount and type
	ByProvisional Identity = "provisional" // one side had no final id: same operation, amount and instant
	ByRenumbering Identity = "renumbered"  // another final id, everything else the same
	ByContent     Identity = "content"     // counted content: the nth of identical rows of that day
)

// Status of an entry.
type Status string

// The statuses.
const (
	Booked    Status = "booked"
	Withdrawn Status = "withdrawn" // the bank no longer shows it; kept, and told in the feed
)

// Entry is a lançamento as kept: the row, and what we know of it.
type Entry struct {
	Row
	ID         EntryID
	Aliases    []string // later ids of the bank for the same entry
	Identity   Identity
	Status     Status
	Seq        int64 // position of the last change in the account's feed
	FirstSeq   int64 // position at which it was added
	Revision   int   // 1 at first sight
	ImportedAt time.Time
	Run        RunID // the run that brought it
	Revisions  []Revision
	Absence    *Absence // set while the bank's answers do not show it
}

// Revision is one field's earlier value, as text.
type Revision struct {
	Field, Old, New string
	At              time.Time
	Run             RunID
}

// Absence counts the run dates on which the answers did not show an entry.
type Absence struct {
	First, Last Date // run dates
	Runs        int  // run dates on which it was missing
	Gone        int  // of these, the last in a row on which its day's balance agreed without it
}

// ChangeKind is what happened to an entry.
type ChangeKind string

// The kinds.
const (
	Added    ChangeKind = "added"
	Modified ChangeKind = "modified"
	Gone     ChangeKind = "withdrawn"
	// Noted is no change to the reader: an alias or an absence is written down
	// on the entry. It takes no position of the feed.
	Noted ChangeKind = "noted"
)

// Change is an entry as it stands after something happened to it. The store
// gives the entry its Seq.
type Change struct {
	Kind  ChangeKind
	Entry Entry
	Delta Cents // what it adds to the sum of booked entries
	Moved Date  // the date that the entry was kept under, where it moved
}

// DayStatus says how certain a day is.
type DayStatus string

// The day's statuses. A day of which nothing is kept is missing or quiet; the
// ledger of the head tells which.
const (
	DayRead     DayStatus = "read"     // completely read, not proven
	DayProven   DayStatus = "proven"   // opening + entries = closing
	DayUnproven DayStatus = "unproven" // they differ
)

// Day is one civil day with entries or a proof.
type Day struct {
	Date       Date
	Status     DayStatus
	Entries    int
	Credits    Cents
	Debits     Cents  // as a positive amount
	Balance    *Cents // the bank's balance at the end of the day, where asked
	Difference Cents  // bank's balance minus ours, where unproven
}

// FeedChange is one position of the feed as a reader is told it: the entry as
// it now stands, and what happened to it as far as the reader can know.
type FeedChange struct {
	Seq   int64
	Kind  ChangeKind
	Entry Entry
}
