# What is allowed is named, what fails is set aside, what cannot be made again
# stays. Guard rules would say it, but this release translates Guard in part: not
# the asterisk in a path, nor exists, nor what stands beside Properties.
package extrato

import rego.v1

listed(x) := x if is_array(x)
listed(x) := [x] if not is_array(x)

allowing contains [name, s] if {
	some name, r in input.resources
	r.resourceType == "AWS::IAM::Role"
	some p in resolve(name, "Properties.Policies")
	some s in listed(p.PolicyDocument.Statement)
	s.Effect == "Allow"
}

allowing contains [name, s] if {
	some name, r in input.resources
	r.resourceType == "AWS::IAM::ManagedPolicy"
	some s in listed(resolve(name, "Properties.PolicyDocument").Statement)
	s.Effect == "Allow"
}

violation contains v if {
	some [name, s] in allowing
	some action in listed(s.Action)
	contains(action, "*")
	v := {"rule_id": "ACTIONS_ARE_NAMED", "severity": "ERROR", "resource_id": name, "message": sprintf("It may do %s: name the actions", [action])}
}

violation contains v if {
	some [name, s] in allowing
	some thing in listed(s.Resource)
	thing == "*"
	v := {"rule_id": "RESOURCES_ARE_NAMED", "severity": "ERROR", "resource_id": name, "message": "It may do it to everything: name the resource"}
}

violation contains v if {
	some name, r in input.resources
	r.resourceType == "AWS::Logs::LogGroup"
	not resolve(name, "Properties.RetentionInDays")
	v := {"rule_id": "LOG_HAS_AN_END", "severity": "ERROR", "resource_id": name, "message": "The log is kept for ever: set RetentionInDays"}
}

violation contains v if {
	some name, r in input.resources
	r.resourceType == "AWS::SQS::Queue"
	not resolve(name, "Properties.KmsMasterKeyId")
	not resolve(name, "Properties.SqsManagedSseEnabled") == true
	v := {"rule_id": "QUEUE_IS_ENCRYPTED", "severity": "ERROR", "resource_id": name, "message": "The queue is not encrypted: set KmsMasterKeyId, or SqsManagedSseEnabled where nothing tells of a tenant"}
}

violation contains v if {
	some name, r in input.resources
	r.resourceType in {"AWS::DynamoDB::Table", "AWS::KMS::Key"}
	some policy in ["deletionPolicy", "updateReplacePolicy"]
	object.get(r, policy, "") != "Retain"
	v := {"rule_id": "STATE_IS_RETAINED", "severity": "ERROR", "resource_id": name, "message": "It goes with the stack: set DeletionPolicy and UpdateReplacePolicy to Retain"}
}

violation contains v if {
	some name, r in input.resources
	r.resourceType == "AWS::Serverless::Function"
	some _, e in resolve(name, "Properties.Events")
	e.Type == "SQS"
	not "ReportBatchItemFailures" in object.get(e.Properties, "FunctionResponseTypes", [])
	v := {"rule_id": "SOURCE_TELLS_WHAT_FAILED", "severity": "ERROR", "resource_id": name, "message": "One failed message fails its batch: set FunctionResponseTypes to ReportBatchItemFailures"}
}

violation contains v if {
	some name, r in input.resources
	r.resourceType == "AWS::Serverless::Function"
	some _, e in resolve(name, "Properties.Events")
	e.Type in {"Schedule", "ScheduleV2"}
	not e.Properties.DeadLetterConfig
	v := {"rule_id": "SCHEDULE_HAS_DEAD_LETTERS", "severity": "ERROR", "resource_id": name, "message": "A firing that is not delivered is lost: set DeadLetterConfig"}
}

violation contains v if {
	some name, r in input.resources
	r.resourceType == "AWS::Serverless::Function"
	some _, e in resolve(name, "Properties.Events")
	e.Type in {"Schedule", "ScheduleV2"}
	not resolve(name, "Properties.EventInvokeConfig").DestinationConfig.OnFailure
	v := {"rule_id": "FAILED_FIRING_IS_SET_ASIDE", "severity": "ERROR", "resource_id": name, "message": "A firing that fails is lost: set EventInvokeConfig.DestinationConfig.OnFailure"}
}
