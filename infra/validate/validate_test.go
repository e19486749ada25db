package validate

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const root = "../.."

// judged is what the validator says of our templates and of those that break
// our rules, one by one: in one process, whose start is most of the time.
var judged = sync.OnceValues(func() ([]Finding, error) {
	var all []Template
	for _, path := range ours {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		all = append(all, Template{Name: path, Text: string(text)})
	}
	for rule, resource := range bites {
		all = append(all, Template{Name: rule, Text: "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Text: { Type: String, Default: x }\n" +
			"  Days: { Type: Number, Default: 90 }\nResources:\n  It: " + resource + "\n"})
	}
	return Run(context.Background(), root, all)
})

var ours = []string{"template.yaml", "infra/alarms.yaml", "infra/dashboard.json"}

// TestTemplates wants no finding of the validator that is not accepted.
func TestTemplates(t *testing.T) {
	t.Parallel()
	found, err := judged()
	if err != nil {
		t.Fatal(err)
	}
	found = slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return !slices.Contains(ours, f.Template) })
	faults, stale := Judge(found, Accepted)
	for _, f := range faults {
		t.Error(f)
	}
	for _, a := range stale {
		t.Errorf("the validator no longer says %s of %s in %s: take it out of Accepted", a.Rule, a.ID, a.Template)
	}
}

// bites holds for every rule of ours a resource that breaks it and no other.
var bites = map[string]string{
	"KEY_ROTATES":                   "{ Type: 'AWS::KMS::Key', DeletionPolicy: Retain, UpdateReplacePolicy: Retain, Properties: { EnableKeyRotation: false, KeyPolicy: {} } }",
	"TABLE_HAS_KEY":                 table("DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, SSESpecification: { SSEEnabled: true }", "Retain"),
	"TABLE_CAN_BE_RESTORED":         table("DeletionProtectionEnabled: true, SSESpecification: { SSEEnabled: true, KMSMasterKeyId: !Ref Text }", "Retain"),
	"TABLE_IS_PROTECTED":            table("PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, SSESpecification: { SSEEnabled: true, KMSMasterKeyId: !Ref Text }", "Retain"),
	"STATE_IS_RETAINED":             table("DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }, SSESpecification: { SSEEnabled: true, KMSMasterKeyId: !Ref Text }", "Delete"),
	"LOG_HAS_KEY":                   "{ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: !Ref Days } }",
	"LOG_HAS_AN_END":                "{ Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: !Ref Text } }",
	"QUEUE_IS_ENCRYPTED":            "{ Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: false } }",
	"ALARM_TELLS_SOMEBODY":          "{ Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [], TreatMissingData: ignore } }",
	"ALARM_SAYS_WHAT_SILENCE_MEANS": "{ Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [!Ref Text] } }",
	"FUNCTION_HAS_A_ROLE":           "{ Type: 'AWS::Serverless::Function', Properties: { Runtime: provided.al2023, Handler: bootstrap, CodeUri: . } }",
	"ROLE_IS_OURS":                  role("sqs:SendMessage", "!Ref Text", "ManagedPolicyArns: [!Ref Text], "),
	"ACTIONS_ARE_NAMED":             role("'sqs:Send*'", "!Ref Text", ""),
	"RESOURCES_ARE_NAMED":           role("sqs:SendMessage", "'*'", ""),
	"API_FAILS_ON_WARNINGS":         "{ Type: 'AWS::Serverless::HttpApi', Properties: { Name: x } }",
	"SOURCE_TELLS_WHAT_FAILED":      function("", "{ Type: SQS, Properties: { Queue: !Ref Text } }"),
	"SCHEDULE_HAS_DEAD_LETTERS":     function("EventInvokeConfig: { DestinationConfig: { OnFailure: { Destination: !Ref Text } } }, ", "{ Type: ScheduleV2, Properties: { Input: x } }"),
	"FAILED_FIRING_IS_SET_ASIDE":    function("", "{ Type: ScheduleV2, Properties: { DeadLetterConfig: { Arn: !Ref Text } } }"),
}

func table(properties, policy string) string {
	return "{ Type: 'AWS::DynamoDB::Table', DeletionPolicy: " + policy + ", UpdateReplacePolicy: " + policy + ", Properties: { " + properties + " } }"
}

