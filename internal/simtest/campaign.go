package simtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"extrato/internal/statement"
)

// Job is one history of a campaign, by what it is generated from.
type Job struct {
	Shape string   `json:"shape"` // one of Shapes
	Seed  uint64   `json:"seed"`
	Kinds []string `json:"kinds,omitempty"` // those that the shapes alone and pair are about
	// Shrink is how long a shorter history that fails is looked for; see Plan.
	Shrink time.Duration `json:"shrink,omitempty"`
}

// String is what ParseJob reads: short:17, pair:3:bank/hang+queue/duplicate.
func (j Job) String() string {
	s := fmt.Sprintf("%s:%d", j.Shape, j.Seed)
	if len(j.Kinds) > 0 {
		s += ":" + strings.Join(j.Kinds, "+")
	}
	return s
}

// ParseJob reads a job's name. A number alone is the seed of a short history.
func ParseJob(name string) (Job, error) {
	parts := strings.SplitN(name, ":", 3)
	if len(parts) == 1 {
		parts = []string{"short", name}
	}
	seed, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil {
		return Job{}, fmt.Errorf("the seed of %q is no number", name)
	}
	j := Job{Shape: parts[0], Seed: seed}
	if len(parts) == 3 {
		j.Kinds = strings.Split(parts[2], "+")
	}
	if _, known := shapes[j.Shape]; !known {
		return Job{}, fmt.Errorf("%q has none of the shapes %v", name, Shapes())
	}
	for _, k := range j.Kinds {
		if kindNamed(k) == nil {
			return Job{}, fmt.Errorf("no fault is named %q", k)
		}
	}
	return j, nil
}

// shapes are the plans of histories. What is left out is the default.
var shapes = map[string]Plan{
	"short": {},
	// Faults at nearly every firing, and hardly any.
	"storm": {Accounts: 4, Days: 14, Rate: [2]float64{0.25, 0.6}},
	"still": {Accounts: 12, Days: 40, Rate: [2]float64{0.01, 0.05}},
	// One kind of fault, and two that happen together.
	"alone": {Accounts: 3, Days: 9, Rate: [2]float64{0.1, 0.25}},
	"pair":  {Accounts: 3, Days: 9, Rate: [2]float64{0.08, 0.16}},
	// Some kinds that were chosen for what they may bring to light.
	"aimed": {Accounts: 4, Days: 16, Rate: [2]float64{0.1, 0.35}},
	"year":  {Accounts: 200, Days: yearDays - 10, Quiet: 10, Rate: [2]float64{0.01, 0.20}, Tempers: true, Shrink: -1},
}

// Shapes returns the names of the shapes.
func Shapes() []string {
	return []string{"short", "storm", "still", "alone", "pair", "aimed", "year"}
}

// Script is the history of the job.
func (j Job) Script() Script {
	plan := shapes[j.Shape]
	plan.Kinds, plan.Shrink = j.Kinds, or(j.Shrink, plan.Shrink)
	s := Generate(j.Seed, plan)
	if j.Shape == "pair" {
		s = s.together()
	}
	return s
}

// together gives each fault a second one of the other kinds, at the same account
// and at the same firing or the next.
func (s Script) together() Script {
	var all []Injection
	for _, in := range s.Injections {
		r := Stream(in.Draw, "partner")
		in.N = len(all)
		second := in
		second.N, second.Draw = in.N+1, r.Uint64()
		if i := slices.Index(s.Plan.Kinds, in.Kind); i >= 0 {
			second.Kind = s.Plan.Kinds[(i+1)%len(s.Plan.Kinds)]
		}
		if r.IntN(2) == 0 && second.Firing+1 < len(firings) {
			second.Firing++
		}
		all = append(all, in, second)
	}
	s.Injections = all
	return s
}

// Result is what became of a job.
type Result struct {
	Job     Job      `json:"job"`
	Figures *Figures `json:"figures"`
	// Failed is empty where nothing was violated.
	Failed   string  `json:"failed,omitempty"`   // the invariant
	Told     string  `json:"told,omitempty"`     // the shortest history found and what it violates
	Shortest *Script `json:"shortest,omitempty"` // to be kept
	Seconds  float64 `json:"seconds"`
}

// manyAccounts is from where on a world's memory counts.
const manyAccounts = 50

// playJob plays a job's script and, where something is violated, looks for a
// shorter history that violates the same.
func playJob(t *testing.T, j Job, s Script) Result {
	t.Helper()
	begun := time.Now()
	if s.Plan.Accounts > manyAccounts { // what such a world keeps is not little, and it takes long
		defer debug.SetGCPercent(debug.SetGCPercent(100))
		s.Plan.EachDay = tellProgress
	}
	o := Play(t, s)
	r := Result{Job: j, Figures: o.Figures}
	if len(o.Violations) > 0 {
		o = Shrink(t, narrow(t, o))
		r.Failed, r.Shortest, r.Told = o.Violations[0].Invariant, &o.Script, o.tell(j.String())
	}
	r.Seconds = time.Since(begun).Seconds()
	return r
}

