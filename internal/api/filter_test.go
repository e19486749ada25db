package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// many makes n accounts: the ones whose number is a multiple of 7 are parked,
// the others are active where it is even, else disabled.
func many(c *client, n int) {
	for i := range n {
		ref := statement.Ref{Tenant: "acme", Account: statement.AccountID(fmt.Sprintf("a%06d", i))}
		a := statement.Account{Ref: ref, State: statement.Disabled}
		switch {
		case i%7 == 0:
			a.State, a.Failure = statement.Attention, statement.CertificateRejected
		case i%2 == 0:
			a.State = statement.Active
		case i%3 == 0:
			a.State = "" // of a head that was never enabled
		}
		c.accounts[ref] = a
	}
}

// pages reads a whole list and returns its ids and the length of each page.
func (c *client) pages(target string) (ids []string, lengths []int) {
	c.t.Helper()
	for next := target; ; {
		page := c.do("GET", next, nil)
		if page.status != 200 {
			c.t.Fatal(next, page.status, page.text)
		}
		list := page.body["accounts"].([]any)
		lengths = append(lengths, len(list))
		for _, a := range list {
			ids = append(ids, a.(object)["id"].(string))
		}
		cursor, more := page.body["next_cursor"].(string)
		if !more {
			return ids, lengths
		}
		next = target + "&cursor=" + cursor
	}
}

func TestFilteredListsArePagedWhole(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	many(c, 1200)
	for query, lets := range map[string]func(i int) bool{
		"status=attention":                func(i int) bool { return i%7 == 0 },
		"status=active":                   func(i int) bool { return i%7 != 0 && i%2 == 0 },
		"status=disabled":                 func(i int) bool { return i%7 != 0 && i%2 != 0 },
		"attention=true":                  func(i int) bool { return i%7 == 0 },
		"attention=false":                 func(i int) bool { return i%7 != 0 },
		"attention=true&status=attention": func(i int) bool { return i%7 == 0 },
		"attention=true&status=active":    func(int) bool { return false },
	} {
		var want []string
		for i := range 1200 {
			if lets(i) {
				want = append(want, fmt.Sprintf("a%06d", i))
			}
		}
		for _, limit := range []int{1, 43, 172, 500} { // 172 accounts are parked: a whole page and no more
			if limit == 1 && len(want) > 200 {
				continue
			}
			got, lengths := c.pages(fmt.Sprintf("/v1/accounts?limit=%d&%s", limit, query))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %d: %s", query, limit, diff)
			}
			for i, n := range lengths {
				if n > limit || i < len(lengths)-1 && n != limit || n == 0 && len(want) > 0 {
					t.Errorf("%s by %d: pages of %v", query, limit, lengths)
				}
			}
		}
	}
}

// TestARareFilterGoesOn: one request reads so much and no more, and says where
// the next one begins.
func TestARareFilterGoesOn(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for i := range 6000 {
		ref := statement.Ref{Tenant: "acme", Account: statement.AccountID(fmt.Sprintf("a%06d", i))}
		c.accounts[ref] = statement.Account{Ref: ref}
	}
	last := statement.Ref{Tenant: "acme", Account: "a005999"}
	c.accounts[last] = statement.Account{Ref: last, State: statement.Active}
	ids, lengths := c.pages("/v1/accounts?limit=10&status=active")
	if diff := cmp.Diff([]string{"a005999"}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{0, 1}, lengths); diff != "" {
		t.Error(diff)
	}
}

func TestACursorBelongsToItsFilter(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	many(c, 50)
	cursor := c.do("GET", "/v1/accounts?limit=2&attention=true", nil).body["next_cursor"].(string)
	for _, other := range []string{"", "&attention=false", "&status=attention", "&attention=true&status=active"} {
		if got := c.do("GET", "/v1/accounts?limit=2"+other+"&cursor="+cursor, nil); got.status != 422 || got.body["code"] != "cursor_invalid" {
			t.Errorf("%q: %d %s", other, got.status, got.text)
		}
	}
}

func TestFiltersThatCannotBe(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for query, want := range map[string]string{
		"attention=maybe": "attention type_invalid", "attention=" + mark: "attention type_invalid",
		"status=parked": "status value_not_allowed", "status=" + mark: "status value_not_allowed", "state=active": " unknown_parameter",
	} {
		got := c.do("GET", "/v1/accounts?"+query, nil)
		if got.status != 422 || strings.Join(got.fields(), ",") != want {
			t.Errorf("%s: %d %s", query, got.status, got.text)
		}
		c.mustNotLeak(got)
	}
}
