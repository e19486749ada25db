package simtest

import (
	"context"
	"fmt"
	"time"

	"extrato/internal/credential"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// attempts is how often a person tries the same again at once.
const attempts = 3

// upload is what a person sends.
func upload(i *intertest.Integration) credential.Upload {
	return credential.Upload{Certificate: []byte(i.Certificate()), Key: []byte(i.Key()), ClientID: i.ClientID(), ClientSecret: i.ClientSecret()}
}

// request runs one request of the API's in a process, which the armed faults
// of the account's person meet.
func (w *World) request(a *Account, what string, f func(ctx context.Context) error) (done bool) {
	armed := a.arms(&a.person)
	var err error
	p := w.Start(what+" "+a.Ref.String(), a.Ref, armed, nil, func(ctx context.Context) { err = f(ctx) })
	p.Finish()
	w.check(noCrash, p.crashed == nil, "%s crashed: %v", p.Name, p.crashed)
	w.Trace("%s: done %v", p.Name, !p.Lost() && err == nil)
	if err != nil {
		w.check(noSecret, w.journal.find([]byte(err.Error())) == "", "the error of %s holds a secret", p.Name)
		w.lastErr = err
	}
	w.checkAccount(a)
	return !p.Lost() && err == nil
}

// people act in the morning: they create and enable accounts, renew what nears
// its end, and do what an account that needs attention asks for.
func (w *World) people() {
	for _, a := range w.accounts {
		if a.want.erased {
			w.erase(a)
		}
		item, ok := w.headItem(a.Ref)
		if !ok {
			w.create(a)
		}
		state := statement.IntegrationState(item.Text("integration_status"))
		switch {
		case a.want.erased:
		case a.want.disabled && state != statement.Disabled:
			w.disable(a)
		case a.want.disabled:
		case state == statement.Active:
			if end := item.Map("certificate").Text("not_after"); end != "" {
				if t, err := time.Parse(time.RFC3339, end); err == nil && time.Until(t) < 12*24*time.Hour && w.rand.IntN(3) == 0 {
					w.mend(a)
					w.renew(a, a.pair)
				}
			}
		case state == statement.Attention && w.rand.IntN(2) == 0 && !a.want.number:
			w.mend(a)
			if !w.renew(a, a.pair) {
				w.enable(a)
			}
		default:
			w.mend(a)
			w.enable(a)
		}
	}
}

// create registers the account, as POST /v1/accounts does.
func (w *World) create(a *Account) {
	w.request(a, "create", func(ctx context.Context) error {
		return w.store.CreateAccount(ctx, statement.Account{Ref: a.Ref, Description: "Conta Inter", Bank: "inter", PersonType: "PJ",
			ExternalID: fmt.Sprintf("%d-%d", a.Index, a.generation), CreatedAt: time.Now().UTC()}, false)
	})
}

// mend puts right at the bank what the person can put right there, and gets a
// fresh certificate.
func (w *World) mend(a *Account) {
	a.pair.RefuseScope(false)
	if a.lost {
		a.lost, a.want.number = false, false
		a.pair = w.bank.Issue("erp", a.Bank)
	} else {
		a.pair = a.pair.Renew()
	}
	w.knowPair(a)
}

func (w *World) enable(a *Account) bool {
	number := ""
	if a.want.number {
		number = a.Bank.Number()
	}
	for range attempts {
		done := w.request(a, "enable", func(ctx context.Context) error {
			head, err := w.store.Account(ctx, a.Ref)
			if err != nil {
				return err
			}
			p, err := w.enabler.Prepare(ctx, head, upload(a.pair), number)
			if err != nil {
				return err
			}
			_, err = w.enabler.Finish(ctx, a.Ref, p)
			return err
		})
		if done {
			w.checkSaved(a, a.pair)
			return true
		}
		time.Sleep(time.Minute)
	}
	return false
}

func (w *World) renew(a *Account, with *intertest.Integration) bool {
	for range attempts {
		if w.request(a, "renew", func(ctx context.Context) error {
			_, err := w.enabler.Renew(ctx, a.Ref, upload(with))
			return err
		}) {
			w.checkSaved(a, with)
			return true
		}
		time.Sleep(time.Minute)
	}
	return false
}

func (w *World) disable(a *Account) bool {
	return w.request(a, "disable", func(ctx context.Context) error {
		_, err := w.enabler.Disable(ctx, a.Ref)
		return err
	})
}

// erase removes an account for good; the person registers the bank account
// anew the next morning, under another id. What did not succeed is done again.
func (w *World) erase(a *Account) bool {
	a.want.erased = true
	if !w.request(a, "erase", func(ctx context.Context) error { return w.enabler.Erase(ctx, a.Ref) }) {
		return false
	}
	w.erased = append(w.erased, a.Ref)
	delete(w.byRef, a.Ref)
	a.generation++
	a.Ref.Account = statement.AccountID(fmt.Sprintf("account-%d-%d", a.Index, a.generation))
	a.want = want{number: a.want.number}
	a.reset()
	w.byRef[a.Ref] = a
	return true
}

// deleteSecret is somebody who deletes a secret by hand.
func (w *World) deleteSecret(a *Account) bool {
	return w.vault.Delete(context.Background(), a.Ref) == nil
}
