package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// bank answers by inclusion date and dates weekend rows on the next banking
// day, as the real one does.
type bank struct {
	mu    sync.Mutex
	rows  []statement.Row
	asked [][2]statement.Date
	opens int
	used  []string // ids of the credentials that sessions were opened with
	fail  []error  // answers of the next calls; nil is a good answer
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

func (b *bank) open(cred statement.Credential, _ string) (Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.opens++
	b.used = append(b.used, cred.ID())
	return &session{bank: b}, nil
}

// session counts its own calls: one run's, so without a lock.
type session struct {
	bank     *bank
	n        int
	balances int
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
	s.balances++
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
	return statement.Requests{Token: 1, Statement: s.n, Balance: s.balances, Connections: 1}
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
	if q.down {
		return errors.New("queue down")
	}
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

// pair is what every account of a world has in its secret.
func pair() statement.Credential { return statement.Credential{ClientID: "id"} }

func account(ref statement.Ref) statement.Account {
	return statement.Account{Ref: ref, State: statement.Active, CredentialID: pair().ID()}
}

// world is a syncer with everything around it.
type world struct {
	*Batch
	*Syncer
	table  *table
	bank   *bank
	queue  *queue
	counts *counts
}

// counts are the metrics written.
type counts struct {
	mu     sync.Mutex
	all    map[string]int
	values map[string][]float64
}

func (c *counts) add(metric string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[metric] += n
}

func (c *counts) tell(metric string, v float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[metric] = append(c.values[metric], v)
}

func newWorld(refs ...statement.Ref) *world {
	if len(refs) == 0 {
		refs = []statement.Ref{ref}
	}
	w := &world{table: newTable(), bank: &bank{}, queue: &queue{delays: map[string]time.Duration{}}, counts: &counts{all: map[string]int{}, values: map[string][]float64{}}}
	v := vault{}
	for _, r := range refs {
		w.table.heads[r] = account(r)
		v[r] = pair()
	}
	runs := 0
	w.Syncer = &Syncer{
		Config: Config{BackfillDays: 60, LookbackDays: 9},
		Heads:  w.table, Facts: w.table, Items: w.table, Count: w.counts.add, Value: w.counts.tell, Ledger: w.table, Runs: w.table, Vault: v, Open: w.bank.open, Queue: w.queue,
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

// loads is a Vault that answers whatever account is asked for.
type loads func() statement.Credential

func (f loads) Load(context.Context, statement.Ref) (statement.Credential, error) { return f(), nil }
