package simtest

import (
	"path/filepath"
	"testing"
)

// TestCorpus plays every history that once violated something.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/seeds/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		k, err := LoadKept(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if k.Name() != filepath.Base(path) || k.Cause == "" {
			t.Errorf("%s is named %s by what it says, its cause is %q", path, k.Name(), k.Cause)
		}
		if o := Play(t, k.Script); len(o.Violations) > 0 {
			t.Errorf("%s, found as %s, is back: %s", filepath.Base(path), k.Found, o.tell(path))
		}
	}
}
