package review

import "strings"

// logs: every log group is ours, with an end to what it keeps; one that Lambda
// makes by itself would keep everything for ever.
func (r *review) logs() {
	for id, name := range Functions {
		group := strings.TrimSuffix(id, "Function") + "LogGroup"
		r.want(id, "LoggingConfig.LogFormat", says(r.main.function(r.main.resource(id), "LoggingConfig", "LogFormat")), "JSON")
		r.want(id, "LoggingConfig.LogGroup", says(r.main.resource(id).property("LoggingConfig", "LogGroup")), "${"+group+"}")
		r.want(group, "LogGroupName", says(r.main.resource(group).property("LogGroupName")), "/aws/lambda/${AWS::StackName}-"+name)
	}
	for _, d := range r.documents {
		for _, g := range d.of("AWS::Logs::LogGroup") {
			if days := says(g.property("RetentionInDays")); days != "${LogRetentionDays}" {
				r.find(d.path, g.id, "RetentionInDays is "+quoted(days), "make it !Ref LogRetentionDays")
			}
		}
	}
}
