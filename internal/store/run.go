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

// Runs returns up to limit runs of an account, the newest first, those before
// the given id, and the id to go on before: "" when there are no more. Runs
// past their time are left out.
func (s *Store) Runs(ctx context.Context, ref statement.Ref, limit int, before statement.RunID) ([]statement.Run, statement.RunID, error) {
	if err := valid(ref); err != nil {
		return nil, "", err
	}
	limit = max(1, limit)
	upper := runPrefix + afterAll
	if before != "" {
		upper = runPrefix + string(before[:min(len(before), maxPosition)])
	}
	var runs []statement.Run
	// One more tells whether there are more; another one is the run itself that
	// the page before ended at.
	for item, err := range s.items(ctx, statementPK(ref), span{lower: runPrefix, upper: upper, backwards: true, first: limit + 2}) {
		if err != nil {
			return nil, "", fmt.Errorf("runs of %s: %w", ref, err)
		}
		run, err := runOf(item)
		if err != nil {
			return nil, "", fmt.Errorf("runs of %s: %w", ref, err)
		}
		if run.ID == before {
			continue
		}
		if len(runs) == limit {
			return runs, runs[limit-1].ID, nil
		}
		runs = append(runs, run)
	}
	return runs, "", nil
}

func runOf(item attrs) (statement.Run, error) {
	r := &reader{from: item}
	run := statement.Run{
		RunSummary: summaryOf(r),
		From:       statement.Date(r.text("from")),
		To:         statement.Date(r.text("to")),
		Through:    statement.Date(r.text("through")),
		Calendar:   r.text("calendar"),
		EndedAt:    r.moment("ended_at"),
		Failure:    statement.Code(r.text("failure_code")),
	}
	requests, _ := r.object("requests")
	run.Requests = statement.Requests{
		Token: int(requests.number("token")), Statement: int(requests.number("statement")),
		Balance: int(requests.number("balance")), Connections: int(requests.number("connections")),
	}
	r.adopt(requests)
	capacity, _ := r.object("capacity")
	run.Capacity = statement.Capacity{Read: capacity.decimal("read"), Write: capacity.decimal("write")}
	r.adopt(capacity)
	for _, d := range r.objects("decisions") {
		run.Decisions = append(run.Decisions, statement.Decision{
			Entry: statement.EntryID(d.text("entry")), What: d.text("what"), Reason: d.text("reason"),
		})
		r.adopt(d)
	}
	if r.err != nil {
		return statement.Run{}, fmt.Errorf("run %s: %w", r.text("SK"), r.err)
	}
	return run, nil
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
