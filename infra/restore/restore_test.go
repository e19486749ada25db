package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// restored is a table with accounts of three tenants, one of them enabled and
// with entries, one erased.
func restored(t *testing.T, transport http.RoundTripper) (*epochs, *store.Store, []statement.Ref) {
	t.Helper()
	plain := storetest.Client(t, nil)
	table := storetest.Table(t, plain)
	s := store.New(plain, table)
	var refs []statement.Ref
	for i := range 30 {
		ref := statement.Ref{Tenant: statement.TenantID(fmt.Sprintf("t%d", i%3)), Account: statement.AccountID(fmt.Sprintf("a%d", i))}
		if err := s.CreateAccount(t.Context(), storetest.Account(ref), false); err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	head, err := s.Enable(t.Context(), storetest.Enablement(refs[0], "c1", "123"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), head, storetest.Additions("2026-11-03", 40, 5)); err != nil {
		t.Fatal(err)
	}
	erased := statement.Ref{Tenant: "t0", Account: "gone"}
	if err := s.CreateAccount(t.Context(), storetest.Account(erased), false); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(t.Context(), erased, time.Now()); err != nil {
		t.Fatal(err)
	}
	return &epochs{client: storetest.Client(t, transport), table: table, id: "restore 1", apply: true, out: io.Discard, every: time.Hour}, s, refs
}

// heads reads what the store says of every account.
func heads(t *testing.T, s *store.Store, refs []statement.Ref) map[statement.Ref]statement.Account {
	t.Helper()
	all := map[statement.Ref]statement.Account{}
	for _, ref := range refs {
		head, err := s.Account(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		all[ref] = head
	}
	return all
}

func TestEveryAccountGetsANewEpochOnce(t *testing.T) {
	t.Parallel()
	e, s, refs := restored(t, nil)
	before := heads(t, s, refs)
	run := func(apply bool, id string) count {
		e.apply, e.id, e.done = apply, id, count{}
		n, err := e.renew(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n.items = 0 // the reader's business
		return n
	}
	if d := cmp.Diff(count{accounts: 31, changed: 30, erased: 1}, run(false, "restore 1"), cmp.AllowUnexported(count{})); d != "" {
		t.Errorf("dry run (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, heads(t, s, refs)); d != "" {
		t.Fatalf("a dry run wrote (-before +after):\n%s", d)
	}
	if d := cmp.Diff(count{accounts: 31, changed: 30, erased: 1}, run(true, "restore 1"), cmp.AllowUnexported(count{})); d != "" {
		t.Errorf("first run (-want +got):\n%s", d)
	}
	after := heads(t, s, refs)
	seen := map[string]bool{}
	for ref, head := range after {
		old := before[ref]
		if head.Epoch == old.Epoch || len(head.Epoch) != len(old.Epoch) || seen[head.Epoch] {
			t.Errorf("%s: epoch %q after %q", ref, head.Epoch, old.Epoch)
		}
		seen[head.Epoch] = true
		head.Epoch = old.Epoch
		if d := cmp.Diff(old, head); d != "" {
			t.Errorf("%s changed beside its epoch (-before +after):\n%s", ref, d)
		}
	}
	if d := cmp.Diff(count{accounts: 31, had: 30, erased: 1}, run(true, "restore 1"), cmp.AllowUnexported(count{})); d != "" {
		t.Errorf("second run (-want +got):\n%s", d)
	}
	if d := cmp.Diff(count{accounts: 31, changed: 30, erased: 1}, run(true, "restore 2"), cmp.AllowUnexported(count{})); d != "" {
		t.Errorf("after another restore (-want +got):\n%s", d)
	}
	if _, err := s.Account(t.Context(), statement.Ref{Tenant: "t0", Account: "gone"}); err == nil {
		t.Error("the erased account is back")
	}
}

// faulty fails every UpdateItem from the nth on while it is on.
type faulty struct {
	left atomic.Int64
	stop func(*http.Request)
}

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".UpdateItem") {
		if f.stop != nil {
			f.stop(r)
		}
		if f.left.Add(-1) < 0 {
			return nil, context.Canceled // which the SDK does not retry
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestARunThatWasCutOffIsEndedByTheNext(t *testing.T) {
	t.Parallel()
	cut := &faulty{}
	cut.left.Store(7)
	e, s, refs := restored(t, cut)
	before := heads(t, s, refs)
	if _, err := e.renew(t.Context()); err == nil {
		t.Fatal("no error")
	}
	half := heads(t, s, refs)
	changed := 0
	for ref := range half {
		if half[ref].Epoch != before[ref].Epoch {
			changed++
		}
	}
	if changed == 0 || changed > 7 { // some of the seven may have been under way at the cut
		t.Errorf("%d accounts changed before the cut, want up to 7", changed)
	}
	cut.left.Store(1000)
	e.done = count{}
	n, err := e.renew(t.Context())
	if err != nil || n.changed+n.had != len(refs) || n.changed < len(refs)-7 {
		t.Errorf("the next run: %+v, %v", n, err)
	}
	for ref, head := range heads(t, s, refs) {
		if head.Epoch == before[ref].Epoch || half[ref].Epoch != before[ref].Epoch && head.Epoch != half[ref].Epoch {
			t.Errorf("%s: epochs %q, %q, %q", ref, before[ref].Epoch, half[ref].Epoch, head.Epoch)
		}
	}
}

// Between the read and the write an account is erased: its tombstone stays as
// it is, and the run says that the table is in use.
func TestAnAccountThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	meddle := &faulty{}
	meddle.left.Store(1000)
	e, s, refs := restored(t, meddle)
	var once atomic.Bool
	meddle.stop = func(r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if strings.Contains(string(body), `"ACCOUNT#a4"`) && once.CompareAndSwap(false, true) {
			if err := s.Erase(context.WithoutCancel(r.Context()), refs[4], time.Now()); err != nil {
				t.Error(err)
			}
		}
	}
	n, err := e.renew(t.Context())
	if err != nil || n.moved != 1 || n.changed != len(refs)-1 {
		t.Errorf("%+v, %v", n, err)
	}
	item, err := storetest.Client(t, nil).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &e.table, ConsistentRead: aws.Bool(true),
		Key: keyOf("TENANT#"+string(refs[4].Tenant), "ACCOUNT#a4")})
	if err != nil || item.Item["epoch"] != nil || item.Item["erased_at"] == nil {
		t.Errorf("the tombstone is %v, %v", item, err)
	}
}

func TestRun(t *testing.T) {
	const description = `{"Table":{"TableName":"x","TableId":"id"%s}}`
	const summary = `,"RestoreSummary":{"SourceTableArn":"arn:aws:dynamodb:sa-east-1:1:table/live","RestoreDateTime":1.7e9,"RestoreInProgress":%t}`
	for name, test := range map[string]struct {
		table string // what DescribeTable says besides
		args  []string
		says  string
		fails string
	}{
		"restored":       {fmt.Sprintf(summary, false), []string{"--table", "x"}, "x was restored from arn:aws:dynamodb:sa-east-1:1:table/live\n0 items read", ""},
		"being restored": {fmt.Sprintf(summary, true), []string{"--table", "x"}, "", "still being restored"},
		"live":           {"", []string{"--table", "x", "--apply"}, "", "say --anyway"},
		"live, anyway":   {"", []string{"--table", "x", "--anyway"}, "0 items read", ""},
		"no table":       {"", nil, "", "usage"},
		"more words":     {"", []string{"--table", "x", "apply"}, "", "usage"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			switch {
			case strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".DescribeTable"):
				_, _ = fmt.Fprintf(w, description, test.table)
			case strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Scan"):
				_, _ = io.WriteString(w, `{"Count":0,"ScannedCount":0,"Items":[]}`)
			default:
				t.Errorf("%s: %s", name, r.Header.Get("X-Amz-Target"))
			}
		}))
		for k, v := range map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": server.URL, "AWS_REGION": "sa-east-1",
			"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"} {
			t.Setenv(k, v)
		}
		var out bytes.Buffer
		err := run(t.Context(), test.args, &out)
		server.Close()
		if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
			t.Errorf("%s: error %v, want %q", name, err, test.fails)
		}
		if !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: says %q, want %q", name, out.String(), test.says)
		}
	}
}
