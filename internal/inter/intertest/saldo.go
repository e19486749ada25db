package intertest

import (
	"encoding/json"
	"net/http"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// saldo answers GET /banking/v2/saldo. All amounts are JSON numbers.
func (b *Bank) saldo(c *call, a *Account) answer {
	text := c.http.URL.Query().Get("dataSaldo")
	day, err := statement.ParseDate(text)
	if text == "" {
		day = statement.DateOf(b.now())
	} else if err != nil || day < c.behaviour.BalanceRefused {
		return b.invalid(c, violation{"Não foi possível converter o valor.", "dataSaldo"})
	}
	reference := bankday.LastNotAfter(day)
	available, ok := a.told(reference)
	if !ok {
		return b.status(c, http.StatusServiceUnavailable)
	}
	amount := number(available)
	if c.behaviour.BalanceOverride != "" {
		amount = json.RawMessage(c.behaviour.BalanceOverride)
	}
	zero := number(0)
	o := object{}
	switch {
	case text == "":
		o = o.raw("bloqueadoCheque", zero).raw("disponivel", amount).raw("bloqueadoJudicialmente", zero).
			raw("bloqueadoAdministrativo", zero).raw("limite", zero)
	default:
		o = o.raw("disponivel", amount)
	}
	if text != "" && reference != day {
		o = o.text("dataReferencia", reference.Time().Format("02/01/2006"))
	}
	return answer{status: http.StatusOK, body: o.bytes()}
}

// told is the balance that the bank tells for a banking day, false where it
// tells none.
func (a *Account) told(day statement.Date) (statement.Cents, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.noBalance != 0 {
		a.noBalance = max(a.noBalance-1, -1)
		return 0, false
	}
	sum := a.balanceAt(day)
	for _, o := range a.offsets {
		if o.from <= day {
			sum += o.amount
		}
	}
	return sum, true
}
