package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/dynoxide"
	"extrato/infra/local/cloud"
	"extrato/infra/template"
	"extrato/internal/store"
)

const templateFile = "../../template.yaml"

// endpoint starts the stand-in and makes it this process's AWS.
func endpoint(t *testing.T) aws.Config {
	t.Helper()
	db, err := dynoxide.Start(t.Context(), dynoxide.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fake, err := cloud.New(cloud.Options{DynamoDB: db.Endpoint()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); server.Close(); _ = db.Close() })
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "sa-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
		"AWS_ENDPOINT_URL_DYNAMODB": "", "AWS_ENDPOINT_URL_SQS": "", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	return aws.Config{Region: "sa-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

func environment(t *testing.T, args ...string) map[string]map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"-template", templateFile}, args...), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var env map[string]map[string]string
	if err := json.Unmarshal(out.Bytes(), &env); err != nil {
		t.Fatal(err)
	}
	return env
}

// TestMakesWhatTheTemplateSays, a second time too.
func TestMakesWhatTheTemplateSays(t *testing.T) {
	config := endpoint(t)
	env := environment(t, "-stack", "erp")
	if d := cmp.Diff(env, environment(t, "-stack", "erp")); d != "" {
		t.Errorf("another environment the second time (-first +second):\n%s", d)
	}
	about, err := dynamodb.NewFromConfig(config).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("erp")})
	if err != nil {
		t.Fatal(err)
	}
	if x := about.Table.GlobalSecondaryIndexes; len(x) != 1 || *x[0].IndexName != store.EnabledIndex {
		t.Errorf("the table has the indexes %v", x)
	}
	deployed, err := template.Read(templateFile)
	if err != nil {
		t.Fatal(err)
	}
	queues, err := sqs.NewFromConfig(config).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(env["SyncFunction"]["SYNC_QUEUE_URL"]), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := queues.Attributes["VisibilityTimeout"]; got != "1860" {
		t.Errorf("visibility is %s s, want 1860", got)
	}
	if got := queues.Attributes["RedrivePolicy"]; !strings.Contains(got, "erp-SyncDeadLetterQueue") {
		t.Errorf("redrive is %s", got)
	}
	for id, f := range deployed.Functions {
		for name := range f.Environment {
			if _, ok := env[id][name]; !ok {
				t.Errorf("%s of %s is not told", name, id)
			}
		}
		if len(env[id]) != len(f.Environment) || env[id]["TABLE_NAME"] != "erp" {
			t.Errorf("%s has %v", id, env[id])
		}
	}
}

// TestForSamLocal: the copy declares the endpoint, and the environment says it.
func TestForSamLocal(t *testing.T) {
	endpoint(t)
	dir := t.TempDir()
	text, err := os.ReadFile(templateFile)
	if err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(dir, "template.yaml")
	if err := os.WriteFile(built, text, 0o600); err != nil {
		t.Fatal(err)
	}
	env := environment(t, "-sam", built, "-functions", "http://elsewhere:4566")
	local, err := template.Read(filepath.Join(dir, "local.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(local.Functions) == 0 {
		t.Fatal("the copy has no function")
	}
	for id, f := range local.Functions {
		if !f.Environment[endpointVariable].Present() || env[id][endpointVariable] != "http://elsewhere:4566" {
			t.Errorf("%s: declared %v, told %q", id, f.Environment[endpointVariable].Present(), env[id][endpointVariable])
		}
		delete(f.Environment, endpointVariable)
	}
	original, err := template.Read(built)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(original.Functions, local.Functions, cmp.AllowUnexported(template.Value{})); d != "" {
		t.Errorf("the copy differs in more (-built +local):\n%s", d)
	}
}

func TestRefuses(t *testing.T) {
	endpoint(t)
	other := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(other, []byte("Resources: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"an AWS account":     {nil, "AWS_ENDPOINT_URL is not set"},
		"an argument":        {[]string{"up"}, `"up"`},
		"no template":        {[]string{"-template", "nowhere.yaml"}, "nowhere.yaml"},
		"a foreign template": {[]string{"-template", templateFile, "-sam", other}, "Globals.Function"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "an AWS account" {
				t.Setenv("AWS_ENDPOINT_URL", "")
			}
			err := run(t.Context(), c.args, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
