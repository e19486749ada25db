package store_test

import (
	"testing"

	"extrato/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Open)
}
