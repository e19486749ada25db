package simtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Kept is a history that once violated an invariant, as testdata/seeds keeps it:
// whole, so that it stays the same when the catalogue grows.
type Kept struct {
	Invariant string `json:"invariant"` // that it violated
	Found     string `json:"found"`     // the job that found it
	Cause     string `json:"cause"`     // what was wrong, and where it was mended
	Script    Script `json:"script"`
}

// Name is that of its file.
func (k Kept) Name() string { return fmt.Sprintf("%s-%d.json", k.Invariant, k.Script.Seed) }

// Keep writes a history that fails into a folder.
func (r Result) Keep(folder string) (path string, err error) {
	k := Kept{Invariant: r.Failed, Found: r.Job.String(), Cause: "not known yet", Script: *r.Shortest}
	text, err := json.MarshalIndent(k, "", "\t")
	if err != nil {
		return "", fmt.Errorf("keep %s: %w", r.Job, err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("keep %s: %w", r.Job, err)
	}
	path = filepath.Join(folder, k.Name())
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return "", fmt.Errorf("keep %s: %w", r.Job, err)
	}
	return path, nil
}

// LoadKept reads a kept history.
func LoadKept(path string) (k Kept, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return k, fmt.Errorf("load a history: %w", err)
	}
	if err := json.Unmarshal(text, &k); err != nil {
		return k, fmt.Errorf("load the history %s: %w", path, err)
	}
	return k, nil
}

// Order is what a process of a campaign is told to do: a job, some of its
// faults, or a kept history.
type Order struct {
	Job  Job    `json:"job"`
	Some bool   `json:"some,omitempty"` // of the job's faults only those of Only
	Only []int  `json:"only,omitempty"`
	Kept string `json:"kept,omitempty"` // the file of a history, in place of the job
}

// ResultMark begins each line of output that is a Result, ProgressMark each that
// is the figures so far of a history that takes long.
const (
	ResultMark   = "result "
	ProgressMark = "progress "
)

// Do does it. What cannot be read ends the process.
func (o Order) Do(t *testing.T) Result {
	t.Helper()
	if o.Kept == "" {
		s := o.Job.Script()
		if o.Some {
			s = s.Keep(o.Only)
		}
		return playJob(t, o.Job, s)
	}
	k, err := LoadKept(o.Kept)
	if err != nil {
		t.Fatal(err)
	}
	job, err := ParseJob(k.Found)
	if err != nil {
		t.Fatal(err)
	}
	return playJob(t, job, k.Script)
}
