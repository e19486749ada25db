package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"extrato/internal/bankday"
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

	beforeCommit func() // runs unlocked, to let somebody else come first
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

// bank answers by inclusion date and dates weekend rows on the next banking
// day, as the real one does.
type bank struct {
	mu    sync.Mutex
	rows  []statement.Row
	asked [][2]statement.Date
	opens int
	fail  []error // answers of the next calls; nil is a good answer
	block func()

	opening  statement.Cents
	balances []statement.Date // asked
	failBal  []error
}

func (b *bank) book(id string, day statement.Date, cents statement.Cents) {
	op := statement.Credit
	if cents < 0 {
		op = statement.Debit
	}
	b.rows = append(b.rows, statement.Row{BankID: id, Date: bankday.FirstNotBefore(day),
		BookedAt: day.Time().Add(15 * time.Hour), Type: "PIX", Operation: op, Amount: cents})
}

func (b *bank) open(statement.Credential, string) (Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opens++
	return &session{bank: b}, nil
}

type session struct {
	bank *bank
	n    int
}

func (s *session) Statement(_ context.Context, from, to statement.Date) (statement.Read, error) {
	b := s.bank
	b.mu.Lock()
	defer b.mu.Unlock()
	s.n++
	b.asked = append(b.asked, [2]statement.Date{from, to})
	if b.block != nil {
		b.block()
	}
	if len(b.fail) > 0 {
		err := b.fail[0]
		b.fail = b.fail[1:]
		if err != nil {
			return statement.Read{}, err
		}
	}
	read := statement.Read{From: from, To: to}
	for _, r := range b.rows {
		if d := statement.DateOf(r.BookedAt); from <= d && d <= to {
			read.Rows = append(read.Rows, r)
		}
	}
	return read, nil
}

func (s *session) Balance(_ context.Context, day statement.Date) (statement.Balance, error) {
	b := s.bank
	b.mu.Lock()
	defer b.mu.Unlock()
	b.balances = append(b.balances, day)
	if len(b.failBal) > 0 {
		err := b.failBal[0]
		b.failBal = b.failBal[1:]
		if err != nil {
			return statement.Balance{}, err
		}
	}
	sum := b.opening
	for _, r := range b.rows {
		if r.Date <= day {
			sum += r.Amount
		}
	}
	return statement.Balance{Date: day, Amount: sum}, nil
}

func (s *session) Requests() statement.Requests {
	return statement.Requests{Token: 1, Statement: s.n, Balance: len(s.bank.balances), Connections: 1}
}
func (s *session) Close() {}

type vault map[statement.Ref]statement.Credential

func (v vault) Load(_ context.Context, ref statement.Ref) (statement.Credential, error) {
	c, ok := v[ref]
	if !ok {
		return c, statement.ErrNotFound
	}
	return c, nil
}

// queue records what a batch does to its messages.
type queue struct {
	mu       sync.Mutex
	sent     []statement.Message
	delays   map[string]time.Duration
	rejected []string
	down     bool
}

func (q *queue) Send(_ context.Context, ms []statement.Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sent = append(q.sent, ms...)
	return nil
}

func (q *queue) Delay(_ context.Context, receipt string, d time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.delays[receipt] = d
	return nil
}

func (q *queue) Reject(_ context.Context, body, _ string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.down {
		return errors.New("queue down")
	}
	q.rejected = append(q.rejected, body)
	return nil
}

var ref = statement.Ref{Tenant: "t1", Account: "a1"}

func account(ref statement.Ref) statement.Account {
	return statement.Account{Ref: ref, State: statement.Active, CredentialID: "c1"}
}

// world is a syncer with everything around it.
type world struct {
	*Batch
	*Syncer
	table *table
	bank  *bank
	queue *queue
}

func newWorld(refs ...statement.Ref) *world {
	if len(refs) == 0 {
		refs = []statement.Ref{ref}
	}
	w := &world{table: newTable(), bank: &bank{}, queue: &queue{delays: map[string]time.Duration{}}}
	v := vault{}
	for _, r := range refs {
		w.table.heads[r] = account(r)
		v[r] = statement.Credential{ClientID: "id"}
	}
	runs := 0
	w.Syncer = &Syncer{
		Config: Config{BackfillDays: 60, LookbackDays: 9},
		Heads:  w.table, Ledger: w.table, Runs: w.table, Vault: v, Open: w.bank.open, Queue: w.queue,
		Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) },
		NewRun: func(time.Time) statement.RunID {
			w.table.mu.Lock()
			defer w.table.mu.Unlock()
			runs++
			return statement.RunID(fmt.Sprintf("run-%04d", runs))
		},
		Log: slog.New(slog.DiscardHandler),
	}
	w.Batch = &Batch{Sync: w.Syncer, Queue: w.queue, Concurrency: 4}
	return w
}

func message(through statement.Date, reason statement.Reason) statement.Message {
	return statement.Message{V: 1, Tenant: ref.Tenant, Account: ref.Account, Through: through, Reason: reason}
}

// refusal is an error of the bank.
type refusal struct {
	code statement.Code
	wait time.Duration
}

func (r refusal) Error() string               { return string(r.code) }
func (r refusal) FailureCode() statement.Code { return r.code }
func (r refusal) RetryIn() time.Duration      { return r.wait }

// panicky panics for the account a1.
type panicky struct{ Vault }

func (p panicky) Load(ctx context.Context, r statement.Ref) (statement.Credential, error) {
	if r == ref {
		panic("boom")
	}
	return p.Vault.Load(ctx, r)
}
