package review_test

import (
	"maps"
	"strings"
	"testing"

	"extrato/infra/template/review"
	"extrato/infra/validate"
)

// fault is one slip of the pen: a text that is in a file exactly once, what it
// becomes, and who must notice. by is a check of Review, or a rule of the
// validator.
type fault struct {
	name     string
	file     string // "" is template.yaml
	old, new string
	by       string
	id       string // of the resource, where it matters which
}

const (
	health       = `        Health:` + "\n" + `          Type: HttpApi` + "\n"
	listDays     = `Path: "/v1/accounts/{id}/days", Auth: { Authorizer: Jwt, AuthorizationScopes: [extrato/read] } }`
	failureQueue = `QueueName: !Sub "${AWS::StackName}-FanoutFailureQueue"` + "\n      MessageRetentionPeriod: 1209600\n"
	syncWrite    = `dynamodb:DeleteItem, dynamodb:BatchWriteItem`
)

var faults = []fault{
	// Names that lead nowhere.
	{name: "wrong Ref", old: "SYNC_DLQ_URL: !Ref SyncDeadLetterQueue", new: "SYNC_DLQ_URL: !Ref SyncDeadLetters", by: "references", id: "SyncFunction"},
	{name: "wrong Ref, told by the validator", old: "SYNC_DLQ_URL: !Ref SyncDeadLetterQueue", new: "SYNC_DLQ_URL: !Ref SyncDeadLetters", by: "F1020"},
	{name: "wrong GetAtt attribute", old: "deadLetterTargetArn: !GetAtt SyncDeadLetterQueue.Arn", new: "deadLetterTargetArn: !GetAtt SyncDeadLetterQueue.ARN", by: "references"},
	{name: "wrong GetAtt resource", old: "DestinationArn: !GetAtt AccessLogGroup.Arn", new: "DestinationArn: !GetAtt AccessLogs.Arn", by: "references"},
	{name: "Sub with an unknown name", old: `Value: !Sub "https://${Api}.execute-api`, new: `Value: !Sub "https://${Gateway}.execute-api`, by: "references"},
	{name: "no such output of a nested stack", old: "!GetAtt Operations.Outputs.TopicArn", new: "!GetAtt Operations.Outputs.Topic", by: "references"},
	{name: "nested parameter missing", old: "        AlarmEmail: !Ref AlarmEmail\n        KeyArn: !GetAtt Key.Arn\n", new: "        AlarmEmail: !Ref AlarmEmail\n", by: "nested", id: "Operations"},
	{name: "nested parameter too many", old: "        KeyArn: !GetAtt Key.Arn\n", new: "        KeyArn: !GetAtt Key.Arn\n        Keys: 1\n", by: "nested"},
	{name: "wrong Ref in the alarms", file: review.Alarms, old: "Endpoint: !Ref AlarmEmail", new: "Endpoint: !Ref Email2", by: "references"},
	{name: "condition that is none", file: review.Alarms, old: "Condition: HasEmail", new: "Condition: HasMail", by: "references"},

	// Routes and environment.
	{name: "route without scope", old: listDays, new: `Path: "/v1/accounts/{id}/days", Auth: { Authorizer: Jwt } }`, by: "routes"},
	{name: "route with the other scope", old: listDays, new: strings.Replace(listDays, "read", "write", 1), by: "routes"},
	{name: "route that is open", old: listDays, new: `Path: "/v1/accounts/{id}/days" }`, by: "routes"},
	{name: "health behind a token", old: "Method: GET, Path: /healthz }", new: "Method: GET, Path: /healthz, Auth: { Authorizer: Jwt } }", by: "routes"},
	{name: "route without its authorizer", old: listDays, new: strings.Replace(listDays, "Authorizer: Jwt, ", "", 1), by: "read"},
	{name: "route missing", old: health, new: "        Health:\n          Type: Api\n", by: "routes"},
	{name: "route misspelt", old: `Path: "/v1/accounts/{id}/changes"`, new: `Path: "/v1/accounts/{id}/change"`, by: "routes"},
	{name: "route too many", old: health, new: "        Debug:\n          Type: HttpApi\n          Properties: { ApiId: !Ref Api, Method: GET, Path: /debug }\n" + health, by: "routes"},
	{name: "environment name misspelt", old: "LOOKBACK_DAYS:", new: "LOOK_BACK_DAYS:", by: "environment"},
	{name: "environment missing", old: "          SYNC_DLQ_URL: !Ref SyncDeadLetterQueue\n", new: "", by: "environment"},
	{name: "environment leads to another queue", old: "SYNC_DLQ_URL: !Ref SyncDeadLetterQueue", new: "SYNC_DLQ_URL: !Ref ScheduleDeadLetterQueue", by: "environment"},

	// The table.
	{name: "missing index", old: "- IndexName: enabled\n", new: "- IndexName: active\n", by: "table"},
	{name: "index key type", old: "AttributeName: enabled_shard, AttributeType: N", new: "AttributeName: enabled_shard, AttributeType: S", by: "table"},
	{name: "TTL attribute", old: "AttributeName: expires, Enabled: true", new: "AttributeName: expires_at, Enabled: true", by: "table"},
	{name: "no point-in-time recovery", old: "PointInTimeRecoveryEnabled: true", new: "PointInTimeRecoveryEnabled: false", by: "TABLE_CAN_BE_RESTORED"},
	{name: "no deletion protection", old: "DeletionProtectionEnabled: true", new: "DeletionProtectionEnabled: false", by: "TABLE_IS_PROTECTED"},
	{name: "table without a key of ours", old: ", SSEType: KMS, KMSMasterKeyId: !Ref Key }", new: " }", by: "TABLE_HAS_KEY"},
	{name: "table goes with the stack", old: "  Table:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain", new: "  Table:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Delete", by: "STATE_IS_RETAINED"},

	// Limits that fit each other.
	{name: "visibility too small", old: "VisibilityTimeout: 1860", new: "VisibilityTimeout: 1800", by: "queues"},
	{name: "maxReceiveCount", old: "maxReceiveCount: 8", new: "maxReceiveCount: 3", by: "queues"},
	{name: "redrive to the wrong queue", old: "deadLetterTargetArn: !GetAtt SyncDeadLetterQueue.Arn", new: "deadLetterTargetArn: !GetAtt ScheduleDeadLetterQueue.Arn", by: "queues"},
	{name: "no dead-letter queue", old: "      RedrivePolicy:\n        deadLetterTargetArn: !GetAtt SyncDeadLetterQueue.Arn\n        maxReceiveCount: 8\n", new: "", by: "queues"},
	{name: "time limit", old: "Timeout: 300", new: "Timeout: 200", by: "functions"},
	{name: "no ReportBatchItemFailures", old: "            FunctionResponseTypes: [ReportBatchItemFailures]\n", new: "", by: "SOURCE_TELLS_WHAT_FAILED"},
	{name: "no brake", old: "            ScalingConfig: { MaximumConcurrency: !Ref SyncConcurrency }\n", new: "", by: "source"},
	{name: "architecture", old: "Architectures: [arm64]", new: "Architectures: [x86_64]", by: "functions"},
	{name: "handler", old: "Handler: bootstrap", new: "Handler: main", by: "functions"},

	// The schedule and what becomes of a firing.
	{name: "zone", old: "ScheduleExpressionTimezone: America/Sao_Paulo", new: "ScheduleExpressionTimezone: America/Bahia", by: "schedule"},
	{name: "input without the scheduled time", old: `Input: '{"time":"<aws.scheduler.scheduled-time>"}'`, new: `Input: '{}'`, by: "schedule"},
	{name: "schedule by another default", old: "Default: cron(0 6,10,14,18 ? * MON-FRI *)", new: "Default: cron(0 6 ? * MON-FRI *)", by: "parameters"},
	{name: "schedule without dead letters", old: "            DeadLetterConfig: { Arn: !GetAtt ScheduleDeadLetterQueue.Arn }\n", new: "", by: "SCHEDULE_HAS_DEAD_LETTERS"},
	{name: "schedule with the role of a function", old: "RoleArn: !GetAtt ScheduleRole.Arn", new: "RoleArn: !GetAtt FanoutRole.Arn", by: "schedule"},
	{name: "failed firings are lost", old: "          OnFailure: { Type: SQS, Destination: !GetAtt FanoutFailureQueue.Arn }\n", new: "          OnSuccess: { Type: SQS, Destination: !GetAtt FanoutFailureQueue.Arn }\n", by: "async"},

	// Who may do what.
	{name: "role of another function", old: "Role: !GetAtt ApiRole.Arn", new: "Role: !GetAtt SyncRole.Arn", by: "roles"},
	{name: "generated role", old: "      Role: !GetAtt SyncRole.Arn\n", new: "", by: "FUNCTION_HAS_A_ROLE"},
	{name: "role for anybody's schedules", old: "Condition: { StringEquals: { \"aws:SourceAccount\": !Ref \"AWS::AccountId\" } }\n      Policies", new: "Description: x\n      Policies", by: "roles"},
	{name: "asterisk for a resource", old: `Resource: !Sub "${Table.Arn}/index/enabled"`, new: `Resource: "*"`, by: "RESOURCES_ARE_NAMED"},
	{name: "asterisk in a resource", old: `Resource: !Sub "${Table.Arn}/index/enabled"`, new: `Resource: !Sub "${Table.Arn}/index/*"`, by: "wildcards"},
	{name: "asterisk for an action", old: "Action: dynamodb:Query\n", new: "Action: dynamodb:*\n", by: "ACTIONS_ARE_NAMED"},
	{name: "asterisk for actions, told by Review", old: "Action: secretsmanager:GetSecretValue\n", new: "Action: secretsmanager:Get*\n", by: "wildcards"},
	{name: "missing action", old: syncWrite, new: "dynamodb:DeleteItem", by: "privilege", id: "SyncRole"},
	{name: "surplus action", old: syncWrite, new: syncWrite + ", dynamodb:Scan", by: "privilege", id: "SyncRole"},
	{name: "sync may write secrets", old: "Action: secretsmanager:GetSecretValue\n", new: "Action: [secretsmanager:GetSecretValue, secretsmanager:PutSecretValue]\n", by: "privilege", id: "SyncRole"},
	{name: "the table's key stays closed", old: "              - Sid: QueuesMessages\n                Effect: Allow\n                Action: sqs:SendMessage\n                Resource: !GetAtt SyncQueue.Arn\n              - Sid: OpensTheQueue\n                Effect: Allow\n                Action: [kms:Decrypt, kms:GenerateDataKey]\n                Resource: !GetAtt Key.Arn\n                Condition:\n                  StringEquals:\n                    kms:ViaService: !Sub \"sqs.${AWS::Region}.amazonaws.com\"\n                    \"kms:EncryptionContext:aws:sqs:arn\": !GetAtt SyncQueue.Arn\n              # Lambda's own", new: "              # Lambda's own", by: "privilege", id: "FanoutRole"},
	{name: "the ERP reads everything", old: `"dynamodb:LeadingKeys": "STATEMENT#*"`, new: `"dynamodb:LeadingKeys": "*"`, by: "erp"},
	{name: "the ERP scans", old: "Action: [dynamodb:GetItem, dynamodb:BatchGetItem, dynamodb:Query]", new: "Action: [dynamodb:GetItem, dynamodb:Scan, dynamodb:Query]", by: "erp"},

	// Encryption and logs.
	{name: "key without rotation", old: "EnableKeyRotation: true", new: "EnableKeyRotation: false", by: "KEY_ROTATES"},
	{name: "log group without an end", old: "fanout\"\n      RetentionInDays: !Ref LogRetentionDays\n", new: "fanout\"\n", by: "LOG_HAS_AN_END", id: "FanoutLogGroup"},
	{name: "log group that Lambda makes", old: "LoggingConfig: { LogFormat: JSON, LogGroup: !Ref SyncLogGroup }", new: "LoggingConfig: { LogFormat: JSON }", by: "logs"},
	{name: "queue without a key of ours", old: "MessageRetentionPeriod: 345600\n      KmsMasterKeyId: !Ref Key\n", new: "MessageRetentionPeriod: 345600\n", by: "encryption", id: "SyncQueue"},
	{name: "queue in the clear", old: failureQueue + "      SqsManagedSseEnabled: true\n", new: failureQueue + "      SqsManagedSseEnabled: false\n", by: "QUEUE_IS_ENCRYPTED", id: "FanoutFailureQueue"},

	// The gateway.
	{name: "issuer with a default", old: "  JwtIssuer:\n    Type: String\n", new: "  JwtIssuer:\n    Type: String\n    Default: https://tokens.example\n", by: "parameters"},
	{name: "FailOnWarnings", old: "FailOnWarnings: true", new: "FailOnWarnings: false", by: "API_FAILS_ON_WARNINGS"},
	{name: "no throttle", old: "        ThrottlingRateLimit: !Ref ApiRate\n", new: "", by: "gateway"},
	{name: "access log with tokens", old: `"ms":"$context.responseLatency"`, new: `"ms":"$context.authorizer.claims.sub"`, by: "gateway"},
	{name: "scripts of every page", old: "AllowOrigins: [!Ref CorsOrigin]", new: `AllowOrigins: ["*"]`, by: "gateway"},
	{name: "secret in the template", old: "TENANT_CLAIM: !Ref TenantClaim", new: "TENANT_CLAIM: AKIAIOSFODNN7EXAMPLE", by: "secrets"},

	// Alarms. On a metric that nobody emits: package operations.
	{name: "alarm without action", file: review.Alarms, old: "      TreatMissingData: breaching # silence is what it watches for\n      AlarmActions: [!Ref Topic]\n", new: "      TreatMissingData: breaching\n", by: "ALARM_TELLS_SOMEBODY", id: "FanoutSilent"},
	{name: "alarm without action, told by Review", file: review.Alarms, old: "      TreatMissingData: breaching # silence is what it watches for\n      AlarmActions: [!Ref Topic]\n", new: "      TreatMissingData: breaching\n      AlarmActions: []\n", by: "alarms", id: "FanoutSilent"},
	{name: "topic without a key", file: review.Alarms, old: "      KmsMasterKeyId: !Ref KeyArn\n", new: "", by: "encryption"},
	{name: "no output for the ERP", old: "  TableArn:\n", new: "  TableARN:\n", by: "outputs"},
	{name: "the key goes with the stack", old: "  Key:\n    Type: AWS::KMS::Key\n    DeletionPolicy: Retain", new: "  Key:\n    Type: AWS::KMS::Key\n    DeletionPolicy: Delete", by: "durable"},
	{name: "no such property", old: "MessageRetentionPeriod: 345600", new: "MessageRetentionPeriods: 345600", by: "F3002"},
}

