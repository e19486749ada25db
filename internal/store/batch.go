package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"extrato/internal/statement"
)

// entriesAt returns the entries of some positions, each at least as new as its
// last position among them.
func (s *Store) entriesAt(ctx context.Context, ref statement.Ref, batch []position) (map[statement.EntryID]statement.Entry, error) {
	wanted := make(map[statement.EntryID]position, len(batch))
	for _, p := range batch {
		wanted[p.id] = p
	}
	found := make(map[statement.EntryID]statement.Entry, len(wanted))
	err := retry(ctx, func() (bool, error) {
		items, err := s.getAll(ctx, ref, wanted)
		if err != nil {
			return false, err
		}
		for id, p := range wanted {
			item := items[id]
			if item == nil { // it has moved since
				item, err = s.entry(ctx, ref, id)
				if errors.Is(err, statement.ErrNotFound) {
					continue // its commit is under way: its COMMIT# may be seen first
				}
				if err != nil {
					// Not %w: that an entry is missing says nothing of the account.
					return false, fmt.Errorf("entry %s of position %d: %v", id, p.seq, err)
				}
			}
			e, err := entryOf(item)
			if err != nil {
				return false, err
			}
			if e.Seq >= p.seq {
				found[id] = e
				delete(wanted, id)
			}
		}
		for id, p := range wanted {
			return true, fmt.Errorf("entry %s is still as before position %d", id, p.seq) // or not there yet
		}
		return false, nil
	})
	return found, err
}

// getAll reads entries consistently where their positions say that they are;
// one that is no longer there is left out.
func (s *Store) getAll(ctx context.Context, ref statement.Ref, wanted map[statement.EntryID]position) (map[statement.EntryID]attrs, error) {
	var keys []attrs
	for id, p := range wanted {
		keys = append(keys, entryKey(ref, p.date, id).attrs())
	}
	items := make(map[statement.EntryID]attrs, len(keys))
	// What an answer had no room for, it names: more than 16 MB, or a throttle.
	return items, retry(ctx, func() (bool, error) {
		out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems:           map[string]types.KeysAndAttributes{*s.table: {Keys: keys, ConsistentRead: aws.Bool(true)}},
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		if err != nil {
			return false, err
		}
		for i := range out.ConsumedCapacity {
			meterRead(ctx, &out.ConsumedCapacity[i])
		}
		for _, item := range out.Responses[*s.table] {
			r := reader{from: item}
			items[statement.EntryID(r.text("id"))] = item
		}
		if keys = out.UnprocessedKeys[*s.table].Keys; len(keys) > 0 {
			return true, fmt.Errorf("%d entries were left out", len(keys))
		}
		return false, nil
	})
}
