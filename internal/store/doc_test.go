package store_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

func readDoc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	must(t, err)
	return strings.ReplaceAll(string(text), "\n// ", "\n")
}

// documented returns, per section of doc.go, its attributes as "name type".
func documented(t *testing.T) map[string][]string {
	t.Helper()
	attribute := regexp.MustCompile(`^//\t([a-z_]+)  (S|N|BOOL|L|M)  \S`)
	sections, section := map[string][]string{}, ""
	for line := range strings.Lines(readDoc(t)) {
		if name, ok := strings.CutPrefix(line, "# "); ok {
			section = strings.TrimSpace(name)
		} else if m := attribute.FindStringSubmatch(line); m != nil {
			sections[section] = append(sections[section], m[1]+" "+m[2])
		}
	}
	for _, list := range sections {
		slices.Sort(list)
	}
	return sections
}

func typeOf(v types.AttributeValue) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", v), "*types.AttributeValueMember")
}

// fill writes one item of every kind with all that it can hold.
func (f fixture) fill(t *testing.T) {
	t.Helper()
	ctx, ref := t.Context(), f.head.Ref
	a := storetest.Account(statement.Ref{Tenant: "acme", Account: "full"})
	a.ExternalID, a.Epoch = "x", "e1"
	must(t, f.CreateAccount(ctx, a, false))
	_, _, _, err := f.Begin(ctx, "acme", "key-1", "{}")
	must(t, err)
	must(t, f.Finish(ctx, "acme", "key-1", 201, []byte(`{"id":"full"}`)))
	e := storetest.Enablement(a.Ref, "credential-1", "987654321")
	e.SelectBank, e.Warnings, e.Certificate.WarnedDays = true, []statement.Code{statement.ScopeWiderThanNeeded}, 30
	head, err := f.Enable(ctx, e)
	must(t, err)
	balance := statement.Cents(-1)
	_, err = f.Commit(ctx, head, statement.Commit{
		Ledger: statement.Ledger{
			CoveredFrom: "2026-09-01", ReadThrough: "2026-11-03", ProvenThrough: "2026-11-03", Balance: &balance, Opening: &balance,
			UnprovenFrom: "2026-11-04", Difference: 1, DoubtFrom: "2026-11-05", OpenFrom: "2026-11-01", DeepRead: "2026-11-04",
		}, Run: storetest.Summary("r"),
		Changes: storetest.Additions("2026-11-01", 1, 1).Changes,
	})
	must(t, err)
	head, err = f.Account(ctx, a.Ref)
	must(t, err)
	must(t, f.SaveFailure(ctx, head, statement.BankUnavailable, time.Unix(1.8e9, 0), false))
	must(t, f.CreateAccount(ctx, storetest.Account(statement.Ref{Tenant: "acme", Account: "erased"}), false))
	must(t, f.Erase(ctx, statement.Ref{Tenant: "acme", Account: "erased"}, time.Unix(1.8e9, 0)))
	_, err = f.EraseItems(ctx, statement.Ref{Tenant: "acme", Account: "erased"}, 1)
	must(t, err)

	entry := storetest.Entry("2026-11-03", 0x42)
	entry.ID = "2026-11-03-0123456789abcdef0123"
	entry.DocumentNumber, entry.Aliases = "42", []string{"b"}
	entry.Revisions = []statement.Revision{{Field: "date", Old: "2026-10-30", New: "2026-11-03", At: time.Unix(1.8e9, 0), Run: "r2"}}
	entry.Absence = &statement.Absence{First: "2026-11-20", Last: "2026-11-20", Runs: 1}
	entry.Extra = map[string]json.RawMessage{"novo": json.RawMessage("1")}
	c := storetest.Additions("2026-11-01", 42, 42)
	f.head, err = f.Commit(ctx, f.head, c)
	must(t, err)
	// It comes under another date first, in a commit after the cursor 42.
	before := entry
	before.Date = "2026-10-30"
	f.head, err = f.Commit(ctx, f.head, statement.Commit{Changes: []statement.Change{{Kind: statement.Added, Entry: before}}, Run: storetest.Summary("r2")})
	must(t, err)
	_, err = f.Commit(ctx, f.head, statement.Commit{
		Changes: []statement.Change{{Kind: statement.Modified, Entry: entry, Moved: "2026-10-30"}, {Kind: statement.Added, Entry: storetest.Entry("2026-12-01", 1)}},
		Days:    []statement.Day{{Date: "2026-11-03", Status: statement.DayUnproven, Balance: &balance, Difference: 5}, {Date: "2026-12-01"}},
		Run:     storetest.Summary("r2"),
	})
	must(t, err)
	summary := storetest.Summary("r2")
	summary.Modified, summary.Withdrawn = 1, 1
	must(t, f.PutRun(ctx, ref, statement.Run{
		RunSummary: summary, From: "2026-11-01", To: "2026-11-02", Through: "2026-11-02", Calendar: "v1",
		EndedAt: time.Unix(1.8e9, 0), Failure: statement.IncompleteAnswer, Requests: statement.Requests{Token: 1},
		Decisions: []statement.Decision{{Entry: entry.ID, What: "kept", Reason: "the balance has it"}},
	}))
}

