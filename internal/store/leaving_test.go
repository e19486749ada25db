package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store/storetest"
)

var erasedAt = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func other(id statement.AccountID) statement.Ref { return statement.Ref{Tenant: "acme", Account: id} }

func (f fixture) create(t *testing.T, id statement.AccountID) {
	t.Helper()
	must(t, f.CreateAccount(t.Context(), storetest.Account(other(id)), false))
}

// claimed returns what stands beside the accounts in the tenant's partition.
func (f fixture) claimed(t *testing.T) []string {
	t.Helper()
	list := []string{}
	for _, it := range f.raw(t, "TENANT#acme", "") {
		switch sk := text(it["SK"]); {
		case sk == "SETTINGS":
			list = append(list, "default "+text(it["default_account"]))
		case !strings.HasPrefix(sk, "ACCOUNT#"):
			list = append(list, sk+" "+text(it["account"]))
		}
	}
	return list
}

// TestErasureMeets lets something happen between what Erase reads and what it
// writes. In the end the account a1 is gone, none of its claims is left, and
// the default account is one that is there.
func TestErasureMeets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, meanwhile func(*testing.T, fixture)
		want              []string
	}{
		"the first other account": {nil, func(t *testing.T, f fixture) { f.create(t, "b1") }, []string{"default b1"}},
		"the erasure of the heir": {
			func(t *testing.T, f fixture) { f.create(t, "b1"); f.create(t, "b2") },
			func(t *testing.T, f fixture) { must(t, f.Erase(t.Context(), other("b1"), erasedAt)) },
			[]string{"default b2"},
		},
		"another default": {
			func(t *testing.T, f fixture) { f.create(t, "b1"); f.create(t, "b2") },
			func(t *testing.T, f fixture) {
				_, err := f.Patch(t.Context(), other("b2"), statement.AccountPatch{MakeDefault: true})
				must(t, err)
			},
			[]string{"default b2"},
		},
		"itself made the default": {
			func(t *testing.T, f fixture) {
				must(t, f.CreateAccount(t.Context(), storetest.Account(other("b1")), true))
			},
			func(t *testing.T, f fixture) {
				_, err := f.Patch(t.Context(), other("a1"), statement.AccountPatch{MakeDefault: true})
				must(t, err)
			},
			[]string{"default b1"},
		},
		"the bank account becoming known": {
			func(t *testing.T, f fixture) { f.create(t, "b1") },
			func(t *testing.T, f fixture) { f.enable(t, "c2", "222") },
			[]string{"default b1"},
		},
		"an external id": {
			func(t *testing.T, f fixture) { f.create(t, "b1") },
			func(t *testing.T, f fixture) {
				_, err := f.Patch(t.Context(), other("a1"), statement.AccountPatch{ExternalID: new("77")})
				must(t, err)
			},
			[]string{"default b1"},
		},
		"a commit": {
			func(t *testing.T, f fixture) { f.create(t, "b1") },
			func(t *testing.T, f fixture) {
				_, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 1, 1))
				must(t, err)
			},
			[]string{"default b1"},
		},
		"itself": {nil, func(t *testing.T, f fixture) { must(t, f.Erase(t.Context(), other("a1"), erasedAt)) }, []string{"default "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			number := "123456789"
			if name == "the bank account becoming known" {
				number = ""
			}
			f := prepareWith(t, number)
			if test.before != nil {
				test.before(t, f)
			}
			st := f.meanwhile(t, func() { test.meanwhile(t, f) })
			must(t, st.Erase(t.Context(), f.head.Ref, erasedAt))
			if d := cmp.Diff(test.want, f.claimed(t)); d != "" {
				t.Errorf("left in the tenant's partition (-want +got):\n%s", d)
			}
			want := item{"PK": s("TENANT#acme"), "SK": s("ACCOUNT#a1"), "erased_at": s("2026-11-24T10:00:00.000Z")}
			if got := f.raw(t, "TENANT#acme", "ACCOUNT#a1"); !reflect.DeepEqual(got, []item{want}) {
				t.Errorf("the tombstone is %v", got)
			}
		})
	}
}

