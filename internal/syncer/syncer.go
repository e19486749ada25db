// Package syncer is the job behind the sync queue: it brings one account's
// statement up to the day that a message names. Sync reads top to bottom;
// Batch runs the messages of one invocation and says which to try again.
package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/failure"
	"extrato/internal/merge"
	"extrato/internal/statement"
)

// Heads reads and marks the head of an account.
type Heads interface {
	// Account returns the head, strongly consistent. An account that does not
	// exist, or no longer, is statement.ErrNotFound.
	Account(context.Context, statement.Ref) (statement.Account, error)
	// SaveFailure writes the code on the account. With park it also takes the
	// account out of the schedule, unless another credential came meanwhile;
	// without, unless another sync succeeded meanwhile: statement.ErrConflict.
	SaveFailure(ctx context.Context, head statement.Account, code statement.Code, at time.Time, park bool) error
}

// Certificates keeps what the head says of the account's certificate. Both hold
// only for the credential that head was read with: statement.ErrConflict.
type Certificates interface {
	// SaveWarning makes days the certificate's WarnedDays. Of several that try it
	// from the same head, one succeeds.
	SaveWarning(ctx context.Context, head statement.Account, days int) error
	// Heal writes what the secret holds on the head of an active account.
	Heal(ctx context.Context, head statement.Account, credentialID string, facts statement.Certificate) error
}

// Eraser deletes up to most items of an erased account, or of one that is not
// there, and says whether any are left. Repeating it goes on.
type Eraser interface {
	EraseItems(ctx context.Context, ref statement.Ref, most int) (left bool, err error)
}

// Ledger holds the entries and days of an account.
type Ledger interface {
	// Window returns all entries dated in from…to, consistently; to is "" for all.
	Window(ctx context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Entry, error)
	// Days returns the day items in from…to, consistently.
	Days(ctx context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Day, error)
	// Commit makes the changes durable and returns the head as it then is. If
	// somebody else committed after head was read, nothing of what is not yet
	// durable is written: statement.ErrConflict.
	Commit(ctx context.Context, head statement.Account, c statement.Commit) (statement.Account, error)
}

// Runs keeps the record of runs. It is written after the commit: a crash
// between leaves the run on the head only.
type Runs interface {
	PutRun(context.Context, statement.Ref, statement.Run) error
}

// Vault loads the credential of an account; none is statement.ErrNotFound.
type Vault interface {
	Load(context.Context, statement.Ref) (statement.Credential, error)
}

// Session is one run's conversation with the bank. Errors of the bank are
// statement.Coded.
type Session interface {
	// Statement returns a complete read or an error.
	Statement(ctx context.Context, from, to statement.Date) (statement.Read, error)
	// Balance returns the balance at the end of a day.
	Balance(ctx context.Context, day statement.Date) (statement.Balance, error)
	Requests() statement.Requests
	Close()
}

// Opener starts a session; bankAccount is "" or goes out as x-conta-corrente.
type Opener func(cred statement.Credential, bankAccount string) (Session, error)

// Sender queues messages.
type Sender interface {
	Send(context.Context, []statement.Message) error
}

// Config says how far to read.
type Config struct {
	BackfillDays int // days that the first sync brings
	LookbackDays int // days before through that every later sync reads again
}

// Syncer syncs accounts. Its fields are set once; it is safe for concurrent use.
type Syncer struct {
	Config
	Heads  Heads
	Facts  Certificates
	Items  Eraser
	Ledger Ledger
	Runs   Runs
	Vault  Vault
	Open   Opener
	Queue  Sender
	Now    func() time.Time
	NewRun func(now time.Time) statement.RunID // time-ordered
	Count  func(metric string, n int)          // of what alarms are made
	Value  func(metric string, v float64)      // likewise, each value by itself
	Log    *slog.Logger
}

// Limits of one message. What needs more is continued by another message; the
// calls stay far below the bank's ten a minute of each kind.
const (
	maxStatementCalls = 4
	maxBalanceCalls   = 7
	maxDecisions      = 100
)

// errUndecided says that what came is committed and something is still open.
var errUndecided = coded{statement.Undecided, errors.New("an answer lacks what is kept, and the balance does not tell yet")}

