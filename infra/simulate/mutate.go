package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"extrato/internal/simtest"
	"extrato/internal/simtest/mutation"
)

// fixedSeeds are tried first, so that a run is mostly the same as the last one;
// after them come fresh ones, up to mostHistories.
const (
	fixedSeeds    = 40
	mostHistories = 80
)

// caught is what came of one mutation.
type caught struct {
	mutation.Mutation
	by        string // the invariant; "" where it survived
	job       simtest.Job
	histories int
	took      time.Duration
}

// mutate breaks the product in every listed way, plays histories until an
// invariant is violated, and writes the table of what noticed what.
func mutate(ctx context.Context, folder string, o options) error {
	var all []caught
	survived := 0
	for _, m := range mutation.All() {
		if !strings.Contains(m.Name, o.only) {
			continue
		}
		c, err := hunt(ctx, filepath.Join(folder, strings.ReplaceAll(m.Name, "/", "-")), m, o.workers)
		if err != nil {
			return err
		}
		if c.by == "" {
			survived++
		}
		fmt.Printf("%-40s %-32s %4d histories, %4.0f s, %s\n", c.Name, orSurvives(c.by), c.histories, c.took.Seconds(), c.job)
		all = append(all, c)
	}
	fmt.Printf("%d mutations, %d caught\n", len(all), len(all)-survived)
	if o.only == "" {
		if err := os.WriteFile(o.written, []byte(page(all)), 0o644); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	if survived > 0 {
		return fmt.Errorf("%d mutations survive", survived)
	}
	return nil
}

func orSurvives(invariant string) string {
	if invariant == "" {
		return "SURVIVES"
	}
	return invariant
}

// hunt builds the simulation with the mutation in it and plays until something
// is violated.
func hunt(ctx context.Context, folder string, m mutation.Mutation, workers int) (caught, error) {
	begun := time.Now()
	if err := os.Mkdir(folder, 0o700); err != nil {
		return caught{}, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	overlay, err := m.Overlay(".", folder)
	if err != nil {
		return caught{}, err
	}
	binary, err := build(ctx, folder, overlay)
	if err != nil {
		return caught{}, fmt.Errorf("mutation %s: %w", m.Name, err)
	}
	h := &hunter{m: m, found: mostHistories}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { h.work(ctx, binary) })
	}
	wg.Wait()
	c := caught{Mutation: m, histories: min(h.found+1, mostHistories), took: time.Since(begun)}
	if h.result.Failed != "" {
		c.by, c.job = h.result.Failed, h.result.Job
	}
	return c, ctx.Err()
}

// hunter plays histories in order; the first of them that fails counts.
type hunter struct {
	m      mutation.Mutation
	mu     sync.Mutex
	next   int
	found  int // number of the first history that failed
	result simtest.Result
}

func (h *hunter) take() (n int, more bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n = h.next
	h.next++
	return n, n < h.found
}

// work plays histories in one process. Where that dies, it dies of a history if
// it dies of it once more: then that one is found.
func (h *hunter) work(ctx context.Context, binary string) {
	for ctx.Err() == nil {
		n, more := h.take()
		if !more {
			return
		}
		r, err := h.play(ctx, binary, n)
		if err != nil {
			r, err = h.play(ctx, binary, n)
		}
		if err != nil {
			r = simtest.Result{Job: h.job(n), Failed: "no-crash", Told: err.Error()}
		}
		h.mu.Lock()
		if r.Failed != "" && n < h.found {
			h.found, h.result = n, r
		}
		h.mu.Unlock()
	}
}

// play plays one history in a process of its own.
func (h *hunter) play(ctx context.Context, binary string, n int) (simtest.Result, error) {
	w, err := start(ctx, binary)
	if err != nil {
		return simtest.Result{}, err
	}
	defer w.stop()
	return w.do(simtest.Order{Job: h.job(n)}, limit, quietly)
}

// quietly says nothing of how far a history is.
func quietly(*simtest.Figures) {}

// job is the n-th history: most are of the faults among which the mutation
// shows, every fourth one is of all.
func (h *hunter) job(n int) simtest.Job {
	j := simtest.Job{Shape: "aimed", Seed: uint64(n + 1), Kinds: h.m.Kinds, Shrink: -1}
	if n >= fixedSeeds {
		j.Seed = simtest.FreshSeed()
	}
	if n%4 == 3 || len(j.Kinds) == 0 {
		j.Shape, j.Kinds = "storm", nil
	}
	return j
}

// page is the table of mutations as markdown.
func page(all []caught) string {
	var b strings.Builder
	b.WriteString(`# Mutations

Each line of the product named here was broken as internal/simtest/mutation says, and the simulation played until an invariant was violated.
Written by ` + "`make mutate`" + `, never by hand. A history is played again with the mutation in place only: without it nothing is violated.

| mutation | file | caught by | history | histories played |
|---|---|---|---|---|
`)
	for _, c := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` | %d |\n", c.Name, strings.TrimPrefix(c.File, "internal/"), orSurvives(c.by), short(c.job), c.histories)
	}
	return b.String()
}

// short leaves out the kinds, which the list of mutations has.
func short(j simtest.Job) string { return fmt.Sprintf("%s:%d", j.Shape, j.Seed) }