// TestPatchMeets an erasure or another patch between its read and its write.
func TestPatchMeets(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	st := f.meanwhile(t, func() {
		_, err := f.Patch(t.Context(), f.head.Ref, statement.AccountPatch{ExternalID: new("first")})
		must(t, err)
	})
	a, err := st.Patch(t.Context(), f.head.Ref, statement.AccountPatch{ExternalID: new("second")})
	must(t, err)
	if d := cmp.Diff([]string{"BANK#inter#123456789 a1", "EXTERNAL#second a1", "default a1"}, f.claimed(t)); d != "" || a.ExternalID != "second" {
		t.Errorf("external id %q, claims (-want +got):\n%s", a.ExternalID, d)
	}

	for _, p := range []statement.AccountPatch{{MakeDefault: true}, {ExternalID: new("x"), MakeDefault: true}, {Description: new("x")}} {
		f := prepare(t)
		f.create(t, "b1")
		st := f.meanwhile(t, func() { must(t, f.Erase(t.Context(), f.head.Ref, erasedAt)) })
		if _, err := st.Patch(t.Context(), f.head.Ref, p); !errors.Is(err, statement.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
		if d := cmp.Diff([]string{"default b1"}, f.claimed(t)); d != "" {
			t.Errorf("left (-want +got):\n%s", d)
		}
	}
}

func TestDecidingAnewIsBounded(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	tries := 0
	st := f.behind(t, transactions(func(n int, _ []byte, _ func() (*http.Response, error)) (*http.Response, error) {
		tries = n
		return cancelled("ConditionalCheckFailed"), nil
	}))
	for what, do := range map[string]func() error{
		"erase": func() error { return st.Erase(t.Context(), f.head.Ref, erasedAt) },
		"patch": func() error {
			_, err := st.Patch(t.Context(), f.head.Ref, statement.AccountPatch{Description: new("x")})
			return err
		},
	} {
		before := tries
		if err := do(); !errors.Is(err, statement.ErrConflict) || tries-before != 5 {
			t.Errorf("%s: %d tries, then %v; want 5 and ErrConflict", what, tries-before, err)
		}
	}
}

// full is an erased account with 60 entries, one of them past its time, and
// all other kinds of items.
func full(t *testing.T) fixture {
	t.Helper()
	f := prepare(t)
	head, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 60, 10))
	must(t, err)
	e := storetest.Entry("2026-11-02", 0)
	f.write(t, "STATEMENT#acme#a1", "ENTRY#2026-11-02#"+string(e.ID), "expires", &types.AttributeValueMemberN{Value: "1"})
	moved := storetest.Entry("2026-11-03", 11)
	moved.Date, moved.Revision = "2026-11-05", 2
	_, err = f.Commit(t.Context(), head, statement.Commit{
		Changes: []statement.Change{{Kind: statement.Modified, Entry: moved, Moved: "2026-11-03"}}, Run: storetest.Summary("r2")})
	must(t, err)
	must(t, f.PutRun(t.Context(), f.head.Ref, statement.Run{RunSummary: storetest.Summary("r")}))
	must(t, f.Erase(t.Context(), f.head.Ref, erasedAt))
	return f
}

// ends returns when the tombstone ends, 0 for never.
func (f fixture) ends(t *testing.T) int64 {
	t.Helper()
	v := text(f.raw(t, "TENANT#acme", "ACCOUNT#a1")[0]["expires"])
	if v == "" {
		return 0
	}
	unix, err := strconv.ParseInt(v, 10, 64)
	must(t, err)
	return unix
}

