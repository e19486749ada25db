// Package sync measures what syncing accounts costs: processor time and memory
// of the function's own process, requests to the bank and capacity of the table,
// each beside its limit. The process is the binary that is deployed, built for
// this machine; the bank (over real mTLS), DynamoDB and the rest of AWS run
// outside of it.
//
// Measure does it all. A program that calls it calls Child first.
package sync

import (
	"context"
	"fmt"
	"time"

	"extrato/infra/bench/figures"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// The limits, which are section 13 of the design.
const (
	maxResident     = 128 // MB
	maxAccountCPU   = 3   // ms beside the TLS handshake
	maxBankRequests = 3
	maxTransactions = 110
	overWritten     = 12 // write units over twice the kilobytes of the new entries
	overRead        = 2  // read units over what the window has
)

// limit is the function's own.
const limit = 300 * time.Second

// Measure runs everything and adds what it cost. It takes two minutes, mostly of
// waiting: large commits are paced.
func Measure(ctx context.Context, o figures.Options, r *figures.Report) error {
	rig, err := openRig(ctx, o.Root)
	if err != nil {
		return fmt.Errorf("prepare the benchmark of sync: %w", err)
	}
	defer rig.close()
	say := func(what string) { _, _ = fmt.Fprintln(o.Progress, "sync: "+what) }

	r.Section("sync: the function's own process, bank and AWS outside of it")
	say("handshakes")
	handshake, err := rig.measureHandshakes(ctx, r)
	if err != nil {
		return fmt.Errorf("measure handshakes: %w", err)
	}
	say("ordinary days")
	if err := rig.measureDays(ctx, r, handshake); err != nil {
		return fmt.Errorf("measure ordinary days: %w", err)
	}
	say("first syncs of ten thousand entries")
	if err := rig.measureLarge(ctx, r); err != nil {
		return fmt.Errorf("measure large accounts: %w", err)
	}
	return nil
}

// measureHandshakes returns what a handshake with an RSA key costs the client:
// the dearer one, and what the accounts of this benchmark have. What the real
// bank issues is not known.
func (r *rig) measureHandshakes(ctx context.Context, report *figures.Report) (rsa time.Duration, err error) {
	const n = 200
	for _, k := range []struct {
		name string
		kind intertest.KeyKind
	}{{"ECDSA P-256", intertest.EC}, {"RSA 2048", intertest.RSA}} {
		i := r.bank.IssueWith("bench", intertest.CertificateOptions{Key: k.kind})
		o := order{BankURL: r.bank.URL(), BankCA: r.bank.CAPEM(), Times: n, Certificate: i.Certificate(), Key: i.Key()}
		took, err := inChild(ctx, o)
		if err != nil {
			return 0, err
		}
		rsa = took.CPU / n
		report.Add(figures.Figure{What: "TLS handshake alone, " + k.name + " client key: CPU", Value: ms(rsa), Unit: "ms",
			Note: fmt.Sprintf("from the PEM text to the hang-up, mean of %d", n)})
	}
	return rsa, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// message asks for a customer's sync through a day.
func (c customer) message(through statement.Date, reason statement.Reason) statement.Message {
	return statement.Message{V: statement.MessageVersion, Tenant: c.ref.Tenant, Account: c.ref.Account, Through: through, Reason: reason}
}

// messages asks for that of all.
func messages(all []customer, through statement.Date, reason statement.Reason) (list []statement.Message) {
	for _, c := range all {
		list = append(list, c.message(through, reason))
	}
	return list
}
