package template_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"extrato/infra/template"
)

func sample(t *testing.T) *template.Template {
	t.Helper()
	got, err := template.Read("testdata/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestQueuesAndTables(t *testing.T) {
	t.Parallel()
	got := sample(t)
	wantQueues := map[string]template.Queue{
		"Work": {ID: "Work", Visibility: 1860, Retention: 345600, DeadLetter: "Dead", MaxReceive: 8},
		"Dead": {ID: "Dead", Visibility: 30, Retention: 1209600},
	}
	ignoreName := gocmp.FilterPath(func(p gocmp.Path) bool { return p.Last().String() == ".Name" }, gocmp.Ignore())
	if d := gocmp.Diff(wantQueues, got.Queues, ignoreName); d != "" {
		t.Errorf("queues (-want +got):\n%s", d)
	}
	wantTables := map[string]template.Table{"Things": {
		ID: "Things", Keys: template.Keys{Hash: "PK", Range: "SK"}, TTL: "expires", BillingMode: "PAY_PER_REQUEST",
		Attributes: map[string]string{"PK": "S", "SK": "S", "shard": "N"},
		Indexes:    map[string]template.Index{"open": {Keys: template.Keys{Hash: "shard"}, Projection: "KEYS_ONLY"}},
	}}
	if d := gocmp.Diff(wantTables, got.Tables, ignoreName); d != "" {
		t.Errorf("tables (-want +got):\n%s", d)
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	got := sample(t)
	worker, web := got.Functions["Worker"], got.Functions["Web"]
	if worker.Timeout != 300 || worker.Memory != 512 || worker.Reserved != 7 {
		t.Errorf("worker: timeout %d, memory %d, reserved %d; want 300, 512, 7", worker.Timeout, worker.Memory, worker.Reserved)
	}
	if web.Timeout != 10 || web.Memory != 512 || web.Reserved != 0 {
		t.Errorf("web: timeout %d, memory %d, reserved %d; want the globals 10, 512 and 0", web.Timeout, web.Memory, web.Reserved)
	}
	wantQueue := []template.QueueSource{{Queue: "Work", BatchSize: 5, MaxConcurrency: 20, PartialFailure: true}}
	if d := gocmp.Diff(wantQueue, worker.Queues); d != "" {
		t.Errorf("queue source (-want +got):\n%s", d)
	}
	if len(worker.Schedules) != 1 {
		t.Fatalf("%d schedules, want 1", len(worker.Schedules))
	}
	s := worker.Schedules[0]
	if s.ID != "Daily" || s.Expression != "cron(0 6 ? * MON-FRI *)" || s.Timezone != "America/Sao_Paulo" ||
		s.Input.Text != `{"time":"<aws.scheduler.scheduled-time>"}` {
		t.Errorf("schedule %+v", s)
	}
	wantNames := []string{"CLAIM", "DAYS", "DEAD_ARN", "PREFIX", "QUEUE_URL", "SHARED", "TABLE_NAME", "WHERE", "WHOSE"}
	if d := gocmp.Diff(wantNames, slices.Sorted(maps.Keys(worker.Environment))); d != "" {
		t.Errorf("variables (-want +got):\n%s", d)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	got := sample(t)
	known := map[string]string{"Work": "http://queue", "Dead.Arn": "arn:dead", "AWS::StackName": "extrato"}
	for name, want := range map[string]string{
		"QUEUE_URL": "http://queue", "DEAD_ARN": "arn:dead", "SHARED": "own", "DAYS": "60", "CLAIM": "tenant", "PREFIX": "extrato",
		"WHOSE": "extrato/tenant/arn:dead",
	} {
		text, err := got.Resolve(got.Functions["Worker"].Environment[name], known)
		if err != nil || text != want {
			t.Errorf("%s is %q, %v; want %q", name, text, err, want)
		}
	}
	for name, want := range map[string]string{"TABLE_NAME": "!Ref Things", "WHERE": "!Sub arn:${AWS::Region}"} {
		text, err := got.Resolve(got.Functions["Worker"].Environment[name], known)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is %q, %v; want an error naming %s", name, text, err, want)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	got := sample(t).Routes
	slices.SortFunc(got, func(a, b template.Route) int { return cmp.Compare(a.Path, b.Path) })
	want := []template.Route{
		{Function: "Web", Method: "GET", Path: "/elsewhere", Open: true}, // the implicit API has no authorizer
		{Function: "Web", Method: "GET", Path: "/healthz", Open: true},
		{Function: "Web", Method: "GET", Path: "/things", Scopes: []string{"a/read", "a/write"}},
		{Function: "Web", Method: "ANY", Path: "/things/{id}"}, // the default authorizer holds
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Errorf("routes (-want +got):\n%s", d)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"not YAML":            {"Resources: [", "yaml"},
		"timeout not known":   {"Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: { Timeout: !Ref Nothing }", "F: Timeout: !Ref Nothing"},
		"timeout not a count": {"Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: { Timeout: soon }", `"soon"`},
		"source not a queue":  {"Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: { Events: { Q: { Type: SQS, Properties: { Queue: 1 } } } }", "event Q: Queue"},
		"scopes but open":     {"Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: { Events: { E: { Type: HttpApi, Properties: { Path: /x, Method: GET, Auth: { AuthorizationScopes: [s] } } } } }", "no authorizer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := template.Parse([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
