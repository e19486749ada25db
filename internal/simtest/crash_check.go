package simtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/statement"
)

// Invariants of what stands beside the statements.
const (
	claimsHeld   = "claims-and-accounts-agree"     // a bank account or external id is claimed by the account that has it, and by no other
	oneDefault   = "one-default-account"           // as long as there is any
	indexActive  = "index-holds-the-active"        // and no others
	noOrphan     = "no-secret-without-integration" // once all is quiet
	activePair   = "active-has-a-pair"             // an account in the schedule has its secret, always
	leftAtPeace  = "disabled-says-nothing"         // a disabled account has no failure, no schedule and no secret
	noOtherThere = "nobody-else"                   // no account that nobody made
)

// safe checks, between two processes, what transactions keep true always.
func (x *Stage) safe() {
	for _, a := range x.w.accounts {
		x.w.checkAccount(a)
	}
	for _, pk := range x.w.tenantKeys() {
		if version := x.w.table.Version(tableName, pk); version != x.seen[pk] {
			x.seen[pk] = version
			x.w.checkTenant(pk)
		}
	}
	x.paired()
}

// paired: whoever enables, disables or erases changes head and secret in the
// order in which no sync can find an account in the schedule and no secret.
func (x *Stage) paired() {
	if x.unpaired {
		return
	}
	for _, a := range x.w.accounts {
		if head, _ := x.w.headItem(a.Ref); head.Text("integration_status") == string(statement.Active) {
			_, err := x.w.vault.Load(context.Background(), a.Ref)
			x.w.check(activePair, err == nil, "%s is active: %v", a.Ref, err)
		}
	}
}

// tenantKeys are the partitions of the tenants' items.
func (w *World) tenantKeys() []string {
	var keys []string
	for i := 0; i < w.script.Plan.Accounts; i += 2 {
		keys = append(keys, fmt.Sprintf("TENANT#tenant-%d", i/2))
	}
	return keys
}

// checkTenant holds the items beside a tenant's accounts against them, as the
// schema in store/doc.go tells them.
func (w *World) checkTenant(pk string) {
	alive := map[string]dynamo.Item{} // by id
	claims := map[string]string{}     // by SK: the id that claims
	chosen, settings := "", false
	for item := range w.table.Partition(tableName, pk) {
		kind, id, _ := strings.Cut(item.SK(), "#")
		switch {
		case kind == "ACCOUNT" && !item.Has("erased_at"):
			alive[id] = item
			active := item.Text("integration_status") == string(statement.Active)
			w.check(indexActive, item.Has("enabled_shard") == active && item.Has("enabled_key") == active,
				"%s %s is %s", pk, item.SK(), item.Text("integration_status"))
		case kind == "BANK" || kind == "EXTERNAL":
			claims[item.SK()] = item.Text("account")
		case kind == "SETTINGS":
			chosen, settings = item.Text("default_account"), true
		}
	}
	for sk, id := range claims {
		head, there := alive[id]
		w.check(claimsHeld, there && slices.Contains(claimsOf(head), sk), "%s %s is claimed by %s", pk, sk, id)
	}
	for id, head := range alive {
		for _, sk := range claimsOf(head) {
			w.check(claimsHeld, claims[sk] == id, "%s: %s has %s, which %q claims", pk, id, sk, claims[sk])
		}
	}
	_, there := alive[chosen]
	w.check(oneDefault, there == (len(alive) > 0) && (chosen != "") == there && (settings || len(alive) == 0),
		"%s has %d accounts, and %q is the default one", pk, len(alive), chosen)
}

// claimsOf are the keys by which an account guards what it has alone.
func claimsOf(head dynamo.Item) []string {
	var all []string
	if number := head.Text("bank_account"); number != "" {
		all = append(all, "BANK#inter#"+number)
	}
	if external := head.Text("external_id"); external != "" {
		all = append(all, "EXTERNAL#"+external)
	}
	return all
}

// settled holds everything to be right at the end of a quiet time: each
// account is as its ending says, and nothing is left of what was cut off.
func (x *Stage) settled() {
	w := x.w
	var active []*Account
	known, mayHave := map[string]bool{}, map[string]bool{}
	for _, a := range slices.Concat(w.accounts, x.aside) {
		head, there := w.headItem(a.Ref)
		switch x.ends[a] {
		case endsErased:
			w.erased = append(w.erased, a.Ref)
		case endsDisabled:
			w.check(leftAtPeace, there && head.Text("integration_status") == string(statement.Disabled) && !head.Has("failure_code"),
				"%s is %q, %s", a.Ref, head.Text("integration_status"), head.Text("failure_code"))
			known[a.Ref.String()] = true
			if head.Int("version") > 0 {
				w.poll(a, 100)
			}
		default:
			active = append(active, a)
			known[a.Ref.String()], mayHave[secretPrefix+"/"+a.Ref.String()] = true, true
		}
	}
	w.accounts = active
	w.checkQuiet()
	for _, pk := range w.tenantKeys() {
		w.checkTenant(pk)
		for item := range w.table.Partition(tableName, pk) {
			if account, ok := strings.CutPrefix(item.SK(), "ACCOUNT#"); ok {
				name := strings.TrimPrefix(pk, "TENANT#") + "/" + account
				w.check(noOtherThere, known[name] || item.Has("erased_at"), "%s is an account that nobody knows of", name)
				w.check(erasedGone, !item.Has("erased_at") || item.Has("expires"), "the tombstone of %s has no end", name)
			}
		}
	}
	for _, name := range w.secretNames() {
		w.check(noOrphan, mayHave[name], "the secret %s belongs to no enabled account", name)
	}
}

// secretNames lists the secrets that are not scheduled for deletion.
func (w *World) secretNames() []string {
	out, err := w.secretsClient().ListSecrets(context.Background(), &secretsmanager.ListSecretsInput{})
	w.must(err)
	if out.NextToken != nil {
		w.must(errors.New("more secrets than one page holds"))
	}
	var names []string
	for _, s := range out.SecretList {
		names = append(names, *s.Name)
	}
	return names
}
