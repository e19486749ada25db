package main

import (
	"fmt"
	"time"
)

// banner tells where everything listens and what of it is simulated.
func (s *stack) banner(took time.Duration) {
	kept := "in memory, gone when this ends (--data keeps it)"
	if s.options.data != "" {
		kept = s.options.data
	}
	bank, simulated := s.bankURL, "Lambda, API Gateway with its JWT issuer, EventBridge (fires on POST /_local/schedule only)"
	if s.bank != nil {
		bank += "   simulated, over mTLS; without rate limits"
		simulated = "the bank, " + simulated
	}
	if s.options.awsURL == "" {
		simulated += ", SQS, Secrets Manager"
	}
	_, _ = fmt.Fprintf(s.out, `
  API        %s   the functions behind a JWT check; tokens: /_local/token?tenant=…
  AWS        %s   %s
  bank       %s
  logs       %s
  state      %s
  simulated  %s

ready in %.2f s
`, s.url, s.aws.url, s.aws.told, bank, s.state.logs, kept, simulated, took.Seconds())
}

// examples prints lines that work as pasted. Without an account they list the
// demo tenant's.
func (s *stack) examples(account string) {
	path, key := "/v1/accounts", `TENANT#demo`
	prefix := "ACCOUNT#"
	if account != "" {
		path += "/" + account + "/entries?limit=5"
		key, prefix = "STATEMENT#demo#"+account, "ENTRY#"
	}
	_, _ = fmt.Fprintf(s.out, `
Try it, in another terminal:

  TOKEN=$(curl -s '%[1]s/_local/token?tenant=demo' | cut -d'"' -f4)
  curl -s -H "Authorization: Bearer $TOKEN" '%[1]s%[2]s'

  AWS_ACCESS_KEY_ID=%[3]s AWS_SECRET_ACCESS_KEY=%[4]s aws --endpoint-url %[5]s --region %[6]s dynamodb query --table-name %[7]s --max-items 5 --key-condition-expression 'PK = :pk AND begins_with(SK, :sk)' --expression-attribute-values '{":pk":{"S":"%[8]s"},":sk":{"S":"%[9]s"}}'

Ctrl-C ends everything.
`, s.url, path, s.aws.key.AccessKeyID, s.secretOrName(), s.aws.url, s.aws.region, stackName, key, prefix)
}

// secretOrName returns the stand-in's secret key, which is none, or, where the
// person's own is used, the variable that holds it.
func (s *stack) secretOrName() string {
	if s.options.awsURL == "" {
		return s.aws.key.SecretAccessKey
	}
	return `"$AWS_SECRET_ACCESS_KEY"`
}
