package simtest

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var jobsFlag = flag.Bool("jobs", false, "TestJobs reads jobs from standard input and answers each with a line; infra/simulate uses it")

// TestJobs is a process of a campaign: a job per line of its input, a result per
// line of its output. Without -jobs there is nothing to do.
func TestJobs(t *testing.T) {
	if !*jobsFlag {
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var order Order
		if err := json.Unmarshal(in.Bytes(), &order); err != nil {
			t.Fatalf("order %q: %v", in.Text(), err)
		}
		answer, err := json.Marshal(order.Do(t))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s%s\n", ResultMark, answer)
	}
}

// TestJobNames: what a job prints as is what ParseJob reads, and a name that is
// none is refused.
func TestJobNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		want Job
	}{
		{"17", Job{Shape: "short", Seed: 17}},
		{"year:0", Job{Shape: "year"}},
		{"pair:3:bank/hang+queue/duplicate", Job{Shape: "pair", Seed: 3, Kinds: []string{"bank/hang", "queue/duplicate"}}},
	} {
		got, err := ParseJob(tt.name)
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
		if again, err := ParseJob(got.String()); err != nil || cmp.Diff(got, again) != "" {
			t.Errorf("%s prints as %s, which is %v, %v", tt.name, got, again, err)
		}
	}
	for _, name := range []string{"", "x", "short:", "long:3", "alone:3:bank/nothing"} {
		if j, err := ParseJob(name); err == nil {
			t.Errorf("%q is %v", name, j)
		}
	}
}

// TestJobsCoverAll: a campaign hands out its years, and every kind alone and
// every pair once, in turns with other histories.
func TestJobsCoverAll(t *testing.T) {
	t.Parallel()
	q, seen, random := NewJobs(1, 2), map[string]int{}, 0
	all, _ := q.Listed()
	kinds := len(Catalogue())
	if want := kinds + kinds*(kinds+1)/2; all != want {
		t.Fatalf("%d histories of one and two kinds, want %d", all, want)
	}
	years := 0
	for range all + all/3 + 2 {
		j := q.Next()
		if j.Shape == "year" {
			years++
			continue
		}
		if len(j.Kinds) == 0 {
			random++
			continue
		}
		slices.Sort(j.Kinds)
		seen[j.Shape+" "+strings.Join(j.Kinds, " ")]++
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s comes %d times", name, n)
		}
	}
	if len(seen) != all || random != all/3 || years != 2 {
		t.Errorf("%d of %d listed, %d others, %d years", len(seen), all, random, years)
	}
}

// TestTogether: each fault of a pair has a partner of the other kind.
func TestTogether(t *testing.T) {
	t.Parallel()
	s := Job{Shape: "pair", Seed: 5, Kinds: []string{"bank/hang", "queue/duplicate"}}.Script()
	if len(s.Injections) == 0 {
		t.Fatal("nothing happens")
	}
	for i := 0; i < len(s.Injections); i += 2 {
		a, b := s.Injections[i], s.Injections[i+1]
		if a.Kind == b.Kind || a.Account != b.Account || a.Day != b.Day || b.Firing-a.Firing > 1 || a.N != i || b.N != i+1 {
			t.Errorf("%s and %s", a, b)
		}
	}
}
