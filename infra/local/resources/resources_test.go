package resources_test

import (
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/cloud"
	"extrato/infra/local/resources"
	"extrato/infra/template"
)

func newClient(t *testing.T) *sqs.Client {
	t.Helper()
	fake, err := cloud.New(cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); server.Close() })
	return sqs.NewFromConfig(aws.Config{
		Region: "sa-east-1", BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

func TestQueuesAreMadeOnceAndFollowTheTemplate(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	queues := map[string]template.Queue{
		"AWork": {ID: "AWork", Visibility: 1860, Retention: 345600, DeadLetter: "Dead", MaxReceive: 8},
		"Dead":  {ID: "Dead", Visibility: 30, Retention: 1209600},
	}
	first, err := resources.Queues(t.Context(), c, "extrato", queues)
	if err != nil {
		t.Fatal(err)
	}
	work := queues["AWork"]
	work.Visibility = 60
	queues["AWork"] = work
	second, err := resources.Queues(t.Context(), c, "extrato", queues)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("other queues the second time (-first +second):\n%s", d)
	}
	got, err := c.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(second["AWork"].URL), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"VisibilityTimeout": "60", "MessageRetentionPeriod": "345600", "QueueArn": second["AWork"].ARN,
		"RedrivePolicy": `{"deadLetterTargetArn":"` + second["Dead"].ARN + `","maxReceiveCount":8}`,
	}
	for name, value := range want {
		if got.Attributes[name] != value {
			t.Errorf("%s is %q, want %q", name, got.Attributes[name], value)
		}
	}
}

func TestADeadLetterQueueThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := resources.Queues(t.Context(), newClient(t), "extrato", map[string]template.Queue{"Work": {DeadLetter: "Dead", MaxReceive: 8}})
	if err == nil {
		t.Error("no error")
	}
}

// TestNamesAreTheTemplates: what is made here has the names that it has there.
func TestNamesAreTheTemplates(t *testing.T) {
	t.Parallel()
	deployed, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := resources.Queues(t.Context(), newClient(t), "erp-prod", deployed.Queues)
	if err != nil {
		t.Fatal(err)
	}
	if len(made) == 0 {
		t.Fatal("the template has no queue")
	}
	known := resources.Known(deployed, "erp-prod", "sa-east-1", made)
	for id, q := range deployed.Queues {
		want, err := deployed.Resolve(q.Name, known)
		if got := known[id+".QueueName"]; err != nil || got != want {
			t.Errorf("%s is made as %q, the template says %q, %v", id, got, want, err)
		}
	}
}
