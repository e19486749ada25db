package storetest

import (
	"fmt"
	"testing"

	"extrato/internal/statement"
	"extrato/internal/store"
)

// filled is a store with 30 entries, five a day, from 2026-11-02 on.
func filled(t *testing.T, s *store.Store) (statement.Account, []statement.Entry) {
	t.Helper()
	c := Additions("2026-11-02", 30, 5)
	a, err := s.Commit(t.Context(), active(t, s, Ref(), "111"), c)
	must(t, err)
	return a, committed(c, 0)
}

// walk reads pages to the end.
func walk(t *testing.T, s *store.Store, q statement.PageQuery) (entries []statement.Entry, pages int) {
	t.Helper()
	for pages == 0 || q.After != "" {
		page, after, err := s.Page(t.Context(), Ref(), q)
		must(t, err)
		if len(page) > q.Limit || len(page) == 0 && after != "" || pages > 100 {
			t.Fatalf("page %d of %d with limit %d, and then %q", pages, len(page), q.Limit, after)
		}
		entries = append(entries, page...)
		q.After = after
		pages++
	}
	return entries, pages
}

var readTests = map[string]func(*testing.T, *store.Store){
	"window/bounds are included": func(t *testing.T, s *store.Store) {
		_, all := filled(t, s)
		for _, test := range []struct {
			from, to    statement.Date
			first, last int
		}{
			{"2026-11-03", "2026-11-04", 5, 15},
			{"2026-11-02", "2026-11-02", 0, 5},
			{"2026-11-07", "2026-12-31", 25, 30},
			{"2026-11-08", "2026-12-31", 30, 30},
			{"", "2026-11-03", 0, 10},
			{"2026-11-06", "", 20, 30},
			{"2026-11-04", "2026-11-03", 0, 0},
		} {
			got, err := s.Window(t.Context(), Ref(), test.from, test.to)
			must(t, err)
			same(t, fmt.Sprintf("entries %s to %s", test.from, test.to), got, all[test.first:test.last])
		}
	},
	"days/bounds are included": func(t *testing.T, s *store.Store) {
		filled(t, s)
		for _, test := range []struct {
			from, to statement.Date
			want     []statement.Date
		}{
			{"2026-11-03", "2026-11-04", []statement.Date{"2026-11-03", "2026-11-04"}},
			{"", "2026-11-02", []statement.Date{"2026-11-02"}},
			{"2026-11-07", "", []statement.Date{"2026-11-07"}},
			{"2026-11-04", "2026-11-03", nil},
		} {
			days, err := s.Days(t.Context(), Ref(), test.from, test.to)
			must(t, err)
			var got []statement.Date
			for _, d := range days {
				got = append(got, d.Date)
			}
			same(t, fmt.Sprintf("days %s to %s", test.from, test.to), got, test.want)
		}
	},
	"days/the one before a date": func(t *testing.T, s *store.Store) {
		a := active(t, s, Ref(), "111")
		days := []statement.Day{
			{Date: "2026-10-30", Status: statement.DayProven, Entries: 1, Credits: 5, Balance: cents(0)},
			{Date: "2026-11-03", Status: statement.DayUnproven, Difference: -1},
			{Date: "2026-11-04", Status: statement.DayRead},
		}
		_, err := s.Commit(t.Context(), a, statement.Commit{Days: days, Changes: Additions("2026-10-01", 1, 1).Changes})
		must(t, err)
		for d, want := range map[statement.Date]int{
			"2026-10-30": -1, "2026-10-31": 0, "2026-11-03": 0, "2026-11-04": 1, "2026-11-05": 2, "2027-01-01": 2, "": -1,
		} {
			got, found, err := s.DayBefore(t.Context(), Ref(), d)
			must(t, err)
			same(t, "found before "+string(d), found, want >= 0)
			if want >= 0 {
				same(t, "day before "+string(d), got, days[want])
			}
		}
	},
	"page/pages follow without gap or repetition": func(t *testing.T, s *store.Store) {
		_, all := filled(t, s)
		even := func(e statement.Entry) bool { return e.Seq%2 == 0 }
		var evens []statement.Entry
		for _, e := range all {
			if even(e) {
				evens = append(evens, e)
			}
		}
		for _, limit := range []int{4, 15, 29, 30, 500} {
			got, pages := walk(t, s, statement.PageQuery{Limit: limit})
			same(t, fmt.Sprintf("all by %d", limit), got, all)
			same(t, fmt.Sprintf("pages by %d", limit), pages, (30+limit-1)/limit)
			got, pages = walk(t, s, statement.PageQuery{Limit: limit, Match: even})
			same(t, fmt.Sprintf("even ones by %d", limit), got, evens)
			same(t, fmt.Sprintf("pages of even ones by %d", limit), pages, (15+limit-1)/limit)
		}
		for _, limit := range []int{1, 5, 10} {
			got, _ := walk(t, s, statement.PageQuery{From: "2026-11-03", To: "2026-11-04", Limit: limit})
			same(t, fmt.Sprintf("two days by %d", limit), got, all[5:15])
		}
		got, _ := walk(t, s, statement.PageQuery{Limit: 3, Match: func(statement.Entry) bool { return false }})
		same(t, "none match", got, nil)
	},
	"page/what comes meanwhile moves nothing": func(t *testing.T, s *store.Store) {
		a, all := filled(t, s)
		first, after, err := s.Page(t.Context(), Ref(), statement.PageQuery{Limit: 7})
		must(t, err)
		before, behind := Entry("2026-11-01", 900), Entry("2026-11-07", 901)
		_, err = s.Commit(t.Context(), a, statement.Commit{Changes: []statement.Change{
			{Kind: statement.Added, Entry: before}, {Kind: statement.Added, Entry: behind},
		}})
		must(t, err)
		behind.Seq, behind.FirstSeq = 32, 32
		rest, _ := walk(t, s, statement.PageQuery{Limit: 7, After: after})
		same(t, "entries", append(first, rest...), append(all, behind))
	},
	"page/any text is a position": func(t *testing.T, s *store.Store) {
		_, all := filled(t, s)
		for after, want := range map[string][]statement.Entry{
			"A":                  all,
			"ENTRY#2026-11-07":   all[25:],
			"ENTRY#2026-11-07#~": nil,
			"RUN#x":              nil,
			"zzz":                nil,
			"ENTRY#2026-11-07#" + string(make([]byte, 4000)): all[25:],
		} {
			got, err := s.Window(t.Context(), Ref(), "", "")
			must(t, err)
			got, _, err = s.Page(t.Context(), Ref(), statement.PageQuery{After: after, Limit: len(got)})
			must(t, err)
			same(t, "after "+after[:min(len(after), 30)], got, want)
		}
	},
}
