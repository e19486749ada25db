package start

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"extrato/infra/template"
)

// TestStart starts the real empty handler: it asks for work, and is ended.
func TestStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "empty")
	if err := buildEmpty(t.Context(), filepath.Join("..", "..", ".."), path, "CGO_ENABLED=0"); err != nil {
		t.Fatal(err)
	}
	s, err := start(t.Context(), program{name: "empty", path: path, env: surroundings})
	if err != nil {
		t.Fatal(err)
	}
	if s.wall <= 0 || s.wall > patience || s.cpu <= 0 || s.cpu > patience {
		t.Errorf("started in %v with %v of CPU", s.wall, s.cpu)
	}
	if _, err := os.Stat("/proc/self/status"); err == nil && (s.resident < 1 || s.resident > 100) {
		t.Errorf("%v MB resident", s.resident)
	}
}

// TestAProgramThatEndsIsToldWithItsOutput starts env, which prints what it was
// given and ends.
func TestAProgramThatEndsIsToldWithItsOutput(t *testing.T) {
	t.Parallel()
	env, err := exec.LookPath("env")
	if err != nil {
		t.Fatal(err)
	}
	_, err = start(t.Context(), program{name: "env", path: env, env: []string{"TABLE_NAME=missing"}})
	if err == nil || !strings.Contains(err.Error(), "before it asked for work") || !strings.Contains(err.Error(), "TABLE_NAME=missing") {
		t.Errorf("error %v", err)
	}
}

// TestEnvironmentIsComplete: each of the template's variables has a value, and
// no function sees another's.
func TestEnvironmentIsComplete(t *testing.T) {
	t.Parallel()
	tpl, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for id, f := range tpl.Functions {
		env := environment(tpl, id)
		if len(env) != len(surroundings)+len(f.Environment) {
			t.Errorf("%s sees %v", id, env)
		}
		if !slices.Contains(env, "TABLE_NAME=https://bench.invalid/table_name") {
			t.Errorf("%s has no table: %v", id, env)
		}
	}
}

func TestMedians(t *testing.T) {
	t.Parallel()
	ms := func(values ...int) (all []sample) {
		for _, v := range values {
			all = append(all, sample{wall: time.Duration(v) * time.Millisecond, cpu: time.Duration(10*v) * time.Millisecond, resident: float64(v)})
		}
		return all
	}
	for _, test := range []struct{ got, want float64 }{
		{median(ms(9, 1, 5), wall), 5},
		{median(ms(9, 1, 5, 6), wall), 5.5},
		{median(ms(9, 1, 5), cpu), 50},
		{median(ms(9, 1, 5), resident), 5},
		// Differences within a round: 1, 2, 90. The medians' own difference is 8.
		{over(ms(11, 3, 100), ms(10, 1, 10), wall), 2},
	} {
		if test.got != test.want {
			t.Errorf("got %v, want %v", test.got, test.want)
		}
	}
}

// TestLimitsAreSet: a function without a limit would be measured for nothing.
func TestLimitsAreSet(t *testing.T) {
	t.Parallel()
	tpl, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for id := range tpl.Functions {
		if maxSize[folderOf(id)] == 0 {
			t.Errorf("%s has no limit", id)
		}
	}
}
