package start

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"extrato/infra/template"
)

// program is a bootstrap to start.
type program struct {
	name, path string
	env        []string
}

// sample is one start.
type sample struct {
	wall     time.Duration // from exec to the first GET …/next
	cpu      time.Duration // of the process, until it was ended right after
	resident float64       // MB at most until then; 0 where the system does not tell
}

// surroundings are Lambda's own variables that a program looks at. Nothing
// listens where the SDK would call: a function that calls out before its first
// event fails here.
var surroundings = []string{
	"AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_LOG_FORMAT=JSON",
	"AWS_REGION=sa-east-1", "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_ENDPOINT_URL=http://127.0.0.1:9", "_HANDLER=bootstrap",
}

// environment returns what a function sees. What only a deployment knows is a
// URL, which every one of our variables takes.
func environment(t *template.Template, id string) []string {
	env := slices.Clone(surroundings)
	variables := t.Functions[id].Environment
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value, err := t.Resolve(variables[name], nil)
		if err != nil {
			value = "https://bench.invalid/" + strings.ToLower(name)
		}
		env = append(env, name+"="+value)
	}
	return env
}

// startAll starts every program in every round, so that what else the machine
// does meets all alike. A first round warms the caches and does not count.
func startAll(ctx context.Context, programs []program) (map[string][]sample, error) {
	all := map[string][]sample{}
	for round := range rounds + 1 {
		for i := range programs {
			p := programs[(i+round)%len(programs)]
			s, err := start(ctx, p)
			if err != nil {
				return nil, fmt.Errorf("start %s: %w", p.name, err)
			}
			if round > 0 {
				all[p.name] = append(all[p.name], s)
			}
		}
	}
	return all, nil
}

// patience is how long a start may take, Lambda's own limit.
const patience = 10 * time.Second

// start runs a program under a Runtime API that has no work for it, until it
// asks for some.
func start(ctx context.Context, p program) (sample, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return sample{}, err
	}
	asked := make(chan time.Time, 1)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/2018-06-01/runtime/invocation/next" {
			select {
			case asked <- time.Now():
			default: // once is enough
			}
		}
		<-r.Context().Done()
	})}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out bytes.Buffer
	c := exec.CommandContext(ctx, p.path)
	c.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String()}, p.env...)
	c.Stdout, c.Stderr = &out, &out
	began := time.Now()
	if err := c.Start(); err != nil {
		return sample{}, err
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	select {
	case at := <-asked:
		s := sample{wall: at.Sub(began), resident: peak(c.Process.Pid)}
		_ = c.Process.Kill()
		<-ended
		s.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		return s, nil
	case <-ended:
		return sample{}, errors.Join(errors.New("it ended before it asked for work"), ctx.Err(), errors.New(strings.TrimSpace(out.String())))
	}
}

// peak returns the most MB that a process has had resident. getrusage tells of
// a child at least what its parent had, so the kernel's own account is read.
func peak(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "\nVmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(fields[0], 64)
	return kb * 1024 / 1e6
}

// What a sample tells, as numbers.
func wall(s sample) float64     { return float64(s.wall) / float64(time.Millisecond) }
func cpu(s sample) float64      { return float64(s.cpu) / float64(time.Millisecond) }
func resident(s sample) float64 { return s.resident }

func median(samples []sample, of func(sample) float64) float64 {
	var values []float64
	for _, s := range samples {
		values = append(values, of(s))
	}
	return middle(values)
}

// over returns the median of the rounds' differences: two starts of one round
// share what the machine was busy with.
func over(own, empty []sample, of func(sample) float64) float64 {
	var values []float64
	for i := range own {
		values = append(values, of(own[i])-of(empty[i]))
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
