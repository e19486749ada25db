package simtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// What the product promises beside a right statement: how it meets what time
// heals, and that the head, the index, the vault and the queue agree.
const (
	triedAgain     = "cancelled-is-tried-again"       // a transaction that DynamoDB cancelled for a passing reason
	parkedSaysWhy  = "parked-says-why"                // an account that needs attention says what for
	indexAgrees    = "index-agrees"                   // in the schedule are the active accounts
	parkedByOwn    = "parked-by-what-it-used"         // an account is parked for the pair that it has, not for an earlier one
	savedIsSent    = "saved-is-what-was-sent"         // after an upload the vault holds it
	namesItsPair   = "head-names-its-pair"            // after a quiet time the head is of the pair that the vault holds
	allEnqueued    = "fanout-enqueues-all"            // as many messages as it says, and one for each active account
	retryWaits     = "retry-waits"                    // what failed for a while comes again after a minute at the earliest
	temporaryAgain = "temporary-is-tried-again"       // and is not told to a person before the sixth time
	leftAlone      = "inactive-account-is-left-alone" // nothing is read of an account that is not active
)

// Section 7 of the design.
const (
	firstRetry  = time.Minute
	lastReceive = 6
	cancelTries = 8 // of a transaction, within one call
)

// checkTriedAgain: after a cancellation for a passing reason the same is tried
// again at once, a bounded number of times.
func (w *World) checkTriedAgain(p *Process) {
	if p.Lost() {
		return
	}
	var cancelled []int
	for _, f := range p.armed {
		if f.Kind.Name == "dynamodb/conflict" || f.Kind.Name == "dynamodb/throttled-transaction" {
			cancelled = append(cancelled, f.at...)
		}
	}
	effects, tries := p.Effects(), 0
	for n, e := range effects {
		if tries++; e.Operation != "TransactWriteItems" {
			tries = 0
		}
		if !slices.Contains(cancelled, n) || tries >= cancelTries || time.Since(p.begun) > 30*time.Second {
			continue
		}
		w.check(triedAgain, n+1 < len(effects) && effects[n+1].Operation == "TransactWriteItems",
			"%s: %s, effect %d, was cancelled for a while and not tried again", p.Name, e, n)
	}
}

// checkState holds the account's state against the index.
func (w *World) checkState(a *Account, l ledger) {
	state := statement.IntegrationState(l.head.Text("integration_status"))
	w.check(parkedSaysWhy, state != statement.Attention || l.head.Has("failure_code"), "%s needs attention and does not say why", a.Ref)
	w.check(indexAgrees, (state == statement.Active) == l.head.Has("enabled_shard"), "%s is %q, scheduled: %v", a.Ref, state, l.head.Has("enabled_shard"))
}

// checkSaved looks into the vault after an upload.
func (w *World) checkSaved(a *Account, sent *intertest.Integration) {
	held, err := w.vault.Load(context.Background(), a.Ref)
	w.check(savedIsSent, err == nil && fingerprint(held.Certificate) == fingerprint(sent.Certificate()),
		"%s: what the vault holds is not what was sent: %v", a.Ref, err)
}

// checkPair: the certificate that the head tells of is the vault's.
func (w *World) checkPair(a *Account, l ledger) {
	held, err := w.vault.Load(context.Background(), a.Ref)
	w.check(namesItsPair, err == nil && l.head.Map("certificate").Text("fingerprint") == fingerprint(held.Certificate),
		"%s: the head is of another certificate than the vault's: %v", a.Ref, err)
}

// fingerprint is that of the first certificate of a PEM text.
func fingerprint(text string) string {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return "none"
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

// queued is how many messages the sync queue holds, in flight or not.
func (w *World) queued() int {
	depths, _ := w.cloud.Depths()
	return depths[syncQueue].Total()
}

// checkEnqueued looks at the queue after a fan-out that succeeded.
func (w *World) checkEnqueued(date statement.Date, before, said int) {
	active := 0
	for _, a := range w.accounts {
		if head, ok := w.headItem(a.Ref); ok && head.Text("integration_status") == string(statement.Active) {
			active++
		}
	}
	came := w.queued() - before
	w.check(allEnqueued, came >= said && came >= active, "the fan-out of %s says %d, %d accounts are active, %d messages came", date, said, active, came)
}

// rests writes down when a message that a process gave back may come again.
func (l *lambda) rests(m types.Message, p *Process) { l.rest[*m.MessageId] = p.begun.Add(firstRetry) }

// checkRested looks at a message that was received.
func (l *lambda) checkRested(m types.Message) {
	until, failed := l.rest[*m.MessageId]
	if !failed {
		return
	}
	delete(l.rest, *m.MessageId)
	l.w.check(retryWaits, !time.Now().Before(until), "a message that failed for a while is back %s too early", time.Until(until))
}

// checkTemporary: a failure that passes is told on the account only by who was
// tried often enough.
func (w *World) checkTemporary(a *Account, group []types.Message, p *Process) {
	head, there := w.headItem(a.Ref)
	if !there || head.Text("integration_status") != string(statement.Active) || !head.Has("failure_code") || p.Lost() {
		return
	}
	at, err := time.Parse(time.RFC3339, head.Text("failed_at"))
	if err != nil || w.skew != 0 || at.Before(p.begun) {
		return
	}
	// Another process may have told it in the same moment.
	if !slices.ContainsFunc(p.Effects(), func(e Effect) bool { return e.Operation == "UpdateItem" }) {
		return
	}
	tried := 0
	for _, m := range group {
		if receives, err := strconv.Atoi(m.Attributes["ApproximateReceiveCount"]); err == nil { // done with or not: the write may be there and its reply lost
			tried = max(tried, receives)
		}
	}
	w.check(temporaryAgain, tried >= lastReceive, "%s gave up with %s the %d. time", p.Name, head.Text("failure_code"), tried)
}

// checkLeftAlone: the bank hears nothing of an account that was not active when
// its process began.
func (w *World) checkLeftAlone(p *Process) {
	if !p.idle || p.Gate != nil { // while one is stopped the account may become active
		return
	}
	for _, e := range p.Effects() {
		if e.Service == Bank || e.Service == Secrets {
			w.check(leftAlone, false, "%s: the account is not active, and it calls %s", p.Name, e)
			return
		}
	}
	w.check(leftAlone, true, "")
}

// active reports whether an account is to be synced.
func (w *World) active(ref statement.Ref) bool {
	head, ok := w.headItem(ref)
	return ok && head.Text("integration_status") == string(statement.Active)
}
