package review

import (
	"strings"

	"extrato/infra/template/review/calls"
)

// grant is one thing that a role may do, or must be able to: an action on a
// resource. Of the key it is also through which service, and for what.
type grant struct {
	action, resource string
	via, context     string
}

func (g grant) String() string {
	s := g.action + " on " + g.resource
	if g.via != "" {
		s += " through " + g.via + " for " + g.context
	}
	return s
}

const key = "${Key.Arn}"

// sent are the operations of SQS whose permission has another name.
var sent = map[string]string{"SendMessageBatch": "SendMessage", "ChangeMessageVisibilityBatch": "ChangeMessageVisibility", "DeleteMessageBatch": "DeleteMessage"}

// written are the permissions that DynamoDB asks for each write of a transaction.
var written = map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}

// urls says which variable gives the URL in a field of queue.Queue.
var urls = map[string]string{"syncURL": "SYNC_QUEUE_URL", "dlqURL": "SYNC_DLQ_URL"}

// needs are what a function's role must allow: what its code calls, what its
// event source and its destination call in its name, its log, and the key of
// whatever of these is encrypted with it.
func (r *review) needs(id string) map[grant]bool {
	need := map[grant]bool{}
	variables := r.variables(id)
	for _, c := range r.product.Calls[id] {
		r.need(need, id, c, variables)
	}
	for _, source := range r.template.Functions[id].Queues {
		for _, action := range []string{"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"} {
			r.onQueue(need, action, source.Queue)
		}
	}
	if to := target(says(r.main.resource(id).property("EventInvokeConfig", "DestinationConfig", "OnFailure", "Destination"))); to != "" {
		r.onQueue(need, "SendMessage", to)
	}
	if group := target(says(r.main.resource(id).property("LoggingConfig", "LogGroup"))); group != "" {
		for _, action := range []string{"CreateLogStream", "PutLogEvents"} {
			need[grant{action: "logs:" + action, resource: "${" + group + ".Arn}"}] = true
		}
	}
	return need
}

func (r *review) need(need map[grant]bool, id string, c calls.Call, variables map[string]string) {
	switch c.Service {
	case "dynamodb":
		table := target(variables["TABLE_NAME"])
		action, arn := c.Operation, "${"+table+".Arn}"
		if name, ok := written[action]; ok {
			action = name
		}
		if c.On != "" {
			arn += "/index/" + c.On
		}
		need[grant{action: "dynamodb:" + action, resource: arn}] = true
		if keyed(says(r.main.resource(table).property("SSESpecification", "KMSMasterKeyId"))) {
			// A caller's request makes DynamoDB open the table's key; all else it does by its own grants.
			need[grant{"kms:Decrypt", key, "dynamodb", "${" + table + "}"}] = true
		}
	case "sqs":
		r.onQueue(need, c.Operation, target(variables[urls[c.On]]))
	case "secretsmanager":
		arn := strings.TrimSuffix(secretARNs, "${AWS::StackName}/*") + variables["SECRET_PREFIX"] + "/*"
		need[grant{action: "secretsmanager:" + c.Operation, resource: arn}] = true
		// Secrets Manager opens what it hands out, and makes a data key for what it
		// keeps; that a key may be used for a new secret, it tries out by opening.
		switch c.Operation {
		case "GetSecretValue":
			need[grant{"kms:Decrypt", key, "secretsmanager", arn}] = true
		case "CreateSecret", "PutSecretValue", "UpdateSecret":
			need[grant{"kms:Decrypt", key, "secretsmanager", arn}] = true
			need[grant{"kms:GenerateDataKey", key, "secretsmanager", arn}] = true
		}
	default:
		r.find(Main, id, "calls "+c.String(), "say in infra/template/review/needs.go which permission that is")
	}
}

// onQueue needs an operation of a queue. Who sends to one with a key makes a
// data key and checks it by opening it; who receives opens.
func (r *review) onQueue(need map[grant]bool, operation, queue string) {
	if name, ok := sent[operation]; ok {
		operation = name
	}
	arn := "${" + queue + ".Arn}"
	need[grant{action: "sqs:" + operation, resource: arn}] = true
	if !keyed(says(r.main.resource(queue).property("KmsMasterKeyId"))) {
		return
	}
	switch operation {
	case "SendMessage":
		need[grant{"kms:GenerateDataKey", key, "sqs", arn}] = true
		need[grant{"kms:Decrypt", key, "sqs", arn}] = true
	case "ReceiveMessage":
		need[grant{"kms:Decrypt", key, "sqs", arn}] = true
	}
}

func keyed(value string) bool { return value == "${Key}" || value == key }

// target is the logical id in "${Table}" or "${Table.Arn}".
func target(value string) string {
	id, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(value, "${"), "}"), ".")
	return id
}
