package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// feed makes a client whose account has these changes: at each position the
// entry of that number.
func feed(t *testing.T, numbers ...int) *client {
	c := newClient(t)
	c.accounts[a1] = statement.Account{Ref: a1, Epoch: "one"}
	for _, n := range numbers {
		c.change(n, statement.Booked)
	}
	return c
}

// change puts a change of the nth entry at the end of the feed.
func (c *client) change(n int, status statement.Status) {
	head := c.accounts[a1]
	head.LastSeq++
	c.accounts[a1] = head
	e := entry(fmt.Sprintf("2026-11-20-%02x", n), "2026-11-20", func(e *statement.Entry) {
		e.Seq, e.FirstSeq, e.Status = head.LastSeq, head.LastSeq, status
	})
	for _, old := range c.changes[a1] {
		if old.Entry.ID == e.ID {
			e.FirstSeq = old.Entry.FirstSeq
			e.Revision = old.Entry.Revision + 1
		}
	}
	c.changes[a1] = append(c.changes[a1], statement.FeedChange{Seq: head.LastSeq, Entry: e})
}

// poll reads one page and returns what it tells, as "seq change id".
func (c *client) poll(limit int, cursor string) (told []string, next string, more bool) {
	c.t.Helper()
	target := fmt.Sprintf("/v1/accounts/a1/changes?limit=%d", limit)
	if cursor != "" {
		target += "&cursor=" + cursor // as it is: a cursor needs no escaping
	}
	got := c.do("GET", target, nil)
	if got.status != 200 {
		c.t.Fatal(got.status, got.text)
	}
	told = []string{}
	for _, one := range got.body["changes"].([]any) {
		change := one.(object)
		told = append(told, fmt.Sprint(change["seq"], " ", change["change"], " ", change["entry"].(object)["id"]))
	}
	return told, got.body["next_cursor"].(string), got.body["has_more"].(bool)
}

func TestTheFeedFromTheBeginningAndOn(t *testing.T) {
	t.Parallel()
	c := feed(t, 1, 2, 1, 3)
	told, next, more := c.poll(100, "")
	if diff := cmp.Diff([]string{"2 added 2026-11-20-02", "3 added 2026-11-20-01", "4 added 2026-11-20-03"}, told); diff != "" || more {
		t.Error(diff, more)
	}
	again, same, more := c.poll(100, next)
	if len(again) > 0 || same != next || more {
		t.Errorf("nothing new is told as %v, has_more %v, the cursor moved: %v", again, more, same != next)
	}
	c.change(2, statement.Withdrawn)
	c.change(4, statement.Booked)
	c.change(3, statement.Booked)
	told, _, _ = c.poll(100, next)
	want := []string{"5 withdrawn 2026-11-20-02", "6 added 2026-11-20-04", "7 modified 2026-11-20-03"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
}

// positions drops what happened, which is told relative to the cursor.
func positions(told []string) (out []string) {
	for _, one := range told {
		part := strings.Fields(one)
		out = append(out, part[0]+" "+part[2])
	}
	return out
}

// TestPagesOfTheFeed: at any limit the pages tell every entry, once, in order,
// and has_more is true on every page but the last.
func TestPagesOfTheFeed(t *testing.T) {
	t.Parallel()
	c := feed(t, 1, 2, 3, 2, 4, 5, 6, 7, 7, 7, 8)
	want, _, _ := c.poll(500, "")
	for _, limit := range []int{1, 2, 3, 5, 8, 500} {
		var got []string
		cursor, more := "", true
		for more {
			var page []string
			page, cursor, more = c.poll(limit, cursor)
			if len(page) == 0 || len(page) > limit {
				t.Errorf("limit %d: %d changes on a page that has_more announced", limit, len(page))
			}
			got = append(got, page...)
		}
		if diff := cmp.Diff(positions(want), positions(got)); diff != "" {
			t.Errorf("limit %d: %s", limit, diff)
		}
	}
}

func TestAnEmptyFeedHasACursor(t *testing.T) {
	t.Parallel()
	c := feed(t)
	told, next, more := c.poll(100, "")
	if len(told) > 0 || next == "" || more {
		t.Error(told, next, more)
	}
	c.change(1, statement.Booked)
	if told, _, _ = c.poll(100, next); len(told) != 1 {
		t.Error("a reader that began before the first entry does not see it")
	}
}

func TestACursorOfTheFeedIsCheckedAgainstItsAccount(t *testing.T) {
	t.Parallel()
	c := feed(t, 1, 2)
	_, next, _ := c.poll(100, "")
	a2 := statement.Ref{Tenant: "acme", Account: "a2"}
	c.accounts[a2] = statement.Account{Ref: a2, Epoch: "one", LastSeq: 9}
	entries := c.do("GET", "/v1/accounts/a1/entries?limit=1", nil).body["next_cursor"]
	for target, want := range map[string]string{
		"/v1/accounts/a2/changes?cursor=" + next:                                 "cursor_invalid",
		"/v1/accounts/a1/changes?cursor=abc":                                     "cursor_invalid",
		"/v1/accounts/a1/changes?cursor=" + next + "A":                           "cursor_invalid",
		"/v1/accounts/a1/changes?cursor=" + url.QueryEscape(fmt.Sprint(entries)): "cursor_invalid",
		"/v1/accounts/a1/syncs?cursor=" + next:                                   "cursor_invalid",
		"/v1/accounts/a1/changes?limit=0":                                        "validation_failed",
		"/v1/accounts/a1/changes?limit=501":                                      "validation_failed",
		"/v1/accounts/a1/changes?after=1":                                        "validation_failed",
	} {
		if got := c.do("GET", target, nil); got.status != 422 || got.body["code"] != want {
			t.Errorf("%s: %d %s", target, got.status, got.text)
		}
	}
	if n := c.asked("Changes"); n != 1 {
		t.Errorf("%d times the feed is read", n)
	}
}

// TestARestoredTableResetsItsReaders: by its new epoch, and without one by a
// cursor that is ahead of what is there.
func TestARestoredTableResetsItsReaders(t *testing.T) {
	t.Parallel()
	for name, restored := range map[string]statement.Account{
		"another epoch":                    {Ref: a1, Epoch: "two", LastSeq: 9},
		"no epoch":                         {Ref: a1, LastSeq: 9},
		"same epoch, the cursor is beyond": {Ref: a1, Epoch: "one", LastSeq: 1},
	} {
		c := feed(t, 1, 2)
		_, next, _ := c.poll(100, "")
		c.accounts[a1] = restored
		got := c.do("GET", "/v1/accounts/a1/changes?cursor="+next, nil)
		if got.status != 410 || got.body["code"] != "cursor_reset" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
		if n := c.asked("Changes"); n != 1 {
			t.Errorf("%s: the feed is read %d times", name, n)
		}
		if got := c.do("GET", "/v1/accounts/a1/changes", nil); got.status != 200 {
			t.Errorf("%s: the beginning is answered %d", name, got.status)
		}
	}
}
