package dynamo_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// statementBehind is a store over a DB, with an enabled account.
func statementBehind(t *testing.T, db *dynamo.DB, transport http.RoundTripper) (*store.Store, statement.Account) {
	t.Helper()
	client := db.Client(transport)
	s := store.New(client, storetest.Table(t, client))
	err := s.CreateAccount(t.Context(), storetest.Account(storetest.Ref()), false)
	if err != nil {
		t.Fatal(err)
	}
	head, err := s.Enable(t.Context(), storetest.Enablement(storetest.Ref(), "c", "1"))
	if err != nil {
		t.Fatal(err)
	}
	return s, head
}

// A feed read in the midst of a commit, at every place where it can be torn,
// is told of no entry that is not there, and has it all afterwards.
func TestTheFeedBesideATornCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s *store.Store
		torn := 0
		read := func() (n int64, err error) {
			changes, next, more, err := s.Changes(t.Context(), storetest.Ref(), 0, 100)
			if err == nil && (int64(len(changes)) != next || more) {
				t.Errorf("%d changes up to position %d, more %v", len(changes), next, more)
			}
			return next, err
		}
		var readers sync.WaitGroup
		db := dynamo.New(dynamo.Options{Between: func(_, of int) {
			if of < 20 {
				return // the account is being made
			}
			torn++
			readers.Go(func() {
				if n, err := read(); err != nil {
					t.Errorf("refused: %v", err)
				} else if n != 0 && n != 20 {
					t.Errorf("the feed ends at %d", n)
				}
			})
			time.Sleep(10 * time.Millisecond)
		}})
		var head statement.Account
		s, head = statementBehind(t, db, nil)
		if _, err := s.Commit(t.Context(), head, storetest.Additions("2026-11-02", 20, 20)); err != nil {
			t.Fatal(err)
		}
		readers.Wait()
		if n, err := read(); n != 20 || err != nil || torn != 22 { // head, COMMIT#, 20 entries and a day
			t.Errorf("the feed ends at %d, %v; torn at %d places, want 22", n, err, torn)
		}
	})
}

// A query of the feed that takes long enough for two commits may show the later
// one alone; the reader stops before the gap and loses nothing.
func TestTheFeedReadSlowly(t *testing.T) {
	t.Parallel()
	db := dynamo.New(dynamo.Options{})
	var between func()
	alone := 0
	s, head := statementBehind(t, db, tripper(func(r *http.Request) (*http.Response, error) {
		if dynamo.Operation(r) != "Query" || between == nil {
			return db.RoundTrip(r)
		}
		slow, do := db.Slowly(), between
		between = nil
		do()
		return slow.RoundTrip(r, func(sk string) bool {
			first := strings.HasPrefix(sk, "COMMIT#") && alone == 0
			if first {
				alone++
			}
			return first
		})
	}))
	between = func() {
		for _, day := range []statement.Date{"2026-11-02", "2026-11-03"} {
			var err error
			if head, err = s.Commit(t.Context(), head, storetest.Additions(day, 2, 2)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, want := range []struct {
		changes int
		next    int64
	}{{0, 0}, {4, 4}} { // with the first commit left out, then as it is
		changes, next, _, err := s.Changes(t.Context(), storetest.Ref(), 0, 100)
		if len(changes) != want.changes || next != want.next || err != nil {
			t.Errorf("%d changes up to %d, %v; want %d up to %d", len(changes), next, err, want.changes, want.next)
		}
	}
	if alone != 1 {
		t.Error("no query was slow")
	}
}

// What a slow query did not meet is as it is, and it is forgotten afterwards.
func TestSlowlyShowsWhatWas(t *testing.T) {
	t.Parallel()
	p := begin(t, dynamo.Options{})
	query := func(slow *dynamo.Slow, old bool) (seen []string) {
		r, err := http.NewRequest(http.MethodPost, "http://dynamo.invalid/", strings.NewReader(
			`{"TableName":"t","ConsistentRead":true,"KeyConditionExpression":"PK = :p","ExpressionAttributeValues":{":p":{"S":"p"}}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810.Query")
		resp, err := slow.RoundTrip(r, func(sk string) bool { seen = append(seen, sk); return old })
		if err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, resp.ContentLength)
		_, _ = resp.Body.Read(answer)
		items, _ := decode(t, answer)["Items"].([]any)
		for _, i := range items {
			seen = append(seen, "has "+i.(map[string]any)["SK"].(map[string]any)["S"].(string))
		}
		return seen
	}
	before, same := p.db.Slowly(), p.db.Slowly()
	p.ok("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"}}`)
	after := p.db.Slowly()
	p.ok("DeleteItem", keyA)
	p.ok("PutItem", `"Item":{"PK":{"S":"p"},"SK":{"S":"b"},"n":{"N":"1"}}`)
	for _, tt := range []struct {
		slow *dynamo.Slow
		old  bool
		want string
	}{
		{before, true, "a b has a"}, {after, true, "a b has a has b"}, {same, false, "a b has b"}, {p.db.Slowly(), true, "has b"},
	} {
		if got := strings.Join(query(tt.slow, tt.old), " "); got != tt.want {
			t.Errorf("old %v: %s, want %s", tt.old, got, tt.want)
		}
	}
}
