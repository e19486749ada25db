package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// feedItem is the COMMIT# item that tells the changes of one transaction, at
// least one, to the readers of the feed.
func feedItem(ref statement.Ref, changes []statement.Change, run statement.RunID) attrs {
	first, last := changes[0].Entry.Seq, changes[len(changes)-1].Entry.Seq
	item := commitKey(ref, last).attrs()
	w := writer{item}
	w.number("first_seq", first)
	w.number("last_seq", last)
	list := make([]types.AttributeValue, 0, len(changes))
	for _, c := range changes {
		list = append(list, changeItem(c))
	}
	w.list("changes", list)
	w.text("run", string(run))
	return item
}

func changeItem(c statement.Change) *types.AttributeValueMemberM {
	m := attrs{}
	w := writer{m}
	w.number("seq", c.Entry.Seq)
	w.text("id", string(c.Entry.ID))
	w.text("date", string(c.Entry.Date))
	w.text("change", string(c.Kind))
	w.number("revision", int64(c.Entry.Revision))
	return &types.AttributeValueMemberM{Value: m}
}

// position is one line of a COMMIT# item: where an entry was at that moment.
type position struct {
	seq  int64
	id   statement.EntryID
	date statement.Date
}

// positionsOf returns the positions of a COMMIT# item, checked to be what the
// schema says: consecutive from first_seq to last_seq.
func positionsOf(item attrs) ([]position, error) {
	r := reader{from: item}
	first, last := r.number("first_seq"), r.number("last_seq")
	var list []position
	for _, m := range r.objects("changes") {
		list = append(list, position{
			seq:  m.number("seq"),
			id:   statement.EntryID(m.text("id")),
			date: statement.Date(m.text("date")),
		})
		r.adopt(m)
	}
	for i, p := range list {
		if r.err == nil && p.seq != first+int64(i) {
			r.err = fmt.Errorf("position %d stands where %d should", p.seq, first+int64(i))
		}
	}
	if r.err == nil && first+int64(len(list))-1 != last {
		r.err = fmt.Errorf("it ends at %d, its changes at %d", last, first+int64(len(list))-1)
	}
	if r.err != nil {
		return nil, fmt.Errorf("commit %s: %w", r.text("SK"), r.err)
	}
	return list, nil
}

// positions yields the positions after the given one, up to the first gap.
func (s *Store) positions(ctx context.Context, ref statement.Ref, after int64) iter.Seq2[position, error] {
	return func(yield func(position, error) bool) {
		in := &dynamodb.QueryInput{
			TableName: s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(commitsAtOnce),
			KeyConditionExpression: aws.String("PK = :pk AND SK BETWEEN :lower AND :upper"),
			ExpressionAttributeValues: attrs{
				":pk":    &types.AttributeValueMemberS{Value: statementPK(ref)},
				":lower": &types.AttributeValueMemberS{Value: commitKey(ref, after+1).sk},
				":upper": &types.AttributeValueMemberS{Value: commitPrefix + afterAll},
			},
		}
		for page, err := range s.pages(ctx, in) {
			if err != nil {
				yield(position{}, err)
				return
			}
			for _, item := range page {
				list, err := positionsOf(item)
				if err != nil {
					yield(position{}, err)
					return
				}
				for _, p := range list {
					switch {
					case p.seq <= after: // a cursor within the commit
					case p.seq > after+1:
						return
					case !yield(p, nil):
						return
					default:
						after = p.seq
					}
				}
			}
		}
	}
}