// apply returns the files with a fault in them.
func (f fault) apply(t *testing.T, files review.Files) (review.Files, string) {
	t.Helper()
	path := f.file
	if path == "" {
		path = review.Main
	}
	text := string(files[path])
	if n := strings.Count(text, f.old); n != 1 {
		t.Fatalf("%s holds the text %d times, want once: %q", path, n, f.old)
	}
	changed := strings.Replace(text, f.old, f.new, 1)
	if changed == text {
		t.Fatal("the fault changes nothing")
	}
	files = maps.Clone(files)
	files[path] = []byte(changed)
	return files, path
}

// TestEveryCheckHasAFault: a check that no fault shows to work may not.
func TestEveryCheckHasAFault(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for _, f := range faults {
		shown[f.by] = true
	}
	for _, check := range review.Checks() {
		if !shown[check] {
			t.Errorf("no fault shows that %s works", check)
		}
	}
}

// TestFaults puts one fault after the other into the templates. Each is noticed
// by whom it names: another that notices it too is no substitute.
func TestFaults(t *testing.T) {
	t.Parallel()
	p, files := real(t)
	var broken []validate.Template // of the faults that the validator must notice
	noticed := map[string]bool{}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			faulty, path := f.apply(t, files)
			if strings.ToLower(f.by) != f.by { // a rule
				broken = append(broken, validate.Template{Name: f.name, Text: string(faulty[path])})
				return
			}
			for _, found := range review.Review(p, faulty) {
				noticed[f.name] = noticed[f.name] || found.Check == f.by && (f.id == "" || found.ID == f.id)
			}
		})
	}
	found, err := validate.Run(t.Context(), root, broken)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	for _, v := range found {
		said[v.Template] = append(said[v.Template], v.Rule+" of "+v.ID)
		for _, f := range faults {
			noticed[f.name] = noticed[f.name] || v.Template == f.name && v.Rule == f.by && (f.id == "" || v.ID == f.id)
		}
	}
	for _, f := range faults {
		if !noticed[f.name] {
			t.Errorf("%s: %s does not notice it; the validator says %q", f.name, f.by, said[f.name])
		}
	}
}
