package failure

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table into README.md")

const (
	begin = "<!-- failures: go test ./internal/failure -update -->\n"
	end   = "<!-- end of failures -->\n"
)

// rendered is the table as people read it.
func rendered() string {
	var b strings.Builder
	b.WriteString("| code | what follows | what the person reads, and does |\n|---|---|---|\n")
	for _, r := range Table() {
		follows := "tried again: by the queue, then by the next firing"
		if r.Park {
			follows = "parked: out of the schedule until somebody renews or enables"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s *%s* |\n", r.Code, follows, r.Message, r.NextStep)
	}
	return b.String()
}

func TestReadmeShowsTheTable(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("README.md has no place for the table of failures")
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+rendered()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != rendered() {
		t.Error("README.md shows another table: run go test ./internal/failure -update")
	}
}
