package validate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// Version is the validator's release. package-lock.json holds its hash.
const Version = "1.9.0-beta"

const pkg = "@aws/cloudformation-validate"

// Ensure returns the folder whose node_modules holds the validator: in .tools of
// the module at root, fetched with npm where it is missing. It is an error when
// it cannot be fetched: then nothing is checked. Several processes may call
// Ensure at once; each fetches into a folder of its own, and one becomes the
// folder that all use. A fetch that is killed leaves its folder behind, which
// make clean removes.
func Ensure(ctx context.Context, root string) (string, error) {
	return ensureIn(ctx, filepath.Join(root, ".tools"), filepath.Join(root, "infra", "validate"), nil)
}

// ensureIn is Ensure for one folder of tools, with variables for npm.
func ensureIn(ctx context.Context, tools, pinned string, env []string) (string, error) {
	folder := filepath.Join(tools, "validate-"+Version)
	if installed(folder) {
		return folder, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("npm is missing, so the templates were not validated: it fetches %s, and comes with Node.js 20 or later", pkg)
	}
	if err := os.MkdirAll(tools, 0o755); err != nil {
		return "", fmt.Errorf("make the folder for %s: %w", pkg, err)
	}
	fresh, err := os.MkdirTemp(tools, "validate-fetch-")
	if err != nil {
		return "", fmt.Errorf("make the folder for %s: %w", pkg, err)
	}
	err = fetch(ctx, npm, fresh, pinned, env)
	if err == nil && os.Rename(fresh, folder) == nil {
		return folder, nil
	}
	if cleared := os.RemoveAll(fresh); cleared != nil {
		return "", errors.Join(err, fmt.Errorf("remove what was fetched: %w", cleared))
	}
	if installed(folder) { // another process was faster
		return folder, nil
	}
	if err == nil {
		err = fmt.Errorf("%s is there but cannot be used: remove .tools and try again", folder)
	}
	return "", err
}

// installed reports whether the validator is there: a folder gets its name only
// when it is complete.
func installed(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, "node_modules", filepath.FromSlash(pkg), "package.json"))
	return err == nil && info.Mode().IsRegular()
}

// npmCode is how npm names a failure: "npm error code ENOTFOUND", and "npm
// ERR! code …" before npm 10.
var npmCode = regexp.MustCompile(`(?m)^npm (?:error|ERR!) code (\w+)`)

// fetch installs what package-lock.json says, hash and all, into a folder.
func fetch(ctx context.Context, npm, folder, pinned string, env []string) error {
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(pinned, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("copy %s for npm: %w", name, err)
		}
	}
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("fetch %s with npm: %w", pkg, ctx.Err())
	}
	// npm's output names hosts and paths of this machine: only its code is told.
	code := "no code given"
	if m := npmCode.FindSubmatch(out); m != nil {
		code = string(m[1])
	}
	return fmt.Errorf("npm cannot fetch %s@%s (%s), so the templates were not validated: make sure the npm registry can be reached", pkg, Version, code)
}
