package store

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// What one call of Changes reads.
const (
	commitsAtOnce = 16   // COMMIT# items per answer: of 2 KB on a busy day, 10 KB in a first sync
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
// entries are read after that, each by itself, and read again while one is
// older than the position that led to it, or not there yet.
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
