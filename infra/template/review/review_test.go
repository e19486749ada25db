package review_test

import (
	"sync"
	"testing"

	"extrato/infra/template/review"
)

const root = "../../.."

// product is derived once: it takes as long as compiling.
var product = sync.OnceValues(func() (*review.Product, error) { return review.Derive(root) })

func real(t *testing.T) (*review.Product, review.Files) {
	t.Helper()
	p, err := product()
	if err != nil {
		t.Fatal(err)
	}
	files, err := review.ReadFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	return p, files
}

// TestTemplates holds what is deployed against the code.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for _, f := range review.Review(real(t)) {
		t.Error(f)
	}
}
