package intertest

import (
	"encoding/json"
	"net/http"
)

// simples answers GET /banking/v2/extrato: the same entries in other words,
// without ids, not paged.
func (b *Bank) simples(c *call, a *Account) answer {
	q, bad := readPeriod(c)
	if len(bad) > 0 {
		return b.invalid(c, bad...)
	}
	a.mu.Lock()
	chosen := a.choose(q, c.behaviour)
	rows := make([]json.RawMessage, len(chosen))
	for i, l := range chosen {
		rows[i] = l.simple(c.behaviour)
	}
	a.mu.Unlock()
	a.answered()
	return answer{status: http.StatusOK, body: object{}.raw("transacoes", list(rows)).bytes()}
}
