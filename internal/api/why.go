package api

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"extrato/internal/statement"
)

type entryInput struct {
	IDInput
	Entry string `path:"entry" doc:"The entry's identifier." example:"2026-11-20-0123456789abcdef0123"`
}

// EntryDetail is an entry, and why it is here.
type EntryDetail struct {
	Entry
	IdentityExplained string          `json:"identity_explained" doc:"The rule that recognised the entry, in Portuguese."`
	Aliases           []string        `json:"aliases" nullable:"false" doc:"Other ids that the bank used for the same entry."`
	Run               RunRef          `json:"run" doc:"The sync that brought it."`
	FirstSeq          int64           `json:"first_seq" doc:"Position of the feed at which it was added." example:"17"`
	Revisions         []Revision      `json:"revisions" nullable:"false" doc:"Every value that a field had before, oldest first."`
	Absence           orNull[Absence] `json:"absence"`
}

// RunRef names a run.
type RunRef struct {
	_  struct{} `additionalProperties:"true"`
	ID *string  `json:"id" doc:"As in GET …/syncs, which keeps runs for 400 days; null where it is not known." example:"20261123T090003250Z-0123456789abcdef"`
}

// Revision is one field's change.
type Revision struct {
	_     struct{} `additionalProperties:"true"`
	Field string   `json:"field" doc:"The field's name, as in the entry; counterparty_name and counterparty_tax_id for the other side's." example:"description"`
	Old   *string  `json:"old" doc:"The value before, as text; null for none."`
	New   *string  `json:"new" doc:"The value after, as text."`
	At    string   `json:"at" format:"date-time"`
	Run   *string  `json:"run" doc:"The sync that found it." example:"20261123T090003250Z-0123456789abcdef"`
}

// Absence tells that the bank's answers do not show the entry at present.
type Absence struct {
	_     struct{} `additionalProperties:"true"`
	First string   `json:"first" format:"date" doc:"First run date on which it was missing." example:"2026-11-20"`
	Last  *string  `json:"last" format:"date" doc:"Last run date on which it was missing." example:"2026-11-23"`
	Runs  int      `json:"runs" doc:"Run dates on which it was missing." example:"2"`
	Gone  int      `json:"gone" doc:"Of these, the last in a row on which the day's balance agreed without it. Two make it withdrawn." example:"1"`
}

type entryOutput struct{ Body EntryDetail }

// entryPattern is what an entry's id looks like: its first date and a hash.
var entryPattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]+$`)

func (s *server) getEntry(ctx context.Context, in *entryInput) (*entryOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	if !entryPattern.MatchString(in.Entry) || !statement.ValidID(in.Entry) {
		return nil, newProblem(codeEntryNotFound)
	}
	if _, err := s.Store.Account(ctx, ref); err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	e, err := s.Store.Entry(ctx, ref, statement.EntryID(in.Entry))
	switch {
	case errors.Is(err, statement.ErrNotFound):
		return nil, newProblem(codeEntryNotFound)
	case err != nil:
		return nil, fmt.Errorf("read entry %s of %s: %w", in.Entry, ref, err)
	}
	return &entryOutput{viewDetail(e)}, nil
}

func viewDetail(e statement.Entry) EntryDetail {
	v := EntryDetail{
		Entry:             viewEntry(e),
		IdentityExplained: explainIdentity(e.Identity),
		Aliases:           append([]string{}, e.Aliases...),
		Run:               RunRef{ID: optional(e.Run)},
		FirstSeq:          e.FirstSeq,
		Revisions:         make([]Revision, 0, len(e.Revisions)),
	}
	for _, r := range e.Revisions {
		v.Revisions = append(v.Revisions, Revision{
			Field: r.Field, Old: optional(r.Old), New: optional(r.New), At: instant(r.At), Run: optional(r.Run),
		})
	}
	if a := e.Absence; a != nil {
		v.Absence.Value = &Absence{First: string(a.First), Last: optional(a.Last), Runs: a.Runs, Gone: a.Gone}
	}
	return v
}

// explainIdentity tells a person how the entry was recognised.
func explainIdentity(rule statement.Identity) string {
	switch rule {
	case statement.ByBankID:
		return "Reconhecido pelo identificador da transação (idTransacao) que o banco informou."
	case statement.ByEndToEnd:
		return "Reconhecido pelo identificador do Pix (endToEndId), com a mesma operação, o mesmo valor e o mesmo tipo."
	case statement.ByProvisional:
		return "O banco mostrou o lançamento primeiro com um identificador provisório, ou sem nenhum. Foi reconhecido pela operação, pelo valor e pelo instante da inclusão, que são os mesmos."
	case statement.ByRenumbering:
		return "O banco trocou o identificador do lançamento. Foi reconhecido porque o tipo, os textos, o valor e o instante da inclusão são os mesmos."
	case statement.ByContent:
		return "O banco não informou identificador. Foi reconhecido pelo conteúdo e pela ordem entre os lançamentos iguais do mesmo dia."
	}
	return "Reconhecido por uma regra que esta versão não conhece."
}
