package intertest

import (
	"time"

	"extrato/internal/statement"
)

// Behaviour is how the bank answers where its documentation is silent, or
// where it was seen to answer differently at different times. The zero value
// is the most likely bank.
type Behaviour struct {
	FilterByDate    bool                // dataInicio and dataFim filter on dataTransacao instead of dataInclusao
	Order           Order               // of the rows of both statements
	MaxDays         int                 // greatest dataFim - dataInicio that is not refused; 0 is 90
	CapDays         int                 // only the last n days of the range are answered (7 in December 2022); 0 is all
	EmptyPages      int                 // totalPaginas of an empty period: 0, or 1 as the minimum of the specification
	BeyondReach     bool                // serve rows after the 10,000th by paging, which is refused otherwise
	DateOnly        bool                // dataInclusao without a time
	ScrollBatch     int                 // rows of one scroll answer; 0 is 10,000
	Errors          ErrorStyle          // the shape of error bodies
	MissingAccount  int                 // status where x-conta-corrente is needed and missing; 0 is 400
	SandboxHours    bool                // 503 but for weekdays from 8 to 20 h in São Paulo
	TokenLifetime   time.Duration       // and expires_in; 0 is an hour
	TokenUses       int                 // a token is refused after so many calls, long before it expires; 0 is never
	RewriteText     func(string) string // every descricao passes through it: the bank changed its texts; nil is none
	BalanceRefused  statement.Date      // dated balances before this date are refused with 400; "" is none
	BalanceOverride string              // raw JSON in place of the amount of disponivel; "" is none
}

// Order of the rows in an answer.
type Order int

// The orders.
const (
	NewestFirst Order = iota
	OldestFirst
	Shuffled // by the bank's seed; the same for equal rows
)

// ErrorStyle is the shape of error bodies.
type ErrorStyle int

// The styles.
const (
	ErrorsDocumented ErrorStyle = iota
	ErrorsTitle                 // the token endpoint says error_title instead of error
	ErrorsEmpty                 // no body at all
	ErrorsHTML                  // a gateway's page
)

func (v Behaviour) rewrite(s string) string {
	if v.RewriteText == nil {
		return s
	}
	return v.RewriteText(s)
}

func (v Behaviour) maxDays() int { return or(v.MaxDays, 90) }

func (v Behaviour) lifetime() time.Duration { return or(v.TokenLifetime, time.Hour) }

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Behave changes the bank's behaviour from the next request on.
func (b *Bank) Behave(change func(*Behaviour)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.behaviour)
}

// Behaviour returns the behaviour in force.
func (b *Bank) Behaviour() Behaviour {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.behaviour
}
