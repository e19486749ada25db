// Package operations checks what watches over a deployment against the code and
// against itself: alarms, dashboard, runbooks and the table of costs. A metric
// that nobody emits, an alarm without a runbook, a query for a message that was
// reworded: each is found here, and not in the night in which it matters.
//
// Read reads a checkout into a Project; Check returns what is wrong with it.
// Its tests check this repository, and altered ones, which must be found wrong.
package operations

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Project is what is checked, as text, so that a test can alter any of it.
type Project struct {
	Alarms    string            // infra/alarms.yaml
	Dashboard string            // infra/dashboard.json
	Costs     string            // infra/costs.md
	Template  string            // template.yaml
	Samconfig string            // samconfig.toml
	Runbooks  map[string]string // infra/runbooks/*.md, by file name
	Source    map[string]string // Go files below functions and internal, tests left out, by path

	parsed *sync.Map // *ast.File by text, shared by altered copies
}

// Read reads the checkout whose root is a folder.
func Read(root string) (*Project, error) {
	p := &Project{Runbooks: map[string]string{}, Source: map[string]string{}, parsed: &sync.Map{}}
	for name, to := range map[string]*string{
		"infra/alarms.yaml": &p.Alarms, "infra/dashboard.json": &p.Dashboard, "infra/costs.md": &p.Costs,
		"template.yaml": &p.Template, "samconfig.toml": &p.Samconfig,
	} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		*to = string(text)
	}
	for _, folder := range []string{"infra/runbooks", "functions", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			goFile := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
			if !goFile && filepath.Ext(path) != ".md" {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			if goFile {
				p.Source[filepath.ToSlash(rel)] = string(text)
			} else if folder == "infra/runbooks" {
				p.Runbooks[filepath.Base(path)] = string(text)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Check returns every fault, sorted; none where all is well.
func (p *Project) Check() []string {
	c := &checker{p: p}
	c.source()
	c.alarms()
	c.dashboard()
	c.wiring()
	c.runbooks()
	c.costs()
	slices.Sort(c.faults)
	return slices.Compact(c.faults)
}

// checker gathers faults, and what one check learns for the next.
type checker struct {
	p      *Project
	faults []string

	emitted   map[string][]string // metrics by the parameter that names their function
	messages  map[string]bool     // of the log
	keys      map[string]bool     // attributes of log lines
	alarmed   []string            // logical ids of alarms
	single    int                 // alarms of one metric
	computing int                 // metrics in alarms that compute
	resources map[string]any      // of template.yaml
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// parameters are those that template.yaml gives to both nested stacks, and
// mailing those to the alarms alone.
var (
	parameters = []string{"FanoutFunction", "SyncFunction", "ApiFunction", "SyncQueue", "SyncDeadLetterQueue",
		"ScheduleDeadLetterQueue", "FanoutFailureQueue", "Table", "Api"}
	mailing = []string{"AlarmEmail", "KeyArn"}
)
