package review

import (
	"slices"
	"strings"
)

// privilege: each role allows what its function's code does, and nothing else.
func (r *review) privilege() {
	for id := range Functions {
		r.compare(strings.TrimSuffix(id, "Function")+"Role", r.needs(id))
	}
	// The schedule's code is AWS's: it invokes, and sets aside what it cannot.
	need := map[grant]bool{{action: "lambda:InvokeFunction", resource: "${FanoutFunction.Arn}"}: true}
	r.onQueue(need, "SendMessage", "ScheduleDeadLetterQueue")
	r.compare("ScheduleRole", need)
}

func (r *review) compare(role string, need map[grant]bool) {
	have := map[grant]bool{}
	for _, p := range r.main.policies() {
		if p.id != role {
			continue
		}
		for _, s := range p.statements {
			if s.effect != "Allow" {
				r.find(Main, role, "has a statement that is no Allow", "say what is allowed, and nothing else")
			}
			r.allowed(have, role, s)
		}
	}
	for g := range need {
		if !have[g] {
			r.find(Main, role, "lacks "+g.String(), "allow it: the function does it")
		}
	}
	for g := range have {
		if !need[g] {
			r.find(Main, role, "allows "+g.String(), "take it away: the function does not do it")
		}
	}
}

// contexts is the encryption context by which a service tells the key what it
// opens.
var contexts = map[string]string{
	"dynamodb": "kms:EncryptionContext:aws:dynamodb:tableName", "sqs": "kms:EncryptionContext:aws:sqs:arn",
	"secretsmanager": "kms:EncryptionContext:SecretARN",
}

func (r *review) allowed(have map[grant]bool, role string, s statement) {
	for _, resource := range s.resources {
		for _, action := range s.actions {
			if resource != key {
				have[grant{action: action, resource: resource}] = true
				if s.condition != nil {
					r.find(Main, role, "allows "+action+" on a condition", "know what it means: add it to the checks")
				}
				continue
			}
			via := strings.TrimSuffix(says(at(s.condition, "StringEquals", "kms:ViaService")), ".${AWS::Region}.amazonaws.com")
			context := contexts[via]
			if context == "" {
				r.find(Main, role, "may use the key by "+quoted(via), "add the condition kms:ViaService of one service")
				continue
			}
			values := list(at(s.condition, "StringEquals", context))
			if via == "secretsmanager" {
				values = list(at(s.condition, "StringLike", context))
			}
			if len(values) == 0 {
				r.find(Main, role, "may use the key through "+via+" for anything", "add the condition "+context)
			}
			for _, v := range values {
				have[grant{action, key, via, says(v)}] = true
			}
			r.conditions(role, s, context)
		}
	}
}

// conditions finds what else a use of the key hangs on: a condition that never
// holds takes away what it should only narrow.
func (r *review) conditions(role string, s statement, context string) {
	const subscriber = "kms:EncryptionContext:aws:dynamodb:subscriberId"
	for _, tests := range members(s.condition) {
		for name, n := range members(tests) {
			switch {
			case name == "kms:ViaService" || name == context:
			case name == subscriber && context == contexts["dynamodb"] && says(n) == "${AWS::AccountId}":
			default:
				r.find(Main, role, "may use the key only where "+name+" is "+quoted(says(n)), "know that it ever is: add it to the checks")
			}
		}
	}
}

// reading is what an ERP may do with the table: no Scan, which names no key.
var reading = []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}

// erp: the ERP's policy reads statements and nothing else of the table. Accounts
// and what is known of a tenant's bank lie under other keys.
func (r *review) erp() {
	const id = "ErpReadPolicy"
	read, opened := false, false
	for _, p := range r.main.policies() {
		if p.id != id {
			continue
		}
		for _, s := range p.statements {
			switch {
			case slices.Equal(s.resources, []string{"${Table.Arn}"}) && s.effect == "Allow":
				read = true
				for _, action := range s.actions {
					if !slices.Contains(reading, action) {
						r.find(Main, id, "allows "+action, "let it read by key only")
					}
				}
				r.want(id, "the keys that it may read", says(at(s.condition, "ForAllValues:StringLike", "dynamodb:LeadingKeys")), "STATEMENT#*")
				r.want(id, "whether a request without a key is allowed (Null)", says(at(s.condition, "Null", "dynamodb:LeadingKeys")), "false")
			case slices.Equal(s.resources, []string{key}) && slices.Equal(s.actions, []string{"kms:Decrypt"}):
				opened = true
				r.want(id, "through which it opens the key", says(at(s.condition, "StringEquals", "kms:ViaService")), "dynamodb.${AWS::Region}.amazonaws.com")
				r.want(id, "for what it opens the key", says(at(s.condition, "StringEquals", contexts["dynamodb"])), "${Table}")
			default:
				r.find(Main, id, "allows more than reading the table", "take it away")
			}
		}
	}
	if !read || !opened {
		r.find(Main, id, "does not let the ERP read the table", "allow "+strings.Join(reading, ", ")+" on Table, and kms:Decrypt on Key")
	}
}
