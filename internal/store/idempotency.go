package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

const (
	answersKept = 24 * time.Hour
	// attemptEnds is when a request without an answer counts as cut off: twice
	// what a request of the API may take.
	attemptEnds = time.Minute
)

// What Begin says of a request.
const (
	stateNew     = "new"     // the caller is to carry it out, then Finish or Forget
	stateDone    = "done"    // it was carried out: the answer is given again
	stateRunning = "running" // another one carries it out just now
	stateOther   = "other"   // the key was used with another body
)

// Begin looks whether a request was made before. key is the caller's
// Idempotency-Key within the tenant, body what the request asks for; only their
// SHA-256 is stored. state is "new", "done", "running" or "other"; answer and
// status are set when it is "done".
//
// It is one conditional write, so of two requests at once one is new. A request
// that was cut off before Finish is running for a minute; then the same one is
// new again, and carried out once more: whoever must not do so twice guards
// against it by other means, such as an external id. After 24 hours all is
// forgotten.
func (s *Store) Begin(ctx context.Context, tenant statement.TenantID, key, body string) (answer []byte, status int, state string, err error) {
	k, err := idempotency(tenant, key)
	if err != nil {
		return nil, 0, "", err
	}
	now, attempt := time.Now(), rand.Text()
	item := k.attrs()
	w := writer{item}
	w.text("body", digest(body))
	w.text("attempt", attempt)
	w.number("attempt_ends", now.Add(attemptEnds).Unix())
	w.number(ExpiresAttribute, now.Add(answersKept).Unix())
	over := func(name string) expression.ConditionBuilder {
		return expression.Name(name).LessThanEqual(expression.Value(now.Unix()))
	}
	cutOff := over("attempt_ends").And(absent("answer_status"), is("body", digest(body)))
	e, err := expression.NewBuilder().WithCondition(absent("PK").Or(over(ExpiresAttribute), cutOff)).Build()
	if err != nil {
		return nil, 0, "", fmt.Errorf("build a condition: %w", err)
	}
	out, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: s.table, Item: item, ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		ReturnConsumedCapacity:              types.ReturnConsumedCapacityTotal,
	})
	if refused, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return judgeRequest(refused.Item, digest(body), attempt)
	}
	if err != nil {
		return nil, 0, "", fmt.Errorf("begin a request of %s: %w", tenant, err)
	}
	if out.ConsumedCapacity != nil {
		meterWrite(ctx, *out.ConsumedCapacity)
	}
	return nil, 0, stateNew, nil
}

// judgeRequest says what is known of a request that is there already.
func judgeRequest(item attrs, body, attempt string) (answer []byte, status int, state string, err error) {
	r := reader{from: item}
	switch {
	case r.text("body") != body:
		state = stateOther
	case r.has("answer_status"):
		answer, status, state = []byte(r.text("answer")), int(r.number("answer_status")), stateDone
	case r.text("attempt") == attempt:
		state = stateNew // ours: the reply to it was lost, and the SDK asked again
	default:
		state = stateRunning
	}
	return answer, status, state, r.err
}

// Finish stores the answer to a request that was new, to be given again for 24
// hours since Begin. answer is text, at most 300 KB, and must not hold a secret.
// ErrNotFound when the request is not known any more. A crash before it leaves
// the request running, see Begin.
func (s *Store) Finish(ctx context.Context, tenant statement.TenantID, key string, status int, answer []byte) error {
	k, err := idempotency(tenant, key)
	if err != nil {
		return err
	}
	var c assign
	c.set("answer_status", status)
	c.text("answer", string(answer))
	_, err = s.change(ctx, k, c, expression.AttributeExists(expression.Name("PK")), func(attrs) error { return statement.ErrNotFound })
	if err != nil {
		return fmt.Errorf("finish a request of %s: %w", tenant, err)
	}
	return nil
}

// Forget lets a request that was new and failed be made again.
func (s *Store) Forget(ctx context.Context, tenant statement.TenantID, key string) error {
	k, err := idempotency(tenant, key)
	if err != nil {
		return err
	}
	out, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: s.table, Key: k.attrs(), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return fmt.Errorf("forget a request of %s: %w", tenant, err)
	}
	if out.ConsumedCapacity != nil {
		meterWrite(ctx, *out.ConsumedCapacity)
	}
	return nil
}

func idempotency(tenant statement.TenantID, name string) (key, error) {
	if !statement.ValidID(string(tenant)) {
		return key{}, fmt.Errorf("tenant %q: %w", tenant, statement.ErrNotFound)
	}
	return idempotencyKey(tenant, digest(name)), nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
