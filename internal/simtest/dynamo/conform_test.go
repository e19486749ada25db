package dynamo_test

import (
	"testing"

	"extrato/internal/simtest/dynamo"
	"extrato/internal/store"
	"extrato/internal/store/storetest"
)

// The suite that internal/store runs over another DynamoDB runs over this one.
func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.Store {
		db := dynamo.New(dynamo.Options{})
		client := db.Client(nil)
		t.Cleanup(func() {
			for _, f := range db.Faults() {
				t.Error(f)
			}
		})
		return store.New(client, storetest.Table(t, client))
	})
}
