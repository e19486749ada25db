package operations

import (
	"slices"
	"strings"
)

// wiring checks what the operations stacks need of template.yaml: that it nests
// them with the parameters that they have, that CloudWatch may use the key of the
// alarms' topic, and that the deployment may expand the dashboard's transform.
func (c *checker) wiring() {
	const file = "template.yaml"
	t, err := parse(c.p.Template)
	if err != nil {
		c.fault("%s: %v", file, err)
		return
	}
	c.resources, _ = at(t, "Resources").(map[string]any)
	for id, want := range map[string][]string{"Operations": append(slices.Clone(parameters), mailing...), "Dashboard": parameters} {
		url := map[string]string{"Operations": "infra/alarms.yaml", "Dashboard": "infra/dashboard.json"}[id]
		stack := at(t, "Resources", id)
		if text(at(stack, "Type")) != "AWS::CloudFormation::Stack" && text(at(stack, "Type")) != "AWS::Serverless::Application" {
			c.fault("%s: %s is no nested stack", file, id)
			continue
		}
		where := text(at(stack, "Properties", "TemplateURL")) + text(at(stack, "Properties", "Location"))
		if strings.TrimPrefix(where, "./") != url {
			c.fault("%s: %s is not of %s", file, id, url)
		}
		c.same(file+": "+id, keys(at(stack, "Properties", "Parameters")), want)
	}
	statements, _ := at(t, "Resources", "Key", "Properties", "KeyPolicy", "Statement").([]any)
	if !slices.ContainsFunc(statements, letsAlarmsPublish) {
		c.fault("%s: the key's policy does not let CloudWatch publish to the encrypted topic", file)
	}
	if !strings.Contains(c.p.Samconfig, "CAPABILITY_AUTO_EXPAND") {
		c.fault("samconfig.toml: the dashboard's transform needs CAPABILITY_AUTO_EXPAND")
	}
}

func letsAlarmsPublish(statement any) bool {
	if text(at(statement, "Effect")) != "Allow" || !names(at(statement, "Principal", "Service"), "cloudwatch.amazonaws.com") {
		return false
	}
	action := at(statement, "Action")
	return names(action, "kms:Decrypt") && (names(action, "kms:GenerateDataKey*") || names(action, "kms:GenerateDataKey"))
}

// names reports whether a value, or one of a list, is the name.
func names(v any, name string) bool {
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(v any) bool { return names(v, name) })
	}
	return text(v) == name
}