// Sync carries out one message. nil means that the message is done with, be it
// that nothing was to do. Any other error leaves the account as it was, except
// that slices committed before stay, and is worth another try.
func (s *Syncer) Sync(ctx context.Context, m statement.Message) error {
	log := s.Log.With("tenant", m.Tenant, "account", m.Account, "reason", m.Reason, "through", m.Through)
	if m.Reason == statement.ReasonErase {
		return s.erase(ctx, log, m)
	}
	meter := statement.MeterFrom(ctx)
	if meter == nil {
		meter = &statement.Meter{}
		ctx = statement.WithMeter(ctx, meter)
	}
	head, err := s.Heads.Account(ctx, m.Ref())
	switch {
	case errors.Is(err, statement.ErrNotFound):
		log.InfoContext(ctx, "message dropped: no such account")
		return nil
	case err != nil:
		return fmt.Errorf("sync %s: %w", m.Ref(), err)
	case head.State != statement.Active:
		log.InfoContext(ctx, "message dropped: account is not active", "state", head.State)
		return nil
	case covered(head, m):
		log.DebugContext(ctx, "already covered", "read_through", head.ReadThrough)
		s.warn(ctx, head)
		s.reached(ctx, head, m.Through)
		return nil
	}
	run, goesOn := s.begin(m), false
	cred, head, err := s.credential(ctx, head)
	if err == nil {
		s.warn(ctx, head)
		head, goesOn, err = s.read(ctx, head, cred, m, &run)
	}
	undecided := errors.Is(err, errUndecided)
	if err != nil && !undecided {
		return s.failed(ctx, head, run, fmt.Errorf("sync %s: %w", m.Ref(), err))
	}
	run.Capacity, run.EndedAt = meter.Used(), s.Now().UTC()
	log.InfoContext(ctx, "synced", "run", run.ID, "outcome", run.Outcome, "added", run.Added, "modified", run.Modified, "withdrawn", run.Withdrawn,
		"requests", run.Requests.Token+run.Requests.Statement+run.Requests.Balance,
		"connections", run.Requests.Connections, "rru", run.Capacity.Read, "wru", run.Capacity.Write)
	if err := s.Runs.PutRun(ctx, head.Ref, run); err != nil {
		// The statement is durable; a missing record is not worth a second sync.
		log.WarnContext(ctx, "run record not written", "run", run.ID, "error", err)
	}
	if undecided {
		return fmt.Errorf("sync %s: %w", m.Ref(), errUndecided)
	}
	if !goesOn {
		s.reached(ctx, head, m.Through)
	}
	return nil
}

// covered reports whether one look at the head is enough.
func covered(head statement.Account, m statement.Message) bool {
	switch m.Reason {
	case statement.ReasonManual, statement.ReasonRepair:
		return false
	default:
		return head.ReadThrough >= m.Through
	}
}

func (s *Syncer) begin(m statement.Message) statement.Run {
	now, id := s.Now().UTC(), m.RunID
	if id == "" {
		id = s.NewRun(now)
	}
	return statement.Run{
		RunSummary: statement.RunSummary{ID: id, At: now, Reason: m.Reason, Outcome: statement.OutcomeRead},
		Through:    m.Through,
		Calendar:   bankday.Version,
	}
}

// read asks the bank slice by slice and commits each by itself, oldest first. It
// returns the head as the last commit left it, and whether another message goes
// on where this one ends.
func (s *Syncer) read(ctx context.Context, head statement.Account, cred statement.Credential, m statement.Message,
	run *statement.Run) (after statement.Account, goesOn bool, err error) {
	header := ""
	if head.SelectBank {
		header = head.BankAccount
	}
	bank, err := s.Open(cred, header)
	if err != nil {
		return head, false, err
	}
	defer bank.Close()
	defer func() { run.Requests = bank.Requests() }()

	steps := s.steps(head, m)
	run.From, run.To = steps[0].from, steps[0].to
	for _, st := range steps {
		run.From, run.To = min(run.From, st.from), max(run.To, st.to)
	}
	budget := budget{statement: maxStatementCalls, balance: maxBalanceCalls}
	balances := map[statement.Date]*statement.Cents{}
	retry := false
	for _, st := range steps {
		if budget.statement < 1 {
			return head, true, s.goOn(ctx, m, st)
		}
		q := inquiry{s: s, bank: bank, head: head, step: st, run: run, budget: &budget, balances: balances}
		plan, err := q.decide(ctx)
		if err != nil {
			return head, false, err
		}
		next, err := s.commit(ctx, head, plan, q.number(), run)
		if err != nil {
			return head, false, err
		}
		head, retry = next, retry || plan.Retry
	}
	if retry {
		return head, false, errUndecided
	}
	return head, false, nil
}

