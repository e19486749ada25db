package cloud_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"extrato/infra/local/cloud"
)

// TestConformance runs the suites of conform_sqs_test.go and
// conform_secrets_test.go against the stand-in, in memory and on disk.
//
// The suites state what AWS does, without waiting for time to pass, and take
// nothing but clients. To play them against something else that claims to be
// AWS, set CONFORMANCE=1 and the SDK's standard variables:
//
//	moto_server -p 5000 &
//	CONFORMANCE=1 AWS_ENDPOINT_URL=http://127.0.0.1:5000 AWS_REGION=sa-east-1 \
//	AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local go test ./infra/local/cloud -run Conformance/elsewhere
//
// No test needs moto, and none installs it: it is a Python package
// (moto[server]). Of all cases moto 5.2 fails four, where it differs from AWS:
// put and create over a scheduled deletion, versions without a label in
// DescribeSecret, and control characters in a body.
func TestConformance(t *testing.T) {
	t.Parallel()
	places := map[string]func(*testing.T) clients{
		"in memory": func(t *testing.T) clients { return overLoopback(t, open(t, cloud.Options{})) },
		"on disk":   func(t *testing.T) clients { return overLoopback(t, open(t, cloud.Options{Dir: t.TempDir()})) },
	}
	if os.Getenv("CONFORMANCE") != "" {
		places["elsewhere"] = func(t *testing.T) clients {
			c := must(config.LoadDefaultConfig(t.Context()))(t)
			return clients{sqs.NewFromConfig(c), secretsmanager.NewFromConfig(c)}
		}
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := place(t)
			conformQueues(t, c.queue)
			conformSecrets(t, c.secret)
		})
	}
}
