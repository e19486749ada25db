package store

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

// movedItem says under which date an entry now is. It is there from the first
// move on, and stays when the entry moves back.
func movedItem(ref statement.Ref, e statement.Entry) attrs {
	item := movedKey(ref, e.ID).attrs()
	w := writer{item}
	w.text("id", string(e.ID))
	w.text("date", string(e.Date))
	return item
}

// Entry reads one entry by its id, wherever its date has moved to, as it is at
// that moment: consistently. ErrNotFound when there is none.
func (s *Store) Entry(ctx context.Context, ref statement.Ref, id statement.EntryID) (statement.Entry, error) {
	if err := valid(ref); err != nil {
		return statement.Entry{}, err
	}
	item, err := s.entry(ctx, ref, id)
	if err != nil {
		return statement.Entry{}, fmt.Errorf("entry %.64s of %s: %w", id, ref, err)
	}
	return entryOf(item)
}

// entry looks where an entry was first, and else where MOVED# says. It may move
// between the two looks, so they are repeated; each repetition means another
// commit meanwhile, so that more than a few tell of something else.
func (s *Store) entry(ctx context.Context, ref statement.Ref, id statement.EntryID) (attrs, error) {
	first, ok := firstDate(id)
	if !ok {
		return nil, statement.ErrNotFound
	}
	item, err := s.get(ctx, entryKey(ref, first, id))
	for range maxTries {
		if item != nil || err != nil {
			return item, err
		}
		where, err := s.get(ctx, movedKey(ref, id))
		if err != nil {
			return nil, err
		}
		if where == nil {
			return nil, statement.ErrNotFound
		}
		r := reader{from: where}
		date := statement.Date(r.text("date"))
		if r.err != nil {
			return nil, r.err
		}
		if item, err = s.get(ctx, entryKey(ref, date, id)); err != nil {
			return nil, err
		}
	}
	if item == nil {
		return nil, fmt.Errorf("it is not where it moved to")
	}
	return item, nil
}

// firstDate returns the date that an id begins with. An id comes from outside:
// one that cannot be an entry's must not become a key.
func firstDate(id statement.EntryID) (statement.Date, bool) {
	const length = len("2006-01-02")
	if !statement.ValidID(string(id)) || len(id) < length {
		return "", false
	}
	d, err := statement.ParseDate(string(id[:length]))
	return d, err == nil
}
