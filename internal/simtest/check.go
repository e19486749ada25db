package simtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/internal/statement"
)

// The invariants, by the names that figures and violations have.
const (
	once             = "each-line-once"         // a line of the bank is at most one entry
	nothingInvent    = "nothing-invented"       // an entry says what its line at the bank said at some time
	stableIDs        = "ids-stable"             // an entry stays, under its id, and its history grows
	withdrawnRightly = "withdrawn-with-cause"   // not on one answer, nor on one run date, nor what the bank has
	sumAgrees        = "sum-agrees"             // the head's total is the sum of booked entries
	feedWhole        = "feed-without-holes"     // positions run from 1 to last_seq, once each
	feedReadable     = "feed-readable"          // every position's entry is where it says
	provenBalances   = "proven-balances"        // opening + entries = balance, recomputed
	provenIsTold     = "proven-is-what-is-told" // the head's balance is what the bank tells of that day
	forward          = "ledger-forward"         // read_through, version, last_seq never go back
	headReadable     = "head-claims-the-readable"
	coveredOrSaid    = "covered-or-said"  // a message done with left its day covered, or the account says why
	ownTenant        = "own-account-only" // nothing is written outside the message's account
	noSecret         = "no-secret"        // none in a log line, an error, an item, a message
	noCrash          = "no-crash"         // a process ends by itself, but for faults that kill it
	wellFormed       = "requests-well-formed"
	oneLook          = "covered-day-is-one-look"
	writesNothing    = "second-sync-writes-nothing"
	readerHolds      = "feed-reader-holds-all"
	quietTruth       = "quiet-equals-the-truth"
	quietProven      = "quiet-all-proven"
	quietActive      = "quiet-nobody-parked"
	quietQueue       = "quiet-queue-empty"
	deadExplained    = "dead-letters-explained"
	erasedGone       = "erased-is-gone"
)

// checkScope looks at what an effect touches: nothing but the account that the
// process is about.
func (w *World) checkScope(p *Process, e Effect, r *http.Request) {
	if !e.Writes() {
		return
	}
	switch e.Service {
	case DynamoDB:
		own := map[string]bool{"TENANT#" + string(p.May.Tenant): true, "STATEMENT#" + string(p.May.Tenant) + "#" + string(p.May.Account): true}
		for _, k := range writtenKeys(bodyOf(r)) {
			w.check(ownTenant, own[k.PK.S] && (!strings.HasPrefix(k.SK.S, "ACCOUNT#") || k.SK.S == "ACCOUNT#"+string(p.May.Account)),
				"%s writes to %s %s with %s", p.Name, k.PK.S, k.SK.S, e)
		}
	case Secrets:
		var in struct{ SecretID, Name string }
		_ = json.Unmarshal(bytes.Replace(bodyOf(r), []byte(`"SecretId"`), []byte(`"SecretID"`), 1), &in)
		w.check(ownTenant, in.SecretID+in.Name == secretPrefix+"/"+p.May.String(), "%s calls %s for %s", p.Name, e, in.SecretID+in.Name)
	case SQS:
		w.check(noSecret, w.journal.find(bodyOf(r)) == "", "%s sends a secret with %s", p.Name, e)
	}
}

// itemKey is the key within an item, or alone.
type itemKey struct{ PK, SK struct{ S string } }

// writtenKeys reads which items a DynamoDB request writes. Conditions on other
// items are no writes.
func writtenKeys(body []byte) []itemKey {
	type write struct{ Item, Key *itemKey }
	var in struct {
		write
		TransactItems []struct{ Put, Update, Delete *write }
		RequestItems  map[string][]struct{ PutRequest, DeleteRequest *write }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil // DynamoDB refuses it, which is a violation of its own
	}
	var keys []itemKey
	add := func(all ...*write) {
		for _, one := range all {
			if one != nil && one.Item != nil {
				keys = append(keys, *one.Item)
			}
			if one != nil && one.Key != nil {
				keys = append(keys, *one.Key)
			}
		}
	}
	add(&in.write)
	for _, t := range in.TransactItems {
		add(t.Put, t.Update, t.Delete)
	}
	for _, requests := range in.RequestItems {
		for _, r := range requests {
			add(r.PutRequest, r.DeleteRequest)
		}
	}
	return keys
}

// headVersion reads how far an account's head has moved.
func (w *World) headVersion(ref statement.Ref) int64 {
	item, _ := w.headItem(ref)
	return item.Int("version")
}

// afterMessages checks what the messages of one account left behind.
func (w *World) afterMessages(a *Account, group []types.Message, p *Process, again []string, before int64) {
	w.check(noCrash, p.crashed == nil, "%s crashed: %v", p.Name, p.crashed)
	if w.script.Plan.Every <= 1 || w.lambda.number%w.script.Plan.Every == 0 {
		w.checkAccount(a)
	}
	if p.Lost() {
		return
	}
	if len(group) == 1 && len(p.Effects()) == 1 {
		w.count(func(f *Figures) { f.Covered++ })
	}
	head, there := w.headItem(a.Ref)
	for _, one := range group {
		m, err := statement.ParseMessage([]byte(*one.Body))
		if err != nil || contains(again, *one.MessageId) || m.From != "" || m.Reason == statement.ReasonErase {
			continue
		}
		said := !there || head.Has("erased_at") || head.Text("integration_status") != string(statement.Active) || head.Has("failure_code")
		covered := statement.Date(head.Text("read_through")) >= m.Through
		// Somebody else's commit may have come between: then that one speaks.
		// What it committed itself and could not decide does not.
		moved := head.Int("version") != before && head.Map("last_run").Text("outcome") != string(statement.OutcomeUndecided) ||
			a.renewed // a renewal sends a message of its own
		w.check(coveredOrSaid, said || covered || moved, "a message through %s is done with, the account read through %q and says nothing",
			m.Through, head.Text("read_through"))
	}
}

func contains(all []string, s string) bool {
	for _, one := range all {
		if one == s {
			return true
		}
	}
	return false
}