func TestTheTombstoneEndsAfterItsItems(t *testing.T) {
	t.Parallel()
	f := full(t)
	left, err := f.EraseItems(t.Context(), f.head.Ref, 50)
	must(t, err)
	if at := f.ends(t); !left || at != 0 {
		t.Errorf("left %v, the tombstone ends %d", left, at)
	}
	before := time.Now().Add(30 * 24 * time.Hour).Unix()
	left, err = f.EraseItems(t.Context(), f.head.Ref, 50)
	must(t, err)
	at := f.ends(t)
	if left || at < before || at > before+3600 {
		t.Errorf("left %v, the tombstone ends %d; want 30 days from now, %d", left, at, before)
	}
	if items := f.raw(t, "STATEMENT#acme#a1", ""); len(items) > 0 {
		t.Errorf("%d items left, among them %s", len(items), text(items[0]["SK"]))
	}
	f.write(t, "TENANT#acme", "ACCOUNT#a1", "expires", &types.AttributeValueMemberN{Value: fmt.Sprint(at - 5)})
	_, err = f.EraseItems(t.Context(), f.head.Ref, 50)
	must(t, err)
	if again := f.ends(t); again != at-5 {
		t.Errorf("a repetition moved the tombstone's end from %d to %d", at-5, again)
	}
	// Past its end the account is absent; nothing can be written for it either.
	f.write(t, "TENANT#acme", "ACCOUNT#a1", "expires", &types.AttributeValueMemberN{Value: "1"})
	if err := f.Erase(t.Context(), f.head.Ref, erasedAt); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	if _, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-11-05", 1, 1)); !errors.Is(err, statement.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
}

// TestErasingIsCutOff ends the connection at each write in turn, done or not
// done. The next call goes on and ends it.
func TestErasingIsCutOff(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		for at := 1; ; at++ {
			f := full(t)
			n := 0
			st := f.behind(t, func(operation string, _ []byte, send func() (*http.Response, error)) (*http.Response, error) {
				if !slices.Contains([]string{"BatchWriteItem", "UpdateItem"}, operation) {
					return send()
				}
				if n++; n < at {
					return send()
				}
				if done {
					if resp, err := send(); err == nil {
						_ = resp.Body.Close()
					}
				}
				return answer("AccessDeniedException", nil), nil
			})
			_, err := st.EraseItems(t.Context(), f.head.Ref, 1000)
			if err == nil {
				if at < 4 {
					t.Errorf("only %d writes for 60 entries", at-1)
				}
				break
			}
			left, err := f.EraseItems(t.Context(), f.head.Ref, 1000)
			if items := f.raw(t, "STATEMENT#acme#a1", ""); err != nil || left || len(items) > 0 || f.ends(t) == 0 {
				t.Errorf("cut off at write %d: left %v, %d items, %v", at, left, len(items), err)
			}
		}
	}
}

// TestWhatWasNotDeletedIsSentAgain: DynamoDB does a part and names the rest.
func TestWhatWasNotDeletedIsSentAgain(t *testing.T) {
	t.Parallel()
	f := full(t)
	calls, largest := 0, 0
	st := f.behind(t, func(operation string, body []byte, send func() (*http.Response, error)) (*http.Response, error) {
		if operation != "BatchWriteItem" {
			return send()
		}
		var in struct{ RequestItems map[string][]json.RawMessage }
		must(t, json.Unmarshal(body, &in))
		largest = max(largest, len(in.RequestItems[f.table]))
		if calls++; calls > 2 {
			return send()
		}
		resp := answer("", map[string]any{"UnprocessedItems": in.RequestItems})
		resp.StatusCode = http.StatusOK
		return resp, nil
	})
	left, err := st.EraseItems(t.Context(), f.head.Ref, 1000)
	must(t, err)
	if items := f.raw(t, "STATEMENT#acme#a1", ""); left || len(items) > 0 || largest != 25 {
		t.Errorf("left %v, %d items, largest batch %d", left, len(items), largest)
	}
}
