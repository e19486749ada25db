package store

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// runsKept is how long a run can be looked up.
const runsKept = 400 * 24 * time.Hour

// PutRun writes the record of a run, over an earlier one of the same id. It
// stands outside of the commit: a crash between the two loses the record and
// nothing else. Nor does it look whether the account was erased meanwhile: the
// item names entries, holds none of them, and ends by itself.
func (s *Store) PutRun(ctx context.Context, ref statement.Ref, run statement.Run) error {
	if err := valid(ref); err != nil {
		return err
	}
	out, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: s.table, Item: runItem(ref, run),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return fmt.Errorf("put run %s of %s: %w", run.ID, ref, err)
	}
	if out.ConsumedCapacity != nil {
		meterWrite(ctx, *out.ConsumedCapacity)
	}
	return nil
}

func runItem(ref statement.Ref, run statement.Run) attrs {
	item := runKey(ref, run.ID).attrs()
	writeSummary(writer{item}, run.RunSummary)
	w := writer{item}
	w.moment("ended_at", run.EndedAt)
	w.text("from", string(run.From))
	w.text("to", string(run.To))
	w.text("through", string(run.Through))
	w.text("calendar", run.Calendar)
	w.text("failure_code", string(run.Failure))
	w.object("requests", attrs{
		"token": number(int64(run.Requests.Token)), "statement": number(int64(run.Requests.Statement)),
		"balance": number(int64(run.Requests.Balance)), "connections": number(int64(run.Requests.Connections)),
	})
	w.object("capacity", attrs{"read": decimal(run.Capacity.Read), "write": decimal(run.Capacity.Write)})
	var decisions []types.AttributeValue
	for _, d := range run.Decisions {
		one := attrs{}
		writer{one}.text("entry", string(d.Entry))
		writer{one}.text("what", d.What)
		writer{one}.text("reason", d.Reason)
		decisions = append(decisions, &types.AttributeValueMemberM{Value: one})
	}
	w.list("decisions", decisions)
	w.number(ExpiresAttribute, run.At.Add(runsKept).Unix())
	return item
}

// writeSummary writes what a RUN# item and the head's last_run have in common.
func writeSummary(w writer, r statement.RunSummary) {
	w.text("id", string(r.ID))
	w.moment("at", r.At)
	w.text("reason", string(r.Reason))
	w.text("outcome", string(r.Outcome))
	w.count("added", int64(r.Added))
	w.count("modified", int64(r.Modified))
	w.count("withdrawn", int64(r.Withdrawn))
}

func summaryOf(r *reader) statement.RunSummary {
	return statement.RunSummary{
		ID:        statement.RunID(r.text("id")),
		At:        r.moment("at"),
		Reason:    statement.Reason(r.text("reason")),
		Outcome:   statement.Outcome(r.text("outcome")),
		Added:     int(r.number("added")),
		Modified:  int(r.number("modified")),
		Withdrawn: int(r.number("withdrawn")),
	}
}
