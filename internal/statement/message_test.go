package statement

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseMessage(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Message{
		`{"v":1,"tenant":"t1","account":"a-1_X","through":"2026-11-20","reason":"schedule"}`: {
			V: 1, Tenant: "t1", Account: "a-1_X", Through: "2026-11-20", Reason: ReasonSchedule},
		`{"v":1,"tenant":"t1","account":"a1","through":"2026-11-20","reason":"repair","from":"2026-01-01","to":"2026-11-20","run_id":"r_1"}`: {
			V: 1, Tenant: "t1", Account: "a1", Through: "2026-11-20", Reason: ReasonRepair, From: "2026-01-01", To: "2026-11-20", RunID: "r_1"},
		// One day, blanks, an order of its own, and a field of a newer sender.
		" {\"reason\":\"manual\", \"to\":\"2024-02-29\",\"from\":\"2024-02-29\",\n\"through\":\"2024-02-29\",\"account\":\"a\",\"tenant\":\"t\",\"v\":1,\"later\":{\"x\":[1]}} ": {
			V: 1, Tenant: "t", Account: "a", Through: "2024-02-29", Reason: ReasonManual, From: "2024-02-29", To: "2024-02-29"},
	} {
		got, err := ParseMessage([]byte(body))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("ParseMessage(%s): %v (-want +got):\n%s", body, err, diff)
		}
		if got.Ref() != (Ref{want.Tenant, want.Account}) {
			t.Errorf("Ref() = %s", got.Ref())
		}
	}
	for _, reason := range []Reason{ReasonSchedule, ReasonEnabled, ReasonRenewed, ReasonManual, ReasonRepair, ReasonErase} {
		m := Message{V: 1, Tenant: "t", Account: "a", Through: "2026-11-20", Reason: reason}
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseMessage(body); got != m || err != nil {
			t.Errorf("%s reads back as %+v, %v", body, got, err)
		}
	}
}

// TestParseMessageRefuses changes one field of a good message at a time.
func TestParseMessageRefuses(t *testing.T) {
	t.Parallel()
	type fields map[string]any
	for name, change := range map[string]fields{
		"no version":        {"v": nil},
		"version 0":         {"v": 0},
		"version 2":         {"v": 2},
		"version as text":   {"v": "1"},
		"no tenant":         {"tenant": nil},
		"empty tenant":      {"tenant": ""},
		"a key's separator": {"tenant": "t#ACCOUNT"},
		"a path":            {"account": "../a"},
		"unicode":           {"account": "ação"},
		"a line end":        {"account": "a\n"},
		"65 characters":     {"account": strings.Repeat("a", 65)},
		"account a number":  {"account": 7},
		"no through":        {"through": nil},
		"empty through":     {"through": ""},
		"through no date":   {"through": "2026-02-30"},
		"through a time":    {"through": "2026-11-20T00:00:00Z"},
		"no reason":         {"reason": nil},
		"unknown reason":    {"reason": "because"},
		"reason in capital": {"reason": "Schedule"},
		"from without to":   {"from": "2026-01-01"},
		"to without from":   {"to": "2026-01-01"},
		"from after to":     {"from": "2026-01-02", "to": "2026-01-01"},
		"from no date":      {"from": "2026-1-1", "to": "2026-01-01"},
		"to no date":        {"from": "2026-01-01", "to": "x"},
		"run_id with #":     {"run_id": "r#1"},
	} {
		m := fields{"v": 1, "tenant": "t", "account": "a", "through": "2026-11-20", "reason": "schedule"}
		for key, value := range change {
			m[key] = value
			if value == nil {
				delete(m, key)
			}
		}
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseMessage(body); !errors.Is(err, ErrMessage) || got != (Message{}) {
			t.Errorf("%s: ParseMessage(%s) = %+v, %v, want ErrMessage", name, body, got, err)
		}
	}
	for _, body := range []string{"", "null", "[]", "7", `"x"`, "{}", "{", "not JSON", `{"v":1}`, `{"v":1} {"v":1}`, "\x00", strings.Repeat("[", 100000)} {
		if got, err := ParseMessage([]byte(body)); !errors.Is(err, ErrMessage) || got != (Message{}) {
			t.Errorf("ParseMessage(%.40q) = %+v, %v, want ErrMessage", body, got, err)
		}
	}
}

// FuzzParseMessage: what is read is sound and reads back; a refusal repeats
// nothing of the body.
func FuzzParseMessage(f *testing.F) {
	f.Add([]byte(`{"v":1,"tenant":"t1","account":"a1","through":"2026-11-20","reason":"repair","from":"2026-01-01","to":"2026-11-20","run_id":"r"}`))
	f.Add([]byte(`{"v":1,"tenant":"t","account":"a","through":"2026-11-20","reason":"schedule"}`))
	f.Add([]byte(`{"V":1,"TENANT":"t"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := ParseMessage(body)
		if err != nil {
			if !errors.Is(err, ErrMessage) || m != (Message{}) || len(err.Error()) > 120 {
				t.Fatalf("ParseMessage(%q) = %+v, %v", body, m, err)
			}
			return
		}
		if !ValidID(string(m.Tenant)) || !ValidID(string(m.Account)) || m.From > m.To || m.Through == "" {
			t.Fatalf("ParseMessage(%q) = %+v", body, m)
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseMessage(again); back != m || err != nil {
			t.Fatalf("%s reads back as %+v, %v", again, back, err)
		}
	})
}
