package api

import (
	"testing"

	"extrato/internal/statement"
)

// TestKindAlongAWalk is section 6 of the design: added when the reader cannot
// have seen the entry. Entry a was added at 1 and changed at 4; b was added at 2.
func TestKindAlongAWalk(t *testing.T) {
	t.Parallel()
	a4 := statement.FeedChange{Seq: 4, Kind: statement.Modified, Entry: statement.Entry{FirstSeq: 1}}
	for _, tt := range []struct {
		name string
		at   feedCursor
		end  int64
		want statement.ChangeKind
	}{
		{"from the beginning, on its first page", feedCursor{}, 4, statement.Added},
		{"from the beginning, on a later page: position 1 was left out", feedCursor{Seq: 2, Base: 0, Goal: 4}, 4, statement.Added},
		{"a reader that had caught up at 2 has seen it", feedCursor{Seq: 2, Base: 0, Goal: 2}, 4, statement.Modified},
		{"changed after the walk began: it may have been told", feedCursor{Seq: 2, Base: 0, Goal: 3}, 4, statement.Modified},
		{"a cursor of before walks were kept", feedCursor{Seq: 2}, 4, statement.Modified},
	} {
		tt.at.setOut(tt.end)
		if got := tt.at.kind(a4); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	gone := statement.FeedChange{Seq: 4, Kind: statement.Gone, Entry: statement.Entry{FirstSeq: 1}}
	if got := (feedCursor{Goal: 9}).kind(gone); got != statement.Gone {
		t.Errorf("withdrawn is told as %s", got)
	}
}
