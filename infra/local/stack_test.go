package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"extrato/infra/local/resources"
	"extrato/infra/template"
)

func TestAPortInUseNamesItsFlag(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	_, err = listen("--aws-addr", address)
	want := address + " is in use: end what listens there, or choose another address with --aws-addr"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestStateIsClaimedAndKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	first, err := openState(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := first.tokenKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.database(); err != nil {
		t.Fatal(err)
	}
	if _, err := openState(dir); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("claimed twice: %v", err)
	}
	first.drop()
	second, err := openState(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer second.drop()
	again, err := second.tokenKey()
	if err != nil || !again.Equal(key) {
		t.Errorf("another token key after a restart: %v", err)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v: others can read it", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTemporaryLogsGoAway(t *testing.T) {
	t.Parallel()
	s, err := openState("")
	if err != nil {
		t.Fatal(err)
	}
	if s.path("x") != "" {
		t.Errorf("keeps state at %s", s.path("x"))
	}
	s.drop()
	if _, err := os.Stat(s.logs); !os.IsNotExist(err) {
		t.Errorf("%s is left behind: %v", s.logs, err)
	}
}

const sample = `
Parameters:
  BankUrl: { Type: String, Default: "https://the.real.bank" }
  Claim: { Type: String, Default: org }
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  Work: { Type: AWS::SQS::Queue, Properties: {} }
  SyncFunction:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          TABLE_NAME: !Ref Table
          SYNC_QUEUE_URL: !Ref Work
          WORK_ARN: !GetAtt Work.Arn
          SECRET_PREFIX: !Ref AWS::StackName
          BANK_BASE_URL: !Ref BankUrl
          TENANT_CLAIM: !Ref Claim
          DAYS: 60
      Events:
        Queue: { Type: SQS, Properties: { Queue: !GetAtt Work.Arn, ScalingConfig: { MaximumConcurrency: 2 } } }
  OddFunction:
    Type: AWS::Serverless::Function
    Properties:
      Environment: { Variables: { WHAT: !Ref Elsewhere } }
`

func TestEnvironmentIsTheTemplates(t *testing.T) {
	t.Parallel()
	parsed, err := template.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	s := &stack{template: parsed, bankURL: "https://127.0.0.1:8443", aws: &cloudside{
		url: "http://127.0.0.1:4566", region: "sa-east-1",
		queues: map[string]resources.Queue{"Work": {URL: "http://127.0.0.1:4566/0/extrato-Work", ARN: "arn:work"}},
	}}
	env, err := s.environment(parsed.Functions["SyncFunction"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"TABLE_NAME=extrato", "SYNC_QUEUE_URL=http://127.0.0.1:4566/0/extrato-Work", "WORK_ARN=arn:work", "SECRET_PREFIX=extrato",
		"BANK_BASE_URL=https://127.0.0.1:8443", "TENANT_CLAIM=org", "DAYS=60",
		"AWS_ENDPOINT_URL=http://127.0.0.1:4566", "AWS_LAMBDA_FUNCTION_NAME=extrato-SyncFunction", "AWS_LAMBDA_LOG_FORMAT=JSON",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is not in the environment", want)
		}
	}
	if _, err := s.environment(parsed.Functions["OddFunction"]); err == nil || !strings.Contains(err.Error(), "OddFunction the variable WHAT") {
		t.Errorf("error %v, want one that names the function and the variable", err)
	}
	if got := s.newIssuer().TenantClaim; got != "org" {
		t.Errorf("tenant claim %q, want the template's", got)
	}
	if got := processes(parsed.Functions["SyncFunction"], nil); got != 2 {
		t.Errorf("%d processes, want the template's 2", got)
	}
	if got := processes(parsed.Functions["OddFunction"], nil); got != 1 {
		t.Errorf("%d processes of a function that nothing feeds, want 1", got)
	}
}
