package storetest

import (
	"fmt"
	"sync"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// changed commits an entry by itself.
func changed(t *testing.T, s *store.Store, a *statement.Account, kind statement.ChangeKind, e statement.Entry) statement.Entry {
	t.Helper()
	if kind != statement.Added {
		e.Revision++
	}
	var err error
	*a, err = s.Commit(t.Context(), *a, statement.Commit{Changes: []statement.Change{{Kind: kind, Entry: e}}})
	must(t, err)
	e.Seq = a.LastSeq
	if kind == statement.Added {
		e.FirstSeq = e.Seq
	}
	return e
}

// told reads the feed after a position and says it in short.
func told(t *testing.T, s *store.Store, after int64, limit int) string {
	t.Helper()
	changes, next, more, err := s.Changes(t.Context(), Ref(), after, limit)
	must(t, err)
	text := ""
	for _, c := range changes {
		text += fmt.Sprintf("%d %s %s, ", c.Seq, c.Kind, c.Entry.Description)
	}
	return text + fmt.Sprintf("next %d more %v", next, more)
}

var feedTests = map[string]func(*testing.T, *store.Store){
	"feed/from the beginning, by pages": func(t *testing.T, s *store.Store) {
		c := Additions("2026-09-01", 110, 7)
		_, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		for _, limit := range []int{1, 7, 85, 86, 110, 500} {
			reader, pages := newConsumer(limit), 1
			for reader.poll(t, s) {
				pages++
			}
			same(t, fmt.Sprintf("pages by %d", limit), pages, (110+limit-1)/limit)
			same(t, "cursor", reader.cursor, int64(110))
			reader.holds(t, committed(c, 0))
		}
	},
	"feed/nothing to tell": func(t *testing.T, s *store.Store) {
		same(t, "no account", told(t, s, 0, 10), "next 0 more false")
		a := active(t, s, Ref(), "111")
		same(t, "no entry", told(t, s, 0, 10), "next 0 more false")
		changed(t, s, &a, statement.Added, Entry("2026-11-02", 1))
		same(t, "at the end", told(t, s, 1, 10), "next 1 more false")
		same(t, "beyond the end", told(t, s, 7, 10), "next 7 more false")
		same(t, "below the beginning", told(t, s, -3, 0), "1 added PIX RECEBIDO - Cp :00000000-FULANO DE TAL, next 1 more false")
	},
	"feed/tells each reader what it cannot know": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		one, two, three := Entry("2026-11-02", 1), Entry("2026-11-02", 2), Entry("2026-11-03", 3)
		one.Description, two.Description, three.Description = "a", "b", "c"
		one = changed(t, s, &a, statement.Added, one)     // 1
		two = changed(t, s, &a, statement.Added, two)     // 2
		three = changed(t, s, &a, statement.Added, three) // 3
		one.Description = "A"
		one = changed(t, s, &a, statement.Modified, one) // 4
		two.Status = statement.Withdrawn
		two = changed(t, s, &a, statement.Gone, two) // 5
		for after, want := range map[int64]string{
			0: "3 added c, 4 added A, 5 withdrawn b, next 5 more false",
			1: "3 added c, 4 modified A, 5 withdrawn b, next 5 more false",
			2: "3 added c, 4 modified A, 5 withdrawn b, next 5 more false",
			3: "4 modified A, 5 withdrawn b, next 5 more false",
			4: "5 withdrawn b, next 5 more false",
		} {
			same(t, fmt.Sprint("to a reader at ", after), told(t, s, after, 10), want)
		}
		same(t, "a first page", told(t, s, 0, 1), "3 added c, next 3 more true")
		two.Status = statement.Booked
		changed(t, s, &a, statement.Modified, two) // 6
		one.Status = statement.Withdrawn
		changed(t, s, &a, statement.Gone, one) // 7
		same(t, "after one came back and one went", told(t, s, 0, 10), "3 added c, 6 added b, 7 withdrawn A, next 7 more false")
		same(t, "to a reader at 5", told(t, s, 5, 10), "6 modified b, 7 withdrawn A, next 7 more false")
	},
	"feed/a reader has the statement at any moment": func(t *testing.T, s *store.Store) {
		a := newAuthor(active(t, s, Ref(), "111"), 1)
		eager := []*consumer{newConsumer(1), newConsumer(2), newConsumer(3), newConsumer(500)}
		lazy := []*consumer{newConsumer(1), newConsumer(2), newConsumer(3), newConsumer(500)}
		drain := func(c *consumer, entries []statement.Entry) {
			for c.poll(t, s) {
			}
			same(t, "cursor", c.cursor, a.head.LastSeq)
			c.holds(t, entries)
		}
		for i := range 36 {
			a.commit(t, s)
			entries := window(t, s, Ref())
			a.entries = map[statement.EntryID]statement.Entry{}
			for _, e := range entries {
				a.entries[e.ID] = e
			}
			if i%3 == 0 {
				for _, c := range eager {
					drain(c, entries)
				}
			}
			c := lazy[i%len(lazy)]
			c.poll(t, s) // one page, perhaps from the middle of a commit
		}
		for _, c := range append(eager, lazy...) {
			drain(c, window(t, s, Ref()))
		}
	},
	"feed/a reader beside a committer loses nothing": func(t *testing.T, s *store.Store) {
		a := newAuthor(active(t, s, Ref(), "111"), 2)
		done := make(chan struct{})
		var readers sync.WaitGroup
		var consumers []*consumer
		for _, limit := range []int{1, 2, 3, 500} {
			c := newConsumer(limit)
			consumers = append(consumers, c)
			readers.Go(func() {
				for {
					ended := false
					select {
					case <-done:
						ended = true
					default:
					}
					more := c.poll(t, s)
					if t.Failed() || ended && !more {
						return
					}
				}
			})
		}
		func() {
			defer close(done)
			for i := range 24 {
				if i == 12 { // several transactions
					head, err := s.Commit(t.Context(), a.head, Additions("2026-09-01", 110, 9))
					if err != nil {
						t.Error(err)
						return
					}
					a.head = head
					continue
				}
				head, err := s.Commit(t.Context(), a.head, a.next())
				if err != nil {
					t.Error(err)
					return
				}
				a.head = head
				entries, err := s.Window(t.Context(), Ref(), "2026-11-01", "")
				if err != nil {
					t.Error(err)
					return
				}
				for _, e := range entries {
					a.entries[e.ID] = e
				}
			}
		}()
		readers.Wait()
		entries := window(t, s, Ref())
		for _, c := range consumers {
			same(t, "cursor", c.cursor, a.head.LastSeq)
			c.holds(t, entries)
		}
	},
	"feed/a page ends, however much is skipped": func(t *testing.T, s *store.Store) {
		c := Additions("2026-01-01", 1100, 30)
		a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
		must(t, err)
		again := statement.Commit{}
		for _, e := range committed(c, 0) {
			e.Revision++
			again.Changes = append(again.Changes, statement.Change{Kind: statement.Modified, Entry: e})
		}
		_, err = s.Commit(t.Context(), a, again)
		must(t, err)
		changes, next, more, err := s.Changes(t.Context(), Ref(), 0, 7)
		must(t, err)
		if len(changes) != 0 || next < 900 || next > 1100 || !more {
			t.Errorf("%d changes, next %d, more %v: want none of 1,100 positions that were left, and more", len(changes), next, more)
		}
		reader, pages := newConsumer(250), 1
		for reader.poll(t, s) {
			pages++
		}
		reader.holds(t, window(t, s, Ref()))
		same(t, "cursor", reader.cursor, int64(2200))
		if pages > 8 {
			t.Errorf("%d pages", pages)
		}
	},
}
