// Package rebuild proves that a function's binary follows from its source alone:
// it builds every function twice, in two folders, and compares the bytes.
//
// The first build is the one of every day. The second has a copy of the tree in
// another place, with other times on its files, an empty build cache, so that
// every package down to the standard library is compiled anew, another time
// zone and Go settings that must have no effect. Both are made by the targets
// that sam build calls. What stays the same is the toolchain, whose version is
// in the bill of materials (package sbom): another one makes another binary.
package rebuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// strange is an environment that must not reach the binary.
func strange(cache string) []string {
	return append(os.Environ(), "GOCACHE="+cache, "GOFLAGS=-gcflags=-l", "GOARM64=v8.1", "TZ=Asia/Tokyo", "LC_ALL=C")
}

// Twice builds the functions with these logical ids from the module at root,
// and prints each one's SHA-256. The error names those that came out different.
// What it made is removed, also when ctx ends it.
func Twice(ctx context.Context, root string, functions []string, out io.Writer) (err error) {
	if len(functions) == 0 {
		return errors.New("rebuild: no function to build")
	}
	dir, err := os.MkdirTemp("", "extrato-rebuild-")
	if err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	tree := filepath.Join(dir, "elsewhere", "tree")
	if err := copyTree(tree, root); err != nil {
		return fmt.Errorf("rebuild: copy the tree: %w", err)
	}
	var different []string
	for _, id := range functions {
		first, err := build(ctx, root, id, filepath.Join(dir, "1", id), nil)
		if err != nil {
			return err
		}
		second, err := build(ctx, tree, id, filepath.Join(dir, "second", id), strange(filepath.Join(dir, "cache")))
		if err != nil {
			return err
		}
		if first != second {
			different = append(different, id)
			_, _ = fmt.Fprintf(out, "%s  %s\n%s  %s, built again\n", first, id, second, id)
			continue
		}
		_, _ = fmt.Fprintf(out, "%s  %s, twice\n", first, id)
	}
	if len(different) > 0 {
		return fmt.Errorf("rebuild: two builds of the same source differ: %s", strings.Join(different, ", "))
	}
	return nil
}

// build makes one function as sam build does, and returns the binary's SHA-256.
func build(ctx context.Context, root, id, artifacts string, env []string) (string, error) {
	if err := os.MkdirAll(artifacts, 0o755); err != nil {
		return "", fmt.Errorf("rebuild %s: %w", id, err)
	}
	c := exec.CommandContext(ctx, "make", "--no-print-directory", "build-"+id, "ARTIFACTS_DIR="+artifacts)
	c.Dir, c.Env = root, env
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("rebuild %s: %w\n%s", id, err, bytes.TrimSpace(out))
	}
	text, err := os.ReadFile(filepath.Join(artifacts, "bootstrap"))
	if err != nil {
		return "", fmt.Errorf("rebuild %s: %w", id, err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text)), nil
}

// copyTree copies regular files. Hidden folders are the tools' own: version
// control, what was built, what was fetched.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch target := filepath.Join(to, name); {
		case d.IsDir() && name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type().IsRegular():
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(target, text, 0o644)
		}
		return nil
	})
}
