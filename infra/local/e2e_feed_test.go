package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"
)

// reader keeps a copy of an account by its feed alone, as an ERP would.
type reader struct {
	*erp
	account string
	cursor  string
	atRest  bool  // nothing changes while it reads
	last    int64 // last position told
	kept    map[string]erpEntry
}

func (c *erp) reader(account string) *reader {
	return &reader{erp: c, account: account, kept: map[string]erpEntry{}}
}

// poll takes what is new, a page of a size at a time, to its end, and says what
// first broke the feed's word.
func (r *reader) poll(ctx context.Context, limit int) (broken error) {
	for {
		var page struct {
			Changes []struct {
				Seq    int64    `json:"seq"`
				Change string   `json:"change"`
				Entry  erpEntry `json:"entry"`
			} `json:"changes"`
			Next string `json:"next_cursor"`
			More bool   `json:"has_more"`
		}
		query := url.Values{"limit": {fmt.Sprint(limit)}}
		if r.cursor != "" {
			query.Set("cursor", r.cursor)
		}
		if err := r.call(ctx, "GET", "/v1/accounts/"+r.account+"/changes?"+query.Encode(), nil, &page); err != nil {
			return err
		}
		if len(page.Changes) > limit || page.Next == "" {
			return fmt.Errorf("%d changes on a page of %d, next cursor %q", len(page.Changes), limit, page.Next)
		}
		for _, c := range page.Changes {
			_, known := r.kept[c.Entry.ID]
			switch {
			case broken != nil:
			case c.Seq <= r.last:
				broken = fmt.Errorf("position %d after %d", c.Seq, r.last)
			// Of an entry that changes between two pages the feed cannot know
			// whether this reader was told it before.
			case c.Change == "added" && known, c.Change == "modified" && !known && r.atRest,
				(c.Change == "withdrawn") != (c.Entry.Status == "withdrawn"):
				broken = fmt.Errorf("position %d: %q of entry %+v, known before: %t", c.Seq, c.Change, c.Entry, known)
			}
			r.last, r.kept[c.Entry.ID] = c.Seq, c.Entry
		}
		if r.cursor = page.Next; !page.More {
			return broken
		}
	}
}

// follow polls at random moments until the returned function is called, which
// polls a last time.
func (r *reader) follow(t *testing.T) (end func()) {
	t.Helper()
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		moments := rand.New(rand.NewPCG(1, 2))
		for {
			if err := r.poll(t.Context(), 1+moments.IntN(60)); err != nil {
				t.Errorf("the feed, read along: %v", err)
				return
			}
			select {
			case <-time.After(time.Duration(moments.IntN(150)) * time.Millisecond):
			case <-stop:
				return
			}
		}
	}()
	return func() {
		t.Helper()
		close(stop)
		<-ended
		if err := r.poll(t.Context(), 500); err != nil {
			t.Errorf("the feed, read along to its end: %v", err)
		}
	}
}

// holds compares the copy with the entries.
func (r *reader) holds(t *testing.T, what string, entries []erpEntry) {
	t.Helper()
	var got, want []string
	for _, e := range r.kept {
		got = append(got, fmt.Sprintf("%+v", e))
	}
	for _, e := range entries {
		want = append(want, fmt.Sprintf("%+v", e))
	}
	sameLines(t, what, got, want)
}
