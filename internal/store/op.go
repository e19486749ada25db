package store

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// op is one write of a transaction. DynamoDB refuses two on the same item.
type op struct {
	item  types.TransactWriteItem
	bytes int // size of what is written or deleted; 0 for an update, which is small
	// refused says what it means that the condition failed; old is the item
	// as it is, nil where there is none. nil where there is no condition.
	refused func(old attrs) error
}

// The conditions that need no names or values.
const (
	always  = ""
	isNew   = "attribute_not_exists(PK)"
	isThere = "attribute_exists(PK)"
)

// put writes a whole item.
func (s *Store) put(item attrs, condition string, refused func(attrs) error) op {
	p := &types.Put{TableName: s.table, Item: item}
	if condition != always {
		p.ConditionExpression = aws.String(condition)
	}
	return op{types.TransactWriteItem{Put: p}, size(item), refused}
}

// update changes attributes of one item. Where the caller needs to see the
// item that failed the condition, DynamoDB sends it.
func (s *Store) update(k key, change expression.UpdateBuilder, condition expression.ConditionBuilder, refused func(attrs) error) (op, error) {
	e, err := expression.NewBuilder().WithUpdate(change).WithCondition(condition).Build()
	if err != nil {
		return op{}, fmt.Errorf("build an update: %w", err)
	}
	return op{types.TransactWriteItem{Update: &types.Update{
		TableName: s.table, Key: k.attrs(),
		UpdateExpression: e.Update(), ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}, 0, refused}, nil
}

// claim takes a bank account for an account, unless another one has it.
func (s *Store) claim(ref statement.Ref, number string) (op, error) {
	k := bankKey(ref.Tenant, number)
	name, value := expression.Name("account"), expression.Value(string(ref.Account))
	return s.update(k, expression.Set(name, value), absent("PK").Or(name.Equal(value)), func(old attrs) error {
		r := reader{from: old}
		return &statement.BankAccountTaken{By: statement.AccountID(r.text("account"))}
	})
}

// drop deletes an item that must be there. bytes is about its size.
func (s *Store) drop(k key, bytes int, refused func(attrs) error) op {
	return op{types.TransactWriteItem{Delete: &types.Delete{
		TableName: s.table, Key: k.attrs(), ConditionExpression: aws.String(isThere),
	}}, bytes, refused}
}

// release gives a claim of ours up, and does nothing where there is none.
// refused says what it means that another account has it.
func (s *Store) release(ref statement.Ref, k key, refused func(attrs) error) (op, error) {
	ours := absent("PK").Or(expression.Name("account").Equal(expression.Value(string(ref.Account))))
	e, err := expression.NewBuilder().WithCondition(ours).Build()
	if err != nil {
		return op{}, fmt.Errorf("build a condition: %w", err)
	}
	return op{types.TransactWriteItem{Delete: &types.Delete{
		TableName: s.table, Key: k.attrs(), ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}}, 0, refused}, nil
}

// check lets a transaction happen only where a condition holds of an item that
// it does not write.
func (s *Store) check(k key, condition expression.ConditionBuilder, refused func(attrs) error) (op, error) {
	e, err := expression.NewBuilder().WithCondition(condition).Build()
	if err != nil {
		return op{}, fmt.Errorf("build a condition: %w", err)
	}
	return op{types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: s.table, Key: k.attrs(), ConditionExpression: e.Condition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}}, 0, refused}, nil
}

// conflict is what a failed condition means where somebody else wrote first.
func conflict(attrs) error { return statement.ErrConflict }

// alive is the condition that an account exists and is not erased.
func alive() expression.ConditionBuilder {
	return expression.AttributeExists(expression.Name("PK")).And(absent("erased_at"))
}

func absent(name string) expression.ConditionBuilder {
	return expression.AttributeNotExists(expression.Name(name))
}

// is compares an attribute with what was read of it, where "" was absence.
func is(name, read string) expression.ConditionBuilder {
	if read == "" {
		return absent(name)
	}
	return expression.Name(name).Equal(expression.Value(read))
}

// assign collects the assignments of an update.
type assign struct{ expression.UpdateBuilder }

func (a *assign) set(name string, v any) {
	a.UpdateBuilder = a.Set(expression.Name(name), expression.Value(v))
}

func (a *assign) remove(name string) {
	a.UpdateBuilder = a.Remove(expression.Name(name))
}

// unschedule takes an account out of the index.
func (a *assign) unschedule() {
	a.remove("enabled_shard")
	a.remove("enabled_key")
}

// text sets an attribute, or removes it where there is nothing to say.
func (a *assign) text(name, v string) {
	if v == "" {
		a.remove(name)
		return
	}
	a.set(name, v)
}

// cents sets an amount of which absence is not zero.
func (a *assign) cents(name string, v *statement.Cents) {
	if v == nil {
		a.remove(name)
		return
	}
	a.set(name, int64(*v))
}

// count sets an amount that is absent when it is 0.
func (a *assign) count(name string, v statement.Cents) {
	if v == 0 {
		a.remove(name)
		return
	}
	a.set(name, int64(v))
}
