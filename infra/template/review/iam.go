package review

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// statement is one of a policy, its values in the spelling of says.
type statement struct {
	effect    string
	actions   []string
	resources []string
	condition *yaml.Node
	node      *yaml.Node
}

// policy is a document of statements and where it stands.
type policy struct {
	file, id   string // of the resource that holds it
	kind       string // of that resource
	statements []statement
}

// documentsOf are the members under which the resource types that we use hold a
// policy. Trust is no permission, so AssumeRolePolicyDocument is not among them.
var documentsOf = []string{"PolicyDocument", "KeyPolicy"}

// policies returns every policy of a template.
func (d *document) policies() (all []policy) {
	for _, r := range d.resources {
		for _, member := range documentsOf {
			if n := r.property(member); n != nil {
				all = append(all, policy{d.path, r.id, r.kind, statements(n)})
			}
		}
		for _, n := range list(r.property("Policies")) {
			if document := at(n, "PolicyDocument"); document != nil {
				all = append(all, policy{d.path, r.id, r.kind, statements(document)})
			} else if at(n, "Statement") != nil { // SAM takes the document itself
				all = append(all, policy{d.path, r.id, r.kind, statements(n)})
			}
		}
	}
	return all
}

func statements(document *yaml.Node) (all []statement) {
	for _, n := range list(at(document, "Statement")) {
		s := statement{effect: says(at(n, "Effect")), condition: at(n, "Condition"), node: n}
		for _, a := range list(at(n, "Action")) {
			s.actions = append(s.actions, says(a))
		}
		for _, a := range list(at(n, "Resource")) {
			s.resources = append(s.resources, says(a))
		}
		all = append(all, s)
	}
	return all
}

// spread are the resources whose names only the running product knows, so that
// an ending asterisk stands for them, with the reason.
var spread = map[string]string{
	secretARNs: "an account's secret is made when the account is enabled",
}

const secretARNs = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${AWS::StackName}/*"

// wildcards: what is allowed is named. The one exception is the key's own
// policy, where "*" is the key itself and its administration is the account's.
func (r *review) wildcards() {
	for _, d := range r.documents {
		for _, p := range d.policies() {
			for _, s := range p.statements {
				for _, member := range []string{"NotAction", "NotResource", "NotPrincipal"} {
					if at(s.node, member) != nil {
						r.find(p.file, p.id, "says "+member, "name what is allowed")
					}
				}
				if anybody := says(at(s.node, "Principal")) == "*" || says(at(s.node, "Principal", "AWS")) == "*"; anybody {
					r.find(p.file, p.id, "allows everybody", "name who may")
				}
				if p.kind == "AWS::KMS::Key" || s.effect == "Deny" {
					continue
				}
				for _, action := range s.actions {
					if strings.Contains(action, "*") {
						r.find(p.file, p.id, "allows the action "+quoted(action), "name the actions")
					}
				}
				for _, resource := range s.resources {
					if _, ok := spread[resource]; !ok && strings.Contains(resource, "*") {
						r.find(p.file, p.id, "allows the resource "+quoted(resource), "name the resource")
					}
				}
			}
		}
	}
}

// roles: one for each function and one for the schedule, written here, each
// taken on by its own service and by nobody else.
func (r *review) roles() {
	trusted := map[string]string{"ScheduleRole": "scheduler.amazonaws.com"}
	for id := range Functions {
		role := strings.TrimSuffix(id, "Function") + "Role"
		trusted[role] = "lambda.amazonaws.com"
		f := r.main.resource(id)
		r.want(id, "Role", says(f.property("Role")), "${"+role+".Arn}")
		if f.property("Policies") != nil {
			r.find(Main, id, "brings policies of its own", "write them into "+role+": SAM makes a role of them")
		}
	}
	for _, role := range r.main.of("AWS::IAM::Role") {
		service, known := trusted[role.id]
		if !known {
			r.find(Main, role.id, "is nobody's role", "take it away")
			continue
		}
		delete(trusted, role.id)
		trust := statements(role.property("AssumeRolePolicyDocument"))
		if len(trust) != 1 || says(at(trust[0].node, "Principal", "Service")) != service || len(trust[0].actions) != 1 || trust[0].actions[0] != "sts:AssumeRole" {
			r.find(Main, role.id, "is not taken on by "+service+" alone", "make that its AssumeRolePolicyDocument")
		}
		if role.id == "ScheduleRole" && len(trust) == 1 &&
			says(at(trust[0].condition, "StringEquals", "aws:SourceAccount")) != "${AWS::AccountId}" {
			r.find(Main, role.id, "schedules of other accounts may take it on", "add the condition aws:SourceAccount")
		}
		if role.property("ManagedPolicyArns") != nil {
			r.find(Main, role.id, "takes policies of AWS", "name what it needs: they hold more")
		}
	}
	for role := range trusted {
		r.find(Main, role, "is missing", "add it")
	}
}
