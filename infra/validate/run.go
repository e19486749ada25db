package validate

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Finding is one thing that the validator says of a template.
type Finding struct {
	Template string `json:"-"`
	Rule     string `json:"rule"`     // "E3012", or a name of ours
	Severity string `json:"severity"` // "WARN", "ERROR" or "FATAL"
	ID       string `json:"id"`       // logical id, "" where it is of none
	Line     int    `json:"line"`
	Message  string `json:"message"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s (%s %s)", f.Template, f.Line, f.ID, f.Message, f.Severity, f.Rule)
}

// Template is a text to judge and the name to call it by.
type Template struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Run judges templates, all in one process: its start takes longer than a
// hundred templates. It returns every finding from WARN on, accepted or not.
// The error says that not all was judged.
func Run(ctx context.Context, root string, templates []Template) ([]Finding, error) {
	tools, err := Ensure(ctx, root)
	if err != nil {
		return nil, err
	}
	rules, err := filepath.Glob(filepath.Join(root, "infra", "validate", "rules", "*"))
	if err != nil || len(rules) == 0 {
		return nil, fmt.Errorf("find our rules: %d files, %v", len(rules), err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("node is missing, so the templates were not validated: install Node.js 20 or later")
	}
	var in, out, log bytes.Buffer
	for _, t := range templates {
		if err := json.NewEncoder(&in).Encode(t); err != nil {
			return nil, fmt.Errorf("hand %s to the validator: %w", t.Name, err)
		}
	}
	script := filepath.Join(root, "infra", "validate", "validate.mjs")
	if tools, err = filepath.Abs(tools); err != nil {
		return nil, fmt.Errorf("find the validator: %w", err)
	}
	cmd := exec.CommandContext(ctx, node, append([]string{script, tools}, rules...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &log
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("run the validator: %w: %s", err, strings.TrimSpace(log.String()))
	}
	return read(&out, templates)
}

// read reads the validator's answers: one for each template, in their order.
func read(out *bytes.Buffer, templates []Template) ([]Finding, error) {
	var found []Finding
	answers := json.NewDecoder(out)
	for _, t := range templates {
		var answer struct {
			Name     string
			Status   string
			Findings []Finding
		}
		if err := answers.Decode(&answer); err != nil {
			return nil, fmt.Errorf("the validator's answer for %s: %w", t.Name, err)
		}
		if answer.Name != t.Name {
			return nil, fmt.Errorf("the validator's answer for %s is of %s", t.Name, answer.Name)
		}
		if answer.Status != "OK" { // it ended early, and what it did not look at it does not tell
			answer.Findings = append(answer.Findings, Finding{Rule: "status", Severity: "ERROR", Message: "the analysis ended as " + answer.Status})
		}
		for _, f := range answer.Findings {
			f.Template = t.Name
			found = append(found, f)
		}
	}
	return found, nil
}

// Accept is a finding that we live with.
type Accept struct {
	Template, Rule, ID string
	Reason             string
}

// Accepted are those findings. There is none today; one that the validator no
// longer makes must go, and a test says so.
var Accepted = []Accept{}

// Judge splits findings into those that must be mended and the entries of
// accepted that no finding needs any more.
func Judge(found []Finding, accepted []Accept) (faults []Finding, stale []Accept) {
	used := make([]bool, len(accepted))
	for _, f := range found {
		i := slices.IndexFunc(accepted, func(a Accept) bool {
			return a.Template == f.Template && a.Rule == f.Rule && a.ID == f.ID && a.Reason != ""
		})
		if i < 0 {
			faults = append(faults, f)
		} else {
			used[i] = true
		}
	}
	for i, a := range accepted {
		if !used[i] {
			stale = append(stale, a)
		}
	}
	return faults, stale
}
