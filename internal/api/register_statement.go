package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

func (s *server) registerEntries() {
	register(s, docs{
		id: opListEntries, tag: "entries", summary: "List the entries by date",
		description: "The entries dated in a range of days, by default the last 60 days up to yesterday, in the order of their dates.",
		success:     "A page of entries.", example: EntryList{Entries: []Entry{exampleEntry()}},
		codes: []code{codePeriod, codeCursor},
	}, s.listEntries)

	register(s, docs{
		id: opGetEntry, tag: "entries", summary: "Read an entry, and why it is here",
		description: "The entry with the rule that recognised it, the other ids that the bank used for it, the sync that brought it, every earlier " +
			"value of its fields, and what is known of it while the bank does not show it.",
		success: "The entry.", example: exampleDetail(),
		codes: []code{codeEntryNotFound},
	}, s.getEntry)
}

func (s *server) registerLedger() {
	register(s, docs{
		id: opListChanges, tag: "ledger", summary: "Read what changed",
		description: "Every entry that was added, modified or withdrawn after a position, in the order in which it was stored. Begin without a cursor, " +
			"keep each entry by its id, and go on with next_cursor at any later time: nothing is lost. While has_more is true there is more to read " +
			"at once. A position of which a later one tells the same entry is left out.",
		success: "A page of the feed.",
		example: ChangeList{Changes: []Change{{Seq: 42, Change: "added", Entry: exampleEntry()}}, NextCursor: exampleFeedCursor()},
		codes:   []code{codeCursor, codeCursorReset},
	}, s.listChanges)

	register(s, docs{
		id: opListDays, tag: "ledger", summary: "List the days with their proof",
		description: "Every civil day of a range of at most 370 days, by default the last 60 up to yesterday. A day is proven when the opening balance " +
			"and the entries give the bank's closing balance.",
		success: "The days, in order.", example: exampleDays(),
		codes: []code{codePeriod, codePeriodTooLong},
	}, s.listDays)
}

func (s *server) registerSyncs() {
	register(s, docs{
		id: opListSyncs, tag: "syncs", summary: "List the syncs",
		description: "The runs of the last 400 days, newest first: what each asked of the bank, what it brought, how it ended and why it decided so. " +
			"A run is listed once it has ended.",
		success: "A page of runs.", example: exampleSyncs(),
		codes: []code{codeCursor},
	}, s.listSyncs)

	register(s, docs{
		id: opRequestSync, tag: "syncs", summary: "Ask for a sync now",
		description: "Queues a sync of an active account. Without a range it reads what the daily sync reads; with one it reads that range again, and " +
			"brings what is missing or changed in it. A range before the first day that is kept moves that day back. An empty body is like {}.",
		status: http.StatusAccepted, success: "The sync is queued.", example: exampleRequested(),
		body: reflect.TypeFor[NewSync](), bodyless: true, once: true,
		requests: map[string]*huma.Example{
			"now":    {Summary: "What the daily sync reads", Value: struct{}{}},
			"repair": {Summary: "A range of days", Value: NewSync{From: "2026-10-01", To: "2026-10-31"}},
		},
		codes: []code{codeAccountNotActive, codePeriod, codePeriodOutOfReach, codeQueueUnavailable},
	}, s.requestSync)
}
