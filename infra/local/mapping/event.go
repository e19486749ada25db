package mapping

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// event builds what the function is given.
func (o Options) event(messages []types.Message) events.SQSEvent {
	var e events.SQSEvent
	for _, m := range messages {
		record := events.SQSMessage{
			MessageId: aws.ToString(m.MessageId), ReceiptHandle: aws.ToString(m.ReceiptHandle), Body: aws.ToString(m.Body),
			Md5OfBody: aws.ToString(m.MD5OfBody), Md5OfMessageAttributes: aws.ToString(m.MD5OfMessageAttributes),
			Attributes: m.Attributes, MessageAttributes: map[string]events.SQSMessageAttribute{},
			EventSource: "aws:sqs", EventSourceARN: o.QueueARN, AWSRegion: o.Region,
		}
		for name, a := range m.MessageAttributes {
			record.MessageAttributes[name] = events.SQSMessageAttribute{
				DataType: aws.ToString(a.DataType), StringValue: a.StringValue, BinaryValue: a.BinaryValue,
				StringListValues: []string{}, BinaryListValues: [][]byte{},
			}
		}
		e.Records = append(e.Records, record)
	}
	return e
}

// succeeded returns the messages that the answer does not name as failed. By
// Lambda's rules no answer, null and an empty list mean that all succeeded;
// an answer that cannot be understood, or that names what was not in the
// batch, is an error: all failed.
func (o Options) succeeded(messages []types.Message, answer []byte) ([]types.Message, error) {
	if !o.Partial || len(answer) == 0 {
		return messages, nil
	}
	var report struct {
		Failures []struct {
			ID *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		return nil, errors.New("the function's answer is not a list of batch item failures")
	}
	failed := map[string]bool{}
	for _, f := range report.Failures {
		failed[aws.ToString(f.ID)] = true
	}
	var done []types.Message
	for _, m := range messages {
		if id := aws.ToString(m.MessageId); failed[id] {
			delete(failed, id)
		} else {
			done = append(done, m)
		}
	}
	for id := range failed {
		return nil, fmt.Errorf("the function named %q as failed, which was not in the batch", id)
	}
	return done, nil
}
