package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// told says a page of the feed in short.
func told(t *testing.T, st *store.Store, after int64, limit int) string {
	t.Helper()
	changes, next, more, err := st.Changes(t.Context(), storetest.Ref(), after, limit)
	must(t, err)
	var text strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&text, "%d %s %s, ", c.Seq, c.Kind, c.Entry.Date)
	}
	fmt.Fprintf(&text, "next %d more %v", next, more)
	return text.String()
}

func wants(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s; want %s", what, got, want)
	}
}

// add commits one entry and returns it as stored.
func (f *fixture) add(t *testing.T, date statement.Date, n int) statement.Entry {
	t.Helper()
	e := storetest.Entry(date, n)
	var err error
	f.head, err = f.Commit(t.Context(), f.head, statement.Commit{Changes: []statement.Change{{Kind: statement.Added, Entry: e}}})
	must(t, err)
	e.Seq, e.FirstSeq = f.head.LastSeq, f.head.LastSeq
	return e
}

// change commits an entry's modification, under another date where it moves.
func (f *fixture) change(t *testing.T, e statement.Entry, to statement.Date) statement.Entry {
	t.Helper()
	change := statement.Change{Kind: statement.Modified, Entry: e, Moved: e.Date}
	change.Entry.Date, change.Entry.Revision = to, e.Revision+1
	var err error
	f.head, err = f.Commit(t.Context(), f.head, statement.Commit{Changes: []statement.Change{change}})
	must(t, err)
	change.Entry.Seq = f.head.LastSeq
	return change.Entry
}

// A Query may show of two transactions the later alone.
func TestFeedStopsAtAGap(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	for n := range 5 {
		f.add(t, "2026-11-02", n)
	}
	hidden := item{"PK": s("STATEMENT#acme#a1"), "SK": s("COMMIT#0000000000000003")}
	out, err := f.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(f.table), Key: hidden, ReturnValues: "ALL_OLD"})
	must(t, err)
	const one = "1 added 2026-11-02, "
	wants(t, "from the beginning", told(t, f.Store, 0, 500), one+"2 added 2026-11-02, next 2 more false")
	wants(t, "by one", told(t, f.Store, 0, 1), one+"next 1 more true")
	wants(t, "at the gap", told(t, f.Store, 2, 500), "next 2 more false")
	_, err = f.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(f.table), Item: out.Attributes})
	must(t, err)
	wants(t, "once it shows", told(t, f.Store, 2, 2), "3 added 2026-11-02, 4 added 2026-11-02, next 4 more true")
}

// reads calls a function right before the nth request of an operation.
func reads(operation string, f func(n int)) door {
	var n atomic.Int32
	return func(op string, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if op == operation {
			f(int(n.Add(1)))
		}
		return send()
	}
}

// What is committed between the reading of positions and of entries is told at
// its own position, once.
func TestFeedWhileEntriesChange(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	one := f.add(t, "2026-11-02", 1)
	two := f.add(t, "2026-11-03", 2)
	st := f.behind(t, reads("BatchGetItem", func(n int) {
		if n == 1 {
			f.change(t, one, "2026-11-05") // 3: no longer where position 1 says
			f.change(t, two, two.Date)     // 4
		}
	}))
	wants(t, "meanwhile", told(t, st, 0, 500), "next 2 more false")
	wants(t, "then", told(t, st, 2, 500), "3 modified 2026-11-05, 4 modified 2026-11-03, next 4 more false")
	wants(t, "to a new reader", told(t, st, 0, 500), "3 added 2026-11-05, 4 added 2026-11-03, next 4 more false")
}

// Entry looks in two places, and the entry moves in between: away from the
// first, and on from the second.
func TestEntryMovesWhileItIsLookedFor(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	e := f.change(t, f.add(t, "2026-11-02", 1), "2026-11-04")
	st := f.behind(t, reads("GetItem", func(n int) {
		switch n {
		case 3: // after MOVED# was read
			e = f.change(t, e, "2026-11-06")
		case 5:
			e = f.change(t, e, "2026-11-02")
		}
	}))
	got, err := st.Entry(t.Context(), f.head.Ref, e.ID)
	must(t, err)
	if got.Date != "2026-11-02" || got.Revision != 4 {
		t.Errorf("entry of %s, revision %d; want 2026-11-02, 4", got.Date, got.Revision)
	}
}

