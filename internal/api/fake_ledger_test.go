package api_test

import (
	"context"
	"strings"

	"extrato/internal/statement"
)

// headFirst wants the head to be read before what depends on it: read after, it
// could say more of the account than was read.
func (f *fake) headFirst(method string, ref statement.Ref) {
	for _, call := range f.calls {
		if call == "Account "+ref.String() {
			return
		}
	}
	f.t.Errorf("%s before the head of %s is read", method, ref)
}

func (f *fake) Entry(_ context.Context, ref statement.Ref, id statement.EntryID) (statement.Entry, error) {
	f.headFirst("Entry", ref)
	if err := f.called("Entry", ref); err != nil {
		return statement.Entry{}, err
	}
	for _, e := range f.entries[ref] {
		if e.ID == id {
			return e, nil
		}
	}
	return statement.Entry{}, statement.ErrNotFound
}

// Changes compacts as the store does: a position that is no longer its entry's
// latest is skipped, and an entry that the reader cannot know is added.
func (f *fake) Changes(_ context.Context, ref statement.Ref, after int64, limit int) (changes []statement.FeedChange, next int64, more bool, err error) {
	f.headFirst("Changes", ref)
	if err := f.called("Changes", ref); err != nil {
		return nil, 0, false, err
	}
	if limit < 1 || limit > 500 || after < 0 || after > f.accounts[ref].LastSeq {
		f.t.Errorf("Changes with limit %d after %d", limit, after)
	}
	all, next := f.changes[ref], after
	latest := map[statement.EntryID]int64{}
	for _, c := range all {
		latest[c.Entry.ID] = c.Seq
	}
	for _, c := range all {
		switch {
		case c.Seq <= after:
			continue
		case len(changes) == limit:
			return changes, next, true, nil
		}
		next = c.Seq
		if latest[c.Entry.ID] != c.Seq {
			continue
		}
		switch {
		case c.Entry.Status == statement.Withdrawn:
			c.Kind = statement.Gone
		case c.Entry.FirstSeq > after:
			c.Kind = statement.Added
		default:
			c.Kind = statement.Modified
		}
		changes = append(changes, c)
	}
	return changes, next, false, nil
}

func (f *fake) Days(_ context.Context, ref statement.Ref, from, to statement.Date) ([]statement.Day, error) {
	f.headFirst("Days", ref)
	if err := f.called("Days", ref); err != nil {
		return nil, err
	}
	var list []statement.Day
	for _, d := range f.days[ref] {
		if from <= d.Date && d.Date <= to {
			list = append(list, d)
		}
	}
	return list, nil
}

func (f *fake) DayBefore(_ context.Context, ref statement.Ref, before statement.Date) (day statement.Day, ok bool, err error) {
	f.headFirst("DayBefore", ref)
	if err := f.called("DayBefore", ref); err != nil {
		return statement.Day{}, false, err
	}
	for _, d := range f.days[ref] {
		if d.Date < before {
			day, ok = d, true
		}
	}
	return day, ok, nil
}

func (f *fake) Runs(_ context.Context, ref statement.Ref, limit int, before statement.RunID) (runs []statement.Run, next statement.RunID, err error) {
	if err := f.called("Runs", ref); err != nil {
		return nil, "", err
	}
	if limit < 1 || limit > 500 || before != "" && !statement.ValidID(string(before)) {
		f.t.Errorf("Runs with limit %d before %q", limit, before)
	}
	for _, r := range f.runs[ref] {
		if before != "" && r.ID >= before {
			continue
		}
		if len(runs) == limit {
			return runs, runs[limit-1].ID, nil
		}
		runs = append(runs, r)
	}
	return runs, "", nil
}

func (f *fake) Send(_ context.Context, messages []statement.Message) error {
	for _, m := range messages {
		if err := f.called("Send", m.Ref()); err != nil {
			return err
		}
	}
	if f.failSend != nil {
		return f.failSend
	}
	f.sent = append(f.sent, messages...)
	return nil
}

// asked returns the calls of one method.
func (f *fake) asked(method string) (n int) {
	for _, call := range f.calls {
		if strings.HasPrefix(call, method+" ") {
			n++
		}
	}
	return n
}
