package intertest

import (
	"net/http"
	"strconv"
)

// pageReach is how many rows paging reaches; the specification sends one to
// scroll mode for more.
const pageReach = 10_000

// completo answers GET /banking/v2/extrato/completo.
func (b *Bank) completo(c *call, a *Account) answer {
	q, bad := readPeriod(c)
	query := c.http.URL.Query()
	q.operation, q.kind = query.Get("tipoOperacao"), query.Get("tipoTransacao")
	number, size := 0, 50
	for _, p := range []struct {
		name     string
		into     *int
		min, max int
	}{{"pagina", &number, 0, 1 << 30}, {"tamanhoPagina", &size, 1, 10_000}} {
		if text := query.Get(p.name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < p.min || n > p.max {
				bad = append(bad, violation{"Não foi possível converter o valor.", p.name})
			}
			*p.into = n
		}
	}
	if q.operation != "" && q.operation != "C" && q.operation != "D" {
		bad = append(bad, violation{"Não foi possível converter o valor.", "tipoOperacao"})
	}
	if len(bad) > 0 {
		return b.invalid(c, bad...)
	}
	if query.Get("scrollEnabled") == "true" || query.Get("scrollId") != "" {
		return b.scrolled(c, a, q, query.Get("scrollId"))
	}
	a.mu.Lock()
	chosen := a.choose(q, c.behaviour)
	if first := number * size; first >= pageReach && first < len(chosen) && !c.behaviour.BeyondReach {
		a.mu.Unlock()
		return b.invalid(c, violation{"A paginação alcança no máximo 10000 transações.", "pagina"})
	}
	p := a.page(chosen, number, size, c.behaviour)
	a.distorted(p)
	a.mu.Unlock()
	a.answered()
	return answer{status: http.StatusOK, body: p.bytes()}
}
