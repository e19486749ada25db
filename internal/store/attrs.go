package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// attrs is an item, or a map inside of one. It is written by hand rather than
// by reflection: the names stand where they are used, int64 goes through no
// float, and the hot path stays cheap.
type attrs = map[string]types.AttributeValue

// momentLayout has milliseconds always, so that instants sort as text.
const momentLayout = "2006-01-02T15:04:05.000Z"

// writer fills an item. Whatever is empty is not written.
type writer struct{ to attrs }

func (w writer) text(name, v string) {
	if v != "" {
		w.to[name] = &types.AttributeValueMemberS{Value: v}
	}
}

func (w writer) moment(name string, v time.Time) {
	if !v.IsZero() {
		w.text(name, v.UTC().Format(momentLayout))
	}
}

// count writes a number that is absent when it is 0.
func (w writer) count(name string, v int64) {
	if v != 0 {
		w.number(name, v)
	}
}

func (w writer) number(name string, v int64) { w.to[name] = number(v) }

func (w writer) list(name string, v []types.AttributeValue) {
	if len(v) > 0 {
		w.to[name] = &types.AttributeValueMemberL{Value: v}
	}
}

func (w writer) object(name string, v attrs) {
	if len(v) > 0 {
		w.to[name] = &types.AttributeValueMemberM{Value: v}
	}
}

func number(v int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
}

func decimal(v float64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatFloat(v, 'f', -1, 64)}
}

// texts makes a list of strings of any string type.
func texts[S ~string](v []S) []types.AttributeValue {
	list := make([]types.AttributeValue, 0, len(v))
	for _, s := range v {
		list = append(list, &types.AttributeValueMemberS{Value: string(s)})
	}
	return list
}

// reader takes an item apart. What is absent reads as the zero value; what has
// another type than ours, or does not parse, is kept as err, the first one.
type reader struct {
	from attrs
	err  error
}

func (r *reader) fail(name string) {
	if r.err == nil {
		r.err = fmt.Errorf("attribute %s has another type than the schema says", name)
	}
}

func (r *reader) text(name string) string {
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberS:
		return v.Value
	default:
		r.fail(name)
	}
	return ""
}

func (r *reader) number(name string) int64 {
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseInt(v.Value, 10, 64)
		if err != nil {
			r.fail(name)
		}
		return n
	default:
		r.fail(name)
	}
	return 0
}

func (r *reader) has(name string) bool { return r.from[name] != nil }

func (r *reader) flag(name string) bool {
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberBOOL:
		return v.Value
	default:
		r.fail(name)
	}
	return false
}

func (r *reader) moment(name string) time.Time {
	s := r.text(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.fail(name)
	}
	return t.UTC()
}

func (r *reader) texts(name string) []string {
	var list []string
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			s, ok := e.(*types.AttributeValueMemberS)
			if !ok {
				r.fail(name)
				return nil
			}
			list = append(list, s.Value)
		}
	default:
		r.fail(name)
	}
	return list
}

// object returns the reader of a map; found is false where there is none.
// Its error is the caller's to look at, or to adopt.
func (r *reader) object(name string) (o *reader, found bool) {
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberM:
		return &reader{from: v.Value}, true
	default:
		r.fail(name)
	}
	return &reader{}, false
}

// objects returns the readers of a list of maps. Their errors are the caller's
// to adopt.
func (r *reader) objects(name string) []*reader {
	var list []*reader
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberL:
		for _, e := range v.Value {
			m, ok := e.(*types.AttributeValueMemberM)
			if !ok {
				r.fail(name)
				return nil
			}
			list = append(list, &reader{from: m.Value})
		}
	default:
		r.fail(name)
	}
	return list
}

// adopt takes over the error of a map's reader.
func (r *reader) adopt(m *reader) {
	if r.err == nil {
		r.err = m.err
	}
}

func (r *reader) decimal(name string) float64 {
	switch v := r.from[name].(type) {
	case nil:
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseFloat(v.Value, 64)
		if err != nil {
			r.fail(name)
		}
		return n
	default:
		r.fail(name)
	}
	return 0
}

// expired reports whether an item is past its time. DynamoDB deletes such
// items some time later, up to days; to readers they are gone at once.
func expired(item attrs, now time.Time) bool {
	r := reader{from: item}
	at := r.number(ExpiresAttribute)
	return at != 0 && at <= now.Unix()
}
