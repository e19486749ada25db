package intertest

import (
	"encoding/json"
	"strings"
	"time"

	"extrato/internal/statement"
)

// change runs f on an entry under the account's lock.
func (a *Account) change(s Seq, f func(*line)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(a.line(s))
	a.sorted = false
}

// Confirm replaces a provisional id by a definitive one, which has another
// number. With a date, that becomes the date within the id and of the entry;
// with "" both stay.
func (a *Account) Confirm(s Seq, date statement.Date) {
	a.change(s, func(l *line) {
		l.Provisional = false
		if date != "" {
			l.Date, l.idDate = date, date
		}
		a.renumber(l)
	})
}

// Renumber gives an entry another definitive id and leaves all else.
func (a *Account) Renumber(s Seq) { a.change(s, a.renumber) }

// AddTwin books an entry alike in everything but its id, bar code,
// authentication, endToEndId and a gap in time (20 ms in the recording).
func (a *Account) AddTwin(s Seq, gap time.Duration) Seq {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.line(s).Entry
	e.Number = ""
	e.BookedAt = e.BookedAt.Add(gap)
	e.Details = twinDetails(e.Details)
	return a.add(e)
}

// twinDetails changes what tells one payment from another.
func twinDetails(details json.RawMessage) json.RawMessage {
	o, err := parseObject(details)
	if err != nil {
		return details
	}
	for _, name := range []string{"codBarras", "linhaDigitavel", "autenticacao", "endToEndId"} {
		if text := o.find(name); text != "" {
			last := "7"
			if strings.HasSuffix(text, last) {
				last = "8"
			}
			o = o.set(name, Text(text[:len(text)-1]+last))
		}
	}
	return o.bytes()
}

// SetDescription changes descricao: the bank was seen to change its texts.
func (a *Account) SetDescription(s Seq, text string) {
	a.change(s, func(l *line) { l.Description = text })
}

// SetAmount changes valor and, by its sign, tipoOperacao. Balances follow.
func (a *Account) SetAmount(s Seq, c statement.Cents) { a.change(s, func(l *line) { l.Amount = c }) }

// SetDate changes dataTransacao; the date within the id stays. Balances follow.
func (a *Account) SetDate(s Seq, d statement.Date) { a.change(s, func(l *line) { l.Date = d }) }

// SetBookedAt changes dataInclusao.
func (a *Account) SetBookedAt(s Seq, at time.Time) { a.change(s, func(l *line) { l.book(at) }) }

// SetNoID takes the id from an entry's row, or gives it back.
func (a *Account) SetNoID(s Seq, none bool) { a.change(s, func(l *line) { l.NoID = none }) }

// SetField overrides a field of the row on the wire with raw JSON, or adds
// one: detalhes null, an unknown tipoTransacao, a valor that is no amount, a
// field nobody knows. The truth stays.
func (a *Account) SetField(s Seq, name string, value json.RawMessage) {
	a.change(s, func(l *line) { l.set = object(l.set).set(name, value) })
}

// DropFields leaves fields out of the row on the wire.
func (a *Account) DropFields(s Seq, names ...string) {
	a.change(s, func(l *line) { l.drop = append(l.drop, names...) })
}

// Mend takes back SetField and DropFields.
func (a *Account) Mend(s Seq) { a.change(s, func(l *line) { l.set, l.drop = nil, nil }) }

// Omit leaves an entry out of the next n statement answers that should show
// it, or of all of them with -1, until Omit with 0. Balances keep it.
func (a *Account) Omit(s Seq, n int) { a.change(s, func(l *line) { l.omit = n }) }

// Withdraw takes an entry away, from answers and balances.
func (a *Account) Withdraw(s Seq) { a.change(s, func(l *line) { l.withdrawn = true }) }

// Restore brings a withdrawn entry back.
func (a *Account) Restore(s Seq) { a.change(s, func(l *line) { l.withdrawn = false }) }

// AnswerEmpty makes the next n statement answers empty, whatever there is.
func (a *Account) AnswerEmpty(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.emptyNext = n
}

// SetBalanceOffset makes the balances that the bank tells wrong by an amount,
// from a day on. Offsets of several days add up; zero takes a day's away.
func (a *Account) SetBalanceOffset(from statement.Date, amount statement.Cents) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.offsets {
		if a.offsets[i].from == from {
			a.offsets[i].amount = amount
			return
		}
	}
	a.offsets = append(a.offsets, offset{from, amount})
}

// RefuseBalance answers 503 to the next n balance requests, or to all of them
// with -1, until RefuseBalance with 0.
func (a *Account) RefuseBalance(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.noBalance = n
}
