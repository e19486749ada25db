package dynamo

import (
	"net/http"
	"slices"
)

// Slow is a query that takes its time: it begins with Slowly and ends with
// RoundTrip. A DynamoDB query is no snapshot. What was written between the two,
// it may show or not, one item by itself: of two transactions the later alone,
// of one the half.
type Slow struct {
	db       *DB
	seq      uint64 // of the last write before it
	restored uint64
	old      func(sk string) bool
}

// Slowly begins a query. RoundTrip must follow.
func (db *DB) Slowly() *Slow {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.slow++
	return &Slow{db: db, seq: db.seq, restored: db.restored}
}

// RoundTrip ends the query that Slowly began: r is its request. old is asked
// for each item that was written meanwhile, in the order of sort keys, whether
// to show it as it was; it must not call the DB. Other requests than queries
// are answered as they are now. A Slow ends once.
func (s *Slow) RoundTrip(r *http.Request, old func(sk string) bool) (*http.Response, error) {
	defer func() {
		s.db.mu.Lock()
		defer s.db.mu.Unlock()
		s.db.slow--
	}()
	s.old = old
	return s.db.roundTrip(r, s)
}

// rows returns the rows of a partition as the query found them, one by one.
func (s *Slow) rows(p *partition) []*row {
	seen := partition{rows: slices.Clone(p.rows)}
	if s.restored != s.db.restored {
		return seen.rows
	}
	var first []change // of each row
	for _, c := range p.past {
		same := func(f change) bool { return f.sort == c.sort && f.tie == c.tie }
		if c.seq > s.seq && !slices.ContainsFunc(first, same) {
			first = append(first, c)
		}
	}
	slices.SortFunc(first, func(a, b change) int { return order(&row{sort: a.sort, tie: a.tie}, b.sort, b.tie) })
	for _, c := range first {
		if s.old(c.sort) {
			seen.put(c.sort, c.tie, c.before)
		}
	}
	return seen.rows
}
