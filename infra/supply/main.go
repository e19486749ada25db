// Command supply tells what the deployed binaries are made of, and proves that
// they come from this source:
//
//	go run ./infra/supply sbom .build/lambda .build/sbom
//	go run ./infra/supply rebuild
//
// The first writes a bill of materials beside each <function>/bootstrap of a
// folder, as CycloneDX 1.6 (package sbom). The second builds every function
// twice, in two places, and compares the bytes (package rebuild).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"extrato/infra/supply/rebuild"
	"extrato/infra/supply/sbom"
	"extrato/infra/template"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "supply: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	switch {
	case len(args) == 3 && args[0] == "sbom":
		return writeAll(args[1], args[2], out)
	case len(args) == 1 && args[0] == "rebuild":
		t, err := template.Read("template.yaml")
		if err != nil {
			return err
		}
		return rebuild.Twice(ctx, ".", slices.Sorted(maps.Keys(t.Functions)), out)
	}
	return errors.New("say sbom with the folder of the binaries and that of the documents, or rebuild")
}

// writeAll writes <to>/<function>.cdx.json for every <from>/<function>/bootstrap.
func writeAll(from, to string, out io.Writer) error {
	binaries, err := filepath.Glob(filepath.Join(from, "*", "bootstrap"))
	if err != nil || len(binaries) == 0 {
		return fmt.Errorf("%s has no <function>/bootstrap: make build", from)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return fmt.Errorf("make the folder of the documents: %w", err)
	}
	for _, binary := range binaries {
		d, err := sbom.Read(binary)
		if err != nil {
			return err
		}
		text, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			return fmt.Errorf("write the bill of %s: %w", binary, err)
		}
		path := filepath.Join(to, filepath.Base(filepath.Dir(binary))+".cdx.json")
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			return fmt.Errorf("write the bill of %s: %w", binary, err)
		}
		_, _ = fmt.Fprintf(out, "%s  %d components\n", path, len(d.Components))
	}
	return nil
}
