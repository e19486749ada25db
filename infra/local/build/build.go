// Package build compiles the functions for this machine, with the tags and
// flags that they are deployed with.
package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// patience is how long a build may take before it is worth telling a person.
const patience = time.Second

// Flags returns the go command's flags for a function's binary: LAMBDA_FLAGS of the
// Makefile, which sam build uses. A test compares the two.
func Flags() []string {
	return []string{"-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"}
}

// Functions builds ./functions/<name> of the module at root for each name, and
// returns the binaries' paths by name. One go command does them all: it loads
// what they share once, and what is up to date costs half a second. Progress
// is called once where it takes longer.
func Functions(ctx context.Context, root string, names []string, progress func()) (map[string]string, error) {
	// The go command runs at root, and who starts a binary may be elsewhere.
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("build the functions: %w", err)
	}
	dir := filepath.Join(root, ".build", "local")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("build the functions: %w", err)
	}
	args := append(append([]string{"build"}, Flags()...), "-o", dir+string(filepath.Separator))
	paths := map[string]string{}
	for _, name := range names {
		args = append(args, "./functions/"+name)
		paths[name] = filepath.Join(dir, name)
	}
	told := time.AfterFunc(patience, progress)
	defer told.Stop()
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = root
	c.Env = append(os.Environ(), "CGO_ENABLED=0") // as deployed
	if out, err := c.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errors.New("the go command is missing: install Go 1.26 or later from https://go.dev/dl")
		}
		return nil, fmt.Errorf("build the functions: %w\n%s", err, bytes.TrimSpace(out))
	}
	return paths, nil
}
