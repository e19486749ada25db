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

// What one call of Changes reads.
const (
	commitsAtOnce = 16   // COMMIT# items per answer: 2 KB on a busy day, 10 KB in a first sync
	entriesAtOnce = 100  // DynamoDB's limit for one BatchGetItem
	maxPositions  = 1000 // looked at in one call, so that it ends however much was compacted
)

// Changes returns the changes of the feed after a position, up to limit of
// them, in the order of their positions, and the position to go on after. more
// says that there is something behind it already; a call that finds 1,000
// positions without news says so with no changes at all.
//
// An entry is told as it stands, at its latest position; earlier ones are
// skipped, and so is a position that the entry has left meanwhile: the later
// one tells of it. Kind is told as far as the reader can know: withdrawn where
// it now is, added where the reader comes from before its first position, else
// modified. Who puts each entry in place of what it had of the same id holds,
// at the end of the feed, exactly the statement.
//
// Nothing is lost beside commits under way. DynamoDB's Query shows of two
// transactions perhaps the later alone, so positions are read from COMMIT#
// items only, and no further than they follow one another without a gap. The
// entries are read after that, each by itself, which is serializable: none is
// older than the position that led to it.
func (s *Store) Changes(ctx context.Context, ref statement.Ref, after int64, limit int) (
	changes []statement.FeedChange, next int64, more bool, err error) {
	after, limit = max(0, after), max(1, limit)
	if err := valid(ref); err != nil {
		return nil, after, false, err
	}
	fail := func(err error) ([]statement.FeedChange, int64, bool, error) {
		return nil, after, false, fmt.Errorf("changes of %s after %d: %w", ref, after, err)
	}
	next = after
	var batch []position
	ahead := limit // positions to look at together: more and more, where few of them are news
	resolve := func() error {
		entries, err := s.entriesAt(ctx, ref, batch)
		if err != nil {
			return err
		}
		for _, p := range batch {
			if len(changes) == limit {
				more = true
				return nil
			}
			if e := entries[p.id]; e.Seq == p.seq {
				changes = append(changes, statement.FeedChange{Seq: p.seq, Kind: kindFor(e, after), Entry: e})
			}
			next = p.seq
		}
		batch = batch[:0]
		ahead *= 2
		return nil
	}
	for p, err := range s.positions(ctx, ref, after) {
		if err != nil {
			return fail(err)
		}
		if len(batch) == min(ahead, entriesAtOnce) {
			if err := resolve(); err != nil {
				return fail(err)
			}
			if len(changes) == limit || next-after >= maxPositions {
				return changes, next, true, nil
			}
		}
		batch = append(batch, p)
	}
	if len(batch) > 0 {
		if err := resolve(); err != nil {
			return fail(err)
		}
	}
	return changes, next, more, nil
}

// kindFor tells what happened to an entry to a reader that was at a position.
func kindFor(e statement.Entry, after int64) statement.ChangeKind {
	switch {
	case e.Status == statement.Withdrawn:
		return statement.Gone
	case e.FirstSeq > after:
		return statement.Added
	default:
		return statement.Modified
	}
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
				if item, err = s.entry(ctx, ref, id); err != nil {
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
			return true, fmt.Errorf("entry %s is still as before position %d", id, p.seq)
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
