package review

import "path"

func isStack(r resource) bool {
	return r.kind == "AWS::CloudFormation::Stack" || r.kind == "AWS::Serverless::Application"
}

// nestedPath is the file of a nested stack's template, below the root.
func (r *review) nestedPath(stack resource) string {
	location := says(stack.property("TemplateURL"))
	if location == "" {
		location = says(stack.property("Location"))
	}
	return path.Clean(location)
}

// nested: every stack gets what its template asks for, and each template but the
// main one is nested.
func (r *review) nested() {
	used := map[string]bool{}
	for _, stack := range r.main.resources {
		if !isStack(stack) {
			continue
		}
		file := r.nestedPath(stack)
		used[file] = true
		d := r.documents[file]
		if d == nil {
			r.find(Main, stack.id, "its template "+quoted(file)+" is none of ours", "name infra/alarms.yaml or infra/dashboard.json")
			continue
		}
		for name, p := range members(at(d.root, "Parameters")) {
			if at(p, "Default") == nil && stack.property("Parameters", name) == nil {
				r.find(Main, stack.id, "does not give the parameter "+quoted(name)+" of "+file, "give it")
			}
		}
		for name := range members(stack.property("Parameters")) {
			if at(d.root, "Parameters", name) == nil {
				r.find(Main, stack.id, "gives "+quoted(name)+", which is no parameter of "+file, "take it away")
			}
		}
	}
	for file := range r.documents {
		if file != Main && !used[file] {
			r.find(Main, "", file+" is nested nowhere", "add an AWS::CloudFormation::Stack with it as TemplateURL")
		}
	}
}
