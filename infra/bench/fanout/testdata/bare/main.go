// Command bare is what the fan-out is measured against: a Lambda function that
// sends the same batch again and again, with the same SDK, settings and number
// of calls at once, and does nothing else.
package main

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

type event struct {
	Calls    int64  `json:"calls"`
	InFlight int    `json:"in_flight"`
	Body     string `json:"body"`
	Group    string `json:"group"`
}

func main() {
	client := awshttp.NewBuildableClient().WithTimeout(15 * time.Second).WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, 32
	})
	config, err := awsconfig.LoadDefaultConfig(context.Background(), awsconfig.WithHTTPClient(client))
	if err != nil {
		panic(err)
	}
	queue := sqs.NewFromConfig(config)
	lambda.Start(func(ctx context.Context, e event) error { return send(ctx, queue, e) })
}

func send(ctx context.Context, queue *sqs.Client, e event) error {
	in := &sqs.SendMessageBatchInput{QueueUrl: aws.String(os.Getenv("SYNC_QUEUE_URL"))}
	for i := range 10 {
		in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), MessageBody: &e.Body, MessageGroupId: &e.Group, DelaySeconds: 450})
	}
	var begun atomic.Int64
	var first error
	var once sync.Once
	var all sync.WaitGroup
	for range e.InFlight {
		all.Go(func() {
			for begun.Add(1) <= e.Calls {
				if _, err := queue.SendMessageBatch(ctx, in); err != nil {
					once.Do(func() { first = err })
					return
				}
			}
		})
	}
	all.Wait()
	return first
}
