package syncer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"extrato/internal/statement"
)

// table is an in-memory Heads, Ledger and Runs that keeps their promises:
// commits are a compare-and-swap on the head's version, parking is conditional
// on the credential.
type table struct {
	mu      sync.Mutex
	heads   map[statement.Ref]statement.Account
	entries map[statement.Ref][]statement.Entry
	days    map[statement.Ref][]statement.Day
	runs    []statement.Run
	writes  int
	reads   int

	beforeCommit  func() // run unlocked, to let somebody else come first
	beforeWarning func()
	failWarning   error
	failErase     error
}

func newTable(accounts ...statement.Account) *table {
	t := &table{heads: map[statement.Ref]statement.Account{}, entries: map[statement.Ref][]statement.Entry{},
		days: map[statement.Ref][]statement.Day{}}
	for _, a := range accounts {
		t.heads[a.Ref] = a
	}
	return t
}

func (t *table) Account(_ context.Context, ref statement.Ref) (statement.Account, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads++
	a, ok := t.heads[ref]
	if !ok {
		return a, statement.ErrNotFound
	}
	return a, nil
}

func (t *table) SaveFailure(_ context.Context, head statement.Account, code statement.Code, at time.Time, park bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.heads[head.Ref]
	if park && a.CredentialID != head.CredentialID || !park && a.Version != head.Version {
		return statement.ErrConflict
	}
	a.Failure, a.FailedAt = code, at
	if park {
		a.State = statement.Attention
	}
	t.heads[head.Ref] = a
	t.writes++
	return nil
}

func (t *table) SaveWarning(_ context.Context, head statement.Account, days int) error {
	if t.beforeWarning != nil {
		t.beforeWarning()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failWarning != nil {
		return t.failWarning
	}
	a, ok := t.heads[head.Ref]
	if !ok || a.CredentialID != head.CredentialID || a.Certificate.WarnedDays != head.Certificate.WarnedDays {
		return statement.ErrConflict
	}
	c := *a.Certificate
	c.WarnedDays = days
	a.Certificate = &c
	t.heads[head.Ref] = a
	t.writes++
	return nil
}

func (t *table) Heal(_ context.Context, head statement.Account, credentialID string, facts statement.Certificate) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.heads[head.Ref]
	if !ok || a.State != statement.Active || a.CredentialID != head.CredentialID {
		return statement.ErrConflict
	}
	a.CredentialID, a.Certificate = credentialID, &facts
	t.heads[head.Ref] = a
	t.writes++
	return nil
}

// EraseItems takes entries alone for the statement's items.
func (t *table) EraseItems(_ context.Context, ref statement.Ref, most int) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.heads[ref]; ok {
		return false, errors.New("not erased")
	}
	if t.failErase != nil {
		return false, t.failErase
	}
	all := t.entries[ref]
	t.entries[ref] = all[min(most, len(all)):]
	t.writes++
	return len(t.entries[ref]) > 0, nil
}

func (t *table) Window(_ context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Entry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads++
	var out []statement.Entry
	for _, e := range t.entries[ref] {
		if from <= e.Date && (to == "" || e.Date <= to) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (t *table) Days(_ context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Day, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads++
	var out []statement.Day
	for _, d := range t.days[ref] {
		if from <= d.Date && (to == "" || d.Date <= to) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (t *table) Commit(_ context.Context, head statement.Account, c statement.Commit) (statement.Account, error) {
	if t.beforeCommit != nil {
		t.beforeCommit()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.heads[head.Ref]
	if a.Version != head.Version {
		return head, statement.ErrConflict
	}
	for _, change := range c.Changes {
		e := change.Entry
		if change.Kind != statement.Noted {
			a.LastSeq++
			e.Seq = a.LastSeq
		}
		a.Total += change.Delta
		kept := slices.DeleteFunc(t.entries[head.Ref], func(x statement.Entry) bool { return x.ID == e.ID })
		t.entries[head.Ref] = append(kept, e)
	}
	for _, d := range c.Days {
		days := slices.DeleteFunc(t.days[head.Ref], func(x statement.Day) bool { return x.Date == d.Date })
		t.days[head.Ref] = append(days, d)
	}
	a.Version++
	a.Ledger, a.Failure = c.Ledger, ""
	if c.BankAccount != "" {
		a.BankAccount = c.BankAccount
	}
	a.LastRun = &c.Run
	t.heads[head.Ref] = a
	t.writes++
	return a, nil
}

func (t *table) PutRun(_ context.Context, _ statement.Ref, r statement.Run) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runs = append(t.runs, r)
	t.writes++
	return nil
}
