package api

import (
	"context"
	"fmt"

	"extrato/internal/statement"
)

type listChangesInput struct {
	IDInput
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"1024" doc:"next_cursor of the answer before, of whatever age. Without it the feed begins at its beginning."`
}

// Change is one position of the feed.
type Change struct {
	_      struct{} `additionalProperties:"true"`
	Seq    int64    `json:"seq" doc:"The position. Positions grow; those of which a later one tells the same entry are left out." example:"42"`
	Change string   `json:"change" enum:"added,modified,withdrawn" doc:"What happened, as far as a reader of this cursor can know: added when it cannot have seen the entry before. A reader may meet an entry first as withdrawn, or as modified where it changed while the feed was read. An entry that comes back after it was withdrawn is modified, with the status booked."`
	Entry  Entry    `json:"entry" doc:"The entry as it stands now. Keep it by its id, replacing what is kept."`
}

// ChangeList is a page of the feed.
type ChangeList struct {
	_          struct{} `additionalProperties:"true"`
	Changes    []Change `json:"changes" nullable:"false" doc:"In the order in which they were stored. Can be empty while has_more is true, where much was left out."`
	NextCursor string   `json:"next_cursor" doc:"Where to go on, now or at any later time; it is always there and stays valid."`
	HasMore    bool     `json:"has_more" doc:"Whether asking again at once brings more."`
}

type changeListOutput struct{ Body ChangeList }

// listChanges reads on in the feed. The head is read before the feed, so a
// cursor that is ahead of it names positions that once were and are gone: the
// table went back, even where its epoch did not change.
func (s *server) listChanges(ctx context.Context, in *listChangesInput) (*changeListOutput, error) {
	ref, err := callOf(ctx).ref(in.ID)
	if err != nil {
		return nil, err
	}
	at := feedCursor{V: feedVersion, Of: feedOf(ref)}
	if in.Cursor != "" {
		var ok bool
		if at, ok = parseFeedCursor(in.Cursor, feedOf(ref)); !ok {
			return nil, invalid(codeCursor, "query", "cursor", entryOf(codeCursor).detail)
		}
	}
	head, err := s.Store.Account(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("read account %s: %w", ref, err)
	}
	if in.Cursor != "" && (at.Epoch != head.Epoch || at.Seq > head.LastSeq) {
		return nil, newProblem(codeCursorReset)
	}
	at.setOut(head.LastSeq)
	changes, next, more, err := s.Store.Changes(ctx, ref, at.Seq, in.Limit)
	if err != nil {
		return nil, fmt.Errorf("read changes of %s after %d: %w", ref, at.Seq, err)
	}
	list := viewChanges(changes, at)
	at.goOn(head.Epoch, next)
	return &changeListOutput{ChangeList{Changes: list, NextCursor: at.String(), HasMore: more}}, nil
}

func viewChanges(changes []statement.FeedChange, at feedCursor) []Change {
	list := make([]Change, 0, len(changes))
	for _, c := range changes {
		list = append(list, Change{Seq: c.Seq, Change: string(at.kind(c)), Entry: viewEntry(c.Entry)})
	}
	return list
}
