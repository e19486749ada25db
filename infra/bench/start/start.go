// Package start measures what each function costs before its first event: the
// time from exec to the first GET …/invocation/next, the memory it then has, and
// the size of the binary that is deployed. Beside each stands an empty handler,
// built with the same flags and started in the same rounds, so that what is told
// is ours and not the machine's.
package start

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"extrato/infra/bench/figures"
	"extrato/infra/local/build"
	"extrato/infra/template"
)

// rounds is how often each binary is started. Their medians count.
const rounds = 20

// maxInit is how many milliseconds a function may start later than the empty
// handler, and maxSize how many MB its binary may have, by its folder's name.
const maxInit = 6

var maxSize = map[string]float64{"fanout": 12, "sync": 12, "api": 14}

const emptyName = "empty"

// Measure builds and starts the functions, and adds what they cost.
func Measure(ctx context.Context, o figures.Options, r *figures.Report) error {
	r.Section("start: each function beside an empty handler, same flags, same run")
	t, err := template.Read(filepath.Join(o.Root, "template.yaml"))
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(t.Functions))
	programs, err := programs(ctx, o, t, ids)
	if err != nil {
		return err
	}
	samples, err := startAll(ctx, programs)
	if err != nil {
		return err
	}
	empty := samples[emptyName]
	r.Add(figures.Figure{What: "empty handler: exec to its first call for work", Value: median(empty, wall), Unit: "ms", Note: fmt.Sprintf("median of %d", rounds)})
	r.Add(figures.Figure{What: "empty handler: CPU until then", Value: median(empty, cpu), Unit: "ms"})
	if peak := median(empty, resident); peak > 0 {
		r.Add(figures.Figure{What: "empty handler: resident then", Value: peak, Unit: "MB"})
	}
	for _, id := range ids {
		name := folderOf(id)
		own := samples[name]
		r.Add(figures.Figure{What: name + ": exec to its first call, over the empty handler's", Value: over(own, empty, wall), Unit: "ms", Limit: maxInit,
			Note: fmt.Sprintf("median %.1f ms", median(own, wall))})
		r.Add(figures.Figure{What: name + ": CPU until then, over the empty handler's", Value: over(own, empty, cpu), Unit: "ms",
			Note: fmt.Sprintf("median %.1f ms", median(own, cpu))})
		if peak := median(own, resident); peak > 0 {
			r.Add(figures.Figure{What: name + ": resident then", Value: peak, Unit: "MB"})
		}
	}
	return measureSizes(ctx, o, r, ids)
}

// folderOf returns the folder under functions of a logical id, as the Makefile
// has it.
func folderOf(id string) string { return strings.ToLower(strings.TrimSuffix(id, "Function")) }

// programs builds the functions and the empty handler for this machine.
func programs(ctx context.Context, o figures.Options, t *template.Template, ids []string) ([]program, error) {
	var names []string
	for _, id := range ids {
		names = append(names, folderOf(id))
	}
	paths, err := build.Functions(ctx, o.Root, names, func() { _, _ = fmt.Fprintln(o.Progress, "building…") })
	if err != nil {
		return nil, err
	}
	empty := filepath.Join(o.Root, ".build", "bench", emptyName)
	if err := buildEmpty(ctx, o.Root, empty, "CGO_ENABLED=0"); err != nil {
		return nil, err
	}
	all := []program{{name: emptyName, path: empty, env: surroundings}}
	for _, id := range ids {
		all = append(all, program{name: folderOf(id), path: paths[folderOf(id)], env: environment(t, id)})
	}
	return all, nil
}

func buildEmpty(ctx context.Context, root, to string, env ...string) error {
	c := exec.CommandContext(ctx, "go", append(append([]string{"build"}, build.Flags()...), "-o", to, "./infra/bench/start/testdata/empty")...)
	c.Dir, c.Env = root, append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build the empty handler: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// measureSizes builds what is deployed, by the targets that sam build calls.
func measureSizes(ctx context.Context, o figures.Options, r *figures.Report, ids []string) error {
	dir, err := os.MkdirTemp("", "extrato-bench-")
	if err != nil {
		return fmt.Errorf("measure sizes: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	size := func(path string) (float64, error) {
		info, err := os.Stat(path)
		if err != nil {
			return 0, fmt.Errorf("measure sizes: %w", err)
		}
		return float64(info.Size()) / 1e6, nil
	}
	path := filepath.Join(dir, emptyName)
	if err := buildEmpty(ctx, o.Root, path, "CGO_ENABLED=0", "GOOS=linux", "GOARCH=arm64"); err != nil {
		return err
	}
	empty, err := size(path)
	if err != nil {
		return err
	}
	r.Add(figures.Figure{What: "empty handler: arm64 binary", Value: empty, Unit: "MB"})
	for _, id := range ids {
		to := filepath.Join(dir, id)
		c := exec.CommandContext(ctx, "make", "build-"+id, "ARTIFACTS_DIR="+to)
		c.Dir = o.Root
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", id, err, bytes.TrimSpace(out))
		}
		own, err := size(filepath.Join(to, "bootstrap"))
		if err != nil {
			return err
		}
		name := folderOf(id)
		limit, known := maxSize[name]
		if !known {
			return fmt.Errorf("measure sizes: no limit is set for %s", name)
		}
		r.Add(figures.Figure{What: name + ": arm64 binary, stripped", Value: own, Unit: "MB", Limit: limit})
	}
	return nil
}
