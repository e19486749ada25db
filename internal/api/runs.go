package api

import (
	"context"
	"fmt"
	"time"

	"extrato/internal/failure"
	"extrato/internal/statement"
)

type listSyncsInput struct {
	IDInput
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"1024" doc:"next_cursor of the page before."`
}

// Sync is one run: what it asked, what it brought and why it decided so.
type Sync struct {
	_               struct{}     `additionalProperties:"true"`
	ID              string       `json:"id" doc:"The run's identifier; later runs have greater ones." example:"20261123T090003250Z-0123456789abcdef"`
	Reason          string       `json:"reason" doc:"Why it ran: schedule, enabled, renewed, manual, repair." example:"schedule"`
	At              string       `json:"at" format:"date-time" doc:"When it began."`
	EndedAt         *string      `json:"ended_at" format:"date-time" doc:"When it ended."`
	From            *string      `json:"from" format:"date" doc:"First inclusion date asked for; null where the bank was not asked." example:"2026-11-13"`
	To              *string      `json:"to" format:"date" doc:"Last inclusion date asked for." example:"2026-11-22"`
	Through         *string      `json:"through" format:"date" doc:"The last day that it was to cover." example:"2026-11-22"`
	Outcome         string       `json:"outcome" doc:"proven, read, unproven, undecided or failed, as in last_sync." example:"proven"`
	Code            *string      `json:"code" doc:"Why it did not succeed; null where it did." example:"bank_unavailable"`
	Message         *string      `json:"message" doc:"The same in one Portuguese sentence."`
	Added           int          `json:"added" example:"12"`
	Modified        int          `json:"modified" example:"0"`
	Withdrawn       int          `json:"withdrawn" example:"0"`
	Requests        SyncRequests `json:"requests"`
	Capacity        SyncCapacity `json:"capacity"`
	CalendarVersion *string      `json:"calendar_version" doc:"The list of bank holidays that it went by." example:"br-2023-12-21.1"`
	Decisions       []Decision   `json:"decisions" nullable:"false" doc:"What was decided other than plain additions, at most 100."`
}

// SyncRequests counts what a run asked of the bank.
type SyncRequests struct {
	_           struct{} `additionalProperties:"true"`
	Token       int      `json:"token" example:"1"`
	Statement   int      `json:"statement" example:"1"`
	Balance     int      `json:"balance" example:"1"`
	Connections int      `json:"connections" doc:"TLS connections opened." example:"1"`
}

// SyncCapacity is what a run consumed of the database.
type SyncCapacity struct {
	_          struct{} `additionalProperties:"true"`
	ReadUnits  float64  `json:"read_units" example:"4.5"`
	WriteUnits float64  `json:"write_units" example:"36"`
}

// Decision is one thing that a run did, and why.
type Decision struct {
	_     struct{} `additionalProperties:"true"`
	Entry *string  `json:"entry" doc:"The entry it is about; null where it is about days." example:"2026-11-20-0123456789abcdef0123"`
	What  string   `json:"what" doc:"What was done, in a word or two of English." example:"kept"`
	Why   string   `json:"why" doc:"The reason, in English." example:"the statement omits it, the day's balance has it"`
}

// SyncList is a page of runs.
type SyncList struct {
	_          struct{} `additionalProperties:"true"`
	Syncs      []Sync   `json:"syncs" nullable:"false" doc:"Newest first. Runs are kept for 400 days."`
	NextCursor string   `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last page."`
}

type syncListOutput struct{ Body SyncList }

func (s *server) listSyncs(ctx context.Context, in *listSyncsInput) (*syncListOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	filter := fingerprint("syncs", string(ref.Tenant), string(ref.Account))
	var at position
	if in.Cursor != "" {
		var ok bool
		if at, ok = parsePosition(in.Cursor, filter); !ok || !statement.ValidID(at.After) {
			return nil, invalid(codeCursor, "query", "cursor", entryOf(codeCursor).detail)
		}
	}
	if _, err := s.Store.Account(ctx, ref); err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	runs, next, err := s.Store.Runs(ctx, ref, in.Limit, statement.RunID(at.After))
	if err != nil {
		return nil, fmt.Errorf("read runs of %s: %w", ref, err)
	}
	list := SyncList{Syncs: make([]Sync, 0, len(runs))}
	for _, r := range runs {
		list.Syncs = append(list.Syncs, viewRun(r))
	}
	if next != "" {
		list.NextCursor = position{After: string(next), Of: filter}.String()
	}
	return &syncListOutput{list}, nil
}

// viewRun tells a run. One that ended undecided carries no failure, since it
// stored what came, and is told as the table words it all the same.
func viewRun(r statement.Run) Sync {
	code := r.Failure
	if code == "" && r.Outcome == statement.OutcomeUndecided {
		code = statement.Undecided
	}
	v := Sync{
		ID: string(r.ID), Reason: string(r.Reason), At: instant(r.At), EndedAt: optionalInstant(r.EndedAt),
		From: optional(r.From), To: optional(r.To), Through: optional(r.Through),
		Outcome: string(r.Outcome), Code: optional(code),
		Added: r.Added, Modified: r.Modified, Withdrawn: r.Withdrawn,
		Requests: SyncRequests{
			Token: r.Requests.Token, Statement: r.Requests.Statement,
			Balance: r.Requests.Balance, Connections: r.Requests.Connections,
		},
		Capacity:        SyncCapacity{ReadUnits: r.Capacity.Read, WriteUnits: r.Capacity.Write},
		CalendarVersion: optional(r.Calendar),
		Decisions:       make([]Decision, 0, len(r.Decisions)),
	}
	if code != "" {
		v.Message = optional(failure.Of(code).Message)
	}
	for _, d := range r.Decisions {
		v.Decisions = append(v.Decisions, Decision{Entry: optional(d.Entry), What: d.What, Why: d.Reason})
	}
	return v
}

func optionalInstant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return optional(instant(t))
}
