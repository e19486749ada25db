package main

import (
	"errors"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// endpointVariable is read by every AWS SDK.
const endpointVariable = "AWS_ENDPOINT_URL"

// writeLocal copies a template with one variable more for all its functions. Its
// value is for --env-vars to say; a path in it stays good beside the original.
func writeLocal(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read the template of sam build: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	if len(document.Content) != 1 {
		return errors.New("read " + from + ": not one document")
	}
	variables := document.Content[0]
	for _, name := range []string{"Globals", "Function", "Environment", "Variables"} {
		if variables = member(variables, name); variables == nil {
			return fmt.Errorf("%s: Globals.Function.Environment.Variables is missing: is it the template of this project?", from)
		}
	}
	if member(variables, endpointVariable) == nil {
		name, value := &yaml.Node{}, &yaml.Node{}
		name.SetString(endpointVariable)
		value.SetString("")
		variables.Content = append(variables.Content, name, value)
	}
	text, err = yaml.Marshal(&document)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// member returns a mapping's value by name, nil where there is none.
func member(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}
