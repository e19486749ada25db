package review

// unkeyed are the queues that need no key of ours, with the reason: SQS encrypts
// them with its own.
var unkeyed = map[string]string{
	"ScheduleDeadLetterQueue": "holds the times of firings, and the Scheduler would need the key to set one aside",
	"FanoutFailureQueue":      "holds the times of firings, and Lambda would need the key to set one aside",
}

// encryption: what tells of a tenant lies under the stack's own key, which
// rotates.
func (r *review) encryption() {
	r.want("Key", "EnableKeyRotation", says(r.main.resource("Key").property("EnableKeyRotation")), "true")
	for _, t := range r.main.of("AWS::DynamoDB::Table") {
		r.want(t.id, "SSESpecification.SSEEnabled", says(t.property("SSESpecification", "SSEEnabled")), "true")
		r.want(t.id, "SSESpecification.SSEType", says(t.property("SSESpecification", "SSEType")), "KMS")
		r.wantKey(Main, t.id, "SSESpecification.KMSMasterKeyId", says(t.property("SSESpecification", "KMSMasterKeyId")))
	}
	for _, q := range r.main.of("AWS::SQS::Queue") {
		if _, ok := unkeyed[q.id]; ok && q.property("KmsMasterKeyId") == nil {
			r.want(q.id, "SqsManagedSseEnabled", says(q.property("SqsManagedSseEnabled")), "true")
			continue
		}
		r.wantKey(Main, q.id, "KmsMasterKeyId", says(q.property("KmsMasterKeyId")))
	}
	for _, g := range r.main.of("AWS::Logs::LogGroup") {
		r.want(g.id, "KmsKeyId", says(g.property("KmsKeyId")), "${Key.Arn}") // logs take no key id
	}
	for _, t := range r.documents[Alarms].topics() {
		if v := says(t.property("KmsMasterKeyId")); v != "${KeyArn}" {
			r.find(Alarms, t.id, "KmsMasterKeyId is "+quoted(v), "make it !Ref KeyArn")
		}
	}
	// The function that creates secrets names their key: section 8 of the design.
	r.wantKey(Main, "ApiFunction", "SECRET_KMS_KEY_ID", r.variables("ApiFunction")["SECRET_KMS_KEY_ID"])
}

func (r *review) wantKey(file, id, name, got string) {
	if got != "${Key}" && got != "${Key.Arn}" {
		r.find(file, id, name+" is "+quoted(got), "make it !Ref Key")
	}
}

func (d *document) topics() []resource {
	if d == nil {
		return nil
	}
	return d.of("AWS::SNS::Topic")
}

// durable: what cannot be made again outlives the stack and its mistakes.
func (r *review) durable() {
	for _, id := range []string{"Key", "Table"} {
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			r.want(id, policy, says(at(r.main.resource(id).node, policy)), "Retain")
		}
	}
	table := r.main.resource("Table")
	r.want(table.id, "PointInTimeRecoveryEnabled", says(table.property("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")), "true")
	r.want(table.id, "DeletionProtectionEnabled", says(table.property("DeletionProtectionEnabled")), "true")
}
