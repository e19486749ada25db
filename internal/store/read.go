package store

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// Window returns all entries dated from…to, both included, by date and id,
// read consistently. A from or to of "" is no bound. Against commits under way
// a window is not one moment of the statement: the commit that follows from it
// is conditional on the head, read before.
func (s *Store) Window(ctx context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Entry, error) {
	if err := valid(ref); err != nil {
		return nil, err
	}
	var entries []statement.Entry
	lower, upper := entryRange(from, to)
	for item, err := range s.items(ctx, statementPK(ref), span{lower: lower, upper: upper}) {
		if err != nil {
			return nil, fmt.Errorf("entries of %s: %w", ref, err)
		}
		e, err := entryOf(item)
		if err != nil {
			return nil, fmt.Errorf("entries of %s: %w", ref, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Page returns one page, and the position to ask the next with: "" when this
// was the last. Pages follow one another without a gap or a repetition among
// the entries that are there all the time. A position is only text to compare
// with: one that was tampered with shows other entries of the same account at
// most.
func (s *Store) Page(ctx context.Context, ref statement.Ref, q statement.PageQuery) (entries []statement.Entry, after string, err error) {
	if err := valid(ref); err != nil {
		return nil, "", err
	}
	limit := max(1, q.Limit)
	lower, upper := entryRange(q.From, q.To)
	lower = max(lower, next(q.After))
	last := ""
	for item, err := range s.items(ctx, statementPK(ref), span{lower: lower, upper: upper, first: limit + 1}) {
		if err != nil {
			return nil, "", fmt.Errorf("page of %s: %w", ref, err)
		}
		e, err := entryOf(item)
		if err != nil {
			return nil, "", fmt.Errorf("page of %s: %w", ref, err)
		}
		if q.Match != nil && !q.Match(e) {
			continue
		}
		if len(entries) == limit {
			return entries, last, nil // there is one more, so this was not the last page
		}
		entries = append(entries, e)
		last = entryKey(ref, e.Date, e.ID).sk
	}
	return entries, "", nil
}

// entryRange returns the sort keys between which entries of from…to lie.
func entryRange(from, to statement.Date) (lower, upper string) {
	upper = entryPrefix + afterAll
	if to != "" {
		upper = entryPrefix + string(to) + "#" + afterAll
	}
	return entryPrefix + string(from), upper
}

// maxPosition keeps foreign text within the 1,024 bytes of a sort key.
const maxPosition = 1000

// next returns the least sort key after a position; "" for none.
func next(position string) string {
	if position == "" {
		return ""
	}
	return position[:min(len(position), maxPosition)] + "\x00"
}
