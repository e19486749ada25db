package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"reflect"
)

// optional returns nil for a value that is not known.
func optional[S ~string](s S) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

// instant writes a time as all answers do.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// orNull is an object or null. huma's schemas know null for scalars only.
type orNull[T any] struct{ Value *T }

// MarshalJSON writes the object, or null.
func (o orNull[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.Value) }

// Schema says the same to clients.
func (orNull[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{r.Schema(reflect.TypeFor[T](), true, ""), {Type: "null"}}}
}

// details is a JSON object as the bank sent it, or null.
type details json.RawMessage

// MarshalJSON writes the object as it is kept. What is no object is told as
// null, so that an answer is always what its schema says.
func (d details) MarshalJSON() ([]byte, error) {
	if len(d) == 0 || d[0] != '{' || !json.Valid(d) {
		return []byte("null"), nil
	}
	return d, nil
}

// Schema says that its fields depend on the type of the entry.
func (details) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", Nullable: true, AdditionalProperties: true}
}
