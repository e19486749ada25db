package queue_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"extrato/internal/statement"
)

// delays by account: what is asked for, and what SQS is to be told.
var delays = map[statement.AccountID]struct {
	asked time.Duration
	sent  int
}{
	"a0": {0, 0}, "a1": {-time.Minute, 0}, "a2": {time.Second, 1}, "a3": {time.Millisecond, 1}, "a4": {90 * time.Second, 90},
	"a5": {899*time.Second + 1, 900}, "a6": {15 * time.Minute, 900}, "a7": {time.Hour, 900},
}

func asked(m statement.Message) time.Duration { return delays[m.Account].asked }

// In the bubble time passes only where the test sleeps: each message comes in
// its second, and keeps its group.
func TestSendDelayed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		n, err := s.queue.SendDelayed(t.Context(), messages(len(delays)), asked)
		if err != nil || n != len(delays) {
			t.Fatalf("%d messages sent, error %v; want %d", n, err, len(delays))
		}
		want, got := map[int][]string{}, map[int][]string{}
		for i, m := range messages(len(delays)) {
			at := delays[m.Account].sent
			want[at] = append(want[at], fmt.Sprintf("%s of t%d", m.Account, i%3))
		}
		for second := range 901 {
			for _, m := range s.receive(t, syncURL) {
				var body statement.Message
				if err := json.Unmarshal([]byte(*m.Body), &body); err != nil {
					t.Fatal(err)
				}
				got[second] = append(got[second], fmt.Sprintf("%s of %s", body.Account, m.Attributes["MessageGroupId"]))
				if _, err := s.client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: aws.String(syncURL), ReceiptHandle: m.ReceiptHandle}); err != nil {
					t.Fatal(err)
				}
			}
			slices.Sort(got[second])
			time.Sleep(time.Second)
		}
		maps.DeleteFunc(got, func(_ int, who []string) bool { return len(who) == 0 })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("received by second (-want +got):\n%s", d)
		}
	})
}

// An entry that is sent again is delayed again, and those that arrived are not
// sent again.
func TestSendDelayedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		s.failing = func(call int, id string) *types.BatchResultErrorEntry {
			switch {
			case call == 0 && (id == "4" || id == "7"):
				return throttled()
			case id == "2":
				return refused()
			}
			return nil
		}
		n, err := s.queue.SendDelayed(t.Context(), messages(len(delays)), asked)
		if n != len(delays)-1 || err == nil {
			t.Errorf("%d messages sent, error %v; want %d and that one was refused", n, err, len(delays)-1)
		}
		type entry struct {
			Id           string
			DelaySeconds int
		}
		var second struct{ Entries []entry }
		if err := json.Unmarshal(s.requests("SendMessageBatch")[1], &second); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]entry{{"4", 90}, {"7", 900}}, second.Entries); d != "" {
			t.Errorf("second call (-want +got):\n%s", d)
		}
	})
}

func TestSendDelayedCountsWhatWasSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.failing = func(call int, id string) *types.BatchResultErrorEntry {
			if call == 1 && id == "3" { // of the second batch
				cancel()
				return throttled()
			}
			return nil
		}
		if n, err := s.queue.SendDelayed(ctx, messages(25), asked); n != 19 || err == nil {
			t.Errorf("%d messages sent, error %v; want 19 of 25", n, err)
		}
	})
}
