package simtest

import (
	"math/rand/v2"
	"slices"
	"strings"

	"extrato/internal/inter/intertest"
)

// yearDays are the civil days of a year: 250 banking days, one or two more or less.
const yearDays = 365

// temper is what kind of account one is: how much happens on it, how often
// something goes wrong, and what most.
type temper struct {
	name    string
	profile intertest.Profile
	rate    float64  // of the plan's
	likes   []string // beginnings of names of kinds; every other fault is one of these
}

// tempers are dealt out in this order, again and again.
var tempers = []temper{
	{"ordinary", intertest.Profile{PerDay: [2]int{1, 4}, Weekend: [2]int{0, 1}}, 1, nil},
	{"quiet", intertest.Profile{PerDay: [2]int{0, 1}, Weekend: [2]int{0, 1}}, 0.3, nil},
	{"with twins", intertest.Profile{PerDay: [2]int{1, 3}, Weekend: [2]int{0, 1}}, 1, []string{"row/twin", "row/withdrawn", "row/renumbered"}},
	{"books late", intertest.Profile{PerDay: [2]int{1, 3}, Weekend: [2]int{0, 1}}, 1, []string{"row/late", "row/provisional", "row/date"}},
	{"often parked", intertest.Profile{PerDay: [2]int{1, 2}, Weekend: [2]int{0, 1}}, 0.6, []string{"integration/", "secrets/scheduled", "bank/tls-alert-"}},
	{"ordinary", intertest.Profile{PerDay: [2]int{2, 4}, Weekend: [2]int{0, 1}}, 1, nil},
	{"left alone", intertest.Profile{PerDay: [2]int{1, 3}, Weekend: [2]int{0, 1}}, 0, nil},
	{"restless owner", intertest.Profile{PerDay: [2]int{1, 2}, Weekend: [2]int{0, 1}}, 1, []string{"person/"}},
	{"bad host", intertest.Profile{PerDay: [2]int{1, 3}, Weekend: [2]int{0, 1}}, 1, []string{"process/", "dynamodb/", "queue/", "secrets/"}},
	{"bad line", intertest.Profile{PerDay: [2]int{1, 3}, Weekend: [2]int{0, 1}}, 1, []string{"bank/", "answer/"}},
	{"busy", intertest.Profile{PerDay: [2]int{6, 14}, Weekend: [2]int{1, 4}}, 1, nil},
}

// temper returns an account's, nil where the plan deals out none.
func (p Plan) temper(account int) *temper {
	if !p.Tempers {
		return nil
	}
	return &tempers[account%len(tempers)]
}

// wide are the kinds that concern all accounts at once, whoever they are drawn
// for: among many accounts each is drawn as often as among few.
func wide(name string) bool {
	return strings.HasPrefix(name, "time/") || kindNamed(name).Fanout ||
		slices.Contains([]string{"queue/reorder", "answer/balance-no-amount", "answer/short-range", "answer/shuffled", "answer/oldest-first",
			"answer/filter-by-date", "answer/error-html", "answer/sandbox-hours", "answer/token-used-up"}, name)
}

// fewAccounts is for how many accounts the kinds' weights are made.
const fewAccounts = 5

// draw chooses a kind for an account; false is none this time.
func (p Plan) draw(r *rand.Rand, account int, kinds []*Kind) (*Kind, bool) {
	from := kinds
	if t := p.temper(account); t != nil && len(t.likes) > 0 && r.IntN(2) == 0 {
		liked := slices.DeleteFunc(slices.Clone(kinds), func(k *Kind) bool {
			return !slices.ContainsFunc(t.likes, func(l string) bool { return strings.HasPrefix(k.Name, l) })
		})
		if len(liked) > 0 {
			from = liked
		}
	}
	weights := 0
	for _, k := range from {
		weights += k.Weight
	}
	n := r.IntN(weights)
	k := from[slices.IndexFunc(from, func(k *Kind) bool { n -= k.Weight; return n < 0 })]
	rare := p.Accounts > fewAccounts && wide(k.Name) && r.IntN(p.Accounts) >= fewAccounts
	return k, !rare
}

// rates draws how often something goes wrong with each account.
func (p Plan) rates(r *rand.Rand) []float64 {
	rates := make([]float64, p.Accounts)
	one := func() float64 { return p.Rate[0] + (p.Rate[1]-p.Rate[0])*r.Float64() }
	alike := one()
	for i := range rates {
		rates[i] = alike
		if t := p.temper(i); t != nil {
			rates[i] = one() * t.rate
		}
	}
	return rates
}
