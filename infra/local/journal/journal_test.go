package journal_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/journal"
)

func TestEverythingInTheFileAndTroubleOnTheConsole(t *testing.T) {
	t.Parallel()
	var console bytes.Buffer
	j, err := journal.Open(t.TempDir(), "sync", &console)
	if err != nil {
		t.Fatal(err)
	}
	lines := `{"level":"INFO","msg":"a"}
{"level":"WARN","msg":"b"}
{"_aws":{},"Synced":1}
{"level":"ERROR","msg":"c"}
goroutine 1 [running]:
{"errorMessage":"d","errorType":"e"}

`
	s := j.Stream()
	for part := range strings.SplitSeq(lines, "n") { // in pieces, as pipes deliver
		_, _ = io.WriteString(s, part)
		_, _ = io.WriteString(s, "n")
	}
	_ = s.Close()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(lines+"n\n", string(kept)); d != "" {
		t.Errorf("file (-want +got):\n%s", d)
	}
	want := `sync: {"level":"WARN","msg":"b"}
sync: {"level":"ERROR","msg":"c"}
sync: goroutine 1 [running]:
sync: {"errorMessage":"d","errorType":"e"}
sync: n
`
	if d := cmp.Diff(want, console.String()); d != "" {
		t.Errorf("console (-want +got):\n%s", d)
	}
	if info, _ := os.Stat(j.Path()); info.Mode().Perm() != 0o600 {
		t.Errorf("file mode %v, want 0600", info.Mode().Perm())
	}
}

func TestStreamsDoNotMix(t *testing.T) {
	t.Parallel()
	j, err := journal.Open(t.TempDir(), "api", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, letter := range []string{"a", "b", "c"} {
		all.Go(func() {
			s := j.Stream()
			defer s.Close()
			for range 100 {
				_, _ = io.WriteString(s, letter)
				_, _ = io.WriteString(s, letter+"\n")
			}
		})
	}
	all.Wait()
	kept, err := os.ReadFile(j.Path())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(kept)), "\n") {
		if line != "aa" && line != "bb" && line != "cc" {
			t.Fatalf("mixed line %q", line)
		}
	}
}
