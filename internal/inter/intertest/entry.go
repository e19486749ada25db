package intertest

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Entry is one line of an account as the bank keeps it. BookedAt and Amount
// are needed; everything else may be left out.
type Entry struct {
	Number      string          // last part of idTransacao; "" takes the account's next
	BookedAt    time.Time       // the instant of inclusion; kept to the millisecond
	Date        statement.Date  // dataTransacao; "" is the inclusion date or, on a day off, the next banking day
	Type        string          // tipoTransacao, "OUTROS" where ""
	Amount      statement.Cents // signed: the operation follows from it
	Title       string
	Description string
	History     string // descricao of the simple statement; "" makes one from Title and Description
	Document    string // numeroDocumento, absent where ""
	Details     json.RawMessage
	Provisional bool    // idTransacao begins with PROVISORIO_
	NoID        bool    // the row carries no idTransacao at all
	Extra       []Field // further fields of the row, at its end
}

// Seq names an entry of an account to the methods that change it. It is no
// part of what goes over the wire.
type Seq int

// line is an entry and what has been done to it.
type line struct {
	Entry
	seq       Seq
	day       statement.Date // inclusion date
	idDate    statement.Date // the date within idTransacao, which may outlive a change of Date
	set       []Field        // fields overridden on the wire
	drop      []string       // fields left out on the wire
	omit      int            // answers that still leave the entry out; -1 for all
	withdrawn bool
}

func newLine(e Entry, seq Seq) *line {
	l := &line{Entry: e, seq: seq}
	l.book(e.BookedAt)
	if l.Type == "" {
		l.Type = "OUTROS"
	}
	if l.Date == "" {
		l.Date = accounting(l.day)
	}
	l.idDate = l.Date
	return l
}

// accounting is the date that an entry included on a day carries.
func accounting(day statement.Date) statement.Date {
	if bankday.IsBankingDay(day) {
		return day
	}
	return bankday.After(day)
}

func (l *line) book(at time.Time) {
	l.BookedAt = at.UTC().Truncate(time.Millisecond)
	l.day = statement.DateOf(l.BookedAt)
}

func (l *line) operation() statement.Operation {
	if l.Amount < 0 {
		return statement.Debit
	}
	return statement.Credit
}

// id is idTransacao, whatever NoID says.
func (l *line) id(account string) string {
	text := "001_00019_" + account + "_" + string(l.idDate) + "_" + l.Number
	if l.Provisional {
		text = "PROVISORIO_" + text
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

func (l *line) history() string {
	if l.History != "" {
		return l.History
	}
	return l.Title + " - " + l.Description
}

const inclusionLayout = "2006-01-02 15:04:05.000"

// complete is the row of extrato/completo, in the recorded order of keys.
func (l *line) complete(account string, v Behaviour) json.RawMessage {
	layout := inclusionLayout
	if v.DateOnly {
		layout = inclusionLayout[:len("2006-01-02")]
	}
	o := make(object, 0, 10+len(l.Extra))
	if !l.NoID {
		o = o.text("idTransacao", l.id(account))
	}
	o = o.text("dataInclusao", l.BookedAt.In(statement.SaoPaulo).Format(layout)).
		text("dataTransacao", string(l.Date)).
		text("tipoTransacao", l.Type).
		text("tipoOperacao", string(l.operation())).
		text("valor", padded(l.Amount)).
		text("titulo", l.Title).
		text("descricao", v.rewrite(l.Description))
	if l.Document != "" {
		o = o.text("numeroDocumento", l.Document)
	}
	if l.Details != nil {
		o = o.raw("detalhes", l.Details)
	}
	o = append(o, l.Extra...)
	for _, f := range l.set {
		o = o.set(f.Name, f.Value)
	}
	return l.dropped(o).bytes()
}

// simple is the row of extrato: no id, no time, another text.
func (l *line) simple(v Behaviour) json.RawMessage {
	o := object{}.text("dataEntrada", string(l.Date)).
		text("tipoTransacao", l.Type).
		text("tipoOperacao", string(l.operation())).
		text("valor", unpadded(l.Amount)).
		text("titulo", l.Title).
		text("descricao", v.rewrite(l.history()))
	for _, f := range l.set {
		if o.index(f.Name) >= 0 {
			o = o.set(f.Name, f.Value)
		}
	}
	return l.dropped(o).bytes()
}

func (l *line) dropped(o object) object {
	for _, name := range l.drop {
		o = o.without(name)
	}
	return o
}

// row is the truth of an entry.
func (l *line) row(account string) statement.Row {
	r := statement.Row{
		BookedAt: l.BookedAt, Date: l.Date, Type: l.Type, Operation: l.operation(), Amount: l.Amount,
		Title: l.Title, Description: l.Description, DocumentNumber: l.Document, Details: l.Details,
	}
	if !l.NoID {
		r.BankID = l.id(account)
	}
	var details struct {
		EndToEndID string `json:"endToEndId"`
	}
	if json.Unmarshal(l.Details, &details) == nil {
		r.EndToEndID = details.EndToEndID
	}
	for _, f := range l.Extra {
		if r.Extra == nil {
			r.Extra = map[string]json.RawMessage{}
		}
		r.Extra[f.Name] = f.Value
	}
	return r
}
