package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/queue"
)

func TestSend(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	all := messages(25)
	if err := s.queue.Send(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, ids := range s.batches(t) {
		sizes = append(sizes, len(ids))
	}
	if d := cmp.Diff([]int{10, 10, 5}, sizes); d != "" {
		t.Errorf("sizes of the batches (-want +got):\n%s", d)
	}
	want := make(map[string]string)
	for i := range all {
		want[fmt.Sprintf(`{"v":1,"tenant":"t%d","account":"a%d","through":"2026-11-20","reason":"schedule"}`, i%3, i)] = fmt.Sprint("t", i%3)
	}
	got := make(map[string]string)
	for _, m := range s.receive(t, syncURL) {
		got[*m.Body] = m.Attributes["MessageGroupId"]
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("groups by body (-want +got):\n%s", d)
	}
	if err := newStack(t).queue.Send(t.Context(), nil); err != nil {
		t.Errorf("sending nothing: %v", err)
	}
}

func throttled() *types.BatchResultErrorEntry {
	return &types.BatchResultErrorEntry{Code: aws.String("ThrottlingException"), Message: aws.String("slow down")}
}

func refused() *types.BatchResultErrorEntry {
	return &types.BatchResultErrorEntry{Code: aws.String("InvalidMessageContents"), SenderFault: true}
}

func TestSendAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		send    int
		failing func(call int, id string) *types.BatchResultErrorEntry
		batches [][]string // ids of the entries of every call
		arrived int
		says    []string // parts of the error; none for success
	}{
		"two entries fail twice": {4, func(call int, id string) *types.BatchResultErrorEntry {
			if call < 2 && (id == "1" || id == "3") {
				return throttled()
			}
			return nil
		}, [][]string{{"0", "1", "2", "3"}, {"1", "3"}, {"1", "3"}}, 4, nil},
		"one entry never passes": {3, func(_ int, id string) *types.BatchResultErrorEntry {
			if id == "2" {
				return throttled()
			}
			return nil
		}, [][]string{{"0", "1", "2"}, {"2"}, {"2"}, {"2"}, {"2"}, {"2"}}, 2, []string{"1 of 3", "ThrottlingException", "slow down"}},
		"one entry is refused for good": {3, func(_ int, id string) *types.BatchResultErrorEntry {
			if id == "0" {
				return refused()
			}
			return nil
		}, [][]string{{"0", "1", "2"}}, 2, []string{"1 of 3", "InvalidMessageContents"}},
		"one is refused and one throttled": {3, func(call int, id string) *types.BatchResultErrorEntry {
			switch {
			case call > 0:
				return nil
			case id == "0":
				return refused()
			case id == "1":
				return throttled()
			}
			return nil
		}, [][]string{{"0", "1", "2"}, {"1"}}, 2, []string{"1 of 3"}},
		"a later batch is sent all the same": {12, func(call int, id string) *types.BatchResultErrorEntry {
			if call == 0 && id == "9" {
				return refused()
			}
			return nil
		}, [][]string{{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, {"0", "1"}}, 11, []string{"1 of 12"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // waits take no time here
				s := newStack(t)
				s.failing = test.failing
				start := time.Now()
				err := s.queue.Send(t.Context(), messages(test.send))
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("gave up after %v, want less than 5 s", took)
				}
				if (err == nil) != (test.says == nil) {
					t.Errorf("error %v, want one with %q", err, test.says)
				}
				for _, part := range test.says {
					if !strings.Contains(fmt.Sprint(err), part) {
						t.Errorf("error %v does not say %q", err, part)
					}
				}
				if d := cmp.Diff(test.batches, s.batches(t)); d != "" {
					t.Errorf("entries of every call (-want +got):\n%s", d)
				}
				if got := len(s.receive(t, syncURL)); got != test.arrived {
					t.Errorf("%d messages arrived, want %d", got, test.arrived)
				}
			})
		})
	}
}

func TestSendFailsAsAWhole(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	q := queue.New(s.client, syncURL+"-nowhere", dlqURL)
	err := q.Send(t.Context(), messages(25))
	if _, ok := errors.AsType[*types.QueueDoesNotExist](err); !ok || !strings.Contains(err.Error(), "25 of 25 messages were not sent") {
		t.Errorf("no such queue: %v", err)
	}
	if calls := len(s.requests("SendMessageBatch")); calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

func TestSendStopsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.failing = func(_ int, id string) *types.BatchResultErrorEntry {
			cancel() // while the first batch is under way
			if id == "4" {
				return throttled()
			}
			return nil
		}
		err := s.queue.Send(ctx, messages(25))
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "16 of 25") {
			t.Errorf("error %v, want that 16 of 25 were not sent because of the context", err)
		}
		if calls := len(s.requests("SendMessageBatch")); calls != 1 {
			t.Errorf("%d calls, want 1", calls)
		}
	})
}
