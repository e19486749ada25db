package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// folder keeps values as JSON files, one file each. "" keeps nothing, and
// every method of it succeeds.
type folder string

// unfinished begins the name of a file that was not yet renamed into place.
const unfinished = ".new-"

// sub returns a folder within.
func (d folder) sub(name string) folder {
	if d == "" {
		return ""
	}
	return folder(filepath.Join(string(d), name))
}

// put replaces the value kept under a name. Whoever reads the folder, now or
// after a crash, finds the old value or the new one, never a part.
func (d folder) put(name string, v any) error {
	if d == "" {
		return nil
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	f, err := os.CreateTemp(string(d), unfinished+"*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(string(d), name+".json"))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}

// remove forgets the value of a name, if there is one.
func (d folder) remove(name string) error {
	if d == "" {
		return nil
	}
	err := os.Remove(filepath.Join(string(d), name+".json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget %s: %w", name, err)
	}
	return nil
}

// folders returns the names of the folders within.
func (d folder) folders() ([]string, error) {
	if d == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(string(d))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// read returns every value of a folder by its name, and removes what a crash
// left unfinished. An error names the file, never its content.
func read[T any](d folder) (map[string]T, error) {
	values := make(map[string]T)
	if d == "" {
		return values, nil
	}
	entries, err := os.ReadDir(string(d))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		path := filepath.Join(string(d), e.Name())
		if strings.HasPrefix(e.Name(), unfinished) {
			if err := os.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || e.IsDir() {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var v T
		if json.Unmarshal(text, &v) != nil {
			return nil, fmt.Errorf("%s is not what was written there; remove it to go on without it", path)
		}
		values[name] = v
	}
	return values, nil
}
