package template

import (
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// Template is what template.yaml says, by logical id.
type Template struct {
	Parameters map[string]Parameter
	Functions  map[string]Function
	Queues     map[string]Queue
	Tables     map[string]Table
	// Routes of every HTTP API, in no particular order.
	Routes []Route
}

// Parameter is one parameter of the stack.
type Parameter struct {
	Type    string `yaml:"Type"`
	Default Value  `yaml:"Default"`
}

// document is the file as YAML nests it.
type document struct {
	Parameters map[string]Parameter `yaml:"Parameters"`
	Globals    struct {
		Function functionProperties `yaml:"Function"`
		HTTPAPI  apiProperties      `yaml:"HttpApi"`
	} `yaml:"Globals"`
	Resources map[string]struct {
		Type       string    `yaml:"Type"`
		Properties yaml.Node `yaml:"Properties"`
	} `yaml:"Resources"`
}

// Read reads the template in a file.
func Read(path string) (*Template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	t, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read template %s: %w", path, err)
	}
	return t, nil
}

// Parse reads a template's text. Resources of types it does not know are left
// out; a known one that cannot be understood is an error naming it.
func Parse(text []byte) (*Template, error) {
	var d document
	if err := yaml.Unmarshal(text, &d); err != nil {
		return nil, err
	}
	t := &Template{
		Parameters: d.Parameters, Functions: map[string]Function{},
		Queues: map[string]Queue{}, Tables: map[string]Table{},
	}
	// APIs first: whether a route is open depends on its API's default authorizer.
	guarded, err := guardedAPIs(&d)
	if err != nil {
		return nil, err
	}
	for id, r := range d.Resources {
		var err error
		switch r.Type {
		case "AWS::Serverless::Function":
			err = t.addFunction(id, &r.Properties, d.Globals.Function, guarded)
		case "AWS::SQS::Queue":
			err = t.addQueue(id, &r.Properties)
		case "AWS::DynamoDB::Table":
			err = t.addTable(id, &r.Properties)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
	}
	return t, nil
}
