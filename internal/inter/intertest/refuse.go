package intertest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"extrato/internal/statement"
)

// violation is one of violacoes: why, and of which parameter.
type violation struct{ reason, property string }

// readPeriod reads the dates that all three statements need.
func readPeriod(c *call) (period, []violation) {
	query := c.http.URL.Query()
	q := period{from: statement.Date(query.Get("dataInicio")), to: statement.Date(query.Get("dataFim"))}
	var bad []violation
	for _, name := range []string{"dataInicio", "dataFim"} {
		if text := query.Get(name); text == "" {
			bad = append(bad, violation{"O valor não pode ser nulo.", name})
		} else if _, err := statement.ParseDate(text); err != nil {
			bad = append(bad, violation{"Não foi possível converter o valor.", name})
		}
	}
	switch {
	case len(bad) > 0:
	case q.to < q.from:
		bad = append(bad, violation{"A data final deve ser maior ou igual à data inicial.", "dataFim"})
	case q.to.DaysSince(q.from) > c.behaviour.maxDays():
		bad = append(bad, violation{"O período máximo entre as datas é de 90 dias.", "dataFim"})
	}
	return q, bad
}

// invalid is the documented 400.
func (b *Bank) invalid(c *call, violations ...violation) answer {
	rows := make([]json.RawMessage, len(violations))
	for i, v := range violations {
		rows[i] = object{}.text("razao", v.reason).text("propriedade", v.property).bytes()
	}
	return b.failed(c, http.StatusBadRequest, object{}.
		text("title", "Dados inválidos.").
		text("detail", "Verifique se os dados informados estão de acordo com a documentação disponibilizada e tente novamente.").
		text("timestamp", b.timestamp()).
		raw("violacoes", list(rows)))
}

// status is the bank's answer to a failure that needs no more than its status.
func (b *Bank) status(c *call, status int) answer {
	problem := func(title, detail string) object {
		return object{}.text("title", title).text("status", strconv.Itoa(status)).text("detail", detail)
	}
	var o object
	switch status {
	case http.StatusUnauthorized:
		o = problem("Acesso negado", "Login/senha inválido.").text("timestamp", b.timestamp())
	case http.StatusForbidden:
		o = problem("Acesso Negado", "Requisição de participante autenticado que viola alguma regra de autorização.")
	case http.StatusNotFound:
		o = problem("Não Encontrado.", "Entidade não encontrada.")
	case http.StatusInternalServerError:
		o = object{}.text("title", "Erro desconhecido.").text("detail", "Tente novamente mais tarde.")
	case http.StatusServiceUnavailable:
		o = problem("Serviço Indisponível", "Serviço não está disponível no momento. "+
			"Serviço solicitado pode estar em manutenção ou fora da janela de funcionamento.")
	default:
		o = object{}.text("message", http.StatusText(status))
	}
	return b.failed(c, status, o)
}

func (b *Bank) tooMany(c *call) answer {
	b.mu.Lock()
	l := b.limits
	b.mu.Unlock()
	a := b.status(c, http.StatusTooManyRequests)
	if l.EmptyBody {
		a.body = nil
	}
	if l.RetryAfter > 0 {
		a.header = http.Header{"Retry-After": {strconv.Itoa(int(l.RetryAfter.Seconds()))}}
	}
	return a
}

// failed gives an error body the shape that Behaviour asks for.
func (b *Bank) failed(c *call, status int, o object) answer {
	switch c.behaviour.Errors {
	case ErrorsEmpty:
		return answer{status: status}
	case ErrorsHTML:
		return answer{status: status, contentType: "text/html", body: []byte(htmlPage(status))}
	}
	return answer{status: status, body: o.bytes()}
}

func htmlPage(status int) string {
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	return "<html><head><title>" + text + "</title></head><body><center><h1>" + text + "</h1></center></body></html>\n"
}

// timestamp is the present as error bodies write it.
func (b *Bank) timestamp() string {
	return b.now().In(statement.SaoPaulo).Format("2006-01-02T15:04:05.000000000-07:00")
}

// sandboxOpen reports whether the sandbox serves at a time of São Paulo.
func sandboxOpen(t time.Time) bool {
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	return !weekend && t.Hour() >= 8 && t.Hour() < 20
}