// goOn queues the rest of what a message asked for: another run continues.
func (s *Syncer) goOn(ctx context.Context, m statement.Message, st step) error {
	m.RunID = ""
	if st.next != "" {
		m.From = st.next
	}
	return s.Queue.Send(ctx, []statement.Message{m})
}

// commit makes a plan durable and returns the head as it then is. Entries are
// counted once all of them are: a crash, or an error, within a commit of several
// transactions leaves those of the first ones uncounted.
func (s *Syncer) commit(ctx context.Context, head statement.Account, plan merge.Plan, number string,
	run *statement.Run) (statement.Account, error) {
	added, modified, withdrawn := 0, 0, 0
	for _, c := range plan.Changes {
		switch c.Kind {
		case statement.Added:
			added++
		case statement.Modified:
			modified++
		case statement.Gone:
			withdrawn++
		}
	}
	run.Added, run.Modified, run.Withdrawn = run.Added+added, run.Modified+modified, run.Withdrawn+withdrawn
	run.Outcome = plan.Outcome
	run.Decisions = append(run.Decisions, plan.Decisions[:min(len(plan.Decisions), maxDecisions-len(run.Decisions))]...)
	head, err := s.Ledger.Commit(ctx, head, statement.Commit{
		Changes: plan.Changes, Days: plan.Days, Ledger: plan.Ledger, BankAccount: number, Run: run.RunSummary,
	})
	if err != nil {
		return head, err
	}
	s.Count("EntriesAdded", added)
	s.Count("EntriesModified", modified)
	s.Count("EntriesWithdrawn", withdrawn)
	return head, nil
}

// failed decides by the table of failures what the account is told. The error
// goes back to the caller, unless the account is parked: then the message is
// done with.
func (s *Syncer) failed(ctx context.Context, head statement.Account, run statement.Run, cause error) error {
	code, _ := statement.CodeOf(cause)
	if code == "" || !failure.Of(code).Park {
		return cause
	}
	return s.giveUp(ctx, head, run, code, cause)
}

// giveUp writes the failure on the account and in the record of its runs. Only
// a failure to write it is returned.
func (s *Syncer) giveUp(ctx context.Context, head statement.Account, run statement.Run, code statement.Code, cause error) error {
	park := failure.Of(code).Park
	log := s.Log.With("tenant", head.Tenant, "account", head.Account, "run", run.ID, "code", code)
	switch err := s.Heads.SaveFailure(ctx, head, code, run.At, park); {
	case errors.Is(err, statement.ErrConflict), errors.Is(err, statement.ErrNotFound):
		// A renewal, a success or an erasure came first: this run no longer
		// speaks for the account.
		log.InfoContext(ctx, "failure not written: the account moved on", "error", cause)
		return nil
	case err != nil:
		return fmt.Errorf("write failure %s of %s: %w", code, head.Ref, err)
	}
	log.WarnContext(ctx, "sync gave up", "parked", park, "error", cause)
	s.gaveUp(ctx, head, run.Through, park)
	run.Outcome, run.Failure, run.EndedAt = statement.OutcomeFailed, code, s.Now().UTC()
	if err := s.Runs.PutRun(ctx, head.Ref, run); err != nil {
		log.WarnContext(ctx, "run record not written", "error", err)
	}
	return nil
}

// coded gives an error of ours a code of the table.
type coded struct {
	code statement.Code
	err  error
}

func (c coded) Error() string               { return c.err.Error() }
func (c coded) Unwrap() error               { return c.err }
func (c coded) FailureCode() statement.Code { return c.code }
func (c coded) RetryIn() time.Duration      { return 0 }