func role(action, resource, more string) string {
	return "{ Type: 'AWS::IAM::Role', Properties: { " + more + "Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: " +
		action + ", Resource: " + resource + " }] } }] } }"
}

func function(more, event string) string {
	return "{ Type: 'AWS::Serverless::Function', Properties: { Runtime: provided.al2023, Handler: bootstrap, CodeUri: ., Role: !Ref Text, " + more + "Events: { E: " + event + " } } }"
}

// TestOurRulesBite: this release reads Guard in part, and a rule that it takes
// but does not understand finds nothing.
func TestOurRulesBite(t *testing.T) {
	t.Parallel()
	found, err := judged()
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	for _, f := range found {
		if _, ours := bites[f.Rule]; ours && f.ID == "It" && !slices.Contains(said[f.Template], f.Rule) {
			said[f.Template] = append(said[f.Template], f.Rule)
		}
	}
	for rule := range bites {
		if d := cmp.Diff([]string{rule}, said[rule]); d != "" {
			t.Errorf("%s (-want +got):\n%s", rule, d)
		}
	}
	for _, rule := range ourRules(t) {
		if bites[rule] == "" {
			t.Errorf("the rule %s is not shown to bite", rule)
		}
	}
}

// ourRules reads the names of our rules from their files.
func ourRules(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("rules/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("our rules: %v, %v", files, err)
	}
	named := regexp.MustCompile(`(?m)^rule (\w+)|"rule_id": "(\w+)"`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1]+m[2])
		}
	}
	return names
}

func TestJudge(t *testing.T) {
	t.Parallel()
	found := []Finding{{Template: "a", Rule: "W1", ID: "X"}, {Template: "a", Rule: "W1", ID: "Y"}, {Template: "a", Rule: "E1", ID: "Z"}}
	accepted := []Accept{{"a", "W1", "X", "it is so"}, {"a", "W1", "gone", "it was so"}, {"a", "E1", "Z", ""}}
	faults, stale := Judge(found, accepted)
	if d := cmp.Diff(found[1:], faults); d != "" {
		t.Errorf("faults (-want +got):\n%s", d)
	}
	if d := cmp.Diff(accepted[1:], stale); d != "" {
		t.Errorf("stale (-want +got):\n%s", d)
	}
}

// TestRead: no answer is no approval, nor is one that ended early.
func TestRead(t *testing.T) {
	t.Parallel()
	templates := []Template{{Name: "a"}, {Name: "b"}}
	const ok, warned = `{"name":"a","status":"OK","findings":[]}`, `{"name":"b","status":"OK","findings":[{"rule":"W1","severity":"WARN","id":"X","line":3,"message":"m"}]}`
	got, err := read(bytes.NewBufferString(ok+"\n"+warned), templates)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Finding{{"b", "W1", "WARN", "X", 3, "m"}}, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	for _, short := range []string{ok, ok + "\n" + ok, ok + "\nnonsense"} {
		if _, err := read(bytes.NewBufferString(short), templates); err == nil {
			t.Errorf("%q is taken for two answers", short)
		}
	}
	early, err := read(bytes.NewBufferString(strings.Replace(ok, "OK", "ANALYSIS_INCOMPLETE", 1)), templates[:1])
	if err != nil || len(early) != 1 || early[0].Rule != "status" {
		t.Errorf("an analysis that ended early is %v, %v", early, err)
	}
}

// TestNotFetched: a check that could not run is an error that says so.
func TestNotFetched(t *testing.T) {
	t.Parallel()
	tools := t.TempDir()
	_, err := ensureIn(t.Context(), tools, ".", []string{"npm_config_registry=http://127.0.0.1:1", "npm_config_cache=" + t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "so the templates were not validated") || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(tools); len(left) > 0 {
		t.Errorf("%d entries are left behind", len(left))
	}
}

// TestPinned: the release and its hash are pinned, and no host is.
func TestPinned(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"version": "` + Version + `"`, `"integrity": "sha512-`} {
		if !strings.Contains(string(lock), want) {
			t.Errorf("package-lock.json lacks %s", want)
		}
	}
	if strings.Contains(string(lock), "://") {
		t.Error("package-lock.json names a host")
	}
	if n := strings.Count(string(lock), `"node_modules/`); n != 1 {
		t.Errorf("%d packages are pinned, want the validator alone", n)
	}
}
