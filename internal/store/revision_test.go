package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"extrato/internal/statement"
)

// kept writes revisions on an entry and reads them back.
func kept(t *testing.T, all []statement.Revision) []statement.Revision {
	t.Helper()
	item := entryItem(planRef, statement.Entry{ID: "2026-11-02-0", Revisions: all})
	if n := size(item); n > 34<<10 {
		t.Errorf("%d revisions take %d bytes", len(all), n)
	}
	e, err := entryOf(item)
	if err != nil {
		t.Fatal(err)
	}
	return e.Revisions
}

func TestOnlyTheNewestRevisionsAreKept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ n, bytes, want int }{
		{0, 10, 0}, {1, 10, 1}, {50, 10, 50}, {51, 10, 50}, {400, 10, 50},
		{50, 1000, 32}, // of some 1,000 bytes each within 32 KB
		{5, 8 << 10, 3},
		{2, 7 << 20, 2}, // cut to 8 KB
	} {
		var all []statement.Revision
		for i := range test.n {
			all = append(all, statement.Revision{Field: "details", New: fmt.Sprint(i, " ", strings.Repeat("x", test.bytes-len(fmt.Sprint(i))-1)),
				At: time.Unix(int64(i), 0).UTC(), Run: "r"})
		}
		got := kept(t, all)
		if len(got) > test.want || len(got) < test.want-2 && test.bytes > 100 || test.bytes < 100 && len(got) != test.want {
			t.Errorf("%d revisions of %d bytes: %d kept, want %d", test.n, test.bytes, len(got), test.want)
		}
		for i, r := range got { // the newest, in order
			n := test.n - len(got) + i
			if !r.At.Equal(time.Unix(int64(n), 0)) || !strings.HasPrefix(r.New, fmt.Sprint(n, " ")) {
				t.Errorf("%d revisions of %d bytes: at %d stands that of %s", test.n, test.bytes, n, r.At)
			}
		}
	}
}

func TestALongTextIsCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for lead := range 4 {
		text := strings.Repeat("x", lead) + strings.Repeat("ção€", 2000)
		got := kept(t, []statement.Revision{{Field: "details", Old: text, New: "short"}})[0].Old
		if !utf8.ValidString(got) || len(got) > 8<<10 || len(got) < 8<<10-8 || !strings.HasPrefix(text, strings.TrimSuffix(got, "…")) {
			t.Errorf("%d bytes of %d, valid %v", len(got), len(text), utf8.ValidString(got))
		}
	}
}
