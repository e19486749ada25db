package resources

import (
	"path"

	"extrato/infra/template"
)

// AccountID is the AWS account of everything simulated.
const AccountID = "000000000000"

// Known is what a deployment knows, by the template's references, where Table and
// Queues made a stack's resources: what template.Resolve puts in.
func Known(t *template.Template, stack, region string, queues map[string]Queue) map[string]string {
	k := map[string]string{
		"AWS::StackName": stack, "AWS::Region": region, "AWS::AccountId": AccountID, "AWS::Partition": "aws",
		"Key": "alias/aws/secretsmanager", // nothing is encrypted with it
	}
	for id := range t.Tables {
		k[id] = stack
	}
	for id, q := range queues {
		k[id], k[id+".QueueUrl"], k[id+".Arn"], k[id+".QueueName"] = q.URL, q.URL, q.ARN, path.Base(q.URL)
	}
	return k
}
