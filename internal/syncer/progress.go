package syncer

import (
	"context"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// ending is how a message for an account ended for good: it will not come
// again. What is dropped, tried again or gone on with in another message has
// not ended.
type ending int

const (
	asProven   ending = iota // through the last banking day not after through
	asUnproven               // read, and not proven
	asGivenUp                // after all retries; the next firing tries again
	asParked                 // until a person acts
)

// ended counts one ending, and no times the three others: what is divided by
// their sum then needs no filling of gaps.
func (s *Syncer) ended(how ending) {
	times := [4]int{}
	times[how] = 1
	s.Count("AccountsProven", times[asProven])
	s.Count("AccountsUnproven", times[asUnproven])
	s.Count("AccountsGivenUp", times[asGivenUp])
	s.Count("AccountsParked", times[asParked])
}

// reached tells how far an account is proven where its message ended well.
func (s *Syncer) reached(ctx context.Context, head statement.Account, through statement.Date) {
	if head.ProvenThrough != "" && head.ProvenThrough >= bankday.LastNotAfter(through) {
		s.ended(asProven)
	} else {
		s.ended(asUnproven)
	}
	s.behind(ctx, head, through)
}

// gaveUp tells the same where it ended badly. How far a parked account is behind
// says nothing of us: it waits for its owner, who reads why.
func (s *Syncer) gaveUp(ctx context.Context, head statement.Account, through statement.Date, park bool) {
	if park {
		s.ended(asParked)
		return
	}
	s.ended(asGivenUp)
	s.behind(ctx, head, through)
}

// An account more than farBehind banking days behind is named in the log: it is
// what the alarm on the metric sends a person to look for. maxUnprovenDays ends
// the counting: more are told as so many.
const (
	farBehind       = 3
	maxUnprovenDays = 99
)

// behind tells how many banking days, up to the last one not after through, are
// not proven: 0 for most accounts every time, which ends an alarm. An account
// that never was proven is behind since somebody could wait for it: since it is
// there, or since its certificate is, if that is younger.
func (s *Syncer) behind(ctx context.Context, head statement.Account, through statement.Date) {
	since := head.ProvenThrough
	if since == "" {
		since = statement.DateOf(head.CreatedAt)
		if c := head.Certificate; c != nil {
			since = max(since, statement.DateOf(c.NotBefore))
		}
	}
	days := 0
	for d := bankday.LastNotAfter(through); d > since && days < maxUnprovenDays; d = bankday.Before(d) {
		days++
	}
	s.Value("OldestUnprovenDays", float64(days))
	if days > farBehind {
		s.Log.WarnContext(ctx, "account far behind", "tenant", head.Tenant, "account", head.Account, "days", days,
			"through", through, "proven_through", head.ProvenThrough, "unproven_from", head.UnprovenFrom, "code", head.Failure)
	}
}