func TestItemsAreAsDocumented(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	f.fill(t)
	found := map[string]map[string]bool{}
	for _, pk := range []string{"TENANT#acme", "STATEMENT#acme#a1"} {
		for _, it := range f.raw(t, pk, "") {
			kind, _, _ := strings.Cut(text(it["SK"]), "#")
			if found[kind] == nil {
				found[kind] = map[string]bool{}
			}
			for name, v := range it {
				if name != "PK" && name != "SK" {
					found[kind][name+" "+typeOf(v)] = true
				}
			}
		}
	}
	written := map[string][]string{}
	for kind, attributes := range found {
		for a := range attributes {
			written[kind] = append(written[kind], a)
		}
		slices.Sort(written[kind])
	}
	if diff := cmp.Diff(documented(t), written); diff != "" {
		t.Errorf("attributes (-doc.go +table):\n%s", diff)
	}
}

func TestSchemaIsAsDocumented(t *testing.T) {
	t.Parallel()
	schema := store.Schema("x")
	var got []string
	for _, k := range append(schema.KeySchema, schema.GlobalSecondaryIndexes[0].KeySchema...) {
		for _, d := range schema.AttributeDefinitions {
			if aws.ToString(d.AttributeName) == aws.ToString(k.AttributeName) {
				got = append(got, fmt.Sprintf("%s (%s)", aws.ToString(k.AttributeName), d.AttributeType))
			}
		}
	}
	got = append(got, fmt.Sprintf("index, keys only: %q", aws.ToString(schema.GlobalSecondaryIndexes[0].IndexName)))
	doc := strings.Join(strings.Fields(strings.ReplaceAll(readDoc(t), "//", "")), " ")
	for _, want := range got {
		if !strings.Contains(doc, want) {
			t.Errorf("doc.go does not say %s", want)
		}
	}
	if p := schema.GlobalSecondaryIndexes[0].Projection.ProjectionType; p != types.ProjectionTypeKeysOnly {
		t.Errorf("index projects %s", p)
	}
}

// The lines for the AWS CLI are played through the SDK, which takes the same
// parameters, and must find what they say that they find.
func TestLinesForTheCLI(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	f.fill(t)
	line := regexp.MustCompile(`(?s)// ([^\n]*):\n//\n//\taws dynamodb (query|get-item) (.*?)\n(?://\n|package)`)
	flag := regexp.MustCompile(`--(key-condition-expression|expression-attribute-values|key) '([^']*)'`)
	got := map[string]string{}
	doc, err := os.ReadFile("doc.go")
	must(t, err)
	for _, m := range line.FindAllStringSubmatch(string(doc), -1) {
		flags := map[string]string{}
		for _, v := range flag.FindAllStringSubmatch(m[3], -1) {
			flags[v[1]] = v[2]
		}
		var items []item
		if m[2] == "get-item" {
			out, err := f.client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(f.table), Key: values(t, flags["key"])})
			must(t, err)
			items = []item{out.Item}
		} else {
			out, err := f.client.Query(t.Context(), &dynamodb.QueryInput{
				TableName: aws.String(f.table), KeyConditionExpression: aws.String(flags["key-condition-expression"]),
				ExpressionAttributeValues: values(t, flags["expression-attribute-values"]),
			})
			must(t, err)
			items = out.Items
		}
		if len(items) > 0 {
			got[m[1]] = fmt.Sprintf("%d, last %s", len(items), text(items[len(items)-1]["SK"]))
		}
	}
	want := map[string]string{
		"The entries of November":       "43, last ENTRY#2026-11-03#2026-11-03-0123456789abcdef0123",
		"One entry, by its date and id": "1, last ENTRY#2026-11-03#2026-11-03-0123456789abcdef0123",
		"The days of November":          "2, last DAY#2026-11-03",
		"The commits after the cursor 42, which is position 42 of the feed": "2, last COMMIT#0000000000000045",
		"Where an entry is that is not under the date of its id":            "1, last MOVED#2026-11-03-0123456789abcdef0123",
		"The last ten runs":          "1, last RUN#r2",
		"The account":                "1, last ACCOUNT#a1",
		"The accounts of the tenant": "3, last ACCOUNT#full",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// values reads attribute values as the CLI takes them; the lines hold texts only.
func values(t *testing.T, text string) item {
	t.Helper()
	var in map[string]struct{ S string }
	must(t, json.Unmarshal([]byte(text), &in))
	out := item{}
	for name, v := range in {
		out[name] = s(v.S)
	}
	return out
}
