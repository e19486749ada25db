package simtest

import (
	"math/rand/v2"
	"time"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// integrationKinds are what happens to an integration at the bank. The person
// mends it once the account asks for attention.
func integrationKinds() []*Kind {
	kind := func(name string, f func(w *World, a *Account, r *rand.Rand)) *Kind {
		return &Kind{Name: "integration/" + name, Do: func(w *World, a *Account, r *rand.Rand) bool {
			f(w, a, r)
			return true
		}}
	}
	return []*Kind{
		kind("permission-missing", func(_ *World, a *Account, _ *rand.Rand) { a.pair.RefuseScope(true) }),
		kind("scope-wider", func(_ *World, a *Account, _ *rand.Rand) { a.pair.GrantAlso("pagamento-pix.write") }),
		kind("secret-changed", func(w *World, a *Account, r *rand.Rand) {
			secret := uuidOf(r)
			w.journal.secret(secret)
			a.pair.SetSecret(secret)
		}),
		kind("deleted", func(_ *World, a *Account, _ *rand.Rand) { a.pair.Delete(); a.lost = true }),
		kind("several-accounts", func(w *World, a *Account, r *rand.Rand) {
			a.pair.SetAccounts(a.Bank, w.accounts[(a.Index+1)%len(w.accounts)].Bank)
			a.want.number = true
		}),
		{Name: "integration/certificate-expires", Do: func(w *World, a *Account, r *rand.Rand) bool {
			a.pair = a.pair.RenewWith(intertest.CertificateOptions{NotAfter: time.Now().Add(time.Duration(20+r.IntN(60)) * time.Hour)})
			w.knowPair(a)
			return w.renew(a, a.pair)
		}},
	}
}

// timeKinds are clocks that go wrong. What the calendar brings, holidays and
// the turn of the year, is counted by schedule.go as it comes.
func timeKinds() []*Kind {
	skew := func(name string, d time.Duration) *Kind {
		return &Kind{Name: "time/" + name, Do: func(w *World, _ *Account, r *rand.Rand) bool {
			w.skew = d
			w.until(1, func() { w.skew = 0 })
			return true
		}}
	}
	return []*Kind{skew("clock-a-day-ahead", 24*time.Hour), skew("clock-a-day-behind", -24*time.Hour)}
}

// tenantKinds are what tenants do to each other, or try to.
func tenantKinds() []*Kind {
	return []*Kind{
		{Name: "tenant/noisy", Do: func(w *World, a *Account, r *rand.Rand) bool {
			for range 15 {
				w.lambda.sendMessage(w.message(a.Ref, statement.ReasonManual))
			}
			return true
		}},
		{Name: "tenant/crossed-ids", Do: func(w *World, a *Account, _ *rand.Rand) bool {
			other := w.accounts[(a.Index+2)%len(w.accounts)].Ref
			w.lambda.sendMessage(w.message(statement.Ref{Tenant: a.Ref.Tenant, Account: other.Account}, statement.ReasonManual))
			return true
		}},
	}
}

// personKinds are what a person may do at any time. They are no faults, but
// what goes wrong beside them is what matters.
func personKinds() []*Kind {
	return []*Kind{
		{Name: "person/renews", Weight: 2, Do: func(w *World, a *Account, _ *rand.Rand) bool {
			a.pair = a.pair.Renew()
			w.knowPair(a)
			return w.renew(a, a.pair)
		}},
		// A pair that was replaced is brought again: it is the current one once more.
		{Name: "person/puts-the-old-pair-back", Do: func(w *World, a *Account, _ *rand.Rand) bool {
			old := a.pair
			a.pair = old.Renew()
			w.knowPair(a)
			between := w.renew(a, a.pair)
			a.pair = old
			return w.renew(a, old) && between
		}},
		// The files of another account: nothing may change.
		{Name: "person/renews-with-wrong-files", Do: func(w *World, a *Account, _ *rand.Rand) bool {
			w.renew(a, w.accounts[(a.Index+1)%len(w.accounts)].pair)
			return true
		}},
		{Name: "person/disables-for-a-while", Do: func(w *World, a *Account, r *rand.Rand) bool {
			a.want.disabled = true
			w.until(1+r.IntN(8), func() { a.want.disabled = false })
			return w.disable(a)
		}},
		{Name: "person/asks-for-a-sync", Weight: 2, Do: func(w *World, a *Account, _ *rand.Rand) bool {
			w.lambda.sendMessage(w.message(a.Ref, statement.ReasonManual))
			return true
		}},
		{Name: "person/asks-for-a-range", Weight: 2, Do: func(w *World, a *Account, r *rand.Rand) bool {
			m := w.message(a.Ref, statement.ReasonRepair)
			m.From = w.today().AddDays(-2 - r.IntN(62)) // also before what is kept
			m.To = min(m.From.AddDays(r.IntN(30)), m.Through)
			w.lambda.sendMessage(m)
			return true
		}},
		{Name: "person/erases-and-starts-anew", Do: func(w *World, a *Account, _ *rand.Rand) bool { return w.erase(a) }},
	}
}
