package simtest

import (
	"crypto/tls"
	"math/rand/v2"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/internal/statement"
)

// meanwhileKinds stop a sync at an effect while something else happens to its
// account, and then let it go on.
func meanwhileKinds() []*Kind {
	return []*Kind{
		// The bank refuses the pair, and while the sync is about to say so the
		// person brings another.
		{Name: "process/frozen-while-renewed", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			a.pair.RefuseScope(true)
			at := r.IntN(8)
			a.freezeAt("process/frozen-while-renewed", r, at, func(w *World, a *Account, _ []types.Message) {
				w.mend(a)
				before := w.credentialOf(a)
				done := w.renew(a, a.pair)
				a.renewed, a.renewedAt = done && before != w.credentialOf(a), at
			})
			return false // it counts when a process stops there
		}},
		// Another sync finds the bank closed to the certificate, and parks.
		{Name: "process/frozen-while-parked", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			return a.freeze("process/frozen-while-parked", r, span, func(w *World, a *Account, group []types.Message) {
				alert := &Armed{Kind: &Kind{Name: "bank/tls-alert-certificate"}, Match: on(Bank), Times: 9, Rand: r,
					Act: func(*Flight) (*http.Response, error) {
						return nil, &net.OpError{Op: "remote error", Err: tls.AlertError(42)}
					}}
				second, again := w.lambda.invoke(group, a.Ref, []*Armed{alert}, nil)
				second.Finish()
				w.lambda.settle(a, group, second, *again)
			})
		}},
		{Name: "process/frozen-while-disabled", Do: func(w *World, a *Account, r *rand.Rand) bool {
			return a.freeze("process/frozen-while-disabled", r, span, func(w *World, a *Account, _ []types.Message) {
				a.want.disabled = true
				w.until(1+r.IntN(4), func() { a.want.disabled = false })
				w.disable(a)
			})
		}},
	}
}

// freeze arms a gate. It counts as happened when a process stops at it: false.
func (a *Account) freeze(kind string, r *rand.Rand, within int, meanwhile func(*World, *Account, []types.Message)) bool {
	a.freezeAt(kind, r, r.IntN(within), meanwhile)
	return false
}

func (a *Account) freezeAt(kind string, r *rand.Rand, at int, meanwhile func(*World, *Account, []types.Message)) {
	a.armed = append(a.armed, &Armed{Kind: &Kind{Name: kind}, Match: every, Past: at, Gate: true, Meanwhile: meanwhile,
		Rand: r, ends: a.w.tick + waits})
}

// credentialOf is the pair that the account's head names.
func (w *World) credentialOf(a *Account) string {
	head, _ := w.headItem(a.Ref)
	return head.Text("credential_id")
}

// checkParkedByOwn: a pair that came while a sync was under way is not blamed
// for the one before.
func (w *World) checkParkedByOwn(a *Account, p *Process) {
	if !a.renewed {
		return
	}
	a.renewed = false
	for _, e := range p.Effects() {
		if e.Operation == "GetSecretValue" && e.N >= a.renewedAt {
			return // it used the new one, too, and may say what came of that
		}
	}
	head, _ := w.headItem(a.Ref)
	w.check(parkedByOwn, head.Text("integration_status") != string(statement.Attention), "%s parked %s for a pair that it no longer has", p.Name, a.Ref)
}
