package api

import (
	"context"
	"fmt"
	"log/slog"

	"extrato/internal/failure"
	"extrato/internal/statement"
)

// firstRepair is the first day that a repair may ask for: no account at the bank
// with an API is older.
const firstRepair statement.Date = "2015-01-01"

// NewSync is the body that asks for a sync.
type NewSync struct {
	From string `json:"from,omitempty" format:"date" doc:"First inclusion date to read, not before 2015-01-01. Together with to, or not at all." example:"2026-10-01"`
	To   string `json:"to,omitempty" format:"date" doc:"Last inclusion date to read, not after yesterday." example:"2026-10-31"`
}

// RequestedSync is a sync that is queued.
type RequestedSync struct {
	_       struct{} `additionalProperties:"true"`
	ID      string   `json:"id" doc:"The run's identifier, under which GET …/syncs tells it once it has ended." example:"20261123T100000000Z-0123456789abcdef"`
	Reason  string   `json:"reason" enum:"manual,repair" doc:"repair where a range was asked for, else manual."`
	From    *string  `json:"from" format:"date" doc:"The range as asked for; null without one."`
	To      *string  `json:"to" format:"date"`
	Through string   `json:"through" format:"date" doc:"The last day that it can cover: yesterday." example:"2026-11-22"`
}

type requestSyncInput struct {
	IDInput
	RawInput
}

type requestedSyncOutput struct{ Body RequestedSync }

// requestSync queues a sync of an active account. A crash after the message is
// sent leaves a sync that nobody was told of, which does no harm.
func (s *server) requestSync(ctx context.Context, in *requestSyncInput) (*requestedSyncOutput, error) {
	c := callOf(ctx)
	ref, err := c.ref(in.ID)
	if err != nil {
		return nil, err
	}
	var body NewSync
	if len(in.RawBody) > 0 {
		if body, err = decode[NewSync](s.schemas(), c.contentType, in.RawBody, nil); err != nil {
			return nil, err
		}
	}
	if err := body.paired(); err != nil {
		return nil, err
	}
	head, err := s.Store.Account(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	if head.State != statement.Active {
		return nil, notActive(head)
	}
	m := statement.Message{
		V: statement.MessageVersion, Tenant: ref.Tenant, Account: ref.Account,
		// Where days ahead of this clock are read already, they are covered days too.
		Through: max(s.yesterday(), head.ReadThrough),
		Reason:  statement.ReasonManual, RunID: statement.NewRunID(s.Clock()),
	}
	if body.From != "" {
		m.Reason, m.From, m.To = statement.ReasonRepair, statement.Date(body.From), statement.Date(body.To)
		if err := reachable(m); err != nil {
			return nil, err
		}
	}
	if err := s.Queue.Send(ctx, []statement.Message{m}); err != nil {
		s.Log.ErrorContext(ctx, "sync not queued", slog.String("tenant", string(ref.Tenant)),
			slog.String("account", string(ref.Account)), slog.String("error", err.Error()))
		p := newProblem(codeQueueUnavailable)
		p.retryAfter = retryDefault
		return nil, p
	}
	return &requestedSyncOutput{RequestedSync{
		ID: string(m.RunID), Reason: string(m.Reason), From: optional(m.From), To: optional(m.To), Through: string(m.Through),
	}}, nil
}

// paired wants both ends of a range or none, in their order.
func (b NewSync) paired() error {
	missing := ""
	switch {
	case b.From != "" && b.To == "":
		missing = "to"
	case b.From == "" && b.To != "":
		missing = "from"
	case b.From > b.To:
		return invalid(codePeriod, "body", "from", entryOf(codePeriod).detail)
	default:
		return nil
	}
	p := newProblem(codeValidation)
	p.Errors = []FieldError{{Location: "body", Field: missing, Code: "required",
		Message: "Informe as duas datas do período, from e to, ou nenhuma delas."}}
	return p
}

// reachable wants a range that the bank can be asked for.
func reachable(m statement.Message) error {
	switch {
	case m.From < firstRepair:
		return invalid(codePeriodOutOfReach, "body", "from", "A data inicial não pode ser anterior a "+brDate(firstRepair)+".")
	case m.To > m.Through:
		return invalid(codePeriodOutOfReach, "body", "to", "A data final não pode ser posterior a "+brDate(m.Through)+", o último dia que já pode ser buscado.")
	}
	return nil
}

// notActive says what must be done before the account can be synced.
func notActive(a statement.Account) *Problem {
	p := newProblem(codeAccountNotActive)
	if a.State == statement.Attention {
		row := failure.Of(a.Failure)
		p.Detail = row.Message + " " + row.NextStep
	}
	return p
}
