package template_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/template"
	"extrato/internal/api"
	"extrato/internal/bankday"
	"extrato/internal/store"
)

// The tests below compare the template with the code that it deploys.

func deployed(t *testing.T) *template.Template {
	t.Helper()
	tpl, err := template.Read(filepath.Join("..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestRoutesAreTheAPIs(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, r := range deployed(t).Routes {
		if r.Function != "ApiFunction" {
			t.Errorf("%s %s goes to %s", r.Method, r.Path, r.Function)
		}
		if r.Open != (len(r.Scopes) == 0) {
			t.Errorf("%s %s is open %v and asks for the scopes %v", r.Method, r.Path, r.Open, r.Scopes)
		}
		got = append(got, r.Method+" "+r.Path+" "+strings.Join(r.Scopes, ","))
	}
	for _, r := range api.Routes() {
		want = append(want, r.Method+" "+r.Path+" "+r.Scope)
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("routes (-code +template):\n%s", d)
	}
}

// environment reads the names of a function's config struct from its sources.
func environment(t *testing.T, function string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "functions", function, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("functions/%s has no source: %v", function, err)
	}
	var names []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && f.Tag != nil {
				tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("env")
				if name, _, _ := strings.Cut(tag, ","); name != "" {
					names = append(names, name)
				}
			}
			return true
		})
	}
	slices.Sort(names)
	return names
}

func TestEnvironmentIsWhatTheFunctionsRead(t *testing.T) {
	t.Parallel()
	tpl := deployed(t)
	for id, source := range map[string]string{"FanoutFunction": "fanout", "SyncFunction": "sync", "ApiFunction": "api"} {
		var got []string
		for name := range tpl.Functions[id].Environment {
			got = append(got, name)
		}
		slices.Sort(got)
		want := environment(t, source)
		if len(want) == 0 {
			t.Fatalf("found no configuration in functions/%s", source)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("environment of %s (-code +template):\n%s", id, d)
		}
	}
}

func TestTableIsTheStores(t *testing.T) {
	t.Parallel()
	schema := store.Schema("x")
	table, ok := deployed(t).Tables["Table"]
	if !ok {
		t.Fatal("the template has no Table")
	}
	keys := func(schema []types.KeySchemaElement) (k template.Keys) {
		for _, e := range schema {
			if e.KeyType == types.KeyTypeHash {
				k.Hash = *e.AttributeName
			} else {
				k.Range = *e.AttributeName
			}
		}
		return k
	}
	want := template.Table{ID: "Table", Keys: keys(schema.KeySchema), TTL: "expires",
		BillingMode: "PAY_PER_REQUEST", Attributes: map[string]string{}, Indexes: map[string]template.Index{}}
	for _, a := range schema.AttributeDefinitions {
		want.Attributes[*a.AttributeName] = string(a.AttributeType)
	}
	for _, x := range schema.GlobalSecondaryIndexes {
		want.Indexes[*x.IndexName] = template.Index{Keys: keys(x.KeySchema), Projection: string(x.Projection.ProjectionType)}
	}
	table.Name = template.Value{}
	if d := cmp.Diff(want, table, cmp.AllowUnexported(template.Value{})); d != "" {
		t.Errorf("table (-code +template):\n%s", d)
	}
}

// TestLimitsFitEachOther is sections 7 and 10 of the design.
func TestLimitsFitEachOther(t *testing.T) {
	t.Parallel()
	tpl := deployed(t)
	sync := tpl.Functions["SyncFunction"]
	if len(sync.Queues) != 1 {
		t.Fatalf("sync has %d queues", len(sync.Queues))
	}
	source := sync.Queues[0]
	queue := tpl.Queues[source.Queue]
	if source.BatchSize != 10 || !source.PartialFailure || source.MaxConcurrency != 20 {
		t.Errorf("event source is %+v", source)
	}
	if queue.Visibility < 6*sync.Timeout {
		t.Errorf("visibility of %d s is below six times the time limit of %d s", queue.Visibility, sync.Timeout)
	}
	if queue.MaxReceive != 8 || queue.DeadLetter != "SyncDeadLetterQueue" {
		t.Errorf("redrive after %d receives to %q", queue.MaxReceive, queue.DeadLetter)
	}
	for id, want := range map[string]struct{ timeout, memory int }{
		"FanoutFunction": {900, 256}, "SyncFunction": {300, 256}, "ApiFunction": {29, 256},
	} {
		if f := tpl.Functions[id]; f.Timeout != want.timeout || f.Memory != want.memory {
			t.Errorf("%s has %d s and %d MB, want %d and %d", id, f.Timeout, f.Memory, want.timeout, want.memory)
		}
	}
	if n, err := tpl.Int(tpl.Parameters["LookbackDays"].Default, 0); err != nil || n != 9 || n > bankday.MaxDays {
		t.Errorf("look-back defaults to %d days, %v", n, err)
	}
	if n, err := tpl.Int(tpl.Parameters["BackfillDays"].Default, 0); err != nil || n != 60 {
		t.Errorf("backfill defaults to %d days, %v", n, err)
	}
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	fanout := deployed(t).Functions["FanoutFunction"]
	if len(fanout.Schedules) != 1 {
		t.Fatalf("fan-out has %d schedules", len(fanout.Schedules))
	}
	s := fanout.Schedules[0]
	if s.Expression != "cron(0 6,10,14,18 ? * MON-FRI *)" || s.Timezone != "America/Sao_Paulo" {
		t.Errorf("schedule is %s in %s", s.Expression, s.Timezone)
	}
	if s.Input.Text != `{"time":"<aws.scheduler.scheduled-time>"}` {
		t.Errorf("input is %s", s.Input.Text)
	}
}
