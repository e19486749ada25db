package review

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// pseudo are the names that every template knows.
var pseudo = []string{"AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region",
	"AWS::StackId", "AWS::StackName", "AWS::URLSuffix"}

// attributes are what GetAtt can ask of the types that the templates use, as the
// CloudFormation and SAM references list them. Of a nested stack it is the
// outputs of its template.
var attributes = map[string][]string{
	"AWS::CloudWatch::Alarm":         {"Arn"},
	"AWS::CloudWatch::Dashboard":     {},
	"AWS::DynamoDB::Table":           {"Arn", "StreamArn"},
	"AWS::IAM::ManagedPolicy":        {"PolicyArn", "PolicyId", "AttachmentCount", "CreateDate", "DefaultVersionId", "IsAttachable", "PermissionsBoundaryUsageCount", "UpdateDate"},
	"AWS::IAM::Role":                 {"Arn", "RoleId"},
	"AWS::KMS::Alias":                {},
	"AWS::KMS::Key":                  {"Arn", "KeyId"},
	"AWS::Lambda::EventInvokeConfig": {},
	"AWS::Logs::LogGroup":            {"Arn"},
	"AWS::Logs::QueryDefinition":     {"QueryDefinitionId"},
	"AWS::SNS::Subscription":         {"Arn"},
	"AWS::SNS::Topic":                {"TopicArn", "TopicName"},
	"AWS::SNS::TopicPolicy":          {"Id"},
	"AWS::SQS::Queue":                {"Arn", "QueueName", "QueueUrl"},
	"AWS::SQS::QueuePolicy":          {"Id"},
	"AWS::Serverless::Function":      {"Arn"},
	"AWS::Serverless::HttpApi":       {"ApiId", "ApiEndpoint"},
}

// references: every name in Ref, GetAtt, Sub, If, DependsOn and Condition leads
// to something.
func (r *review) references() {
	for _, path := range []string{Main, Alarms, Dashboard} {
		d := r.documents[path]
		if d == nil {
			continue
		}
		for section, n := range members(d.root) {
			if section == "Resources" {
				for _, resource := range d.resources {
					r.resource(d, resource)
				}
				continue
			}
			for id, entry := range members(n) {
				if section == "Outputs" {
					r.condition(d, id, says(at(entry, "Condition")))
				}
				r.resolve(d, id, entry)
			}
		}
	}
}

func (r *review) resource(d *document, resource resource) {
	if _, known := attributes[resource.kind]; !known && !isStack(resource) {
		r.find(d.path, resource.id, "the type "+quoted(resource.kind)+" is not known here", "add its attributes to infra/template/review/references.go")
	}
	r.condition(d, resource.id, says(at(resource.node, "Condition")))
	for _, n := range list(at(resource.node, "DependsOn")) {
		if d.resource(n.Value).node == nil {
			r.find(d.path, resource.id, "depends on "+quoted(n.Value)+", which is no resource", "name one")
		}
	}
	r.resolve(d, resource.id, at(resource.node, "Properties"))
}

func (r *review) condition(d *document, id, name string) {
	if name != "" && at(d.root, "Conditions", name) == nil {
		r.find(d.path, id, "the condition "+quoted(name)+" is not among Conditions", "name one")
	}
}

// resolve follows the names below a node.
func (r *review) resolve(d *document, id string, n *yaml.Node) {
	if n == nil {
		return
	}
	name, argument := intrinsic(n)
	switch name {
	case "Ref":
		r.name(d, id, argument.Value)
	case "GetAtt":
		r.attribute(d, id, strings.Trim(says(n), "${}"))
	case "Sub":
		r.pattern(d, id, argument)
	case "Condition":
		r.condition(d, id, argument.Value)
	case "If":
		if len(argument.Content) > 0 {
			r.condition(d, id, argument.Content[0].Value)
		}
	}
	for _, below := range n.Content {
		r.resolve(d, id, below)
	}
}

func (r *review) name(d *document, id, name string) {
	if !slices.Contains(pseudo, name) && at(d.root, "Parameters", name) == nil && d.resource(name).node == nil {
		r.find(d.path, id, quoted(name)+" is neither a parameter nor a resource", "name one")
	}
}

func (r *review) attribute(d *document, id, target string) {
	of, attribute, _ := strings.Cut(target, ".")
	resource := d.resource(of)
	if resource.node == nil {
		r.find(d.path, id, "asks "+quoted(target)+" of no resource", "name one")
		return
	}
	if isStack(resource) {
		output, ok := strings.CutPrefix(attribute, "Outputs.")
		if nested := r.documents[r.nestedPath(resource)]; !ok || nested == nil || at(nested.root, "Outputs", output) == nil {
			r.find(d.path, id, quoted(target)+" is no output of the nested template", "name one of its Outputs")
		}
		return
	}
	if !slices.Contains(attributes[resource.kind], attribute) {
		r.find(d.path, id, resource.kind+" has no attribute "+quoted(attribute), "take one of "+strings.Join(attributes[resource.kind], ", "))
	}
}

var placeholder = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// pattern follows the names in a Sub, except those of its own variables.
func (r *review) pattern(d *document, id string, argument *yaml.Node) {
	text, own := argument, (*yaml.Node)(nil)
	if argument.Kind == yaml.SequenceNode && len(argument.Content) == 2 {
		text, own = argument.Content[0], argument.Content[1]
	}
	for _, m := range placeholder.FindAllStringSubmatch(text.Value, -1) {
		switch name := strings.TrimSpace(m[1]); {
		case at(own, name) != nil:
		case strings.Contains(name, "."):
			r.attribute(d, id, name)
		default:
			r.name(d, id, name)
		}
	}
}
