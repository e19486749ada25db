package review

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"extrato/infra/template"
)

// The templates, by their paths below the repository's root.
const (
	Main      = "template.yaml"
	Alarms    = "infra/alarms.yaml"
	Dashboard = "infra/dashboard.json"
)

// Files are the templates' texts, by path below the repository's root.
type Files map[string][]byte

// ReadFiles reads the templates of a repository.
func ReadFiles(root string) (Files, error) {
	files := Files{}
	for _, path := range []string{Main, Alarms, Dashboard} {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			return nil, fmt.Errorf("read the templates: %w", err)
		}
		files[path] = text
	}
	return files, nil
}

// Finding is one thing that must change.
type Finding struct {
	Check string // which check found it
	File  string
	ID    string // logical id; "" is the file as a whole
	What  string // is wrong
	Do    string // about it
}

func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s: %s (%s)", f.File, cmp.Or(f.ID, "file"), f.What, f.Do, f.Check)
}

// checks in the order of the report. The first two read nothing but the files:
// where a name leads nowhere, what the others say may follow from it.
var checks = []struct {
	name string
	run  func(*review)
}{
	{"references", (*review).references},
	{"nested", (*review).nested},
	{"routes", (*review).routes},
	{"environment", (*review).environment},
	{"table", (*review).table},
	{"functions", (*review).functions},
	{"source", (*review).source},
	{"queues", (*review).queues},
	{"schedule", (*review).schedule},
	{"async", (*review).async},
	{"logs", (*review).logs},
	{"encryption", (*review).encryption},
	{"durable", (*review).durable},
	{"gateway", (*review).gateway},
	{"parameters", (*review).parameters},
	{"secrets", (*review).secrets},
	{"wildcards", (*review).wildcards},
	{"roles", (*review).roles},
	{"privilege", (*review).privilege},
	{"erp", (*review).erp},
	{"alarms", (*review).alarms},
	{"outputs", (*review).outputs},
}

// Checks are the names of the checks. "read" stands for a file that cannot be
// understood at all.
func Checks() []string {
	names := []string{"read"}
	for _, c := range checks {
		names = append(names, c.name)
	}
	return names
}

// review is one run of the checks.
type review struct {
	product   *Product
	files     Files
	documents map[string]*document
	main      *document
	template  *template.Template
	check     string
	found     []Finding
}

// Review returns what is wrong with the templates of a product. A file that
// cannot be read as a template is the only finding then.
func Review(p *Product, files Files) []Finding {
	r := &review{product: p, files: files, documents: map[string]*document{}, check: "read"}
	for path, text := range files {
		d, err := parse(path, text)
		if err != nil {
			r.find(path, "", err.Error(), "write a template there")
			continue
		}
		r.documents[path] = d
	}
	if r.main = r.documents[Main]; r.main == nil && len(r.found) == 0 {
		r.find(Main, "", "is missing", "hand it to Review")
	}
	if len(r.found) > 0 {
		return r.found
	}
	var err error
	if r.template, err = template.Parse(files[Main]); err != nil {
		r.find(Main, "", err.Error(), "write what infra/template can read: the local stack runs it")
	}
	for _, c := range checks {
		if r.template != nil || c.name == "references" || c.name == "nested" {
			r.check = c.name
			c.run(r)
		}
	}
	slices.SortStableFunc(r.found, func(a, b Finding) int { return cmp.Compare(a.File, b.File) })
	return r.found
}

// find notes a finding of the check that runs.
func (r *review) find(file, id, what, do string) {
	r.found = append(r.found, Finding{Check: r.check, File: file, ID: id, What: what, Do: do})
}

// want notes that a value of the main template is not what it must be.
func (r *review) want(id, name, got, want string) {
	if got != want {
		r.find(Main, id, fmt.Sprintf("%s is %s", name, quoted(got)), "make it "+quoted(want))
	}
}

func quoted(s string) string {
	if s == "" {
		return "absent"
	}
	return fmt.Sprintf("%q", s)
}
