package cloud_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	smtypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"extrato/infra/local/cloud"
)

// In these tests time is that of the bubble: it passes only where everybody waits.

func TestVisibilityAndDelay(t *testing.T) {
	t.Parallel()
	for _, speed := range []float64{0, 1, 30} {
		t.Run(fmt.Sprint("speed ", speed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := open(t, cloud.Options{Speed: speed})
				q := inProcess(c).queue
				url := newQueue(t, q, map[string]string{"VisibilityTimeout": "1860"})
				// pass lets seconds of the queue's time go by, rounded up to a
				// nanosecond.
				pass := func(seconds float64) {
					time.Sleep(time.Duration(math.Ceil(seconds / max(speed, 1) * float64(time.Second))))
				}
				visible := func(when string, want int) []string {
					t.Helper()
					got := receive(t, q, url)
					if len(got) != want {
						t.Fatalf("%s: received %d messages, want %d", when, len(got), want)
					}
					return bodies(got)
				}
				must(q.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("late"), DelaySeconds: 900}))(t)
				pass(899)
				visible("before the delay is over", 0)
				pass(1)
				visible("when the delay is over", 1)
				pass(1859)
				visible("in flight", 0)
				pass(1)
				m := receive(t, q, url)
				if len(m) != 1 || m[0].Attributes["ApproximateReceiveCount"] != "2" {
					t.Fatalf("after the visibility timeout: %v", m)
				}
				show(t, q, url, m[0], 60)
				pass(59)
				visible("put off by a minute", 0)
				pass(1)
				visible("after the minute", 1)
			})
		})
	}
}

func TestLateHandles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := inProcess(open(t, cloud.Options{})).queue
		url := newQueue(t, q, map[string]string{"VisibilityTimeout": "30"})
		send(t, q, url, "x")
		first := receive(t, q, url)[0]
		time.Sleep(30 * time.Second)
		// Too late to put off: nothing changes, and the message is visible.
		show(t, q, url, first, 600)
		second := receive(t, q, url)
		if len(second) != 1 {
			t.Fatal("a late handle hid a visible message")
		}
		// By now the first handle is stale: it neither deletes nor puts off.
		must(q.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: first.ReceiptHandle}))(t)
		_, err := q.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{QueueUrl: &url, ReceiptHandle: first.ReceiptHandle})
		if apiCode(err) != "InvalidParameterValue" {
			t.Errorf("put off by a stale handle: %v", err)
		}
		time.Sleep(30 * time.Second)
		if got := receive(t, q, url); len(got) != 1 {
			t.Fatal("a stale handle deleted the message")
		}
		time.Sleep(30 * time.Second)
		third := receive(t, q, url)[0]
		time.Sleep(10 * time.Second)
		for seconds, want := range map[int32]string{43200: "InvalidParameterValue", 43190: "<nil>"} {
			_, err := q.ChangeMessageVisibility(t.Context(), &sqs.ChangeMessageVisibilityInput{
				QueueUrl: &url, ReceiptHandle: third.ReceiptHandle, VisibilityTimeout: seconds})
			if got := apiCode(err); got != want {
				t.Errorf("put off by %d s, 10 s after the receive: %s, want %s", seconds, got, want)
			}
		}
		// A handle that is late but was the last one still deletes.
		time.Sleep(43190 * time.Second)
		must(q.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: third.ReceiptHandle}))(t)
		if got := receive(t, q, url); len(got) != 0 {
			t.Error("a late delete did not delete")
		}
	})
}

func TestRedriveKeepsTheMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, cloud.Options{})
		q := inProcess(c).queue
		must(q.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("dead")}))(t)
		must(q.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("sync"), Attributes: map[string]string{
			"VisibilityTimeout": "60", "RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:sa-east-1:000000000000:dead","maxReceiveCount":8}`}}))(t)
		url, dead := "http://in.process/000000000000/sync", "http://in.process/000000000000/dead"
		send(t, q, url, "poison")
		sent := receive(t, q, url)[0].Attributes["SentTimestamp"]
		for range 7 {
			time.Sleep(time.Minute)
			if len(receive(t, q, url)) != 1 {
				t.Fatal("the message is gone before it was received eight times")
			}
		}
		time.Sleep(time.Minute)
		depths, _ := c.Depths()
		if d := cmp.Diff(map[string]cloud.Depth{"sync": {Visible: 1}, "dead": {}}, depths); d != "" {
			t.Errorf("after eight receives (-want +got):\n%s", d)
		}
		if got := receive(t, q, url); len(got) != 0 {
			t.Error("received a ninth time")
		}
		depths, _ = c.Depths()
		if d := cmp.Diff(map[string]cloud.Depth{"sync": {}, "dead": {Visible: 1}}, depths); d != "" {
			t.Errorf("after the ninth look (-want +got):\n%s", d)
		}
		got := receive(t, q, dead)[0].Attributes
		delete(got, "ApproximateFirstReceiveTimestamp")
		want := map[string]string{"SenderId": "local", "SentTimestamp": sent, "ApproximateReceiveCount": "9",
			"DeadLetterQueueSourceArn": "arn:aws:sqs:sa-east-1:000000000000:sync"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("in the dead-letter queue (-want +got):\n%s", d)
		}
	})
}

func TestLongPolling(t *testing.T) {
	t.Parallel()
	poll := func(ctx context.Context, q *sqs.Client, url string) (time.Duration, int, error) {
		start := time.Now()
		out, err := q.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url, WaitTimeSeconds: 20})
		if err != nil {
			return time.Since(start), 0, err
		}
		return time.Since(start), len(out.Messages), nil
	}
	tests := map[string]struct {
		while func(t *testing.T, c *cloud.Cloud, q *sqs.Client, url string) // what happens meanwhile
		after time.Duration
		got   int
	}{
		"nothing comes": {func(*testing.T, *cloud.Cloud, *sqs.Client, string) {}, 20 * time.Second, 0},
		"a message comes": {func(t *testing.T, _ *cloud.Cloud, q *sqs.Client, url string) {
			time.Sleep(7 * time.Second)
			send(t, q, url, "x")
		}, 7 * time.Second, 1},
		"a delay ends": {func(t *testing.T, _ *cloud.Cloud, q *sqs.Client, url string) {
			must(q.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x"), DelaySeconds: 9}))(t)
		}, 9 * time.Second, 1},
		"the stand-in closes": {func(_ *testing.T, c *cloud.Cloud, _ *sqs.Client, _ string) {
			time.Sleep(3 * time.Second)
			c.Close()
			c.Close()
		}, 3 * time.Second, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := open(t, cloud.Options{})
				q := inProcess(c).queue
				url := newQueue(t, q, nil)
				go test.while(t, c, q, url)
				took, got, err := poll(t.Context(), q, url)
				if took != test.after || got != test.got || err != nil {
					t.Errorf("answered after %v with %d messages, error %v; want %v and %d", took, got, err, test.after, test.got)
				}
			})
		})
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := open(t, cloud.Options{})
		q := inProcess(c).queue
		url := newQueue(t, q, nil)
		steps := []struct {
			name string
			do   func()
			want cloud.Depth
		}{
			{"send", func() { send(t, q, url, "x") }, cloud.Depth{Visible: 1}},
			{"receive", func() { receive(t, q, url) }, cloud.Depth{InFlight: 1}},
			{"send delayed", func() {
				must(q.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("y"), DelaySeconds: 60}))(t)
			}, cloud.Depth{InFlight: 1, Delayed: 1}},
			{"purge", func() { must(q.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: &url}))(t) }, cloud.Depth{}},
		}
		for _, s := range steps {
			_, changed := c.Depths()
			select {
			case <-changed:
				t.Fatalf("%s: told before it happened", s.name)
			default:
			}
			s.do()
			select {
			case <-changed:
			default:
				t.Errorf("%s: not told", s.name)
			}
			depths, _ := c.Depths()
			for _, got := range depths {
				if got != s.want || got.Total() != s.want.Visible+s.want.Delayed+s.want.InFlight {
					t.Errorf("after %s: %+v, want %+v", s.name, got, s.want)
				}
			}
		}
	})
}

func TestRecoveryWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now time.Duration // the injected clock, ahead of the bubble's
		start := time.Now()
		c := inProcess(open(t, cloud.Options{Speed: 30, Clock: func() time.Time { return start.Add(now) }})).secret
		name := vaultName()
		create(t, c, name, "one", tokenA)
		must(c.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: name, RecoveryWindowInDays: aws.Int64(7)}))(t)
		now = 7*24*time.Hour - time.Second
		must(c.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: name}))(t)
		must(c.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: name, RecoveryWindowInDays: aws.Int64(7)}))(t)
		now += 7 * 24 * time.Hour
		_, err := c.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: name})
		fails[*smtypes.ResourceNotFoundException](t, "restore after the window", err)
		create(t, c, name, "two", tokenA) // the name is free again
	})
}
