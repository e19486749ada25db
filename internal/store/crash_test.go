package store_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

type item = map[string]types.AttributeValue

func text(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

// raw reads a partition beside the store.
func (f fixture) raw(t *testing.T, pk, prefix string) []item {
	t.Helper()
	out, err := f.client.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String(f.table), ConsistentRead: aws.Bool(true),
		KeyConditionExpression: aws.String("PK = :p AND begins_with(SK, :s)"),
		ExpressionAttributeValues: item{
			":p": &types.AttributeValueMemberS{Value: pk}, ":s": &types.AttributeValueMemberS{Value: prefix},
		},
	})
	must(t, err)
	if out.LastEvaluatedKey != nil {
		t.Fatal("more than one answer of items: the test is too large")
	}
	return out.Items
}

// checkFeed reads the feed as an ERP would and holds it against head and
// entries: positions without holes up to last_seq, each naming an entry that is
// there with that position.
func (f fixture) checkFeed(t *testing.T) {
	t.Helper()
	head, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	entries, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	stored := map[string]string{}
	for _, e := range entries {
		stored[fmt.Sprint(e.Seq)] = fmt.Sprintf("%s %s added %d", e.ID, e.Date, e.Revision)
	}
	listed, next := map[string]string{}, int64(1)
	for _, c := range f.raw(t, "STATEMENT#acme#a1", "COMMIT#") {
		if text(c["first_seq"]) != fmt.Sprint(next) {
			t.Errorf("%s begins at %s, want %d", text(c["SK"]), text(c["first_seq"]), next)
		}
		for _, v := range c["changes"].(*types.AttributeValueMemberL).Value {
			m := v.(*types.AttributeValueMemberM).Value
			if text(m["seq"]) != fmt.Sprint(next) {
				t.Errorf("position %s in %s, want %d", text(m["seq"]), text(c["SK"]), next)
			}
			listed[text(m["seq"])] = fmt.Sprintf("%s %s %s %s", text(m["id"]), text(m["date"]), text(m["change"]), text(m["revision"]))
			next++
		}
		last := fmt.Sprint(next - 1)
		if text(c["last_seq"]) != last || text(c["SK"]) != fmt.Sprintf("COMMIT#%016d", next-1) {
			t.Errorf("%s ends at %s, want %s", text(c["SK"]), text(c["last_seq"]), last)
		}
	}
	if head.LastSeq != next-1 {
		t.Errorf("last_seq %d, the feed ends at %d", head.LastSeq, next-1)
	}
	if diff := cmp.Diff(stored, listed); diff != "" {
		t.Errorf("entries and feed (-entries +feed):\n%s", diff)
	}
}

// killed returns a store, and its context, that are killed at a transaction,
// before it is done or right after.
func (f fixture) killed(t *testing.T, at int, after bool) (context.Context, *store.Store) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	return ctx, f.behind(t, transactions(func(n int, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if n < at {
			return send()
		}
		if after {
			resp, err := send()
			if err != nil {
				return nil, err
			}
			_ = resp.Body.Close()
		}
		kill()
		return nil, context.Canceled
	}))
}

// A commit of 230 entries takes three transactions. It is killed before or
// after each of them; then the next run brings what is missing.
func TestKilledBetweenTransactions(t *testing.T) {
	t.Parallel()
	for killed := 1; killed <= 3; killed++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("transaction %d done %v", killed, after), func(t *testing.T) {
				t.Parallel()
				f := prepare(t)
				ctx, s := f.killed(t, killed, after)
				c := storetest.Additions("2026-09-01", 230, 7)
				if _, err := s.Commit(ctx, f.head, c); err == nil {
					t.Fatal("no error from a commit that was killed")
				}
				done := killed - 1
				if after {
					done = killed
				}
				f.checkHead(t, c, done)
				f.checkFeed(t)
				f.converge(t, c)
			})
		}
	}
}

// booked returns the sum of the booked entries that are stored.
func (f fixture) booked(t *testing.T) (sum statement.Cents) {
	t.Helper()
	entries, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	for _, e := range entries {
		if e.Status == statement.Booked {
			sum += e.Amount
		}
	}
	return sum
}

// checkHead wants a head after so many of three transactions: the beginning
// from the first on, the rest of the ledger where it was until the last, the
// total always that of what is stored.
func (f fixture) checkHead(t *testing.T, c statement.Commit, done int) {
	t.Helper()
	head, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	want := f.head
	want.Version, want.LastSeq, want.Total = int64(done), head.LastSeq, f.booked(t)
	if done > 0 {
		want.CoveredFrom = c.CoveredFrom
	}
	if done == 3 {
		want.LastSeq, want.ReadThrough, want.LastRun = 230, c.ReadThrough, &c.Run
	}
	if diff := cmp.Diff(want, head); diff != "" {
		t.Errorf("head (-want +got):\n%s", diff)
	}
	if moved := head.LastSeq > 0; moved != (done > 0) {
		t.Errorf("last_seq %d after %d transactions", head.LastSeq, done)
	}
	// A day is there exactly when all its entries are.
	entries, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	count := map[statement.Date]int{}
	for _, e := range entries {
		count[e.Date]++
	}
	var complete []statement.Day
	for _, d := range c.Days {
		if count[d.Date] == d.Entries {
			complete = append(complete, d)
		}
	}
	days, err := f.Days(t.Context(), f.head.Ref, "", "")
	must(t, err)
	if diff := cmp.Diff(complete, days, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("days (-complete +stored):\n%s", diff)
	}
}

// converge does what the next run does: read the head, compare, bring the rest.
func (f fixture) converge(t *testing.T, c statement.Commit) {
	t.Helper()
	head, err := f.Account(t.Context(), f.head.Ref)
	must(t, err)
	entries, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	there := map[statement.EntryID]bool{}
	for _, e := range entries {
		there[e.ID] = true
	}
	rest := c
	rest.Changes = nil
	for _, change := range c.Changes {
		if !there[change.Entry.ID] {
			rest.Changes = append(rest.Changes, change)
		}
	}
	head, err = f.Commit(t.Context(), head, rest)
	must(t, err)
	if head.LastSeq != 230 || head.ReadThrough != c.ReadThrough || head.Total != f.booked(t) {
		t.Errorf("after the next run: last_seq %d, read through %s, total %s; want 230, %s, %s",
			head.LastSeq, head.ReadThrough, head.Total, c.ReadThrough, f.booked(t))
	}
	f.checkFeed(t)
}