// outOfDate answers reads of entries with what was true before, so many times.
func outOfDate(t *testing.T, times int32, old []byte) (door, *atomic.Int32) {
	t.Helper()
	var n atomic.Int32
	return func(op string, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if op != "BatchGetItem" || n.Add(1) > times {
			return send()
		}
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
			Body: io.NopCloser(bytes.NewReader(old)), ContentLength: int64(len(old)),
		}, nil
	}, &n
}

// recorded returns the body of the answer to the next read of entries.
func (f fixture) recorded(t *testing.T) []byte {
	t.Helper()
	var body []byte
	st := f.behind(t, func(op string, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
		resp, err := send()
		if err != nil || op != "BatchGetItem" {
			return resp, err
		}
		body, err = io.ReadAll(resp.Body)
		resp.Body = io.NopCloser(bytes.NewReader(body))
		return resp, err
	})
	told(t, st, 0, 500)
	return body
}

// An entry that is older than its position is read again; one that stays so is
// an error, and never told.
func TestFeedReadsAgainWhatIsTooOld(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	e := f.add(t, "2026-11-02", 1)
	old := f.recorded(t)
	f.change(t, e, e.Date)
	d, n := outOfDate(t, 2, old)
	wants(t, "after two answers that are too old", told(t, f.behind(t, d), 0, 500), "2 added 2026-11-02, next 2 more false")
	if n.Load() != 3 {
		t.Errorf("%d reads, want 3", n.Load())
	}
	wants(t, "a reader that is told position 1 of an old entry",
		told(t, f.behind(t, func() door { d, _ := outOfDate(t, 1, old); return d }()), 1, 500), "2 modified 2026-11-02, next 2 more false")
}

func TestFeedNeverTellsWhatIsTooOld(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	e := f.add(t, "2026-11-02", 1)
	old := f.recorded(t)
	f.change(t, e, e.Date)
	d, _ := outOfDate(t, 1000, old)
	changes, next, _, err := f.behind(t, d).Changes(t.Context(), f.head.Ref, 0, 500)
	if err == nil || len(changes) > 0 || next != 0 {
		t.Errorf("%d changes, next %d, %v; want an error and the position kept", len(changes), next, err)
	}
}

// An answer may leave keys out: they are asked for again.
func TestFeedAsksAgainForWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	for n := range 6 {
		f.add(t, "2026-11-02", n)
	}
	asked := 0
	st := f.behind(t, func(op string, body []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if op != "BatchGetItem" {
			return send()
		}
		if asked++; asked > 1 {
			return send()
		}
		var in struct{ RequestItems map[string]any }
		must(t, json.Unmarshal(body, &in))
		out, err := json.Marshal(map[string]any{"Responses": map[string]any{}, "UnprocessedKeys": in.RequestItems})
		must(t, err)
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
			Body: io.NopCloser(bytes.NewReader(out)), ContentLength: int64(len(out)),
		}, nil
	})
	changes, next, more, err := st.Changes(t.Context(), f.head.Ref, 0, 500)
	must(t, err)
	if len(changes) != 6 || next != 6 || more || asked != 2 {
		t.Errorf("%d changes, next %d, more %v in %d requests; want 6, 6, false, 2", len(changes), next, more, asked)
	}
}

// An entry that was removed by hand stops the feed there: a reader must not
// pass a position unseen. It says nothing of the account.
func TestFeedStopsAtAMissingEntry(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	e := f.add(t, "2026-11-02", 1)
	_, err := f.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(f.table), Key: item{
		"PK": s("STATEMENT#acme#a1"), "SK": s("ENTRY#2026-11-02#" + string(e.ID)),
	}})
	must(t, err)
	_, next, _, err := f.Changes(t.Context(), f.head.Ref, 0, 500)
	if err == nil || next != 0 || !strings.Contains(err.Error(), string(e.ID)) {
		t.Errorf("next %d, %v; want an error that names the entry", next, err)
	}
}
