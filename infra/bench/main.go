// Command bench measures what speed and capacity cost, beside the limits that
// the project set itself:
//
//	go run ./infra/bench
//
//	start    each function's init time, memory and size beside an empty handler
//	sync     accounts at once, a large first sync: CPU and memory
//	fanout   a million accounts in one invocation
//	front    the API under load, and what it must refuse
//
// It ends with 1 where a limit does not hold. Limits on time are meant for a
// machine that does nothing else meanwhile.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"extrato/infra/bench/fanout"
	"extrato/infra/bench/figures"
	"extrato/infra/bench/front"
	"extrato/infra/bench/start"
	"extrato/infra/bench/sync"
)

// measure is one part of the table.
type measure struct {
	name string
	run  func(context.Context, figures.Options, *figures.Report) error
}

// measures returns all parts, in the order of the table.
func measures() []measure {
	return []measure{{"start", start.Measure}, {"sync", sync.Measure}, {"fanout", fanout.Measure}, {"front", front.Measure}}
}

func main() {
	if sync.Child() { // started by its Measure, and done
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, measures(), os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errLimits): // told in the table
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

// errLimits says that a limit does not hold.
var errLimits = errors.New("a limit does not hold")

// options is what the command line says.
type options struct {
	only     []string // none: all
	accounts int
}

// parse reads the command line. Its errors are one line; flag.ErrHelp after
// the help was written to out.
func parse(all []measure, args []string, out io.Writer) (options, error) {
	var o options
	var names []string
	for _, m := range all {
		names = append(names, m.name)
	}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	only := f.String("only", "", "`parts` to measure, with commas between: "+strings.Join(names, ","))
	f.IntVar(&o.accounts, "accounts", 1_000_000, "`number` of accounts that the fan-out has")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(out)
			f.PrintDefaults()
		}
		return options{}, err
	}
	if f.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q: there are flags only, see --help", f.Arg(0))
	}
	if o.accounts < 1 {
		return options{}, fmt.Errorf("--accounts %d is not more than 0", o.accounts)
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	for _, name := range o.only {
		if !slices.Contains(names, name) {
			return options{}, fmt.Errorf("--only %s: the parts are %s", name, strings.Join(names, ","))
		}
	}
	return o, nil
}

// run measures what the command line asks for. A part that cannot be measured
// does not keep the others from it.
func run(ctx context.Context, all []measure, args []string, out, progress io.Writer) error {
	began := time.Now()
	o, err := parse(all, args, out)
	if err != nil {
		return err
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%s on %s/%s, %d CPUs%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), busy())
	report := &figures.Report{To: out}
	var failed []error
	for _, m := range all {
		if len(o.only) > 0 && !slices.Contains(o.only, m.name) {
			continue
		}
		if err := m.run(ctx, figures.Options{Root: root, Accounts: o.accounts, Progress: progress}, report); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", m.name, err))
		}
		if ctx.Err() != nil {
			return errors.New("told to end")
		}
	}
	holds := report.Verdict()
	_, _ = fmt.Fprintf(out, "measured in %.0f s\n", time.Since(began).Seconds())
	if len(failed) > 0 {
		return errors.Join(failed...)
	}
	if !holds {
		return errLimits
	}
	return nil
}

// moduleRoot returns the folder of go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	path := strings.TrimSpace(string(out))
	if err != nil || path == "" || path == os.DevNull {
		return "", errors.New("the functions are built from source: run this inside the project, with the go command at hand")
	}
	return filepath.Dir(path), nil
}

// busy tells how busy the machine is already, where the system does.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	load, _, _ := strings.Cut(string(text), " ")
	return ", load " + load + " before"
}
