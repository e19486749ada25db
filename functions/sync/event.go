package main

import (
	"context"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"extrato/internal/syncer"
)

// handler turns the event of a queue into deliveries, and what must come again
// into the batch item failures that the event source expects.
func handler(batch *syncer.Batch) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		deliveries := make([]syncer.Delivery, len(e.Records))
		for i, m := range e.Records {
			receives, err := strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
			if err != nil {
				receives = 1 // an event made by hand
			}
			deliveries[i] = syncer.Delivery{ID: m.MessageId, Receipt: m.ReceiptHandle, Body: m.Body, Receives: receives}
		}
		var r events.SQSEventResponse
		for _, id := range batch.Run(ctx, deliveries) {
			r.BatchItemFailures = append(r.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: id})
		}
		return r, nil
	}
}
