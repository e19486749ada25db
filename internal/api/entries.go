package api

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"extrato/internal/statement"
)

// defaultDays is the range of a list without one: as long as a first import.
const defaultDays = 60

type listEntriesInput struct {
	IDInput
	From      string `query:"from" format:"date" doc:"First date. Default: 60 days to the end of the range." example:"2026-09-22"`
	To        string `query:"to" format:"date" doc:"Last date, included. Default: yesterday in São Paulo, or from where that is later." example:"2026-11-20"`
	Operation string `query:"operation" enum:"C,D" doc:"Credits or debits only."`
	Type      string `query:"type" maxLength:"64" doc:"The bank's type of transaction; upper and lower case are the same." example:"PIX"`
	Q         string `query:"q" maxLength:"100" doc:"Text in title, description, counterparty's name or document number; case and accents do not matter." example:"aluguel"`
	Status    string `query:"status" enum:"booked,withdrawn" doc:"Entries of this status only."`
	Limit     int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
	Cursor    string `query:"cursor" maxLength:"1024" doc:"next_cursor of the page before. The filters must be the same; from and to may be left out."`
}

// EntryList is a page of entries.
type EntryList struct {
	_          struct{} `additionalProperties:"true"`
	Entries    []Entry  `json:"entries" nullable:"false" doc:"In the order of their dates. A page can be shorter than limit before the last one."`
	NextCursor string   `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last page."`
}

type entryListOutput struct{ Body EntryList }

func (s *server) listEntries(ctx context.Context, in *listEntriesInput) (*entryListOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	filter := fingerprint("entries", string(ref.Tenant), string(ref.Account),
		in.Operation, strings.ToLower(in.Type), fold(in.Q), in.Status)
	at, err := s.entriesAt(in, filter)
	if err != nil {
		return nil, err
	}
	// The store keeps entries apart from accounts: that there is such an account
	// must be asked.
	if _, err := s.Store.Account(ctx, ref); err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	entries, after, err := s.Store.Page(ctx, ref, statement.PageQuery{
		From: at.From, To: at.To, After: at.After, Limit: in.Limit, Match: in.match(),
	})
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", ref, err)
	}
	list := EntryList{Entries: make([]Entry, 0, len(entries))}
	for _, e := range entries {
		list.Entries = append(list.Entries, viewEntry(e))
	}
	if after != "" {
		at.After, at.Of = after, filter
		list.NextCursor = at.String()
	}
	return &entryListOutput{list}, nil
}

// entriesAt returns the range, and where in it the page begins. A cursor brings
// its range along; from and to may repeat it, and not change it.
func (s *server) entriesAt(in *listEntriesInput, filter string) (position, error) {
	from, to := statement.Date(in.From), statement.Date(in.To)
	if in.Cursor != "" {
		at, ok := parsePosition(in.Cursor, filter)
		if !ok || at.From == "" || at.To == "" || from != "" && from != at.From || to != "" && to != at.To {
			return position{}, invalid(codeCursor, "query", "cursor", entryOf(codeCursor).detail)
		}
		return at, nil
	}
	from, to, err := s.period(in.From, in.To)
	return position{From: from, To: to}, err
}

// period returns the range that a list's parameters name: by default as long as
// a first import, up to yesterday.
func (s *server) period(first, last string) (from, to statement.Date, err error) {
	from, to = statement.Date(first), statement.Date(last)
	if err := errors.Join(dated("from", from), dated("to", to)); err != nil {
		return "", "", err
	}
	if to == "" {
		to = max(s.yesterday(), from)
	}
	if from == "" {
		from = to.AddDays(1 - defaultDays)
	}
	if from > to {
		return "", "", invalid(codePeriod, "query", "from", entryOf(codePeriod).detail)
	}
	return from, to, nil
}

// yesterday is the last day that a sync brings now.
func (s *server) yesterday() statement.Date { return statement.DateOf(s.Clock()).AddDays(-1) }

// dated refuses dates that huma lets through and the statement cannot have.
func dated(parameter string, d statement.Date) error {
	if _, err := statement.ParseDate(string(d)); d == "" || err == nil {
		return nil
	}
	p := newProblem(codeValidation)
	p.Errors = []FieldError{{Location: "query", Field: parameter, Code: "date_invalid",
		Message: "Informe uma data entre 1900-01-01 e 9998-12-31, no formato AAAA-MM-DD."}}
	return p
}

// match returns the filter, nil where every entry passes.
func (in *listEntriesInput) match() func(statement.Entry) bool {
	text := fold(in.Q)
	if in.Operation == "" && in.Type == "" && in.Status == "" && text == "" {
		return nil
	}
	return func(e statement.Entry) bool {
		switch {
		case in.Operation != "" && e.Operation != statement.Operation(in.Operation),
			in.Type != "" && !strings.EqualFold(e.Type, in.Type),
			in.Status != "" && e.Status != statement.Status(in.Status):
			return false
		case text == "":
			return true
		}
		for _, where := range []string{e.Title, e.Description, e.Counterparty.Name, e.DocumentNumber} {
			if strings.Contains(fold(where), text) {
				return true
			}
		}
		return false
	}
}
