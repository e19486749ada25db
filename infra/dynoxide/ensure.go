package dynoxide

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
)

// Version is the release that this project is tested with.
const Version = "1.2.1"

const pkg = "@dynoxide/linux-x64"

// instead ends every error: dynoxide is a convenience, any DynamoDB will do.
const instead = "or set AWS_ENDPOINT_URL_DYNAMODB to any DynamoDB"

// Ensure returns the path of the binary. It is kept in the folder .tools of
// the module that the working directory belongs to, and fetched there with npm
// when it is missing; when it is there, no network is used. Several processes
// may call Ensure at once: one fetches, the others wait.
//
// Where there is no package for the platform, a dynoxide on the PATH is taken.
// Errors are one line and say what to do.
func Ensure(ctx context.Context) (string, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		if path, err := exec.LookPath("dynoxide"); err == nil {
			return path, nil
		}
		return "", fmt.Errorf("dynoxide is fetched for linux on x64 only, this is %s on %s: put a dynoxide %s on the PATH, %s",
			runtime.GOOS, runtime.GOARCH, Version, instead)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the folder for dynoxide: %w", err)
	}
	root, err := moduleRoot(dir)
	if err != nil {
		return "", err
	}
	return ensureIn(ctx, filepath.Join(root, ".tools"))
}

// ensureIn is Ensure for one folder.
func ensureIn(ctx context.Context, tools string) (string, error) {
	if path, ok := installed(tools); ok {
		return path, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("npm is not installed, and dynoxide (the local DynamoDB) is fetched with it: install Node.js, %s", instead)
	}
	if err := os.MkdirAll(tools, 0o755); err != nil {
		return "", fmt.Errorf("make the folder for dynoxide: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(tools, "dynoxide.lock"))
	if err != nil {
		return "", fmt.Errorf("wait for another process that fetches dynoxide: %w", err)
	}
	defer unlock()
	if path, ok := installed(tools); ok { // the other process has done it
		return path, nil
	}
	if err := install(ctx, npm, tools); err != nil {
		return "", err
	}
	path, ok := installed(tools)
	if !ok {
		return "", fmt.Errorf("npm ended well, but %s@%s is not in .tools: remove that folder and try again, %s", pkg, Version, instead)
	}
	return path, nil
}

// installed reports whether the version we want is completely there. npm
// writes its own lock file last, so a fetch that was killed does not count.
func installed(tools string) (path string, ok bool) {
	modules := filepath.Join(tools, "node_modules")
	path = filepath.Join(modules, filepath.FromSlash(pkg), "dynoxide")
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return "", false
	}
	text, err := os.ReadFile(filepath.Join(modules, ".package-lock.json"))
	if err != nil {
		return "", false
	}
	var locked struct {
		Packages map[string]struct{ Version string }
	}
	if json.Unmarshal(text, &locked) != nil || locked.Packages["node_modules/"+pkg].Version != Version {
		return "", false
	}
	return path, true
}

// npmCode is how npm names a failure: "npm error code ENOTFOUND", and "npm
// ERR! code …" before npm 10.
var npmCode = regexp.MustCompile(`(?m)^npm (?:error|ERR!) code (\w+)`)

func install(ctx context.Context, npm, tools string) error {
	cmd := exec.CommandContext(ctx, npm, "install", "--prefix", tools, "--no-save", "--no-audit", "--no-fund",
		"--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", pkg+"@"+Version)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("fetch dynoxide with npm: %w", ctx.Err())
	}
	// npm's output names hosts and paths of this machine: only its code is told.
	code := "no code given"
	if m := npmCode.FindSubmatch(out); m != nil {
		code = string(m[1])
	}
	return fmt.Errorf("npm could not fetch %s@%s (%s): make sure the npm registry can be reached, %s", pkg, Version, code, instead)
}

// moduleRoot returns the nearest folder at or above dir that holds a go.mod.
func moduleRoot(dir string) (string, error) {
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if !errors.Is(err, os.ErrNotExist) || parent == dir {
			return "", fmt.Errorf("dynoxide is kept beside go.mod, and there is none here: run inside the project, %s", instead)
		}
		dir = parent
	}
}
