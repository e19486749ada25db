package intertest

import (
	"net/http"
	"time"

	"github.com/google/uuid"
)

// scrollIdle is how long a scroll lives without being asked for more.
const scrollIdle = 6 * time.Minute

// scroll is the one scroll that an account may have: the rows as they were
// when it began, and how far it is.
type scroll struct {
	id       string
	period   period
	lines    []*line
	next     int
	deadline time.Time
}

// scrolled begins a scroll where id is "", and goes on with one otherwise.
func (b *Bank) scrolled(c *call, a *Account, q period, id string) answer {
	now := b.now()
	a.mu.Lock()
	if a.scroll != nil && now.After(a.scroll.deadline) {
		a.scroll = nil
	}
	switch {
	case id == "" && a.scroll != nil:
		a.mu.Unlock()
		return b.failed(c, http.StatusBadRequest, b.scrollActive())
	case id != "" && (a.scroll == nil || a.scroll.id != id || a.scroll.period != q):
		a.mu.Unlock()
		return b.failed(c, http.StatusBadRequest, b.scrollExpired())
	case id == "":
		a.scroll = &scroll{id: uuid.NewString(), period: q, lines: a.choose(q, c.behaviour)}
	}
	s := a.scroll
	s.deadline = now.Add(scrollIdle)
	end := min(s.next+or(c.behaviour.ScrollBatch, pageReach), len(s.lines))
	rows := a.render(s.lines[s.next:end], c.behaviour)
	s.next = end
	more := end < len(s.lines)
	if !more {
		a.scroll = nil
	}
	a.mu.Unlock()
	a.answered()

	o := object{}.number("totalElementos", len(s.lines)).number("numeroDeElementos", len(rows))
	if more {
		o = o.text("scrollId", s.id)
	}
	o = o.flag("hasMore", more).raw("transacoes", list(rows))
	return answer{status: http.StatusOK, body: o.bytes()}
}

func (b *Bank) scrollActive() object {
	return object{}.
		text("title", "Já existe um scroll ativo para esta conta corrente.").
		text("detail", "Aguarde o scroll atual expirar ou finalize-o antes de iniciar um novo.").
		text("timestamp", b.timestamp()).
		text("typeError", "SCROLL_ALREADY_ACTIVE")
}

func (b *Bank) scrollExpired() object {
	return object{}.
		text("title", "Scroll ID não encontrado ou expirou.").
		text("detail", "O scroll expirou após 6 minutos de inatividade ou o ID é inválido. Inicie uma nova consulta com scroll.").
		text("timestamp", b.timestamp()).
		text("typeError", "SCROLL_EXPIRED")
}
