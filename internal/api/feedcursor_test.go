package api

import (
	"encoding/base64"
	"math"
	"regexp"
	"testing"

	"extrato/internal/statement"
)

// TestACursorOfTheFirstVersionIsReadForEver holds a cursor as this version gives
// it out. Readers keep them for years: this text must be read by every version.
func TestACursorOfTheFirstVersionIsReadForEver(t *testing.T) {
	t.Parallel()
	of := feedOf(statement.Ref{Tenant: "acme", Account: "a1"})
	const text = `{"v":1,"o":"7aa97517535319ca","e":"epoch-1","s":42}`
	kept := base64.RawURLEncoding.EncodeToString([]byte(text))
	got, ok := parseFeedCursor(kept, of)
	if want := (feedCursor{V: 1, Of: of, Epoch: "epoch-1", Seq: 42}); !ok || got != want {
		t.Errorf("%+v %v, want %+v", got, ok, want)
	}
}

func TestWhatIsNoCursorOfThisFeed(t *testing.T) {
	t.Parallel()
	of := feedOf(statement.Ref{Tenant: "acme", Account: "a1"})
	good := feedCursor{V: 1, Of: of, Epoch: "e", Seq: math.MaxInt64}
	if got, ok := parseFeedCursor(good.String(), of); !ok || got != good {
		t.Fatal(got, ok)
	}
	encode := base64.RawURLEncoding.EncodeToString
	for name, cursor := range map[string]string{
		"empty":               "",
		"not base64":          "###",
		"padded":              base64.URLEncoding.EncodeToString([]byte(`{"v":1,"o":"`+of+`","s":1}`)) + "=",
		"not JSON":            encode([]byte("abc")),
		"null":                encode([]byte("null")),
		"another version":     feedCursor{V: 2, Of: of, Epoch: "e", Seq: 1}.String(),
		"no version":          encode([]byte(`{"o":"` + of + `","s":1}`)),
		"another account":     feedCursor{V: 1, Of: feedOf(statement.Ref{Tenant: "acme", Account: "a2"}), Epoch: "e", Seq: 1}.String(),
		"another tenant":      feedCursor{V: 1, Of: feedOf(statement.Ref{Tenant: "other", Account: "a1"}), Epoch: "e", Seq: 1}.String(),
		"before the first":    feedCursor{V: 1, Of: of, Epoch: "e", Seq: -1}.String(),
		"a base ahead of it":  feedCursor{V: 1, Of: of, Epoch: "e", Seq: 1, Base: 2}.String(),
		"a fraction":          encode([]byte(`{"v":1,"o":"` + of + `","s":1.0}`)),
		"beyond int64":        encode([]byte(`{"v":1,"o":"` + of + `","s":9223372036854775808}`)),
		"another field":       encode([]byte(`{"v":1,"o":"` + of + `","s":1,"x":1}`)),
		"blanks":              encode([]byte(`{"v":1, "o":"` + of + `","s":1}`)),
		"something behind it": encode([]byte(`{"v":1,"o":"` + of + `","s":1}}`)),
		"an entries' cursor":  position{After: "x", Of: of}.String(),
	} {
		if got, ok := parseFeedCursor(cursor, of); ok {
			t.Errorf("%s is taken as %+v", name, got)
		}
	}
}

// FuzzFeedCursor: whatever is sent, a cursor that is taken is one that was
// given out, and safe in a URL.
func FuzzFeedCursor(f *testing.F) {
	of := feedOf(statement.Ref{Tenant: "acme", Account: "a1"})
	f.Add(feedCursor{V: 1, Of: of, Epoch: "e", Seq: 1}.String())
	f.Add("e30")
	f.Add("")
	safe := regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := parseFeedCursor(text, of)
		if ok && (c.String() != text || c.Seq < 0 || c.Of != of || !safe.MatchString(text)) {
			t.Errorf("%q is taken as %+v", text, c)
		}
	})
}
