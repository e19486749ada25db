package queue_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

func TestDelay(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]float64{
		-time.Second: 0, 0: 0, time.Nanosecond: 1, time.Second: 1, 90*time.Second + time.Millisecond: 91,
		16 * time.Minute: 960, 12 * time.Hour: 43200, 400 * time.Hour: 43200,
	} {
		// In the bubble no time passes between receive and Delay: SQS counts it.
		synctest.Test(t, func(t *testing.T) {
			s := newStack(t)
			if err := s.queue.Send(t.Context(), messages(1)); err != nil {
				t.Fatal(err)
			}
			m := s.receive(t, syncURL)[0]
			if err := s.queue.Delay(t.Context(), *m.ReceiptHandle, d); err != nil {
				t.Errorf("%v: %v", d, err)
			}
			var sent map[string]any
			if err := json.Unmarshal(s.requests("ChangeMessageVisibility")[0], &sent); err != nil {
				t.Fatal(err)
			}
			if sent["VisibilityTimeout"] != want {
				t.Errorf("%v became %v seconds, want %v", d, sent["VisibilityTimeout"], want)
			}
		})
	}
	err := newStack(t).queue.Delay(t.Context(), "no handle", time.Minute)
	if _, ok := errors.AsType[*types.ReceiptHandleIsInvalid](err); !ok {
		t.Errorf("a wrong handle: %v", err)
	}
}

func TestReject(t *testing.T) {
	t.Parallel()
	const limit = 255 << 10
	long := strings.Repeat("é", 300)
	big := strings.Repeat("x", limit-1) + "é" + "tail" // the é lies across the limit
	tests := map[string]struct {
		body, why, wantBody string
		want                map[string]string
	}{
		"as usual":         {`{"v":2}`, "v is 2, want 1", `{"v":2}`, map[string]string{"reason": "v is 2, want 1"}},
		"long reason":      {"x", long, "x", map[string]string{"reason": strings.Repeat("é", 256)}},
		"no reason":        {"x", "", "x", map[string]string{"reason": "unspecified"}},
		"binary reason":    {"x", "a\x00b\xffc\nd", "x", map[string]string{"reason": "a?b?c\nd"}},
		"empty body":       {"", "empty", "(empty)", map[string]string{"reason": "empty"}},
		"binary body":      {"\x00\xff\ufffe", "binary", "???", map[string]string{"reason": "binary"}},
		"body at limit":    {big[:limit-1] + "y", "big", big[:limit-1] + "y", map[string]string{"reason": "big"}},
		"body above limit": {big, "big", big[:limit-1], map[string]string{"reason": "big", "body_bytes": "261125"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			if err := s.queue.Reject(t.Context(), test.body, test.why); err != nil {
				t.Fatal(err)
			}
			if left := s.receive(t, syncURL); len(left) != 0 {
				t.Error("it is on the sync queue")
			}
			got := s.receive(t, dlqURL)
			if len(got) != 1 {
				t.Fatalf("%d messages in the dead-letter queue, want 1", len(got))
			}
			if *got[0].Body != test.wantBody || !utf8.ValidString(*got[0].Body) {
				t.Errorf("body of %d bytes is %.40q, want %d bytes of %.40q", len(*got[0].Body), *got[0].Body, len(test.wantBody), test.wantBody)
			}
			attributes := make(map[string]string)
			for name, a := range got[0].MessageAttributes {
				attributes[name] = *a.StringValue
			}
			if d := cmp.Diff(test.want, attributes); d != "" {
				t.Errorf("attributes (-want +got):\n%s", d)
			}
		})
	}
}
