package main

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

// segments is how many parts of the table are read at once.
const segments = 8

// identify returns what DynamoDB calls the table, which no other one is called,
// this one deleted and made anew included; and the table or backup that it was
// restored from, "" for none.
func identify(ctx context.Context, client *dynamodb.Client, table string) (id, source string, err error) {
	got, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return "", "", fmt.Errorf("describe %s: %w", table, err)
	}
	if r := got.Table.RestoreSummary; r != nil {
		if aws.ToBool(r.RestoreInProgress) {
			return "", "", fmt.Errorf("%s is still being restored", table)
		}
		source = aws.ToString(r.SourceTableArn)
	}
	if id = aws.ToString(got.Table.TableId); id == "" {
		// Of an emulator, perhaps: its tables have a name alone.
		id = aws.ToString(got.Table.TableArn)
	}
	return id, source, nil
}

// epochs renews the epochs of one table.
type epochs struct {
	client *dynamodb.Client
	table  string
	id     string
	apply  bool
	out    io.Writer
	every  time.Duration // between two lines of progress

	mu   sync.Mutex
	done count
	told time.Time
}

// count is what a run met.
type count struct{ items, accounts, changed, had, erased, moved int }

// String is one line of progress.
func (n count) String(applied bool) string {
	verb := "to change"
	if applied {
		verb = "changed"
	}
	return fmt.Sprintf("%d items read, %d accounts: %d %s, %d had the new epoch, %d erased", n.items, n.accounts, n.changed, verb, n.had, n.erased)
}

// renew reads the table and gives each account its new epoch.
func (e *epochs) renew(ctx context.Context) (count, error) {
	e.told = time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for segment := range segments {
		group.Go(func() error { return e.segment(ctx, segment) })
	}
	err := group.Wait()
	return e.done, err
}

func (e *epochs) segment(ctx context.Context, segment int) error {
	pages := dynamodb.NewScanPaginator(e.client, &dynamodb.ScanInput{
		TableName: &e.table, Segment: aws.Int32(int32(segment)), TotalSegments: aws.Int32(segments),
		FilterExpression:     aws.String("begins_with(PK, :tenant) AND begins_with(SK, :account)"),
		ProjectionExpression: aws.String("PK, SK, epoch, erased_at"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":tenant": &types.AttributeValueMemberS{Value: "TENANT#"}, ":account": &types.AttributeValueMemberS{Value: "ACCOUNT#"},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("read part %d of %s: %w", segment, e.table, err)
		}
		n := count{items: int(page.ScannedCount), accounts: len(page.Items)}
		for _, item := range page.Items {
			if err := e.account(ctx, item, &n); err != nil {
				e.tell(n)
				return err
			}
		}
		e.tell(n)
	}
	return nil
}

// account renews one account's epoch. The condition is that nobody else did
// meanwhile: an account that was made, or erased, after it was read is theirs.
func (e *epochs) account(ctx context.Context, item map[string]types.AttributeValue, n *count) error {
	pk, sk, old := text(item["PK"]), text(item["SK"]), text(item["epoch"])
	fresh := epochOf(e.id, pk, sk)
	switch {
	case item["erased_at"] != nil:
		n.erased++
		return nil
	case old == fresh:
		n.had++
		return nil
	case !e.apply:
		n.changed++
		return nil
	}
	_, err := e.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &e.table, Key: keyOf(pk, sk),
		UpdateExpression:    aws.String("SET epoch = :new"),
		ConditionExpression: aws.String("epoch = :old AND attribute_not_exists(erased_at)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":new": &types.AttributeValueMemberS{Value: fresh}, ":old": &types.AttributeValueMemberS{Value: old},
		},
	})
	if _, moved := errors.AsType[*types.ConditionalCheckFailedException](err); moved {
		n.moved++
		return nil
	}
	if err != nil {
		return fmt.Errorf("new epoch of %s %s: %w", pk, sk, err)
	}
	n.changed++
	return nil
}

// epochOf is made of what names the table and the account, in the form that
// the store gives an epoch: so a second run makes the same one, and a second
// restore another.
func epochOf(id, pk, sk string) string {
	sum := sha256.Sum256([]byte(id + "\x00" + pk + "\x00" + sk))
	return base32.StdEncoding.EncodeToString(sum[:])[:8]
}

// tell adds up, and writes a line where the last one is old.
func (e *epochs) tell(n count) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d := &e.done
	d.items, d.accounts, d.changed = d.items+n.items, d.accounts+n.accounts, d.changed+n.changed
	d.had, d.erased, d.moved = d.had+n.had, d.erased+n.erased, d.moved+n.moved
	if time.Since(e.told) >= e.every {
		e.told = time.Now()
		_, _ = fmt.Fprintln(e.out, d.String(e.apply))
	}
}

func keyOf(pk, sk string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: pk}, "SK": &types.AttributeValueMemberS{Value: sk}}
}

func text(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}
