// Command simulate plays the product against a world that goes wrong, in many
// histories side by side, until there were so many account-syncs: messages about
// one account that functions/sync worked on, whether they asked the bank or found
// the day covered. It prints figures as it goes; at the end each kind of fault by
// how often it happened, and each invariant by how often it was looked at. It
// exits 1 where an invariant was violated, and where a kind of fault never
// happened although each had its history.
//
//	go run ./infra/simulate -syncs 1000000     a campaign with a fresh seed
//	go run ./infra/simulate -campaign 7        the histories of campaign 7 again
//	go run ./infra/simulate -seed short:17     one history again; -keep 3,9 leaves out all faults but these
//	go run ./infra/simulate -mutations         breaks the product's guards one by one and wants each caught
//
// It builds the test binary of internal/simtest once and runs it in as many
// processes as there are cores. A history that fails is printed with the
// shortest one found and kept in internal/simtest/testdata/seeds, which go test
// plays again. An interrupt ends the campaign with the figures so far.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"extrato/internal/simtest"
)

// kept is where histories that fail are kept.
const kept = "internal/simtest/testdata/seeds"

// options are what the command line says.
type options struct {
	syncs     int
	hours     float64
	campaign  uint64
	years     int
	workers   int
	every     time.Duration
	seed      string
	keep      string
	mutations bool
	only      string
	written   string
}

func main() {
	o := options{}
	flag.IntVar(&o.syncs, "syncs", 1_000_000, "account-syncs to be played")
	flag.Float64Var(&o.hours, "hours", 0, "how long instead")
	flag.Uint64Var(&o.campaign, "campaign", 0, "seed of the campaign; default a fresh one")
	flag.IntVar(&o.years, "years", -1, "histories of a year among them; default one for every 1,000,000 account-syncs")
	flag.IntVar(&o.workers, "workers", runtime.NumCPU(), "processes side by side")
	flag.DurationVar(&o.every, "every", 10*time.Second, "how often figures are printed")
	flag.StringVar(&o.seed, "seed", "", "play this history only: shape:seed[:kind+kind], a seed, or the file of a kept one")
	flag.StringVar(&o.keep, "keep", "", "with -seed: the numbers of the faults that are to happen; none; default all")
	flag.BoolVar(&o.mutations, "mutations", false, "break the product's guards one by one")
	flag.StringVar(&o.only, "only", "", "with -mutations: those whose name contains this; nothing is written")
	flag.StringVar(&o.written, "table", "infra/simulate/mutations.md", "with -mutations: where the table is written")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	folder, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	if o.mutations {
		return mutate(ctx, folder, o)
	}
	binary, err := build(ctx, folder, "")
	if err != nil {
		return err
	}
	if o.seed != "" {
		return replay(ctx, binary, o)
	}
	if o.campaign == 0 {
		o.campaign = simtest.FreshSeed()
	}
	if o.years < 0 {
		o.years = o.syncs / 1_000_000
	}
	return newCampaign(o, binary).run(ctx)
}

// build makes the test binary of the simulation, of mutated sources where an
// overlay names them.
func build(ctx context.Context, folder, overlay string) (string, error) {
	binary := filepath.Join(folder, "simtest.test")
	args := []string{"test", "-c", "-o", binary}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	out, err := exec.CommandContext(ctx, "go", append(args, "./internal/simtest")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the simulation: %w\n%s", err, out)
	}
	return binary, nil
}

// replay plays one history and prints what is violated.
func replay(ctx context.Context, binary string, o options) error {
	order, err := orderOf(o)
	if err != nil {
		return err
	}
	w, err := start(ctx, binary)
	if err != nil {
		return err
	}
	defer w.stop()
	r, err := w.do(order, 24*time.Hour, func(f *simtest.Figures) {
		fmt.Printf("account-syncs %d, %d of them at the bank, faults %d\n", f.Syncs, f.Reached, sum(f.Faults))
	})
	if err != nil {
		return err
	}
	fmt.Print(r.Figures)
	if r.Failed != "" {
		return errors.New(r.Told)
	}
	fmt.Println("nothing is violated")
	return nil
}

// orderOf reads -seed and -keep.
func orderOf(o options) (simtest.Order, error) {
	if strings.HasSuffix(o.seed, ".json") {
		path, err := filepath.Abs(o.seed)
		return simtest.Order{Kept: path}, err
	}
	job, err := simtest.ParseJob(o.seed)
	if err != nil {
		return simtest.Order{}, err
	}
	job.Shrink = -1
	order := simtest.Order{Job: job, Some: o.keep != ""}
	for n := range strings.SplitSeq(o.keep, ",") {
		if n == "" || n == "none" {
			continue
		}
		i, err := strconv.Atoi(n)
		if err != nil {
			return simtest.Order{}, fmt.Errorf("-keep: %w", err)
		}
		order.Only = append(order.Only, i)
	}
	return order, nil
}
