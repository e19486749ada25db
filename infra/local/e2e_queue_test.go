package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"extrato/internal/bankday"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

func TestE2EQueue(t *testing.T) {
	t.Parallel()
	bank := newBank(t)
	truth, credential := newBankAccount(bank, "407312956")
	r := startRig(t, bank, "--queue-speed", "60")
	c := r.erp("acme")
	a := c.open(credential)
	r.idle()
	run := bankday.After(today())

	t.Run("503 twice, then good", func(t *testing.T) {
		bank.ResetCounters()
		bank.FailNext(intertest.Statement, 2, intertest.Status(http.StatusServiceUnavailable))
		r.fire(run)
		if n := r.idle(); n != 0 {
			t.Errorf("%d dead letters", n)
		}
		if n := bank.Counters().Statuses[http.StatusServiceUnavailable]; n != 2 {
			t.Errorf("the bank refused %d times, want 2", n)
		}
		c.in(t).isTheBanks(a.ID, truth, run.AddDays(-1))
		if code := c.account(a.ID).Status.Code; code != "" {
			t.Errorf("status %s after the retry succeeded", code)
		}
	})

	t.Run("days off enqueue nothing", func(t *testing.T) {
		bank.ResetCounters()
		for day, reason := range map[statement.Date]string{"2027-11-20": "Saturday", "2026-12-25": "Christmas", "2027-02-09": "Carnival"} {
			got := r.fire(day)
			if got.BankingDay || got.Enqueued != 0 || got.Reason == "" {
				t.Errorf("fan-out on a %s: %+v", reason, got)
			}
		}
		r.idle()
		if n := bank.Counters().Accepted; n != 0 {
			t.Errorf("%d connections to the bank", n)
		}
	})

	t.Run("a malformed message does not hold up its batch", func(t *testing.T) {
		const malformed = `{"v":1,"tenant":`
		runs := r.count("RUN#")
		var batch []types.SendMessageBatchRequestEntry
		for i := range 10 {
			body, err := json.Marshal(statement.Message{
				V: 1, Tenant: "acme", Account: statement.AccountID(a.ID), Through: run.AddDays(i), Reason: statement.ReasonManual,
			})
			if err != nil {
				t.Fatal(err)
			}
			if i == 3 {
				body = []byte(malformed)
			}
			batch = append(batch, types.SendMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), MessageBody: aws.String(string(body))})
		}
		queue, url := r.queue("SyncQueue")
		if _, err := queue.SendMessageBatch(t.Context(), &sqs.SendMessageBatchInput{QueueUrl: url, Entries: batch}); err != nil {
			t.Fatal(err)
		}
		if n := r.idle(); n != 1 {
			t.Errorf("%d dead letters, want 1", n)
		}
		if n := r.count("RUN#") - runs; n != 9 {
			t.Errorf("%d runs, want 9", n)
		}
		c.in(t).isTheBanks(a.ID, truth, run.AddDays(9))
		dead, url := r.queue("SyncDeadLetterQueue")
		got, err := dead.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10})
		if err != nil || len(got.Messages) != 1 || aws.ToString(got.Messages[0].Body) != malformed {
			t.Errorf("dead letters %+v, %v", got, err)
		}
	})
}

// count returns how many items have a sort key that begins so.
func (r *rig) count(prefix string) int {
	n := 0
	for _, item := range r.items() {
		if strings.HasPrefix(fmt.Sprint(item["SK"]), prefix) {
			n++
		}
	}
	return n
}
