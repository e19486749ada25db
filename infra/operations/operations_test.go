package operations

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T) *Project {
	t.Helper()
	p, err := Read("../..")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProject(t *testing.T) {
	t.Parallel()
	for _, fault := range read(t).Check() {
		t.Error(fault)
	}
}

// sample is this repository around a template that nests the stacks as they want
// it, so that faults of the template are altered in known text.
func sample(t *testing.T) *Project {
	t.Helper()
	p := read(t)
	var b strings.Builder
	b.WriteString("Resources:\n")
	b.WriteString(`  Api: { Type: Anything, Properties: { AccessLogSettings: { Format: '{"status":"$context.status", "route":"$context.routeKey"}' } } }` + "\n")
	for _, id := range []string{"Table", "AccessLogGroup", "FanoutLogGroup", "SyncLogGroup", "ApiLogGroup", "FanoutFunction",
		"SyncFunction", "ApiFunction", "SyncQueue", "SyncDeadLetterQueue", "ScheduleDeadLetterQueue", "FanoutFailureQueue"} {
		fmt.Fprintf(&b, "  %s: { Type: Anything }\n", id)
	}
	b.WriteString(`  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - { Effect: Allow, Principal: { AWS: root }, Action: kms:* }
          - { Effect: Allow, Principal: { Service: cloudwatch.amazonaws.com }, Action: [kms:Decrypt, kms:GenerateDataKey*] }
`)
	for id, url := range map[string]string{"Operations": "infra/alarms.yaml", "Dashboard": "./infra/dashboard.json"} {
		fmt.Fprintf(&b, "  %s:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: %s\n      Parameters:\n", id, url)
		given := parameters
		if id == "Operations" {
			given = append(slices.Clone(parameters), mailing...)
		}
		for _, name := range given {
			fmt.Fprintf(&b, "        %s: !Ref %s # %s\n", name, name, id)
		}
	}
	p.Template, p.Samconfig = b.String(), `capabilities = "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND"`
	return p
}

// Each row alters one thing, and must be found out by a fault that the whole
// project has not.
func TestFaultsAreFound(t *testing.T) {
	t.Parallel()
	whole := sample(t)
	clean := whole.Check()
	replace := func(text *string, old, new string) bool {
		if !strings.Contains(*text, old) {
			return false
		}
		*text = strings.Replace(*text, old, new, 1)
		return true
	}
	alarms := func(old, new string) func(*Project) bool {
		return func(p *Project) bool { return replace(&p.Alarms, old, new) }
	}
	dashboard := func(old, new string) func(*Project) bool {
		return func(p *Project) bool { return replace(&p.Dashboard, old, new) }
	}
	template := func(old, new string) func(*Project) bool {
		return func(p *Project) bool { return replace(&p.Template, old, new) }
	}
	costs := func(old, new string) func(*Project) bool {
		return func(p *Project) bool { return replace(&p.Costs, old, new) }
	}
	in := func(files map[string]string, name, old, new string) bool {
		text, ok := files[name]
		ok = ok && replace(&text, old, new)
		files[name] = text
		return ok
	}
	runbook := func(name, old, new string) func(*Project) bool {
		return func(p *Project) bool { return in(p.Runbooks, name, old, new) }
	}
	source := func(name, old, new string) func(*Project) bool {
		return func(p *Project) bool { return in(p.Source, name, old, new) }
	}
	for name, test := range map[string]struct {
		alter func(*Project) bool
		want  string
	}{
		"an alarm loses its runbook":        {func(p *Project) bool { delete(p.Runbooks, "sync-errors.md"); return true }, "SyncErrors has no runbook"},
		"a runbook without an alarm":        {func(p *Project) bool { p.Runbooks["moon-phase.md"] = "x"; return true }, "moon-phase.md is not among"},
		"an alarm is renamed":               {alarms("  SyncErrors:\n", "  SyncFails:\n"), "SyncFails: the description"},
		"the description names another":     {alarms("runbooks/sync-errors.md", "runbooks/api-errors.md"), "SyncErrors: the description"},
		"a metric is misspelt in an alarm":  {alarms("MetricName: ShardsUnfinished", "MetricName: ShardUnfinished"), "ShardUnfinished is not emitted"},
		"a metric of another function":      {alarms("MetricName: Firings\n      Dimensions: [{ Name: function, Value: !Ref FanoutFunction }]", "MetricName: Firings\n      Dimensions: [{ Name: function, Value: !Ref SyncFunction }]"), "Firings is not emitted by SyncFunction"},
		"another dimension in an alarm":     {alarms("{ Name: function, Value", "{ Name: Function, Value"), "has another dimension"},
		"another namespace in an alarm":     {alarms("Namespace: Extrato", "Namespace: Extract"), "neither ours nor AWS's"},
		"missing data is left open":         {alarms("      TreatMissingData: breaching # silence is what it watches for\n", ""), "FanoutSilent: does not say how missing"},
		"an alarm tells nobody":             {alarms("      AlarmActions: [!Ref Topic]\n", ""), "does not publish to the topic"},
		"a look back of more than a week":   {alarms("EvaluationPeriods: 72", "EvaluationPeriods: 169"), "169 periods of 3600 s"},
		"short periods for over a day":      {alarms("Period: 300\n      EvaluationPeriods: 3\n", "Period: 300\n      EvaluationPeriods: 289\n"), "289 periods of 300 s"},
		"more data points than periods":     {alarms("DatapointsToAlarm: 3", "DatapointsToAlarm: 5"), "5 data points of 4"},
		"an expression of nothing":          {alarms("proven / ended", "prooven / ended"), "knows no prooven"},
		"two results":                       {alarms("          ReturnData: false\n", ""), "2 results"},
		"two periods in one alarm":          {alarms("Period: 900", "Period: 300"), "periods of 300 and 900"},
		"a parameter of the alarms is lost": {alarms("  KeyArn: {", "  KeysArn: {"), "KeyArn is neither a parameter"},
		"the e-mail has no default":         {alarms(`AlarmEmail: { Type: String, Default: "", `, `AlarmEmail: { Type: String, `), "AlarmEmail has no empty default"},
		"the topic is not put out":          {alarms("  TopicArn:\n", "  Topic:\n"), "TopicArn is not the topic"},
		"an alarm twice":                    {alarms("  SyncErrors:\n", "  SyncQueueStuck:\n"), "SyncQueueStuck is there twice"},

		"the dashboard is no JSON":           {dashboard(`"widgets": [`, `"widgets": [,`), "not JSON"},
		"a metric leaves the dashboard":      {dashboard(`["Extrato", "Panics",`, `["Extrato", "MessagesRejected",`), "Panics of SyncFunction is not shown"},
		"a metric shown of nobody":           {dashboard(`"EntriesAdded"`, `"EntriesLost"`), "EntriesLost is not emitted"},
		"another dimension on the dashboard": {dashboard(`"EntriesAdded", "function"`, `"EntriesAdded", "FunctionName"`), "EntriesAdded is not emitted"},
		"a widget of another parameter":      {dashboard(`{"Ref": "SyncDeadLetterQueue"}`, `{"Ref": "SyncDLQ"}`), "SyncDLQ is neither"},
		"no transform":                       {dashboard("AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"), "needs the transform"},
		"two widgets in one place":           {dashboard(`"x": 12, "y": 0`, `"x": 11, "y": 0`), "over another widget"},
		"a widget off the page":              {dashboard(`"x": 12, "y": 0, "width": 12`, `"x": 12, "y": 0, "width": 13`), "out of the 24 columns"},
		"a parameter more":                   {dashboard(`"Api": {`, `"Moon": {"Type": "String"}, "Api": {`), "Moon is not among"},

		"the code renames a metric":         {source("internal/syncer/progress.go", `"AccountsParked"`, `"AccountsLeft"`), "AccountsParked is not emitted"},
		"the code emits a new metric":       {source("internal/syncer/progress.go", `s.Count("AccountsParked"`, `s.Count("Moons", 1); s.Count("AccountsParked"`), "Moons of SyncFunction is not shown"},
		"a metric's name is computed":       {source("internal/syncer/progress.go", `s.Count("AccountsParked"`, `s.Count("Accounts"+how`), "no literal in CamelCase"},
		"a function no longer observes":     {source("functions/api/main.go", ", Observe: metrics.BankCall", ""), "BankRequests is not emitted by ApiFunction"},
		"a log message is reworded":         {source("internal/syncer/syncer.go", `"sync gave up"`, `"gave up"`), `nothing logs "sync gave up"`},
		"an attribute is renamed":           {source("internal/syncer/certificate.go", `"days_left"`, `"days"`), "no log line has days_left"},
		"an attribute hides the message":    {source("internal/syncer/certificate.go", `"not_after"`, `"message"`), "is the log line's own"},
		"a message is computed":             {source("internal/syncer/certificate.go", `"certificate expiring"`, `"certificate "+what`), "no literal"},
		"a source file is broken":           {source("internal/syncer/progress.go", "func (s", "fun (s"), "expected"},
		"a query asks for another message":  {runbook("certificates-expiring.md", `"certificate expiring"`, `"certificate expires"`), `nothing logs "certificate expires"`},
		"a query asks another of several":   {runbook("dead-letter-redrive.md", `"sync gave up"`, `"sync gives up"`), `nothing logs "sync gives up"`},
		"a pattern that nothing fits":       {runbook("sync-queue-stuck.md", "/sync cut off/", "/sync cut short/"), "like \"sync cut short\""},
		"a query for another field":         {runbook("certificates-expiring.md", "fields tenant", "fields tenant_id"), "no log line has tenant_id"},
		"the access log leaves a field out": {template(`"route":`, `"path":`), "no log line has route"},
		"the access log is no JSON":         {template(`, "route":"$context.routeKey"}`, ""), "format is not JSON"},
		"a query of another group":          {runbook("sync-errors.md", "ask SyncLogGroup", "ask SyncLogs"), "template.yaml has no SyncLogs"},
		"a query of another form":           {runbook("sync-errors.md", "ask SyncLogGroup 6 '", "ask SyncLogGroup '"), "not of the form"},
		"a resource that is not there":      {runbook("fanout-failed.md", "$(id FanoutFailureQueue)", "$(id FanoutQueue)"), "template.yaml has no FanoutQueue"},
		"a link to nowhere":                 {runbook("sync-errors.md", "(sync-dead-letters.md)", "(dead-letters.md)"), "there is no dead-letters.md"},
		"a key of no item":                  {runbook("README.md", "ACCOUNT#", "ACCT#"), "no key ACCT#"},
		"a code of nothing":                 {runbook("bank-refusing.md", "`bank_rate_limited`", "`bank_rate_limit_hit`"), "knows no bank_rate_limit_hit"},
		"a section is left out":             {runbook("sync-errors.md", "**Over when**", "**It ends when**"), "**Over when** is not there"},
		"a line too long":                   {runbook("sync-errors.md", "**Look.**", "**Look.** "+strings.Repeat("x", 130)), "characters"},
		"the template leaves a parameter":   {template("        KeyArn: !Ref KeyArn # Operations\n", ""), "Operations: KeyArn is missing"},
		"the template gives one too many":   {template("        Api: !Ref Api # Dashboard\n", "        Api: !Ref Api\n        Sun: x\n"), "Dashboard: Sun is not among"},
		"the template nests something else": {template("TemplateURL: infra/alarms.yaml", "TemplateURL: infra/alarm.yaml"), "Operations is not of infra/alarms.yaml"},
		"the template nests nothing":        {template("  Dashboard:\n", "  Board:\n"), "Dashboard is no nested stack"},
		"CloudWatch may not use the key":    {template("cloudwatch.amazonaws.com", "events.amazonaws.com"), "does not let CloudWatch publish"},
		"CloudWatch may only decrypt":       {template(", kms:GenerateDataKey*", ""), "does not let CloudWatch publish"},
		"the transform is not allowed":      {func(p *Project) bool { return replace(&p.Samconfig, " CAPABILITY_AUTO_EXPAND", "") }, "needs CAPABILITY_AUTO_EXPAND"},

		"a price changes":               {costs("| secret | secret and month | 0.40 |", "| secret | secret and month | 0.50 |"), "should be 0.500000"},
		"a quantity changes":            {costs("| writes | 528 |", "| writes | 600 |"), "run: 0.000330 should be 0.000375"},
		"a line is wrong":               {costs("0.000330", "0.000340"), "0.000340 should be 0.000330"},
		"a sum is wrong":                {costs("**0.402118**", "**0.402218**"), "0.402218 should be 0.402118"},
		"a total is wrong":              {costs("| 10,000 | 4034.14", "| 10,000 | 4043.14"), "4043.14 should be 4034.14"},
		"a share is wrong":              {costs("98.9 %", "89.9 %"), "89.9 should be 98.9"},
		"a price that is not there":     {costs("| schedule | million firings", "| scheduler | million firings"), `no price "schedule"`},
		"more metrics than are paid":    {source("internal/syncer/progress.go", `s.Count("AccountsParked"`, `s.Count("Moons", 1); s.Count("AccountsParked"`), "metrics, the code emits 23"},
		"an alarm more than are paid":   {alarms("Outputs:\n", "  Moon: { Type: \"AWS::CloudWatch::Alarm\" }\nOutputs:\n"), "there are 22"},
		"the totals are gone":           {costs("## Together", "## Elsewhere"), "no totals"},
		"the table of accounts is gone": {costs("## An account and month", "## An account"), "account: no sum"},
	} {
		altered := *whole
		p := &altered
		p.Runbooks, p.Source = maps.Clone(whole.Runbooks), maps.Clone(whole.Source)
		if !test.alter(p) {
			t.Errorf("%s: there is nothing to alter", name)
			continue
		}
		found := p.Check()
		fresh := slices.DeleteFunc(slices.Clone(found), func(f string) bool { return slices.Contains(clean, f) })
		if !slices.ContainsFunc(fresh, func(f string) bool { return strings.Contains(f, test.want) }) {
			t.Errorf("%s: found %q, want one with %q", name, fresh, test.want)
		}
	}
}

// What the checks go by is itself told by name, so that none of it is empty.
func TestWhatIsKnown(t *testing.T) {
	t.Parallel()
	c := &checker{p: read(t)}
	c.source()
	want := map[string][]string{
		"FanoutFunction": {"AccountsEnqueued", "Firings", "ShardsUnfinished"},
		"SyncFunction": {"AccountsGivenUp", "AccountsParked", "AccountsProven", "AccountsRetried", "AccountsUnproven", "BankLatency", "BankRefusals",
			"BankRequests", "CertificatesExpiring", "EntriesAdded", "EntriesModified", "EntriesWithdrawn", "MessagesRejected", "OldestUnprovenDays", "Panics"},
		"ApiFunction": {"BankLatency", "BankRefusals", "BankRequests", "EnablementsRefused"},
	}
	for _, f := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(c.emitted[f], want[f]) {
			t.Errorf("%s emits %v, want %v", f, c.emitted[f], want[f])
		}
	}
	for _, m := range []string{"synced", "request failed", "queued"} {
		if !c.messages[m] {
			t.Errorf("the log has no %q", m)
		}
	}
}
