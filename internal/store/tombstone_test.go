package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
	"extrato/internal/store/storetest"
)

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

// write sets one attribute of an item beside the store.
func (f fixture) write(t *testing.T, pk, sk, name string, v types.AttributeValue) {
	t.Helper()
	_, err := f.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(f.table), Key: item{"PK": s(pk), "SK": s(sk)},
		UpdateExpression:          aws.String("SET #n = :v"),
		ExpressionAttributeNames:  map[string]string{"#n": name},
		ExpressionAttributeValues: item{":v": v},
	})
	must(t, err)
}

func TestErasedAccountIsGone(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	ref, ctx := f.head.Ref, t.Context()
	f.write(t, "TENANT#acme", "ACCOUNT#a1", "erased_at", s("2026-11-23T09:00:00.000Z"))
	before := f.raw(t, "TENANT#acme", "")

	if _, err := f.Account(ctx, ref); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("Account: %v, want ErrNotFound", err)
	}
	if list, next, err := f.Accounts(ctx, "acme", 10, ""); err != nil || len(list) > 0 || next != "" {
		t.Errorf("Accounts: %v, %q, %v, want none", list, next, err)
	}
	if _, err := f.Enable(ctx, storetest.Enablement(ref, "c", "1")); !errors.Is(err, statement.ErrNotFound) {
		t.Errorf("Enable: %v, want ErrNotFound", err)
	}
	// These read the head before the erasure: the conditions must refuse them.
	if _, err := f.Commit(ctx, f.head, storetest.Additions("2026-11-02", 1, 1)); !errors.Is(err, statement.ErrConflict) {
		t.Errorf("Commit: %v, want ErrConflict", err)
	}
	for _, park := range []bool{true, false} {
		if err := f.SaveFailure(ctx, f.head, statement.CertificateExpired, f.head.CreatedAt, park); !errors.Is(err, statement.ErrConflict) {
			t.Errorf("SaveFailure: %v, want ErrConflict", err)
		}
	}
	if after := f.raw(t, "TENANT#acme", ""); !reflect.DeepEqual(after, before) {
		t.Error("the tombstone, or what stands beside it, changed")
	}
	if items := f.raw(t, "STATEMENT#acme#a1", ""); len(items) > 0 {
		t.Errorf("%d items were written for an erased account", len(items))
	}
}

func TestExpiredItemsAreIgnored(t *testing.T) {
	t.Parallel()
	f := prepare(t)
	_, err := f.Commit(t.Context(), f.head, storetest.Additions("2026-11-02", 3, 3))
	must(t, err)
	at := func(d time.Duration) types.AttributeValue {
		return &types.AttributeValueMemberN{Value: fmt.Sprint(time.Now().Add(d).Unix())}
	}
	past, future := storetest.Entry("2026-11-02", 0), storetest.Entry("2026-11-02", 1)
	f.write(t, "STATEMENT#acme#a1", "ENTRY#2026-11-02#"+string(past.ID), "expires", at(-time.Minute))
	f.write(t, "STATEMENT#acme#a1", "ENTRY#2026-11-02#"+string(future.ID), "expires", at(time.Hour))
	f.write(t, "TENANT#acme", "SETTINGS", "expires", at(-time.Minute))
	entries, err := f.Window(t.Context(), f.head.Ref, "", "")
	must(t, err)
	if len(entries) != 2 || entries[0].ID != future.ID {
		t.Errorf("%d entries, want the two that are not past their time", len(entries))
	}
	if id, err := f.DefaultAccount(t.Context(), "acme"); err != nil || id != "" {
		t.Errorf("expired settings were read: %q, %v", id, err)
	}
}