// tellProgress prints the figures so far, for who waits for the result.
func tellProgress(w *World, _ statement.Date) {
	w.count(func(f *Figures) {
		text, err := json.Marshal(f)
		w.must(err)
		fmt.Printf("%s%s\n", ProgressMark, text)
	})
}

// accountNamed finds the account in the text of a violation.
var accountNamed = regexp.MustCompile(`account-([0-9]+)`)

// narrow leaves the faults of all other accounts out of a history of many, and
// the accounts behind, where the same is violated still; in a year there are too
// many to leave them out one by one.
func narrow(t *testing.T, o Outcome) Outcome {
	t.Helper()
	found := accountNamed.FindStringSubmatch(o.Violations[0].Text)
	if o.Script.Plan.Accounts <= manyAccounts || found == nil {
		return o
	}
	account, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	s := o.Script
	s.Injections = slices.DeleteFunc(slices.Clone(s.Injections), func(in Injection) bool { return in.Account != account && !wide(in.Kind) })
	s.Plan.Accounts = account + 1
	s.Injections = slices.DeleteFunc(s.Injections, func(in Injection) bool { return in.Account > account })
	if less := Play(t, s); len(less.Violations) > 0 && less.Violations[0].Invariant == o.Violations[0].Invariant {
		return less
	}
	return o
}

// How many faults of a history are listed, and how much of what happened before.
const (
	toldFaults = 40
	toldTrace  = 60
)

// tell is a violation for people: the faults that it needs, what is violated,
// and how to play it again.
func (o Outcome) tell(job string) string {
	var b strings.Builder
	var keep []string
	fmt.Fprintf(&b, "%s, from %s: %d faults are enough\n", job, o.Script.Plan.Start, len(o.Script.Injections))
	for i, in := range o.Script.Injections {
		if i < toldFaults {
			fmt.Fprintf(&b, "  %s\n", in)
		}
		keep = append(keep, fmt.Sprint(in.N))
	}
	for _, v := range o.Violations {
		fmt.Fprintf(&b, "  violated: %s\n", v)
	}
	for _, line := range o.before() {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	fmt.Fprintf(&b, "  play it again: make simulate SEED=%s", job)
	if len(keep) <= toldFaults {
		fmt.Fprintf(&b, " KEEP=%s", or(strings.Join(keep, ","), "none"))
	}
	b.WriteByte('\n')
	return b.String()
}

// before is what happened up to the violation, as far as it is kept.
func (o Outcome) before() []string {
	end := 1 + slices.IndexFunc(o.Trace, func(line string) bool { return strings.Contains(line, "VIOLATION") })
	return o.Trace[max(0, end-toldTrace):end]
}

// Jobs is the order of a campaign: every kind alone and every pair of kinds
// once, in turns with histories of all kinds.
type Jobs struct {
	seed   uint64
	listed [][]string // kinds of alone and pair, in an order of the seed's
	next   int
	years  int // still to come
	until  int // number of the history that the next year comes before
}

// betweenYears is how many histories come between two years: what fails, mostly
// fails in a short one first.
const betweenYears = 100

// NewJobs returns the jobs of a campaign; years of them are years.
func NewJobs(seed uint64, years int) *Jobs {
	q := &Jobs{seed: seed, years: years, until: betweenYears}
	all := Catalogue()
	for _, k := range all {
		q.listed = append(q.listed, []string{k.Name})
	}
	alone := len(q.listed)
	for i, k := range all {
		for _, l := range all[i:] {
			q.listed = append(q.listed, []string{k.Name, l.Name})
		}
	}
	r := Stream(seed, "jobs")
	swap := func(of [][]string) { r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] }) }
	swap(q.listed[:alone])
	swap(q.listed[alone:])
	return q
}

// Listed is how many histories of one and of two kinds there are, and how many
// of them were handed out.
func (q *Jobs) Listed() (all, begun int) { return len(q.listed), min(q.next-q.next/4, len(q.listed)) }

// FreshSeed is one that nobody has used.
func FreshSeed() uint64 { return rand.Uint64() >> 12 }

// Next returns another job; there is always one.
func (q *Jobs) Next() Job {
	if q.years > 0 && q.next >= q.until {
		q.years--
		q.until += betweenYears
		return Job{Shape: "year", Seed: Stream(q.seed, "year", q.years).Uint64() >> 12}
	}
	n := q.next
	q.next++
	r := Stream(q.seed, "job", n)
	j := Job{Seed: r.Uint64() >> 12, Shape: randomShape(r)}
	// Three of four are listed, so that a campaign of a million has all of them.
	if i := n - n/4; n%4 != 3 && i < len(q.listed) {
		j.Kinds, j.Shape = q.listed[i], "alone"
		if len(j.Kinds) == 2 {
			j.Shape = "pair"
		}
	}
	return j
}

func randomShape(r *rand.Rand) string {
	return pick(r, []string{"short", "short", "short", "still", "still", "storm"})
}

// KindNames returns the names of all that can go wrong: the catalogue's, and
// what the calendar brings.
func KindNames() []string {
	names := []string{"time/holiday", "time/year-end"}
	for _, k := range Catalogue() {
		names = append(names, k.Name)
	}
	slices.Sort(names)
	return names
}
