package simtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Plan says what kind of history is played. The zero value of a field is its
// default.
type Plan struct {
	Accounts int            // default 5
	Days     int            // civil days with faults; default 28, which are 20 banking days
	Quiet    int            // civil days after them without; default 10: a deep read, and two run dates after it; more while an entry waits
	Rate     [2]float64     // faults per account and firing, drawn per history; default 0.05…0.20
	Start    statement.Date // first day; default drawn per history, between 2024 and 2027
	Kinds    []string       // names of the kinds that may happen; default all
	Tempers  bool           // accounts of many temperaments, as year.go deals them out; default alike
	Past     int            // days that every account has behind it at the bank; default 75
	Every    int            // a full check of an account at every n-th message; default 1
	Shrink   time.Duration  // how long Run looks for a shorter history that fails, in real time; default a minute, negative: not at all
	// EachDay, where set, is called at the end of every day, between two processes.
	EachDay func(*World, statement.Date) `json:"-"`
}

func (p Plan) filled(r *rand.Rand) Plan {
	p.Accounts, p.Days, p.Quiet, p.Every = or(p.Accounts, 5), or(p.Days, 28), or(p.Quiet, 10), or(p.Every, 1)
	p.Shrink = or(p.Shrink, time.Minute)
	p.Rate = or(p.Rate, [2]float64{0.05, 0.20})
	if start := startDay(r); p.Start == "" {
		p.Start = start
	}
	return p
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// startDay is any day, but every third history begins shortly before Carnival,
// Easter, or the turn of the year.
func startDay(r *rand.Rand) statement.Date {
	year, day, near := 2024+r.IntN(4), r.IntN(365), r.IntN(3)
	start := statement.Date(fmt.Sprintf("%d-01-01", year)).AddDays(day)
	if near > 0 {
		return start
	}
	turn := statement.Date(fmt.Sprintf("%d-12-15", year))
	for d := start; d < start.AddDays(365); d = d.AddDays(1) {
		if d.Time().Weekday() == 1 && !bankday.IsBankingDay(d) && !bankday.IsBankingDay(d.AddDays(1)) { // Carnival
			return pick(r, []statement.Date{turn, d.AddDays(-12), d.AddDays(34)}) // or Easter, 48 days later
		}
	}
	return turn
}

// Injection is one fault of a history: which, when, to whom.
type Injection struct {
	N       int    // its number within the script
	Day     int    // of the history, from 0
	Firing  int    // of the day, from 0
	Account int    // index of the account
	Kind    string // of the Catalogue
	Draw    uint64 // of what the kind still chooses
}

func (i Injection) String() string {
	return fmt.Sprintf("#%d day %d firing %d account %d %s", i.N, i.Day, i.Firing, i.Account, i.Kind)
}

// Script is a history to be played.
type Script struct {
	Seed       uint64
	Plan       Plan
	Injections []Injection
}

// Generate makes the script of a seed.
func Generate(seed uint64, plan Plan) Script {
	r := Stream(seed, "plan")
	s := Script{Seed: seed, Plan: plan.filled(r)}
	rates := s.Plan.rates(r)
	kinds := s.Plan.kinds()
	for day := range s.Plan.Days {
		for firing := range len(firings) {
			for account := range s.Plan.Accounts {
				if r.Float64() >= rates[account] {
					continue
				}
				if k, ok := s.Plan.draw(r, account, kinds); ok {
					s.Injections = append(s.Injections, Injection{len(s.Injections), day, firing, account, k.Name, r.Uint64()})
				}
			}
		}
	}
	return s
}

// kinds returns those that the plan allows, in the order of the catalogue.
func (p Plan) kinds() []*Kind {
	all := Catalogue()
	if len(p.Kinds) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(k *Kind) bool { return !slices.Contains(p.Kinds, k.Name) })
}

// Keep returns the script with only those injections that keep names.
func (s Script) Keep(keep []int) Script {
	s.Injections = slices.DeleteFunc(slices.Clone(s.Injections), func(i Injection) bool { return !slices.Contains(keep, i.N) })
	return s
}
