package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// consumer is an ERP: it holds a cursor and puts each entry that it is told in
// place of what it had of the same id.
type consumer struct {
	limit  int
	cursor int64
	has    map[statement.EntryID]statement.Entry
}

func newConsumer(limit int) *consumer {
	return &consumer{limit: limit, has: map[statement.EntryID]statement.Entry{}}
}

// poll reads one page and checks what holds of every page.
func (c *consumer) poll(t *testing.T, s *store.Store) (more bool) {
	t.Helper()
	changes, next, more, err := s.Changes(t.Context(), Ref(), c.cursor, c.limit)
	if err != nil {
		t.Errorf("changes: %v", err)
		return false
	}
	last := c.cursor
	for _, change := range changes {
		e := change.Entry
		kind := statement.Modified
		if e.FirstSeq > c.cursor {
			kind = statement.Added
		}
		if e.Status == statement.Withdrawn {
			kind = statement.Gone
		}
		if change.Seq <= last || change.Seq > next || e.Seq != change.Seq || change.Kind != kind {
			t.Errorf("after %d: %s at %d to a reader at %d of an entry from %d, last changed at %d, page ends at %d",
				last, change.Kind, change.Seq, c.cursor, e.FirstSeq, e.Seq, next)
		}
		if _, had := c.has[e.ID]; had && change.Kind == statement.Added {
			t.Errorf("%s is told as added twice", e.ID)
		}
		c.has[e.ID] = e
		last = change.Seq
	}
	if len(changes) > c.limit || next < c.cursor || more && next == c.cursor {
		t.Errorf("%d changes with limit %d, from %d to %d, more %v", len(changes), c.limit, c.cursor, next, more)
		return false
	}
	c.cursor = next
	return more
}

// holds wants the consumer to have exactly the statement. What is only noted
// on an entry is not told.
func (c *consumer) holds(t *testing.T, entries []statement.Entry) {
	t.Helper()
	got := []statement.Entry{}
	for _, e := range c.has {
		e.Aliases = nil
		got = append(got, e)
	}
	slices.SortFunc(got, func(a, b statement.Entry) int { return int(a.Seq - b.Seq) })
	want := slices.Clone(entries)
	for i := range want {
		want[i].Aliases = nil
	}
	slices.SortFunc(want, func(a, b statement.Entry) int { return int(a.Seq - b.Seq) })
	same(t, fmt.Sprintf("what a reader by %d has at %d", c.limit, c.cursor), got, want)
}

// author commits at random, and knows what the statement must be.
type author struct {
	random  *rand.Rand
	head    statement.Account
	entries map[statement.EntryID]statement.Entry
	n       int
}

func newAuthor(head statement.Account, seed uint64) *author {
	return &author{random: rand.New(rand.NewPCG(seed, 0)), head: head, entries: map[statement.EntryID]statement.Entry{}}
}

// next makes a commit of some changes: of entries that are there, and new ones.
func (a *author) next() statement.Commit {
	c := statement.Commit{Run: Summary("run")}
	ids := slices.Sorted(func(yield func(statement.EntryID) bool) {
		for id := range a.entries {
			if !yield(id) {
				return
			}
		}
	})
	a.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for _, id := range ids[:min(len(ids), a.random.IntN(5))] {
		e := a.entries[id]
		change := statement.Change{Kind: statement.Modified}
		switch a.random.IntN(5) {
		case 0:
			change.Kind = statement.Noted
			e.Aliases = append(slices.Clone(e.Aliases), fmt.Sprint("alias-", len(e.Aliases)))
		case 1:
			change.Moved = e.Date
			e.Date = statement.Date("2026-11-02").AddDays(a.random.IntN(9))
		case 2:
			if e.Status == statement.Booked {
				change.Kind, change.Delta, e.Status = statement.Gone, -e.Amount, statement.Withdrawn
			} else {
				change.Delta, e.Status = e.Amount, statement.Booked
			}
		default:
			e.Description = fmt.Sprint("texto ", a.random.IntN(1000))
		}
		if change.Kind != statement.Noted {
			e.Revision++
		}
		change.Entry = e
		c.Changes = append(c.Changes, change)
	}
	for range a.random.IntN(3) {
		a.n++
		e := Entry(statement.Date("2026-11-02").AddDays(a.random.IntN(9)), a.n)
		c.Changes = append(c.Changes, statement.Change{Kind: statement.Added, Entry: e, Delta: e.Amount})
	}
	return c
}

// commit makes a commit and remembers what it brought.
func (a *author) commit(t *testing.T, s *store.Store) {
	t.Helper()
	head, err := s.Commit(t.Context(), a.head, a.next())
	must(t, err)
	a.head = head
}
