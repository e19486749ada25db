package intertest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/statement"
)

// Profile says how much happens on an account. The zero value is a small
// company: 6 to 10 entries a banking day besides what is due on fixed days
// (payroll, rent, bills, taxes), 0 to 3 on other days.
type Profile struct {
	PerDay  [2]int `json:"per_day"` // fewest and most on a banking day
	Weekend [2]int `json:"weekend"` // fewest and most on other days
	// Total, where it is not 0, is the exact number of entries over the range
	// that Generate is called with, spread over all its days. Such days are the
	// same again for the same range only.
	Total int `json:"total"`
}

// HighVolume brings about 10,000 entries in 60 days.
func HighVolume() Profile { return Profile{PerDay: [2]int{185, 205}, Weekend: [2]int{90, 110}} }

// Exactly brings n entries, at least one, over the range it is generated for.
func Exactly(n int) Profile { return Profile{Total: n} }

// Generation is one call of Generate, as Save keeps it.
type Generation struct {
	Profile Profile        `json:"profile"`
	From    statement.Date `json:"from"`
	To      statement.Date `json:"to"`
}

// Generate books a plausible statement for the inclusion days from…to and
// returns how many entries it added. Every day follows from the bank's seed,
// the account's number, the profile and the day alone; days that are filled
// stay as they are. So a later call with a later date only adds, and another
// bank with the same seed has the same history.
func (a *Account) Generate(p Profile, from, to statement.Date) int {
	g := newGenerator(a.bank.options.Seed, a.number, p)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.generated = append(a.generated, Generation{p, from, to})
	days := to.DaysSince(from) + 1
	added := 0
	for i := range max(days, 0) {
		d := from.AddDays(i)
		if a.days[d] {
			continue
		}
		a.days[d] = true
		var entries []Entry
		if p.Total > 0 {
			entries = g.exact(d, p.Total*(i+1)/days-p.Total*i/days)
		} else {
			entries = slices.Concat(g.base(d), g.reversals(d))
		}
		for _, e := range g.numbered(d, entries) {
			a.add(e)
			added++
		}
	}
	return added
}

// generator makes the days of one account.
type generator struct {
	seed    int64
	number  string
	profile Profile
	persona persona
	made    map[statement.Date][]Entry // base of the last days asked for
}

func newGenerator(seed int64, number string, p Profile) *generator {
	p.PerDay = or(p.PerDay, [2]int{6, 10})
	p.Weekend = or(p.Weekend, [2]int{0, 3})
	return &generator{seed, number, p, newPersona(seed, number), map[statement.Date][]Entry{}}
}

// stream is the randomness of one purpose: equal arguments, equal numbers.
func stream(seed int64, parts ...string) *rand.Rand {
	h := sha256.Sum256(fmt.Appendf(nil, "%d %q", seed, parts))
	return rand.New(rand.NewPCG(binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:16])))
}

// today is a day in the making.
type today struct {
	*rand.Rand
	*generator
	date statement.Date
}

func (g *generator) today(d statement.Date, purpose string) *today {
	return &today{stream(g.seed, g.number, string(d), purpose), g, d}
}

// base is what happens on a day by itself: what is due, and the usual. It is
// asked for three times, for the day and for two days' reversals.
func (g *generator) base(d statement.Date) []Entry {
	if _, ok := g.made[d]; !ok {
		if len(g.made) > 3 {
			clear(g.made)
		}
		g.made[d] = slices.Clip(g.invent(d))
	}
	return g.made[d]
}

func (g *generator) invent(d statement.Date) []Entry {
	t := g.today(d, "day")
	var entries []Entry
	if !bankday.IsBankingDay(d) {
		for range t.between(g.profile.Weekend) {
			entries = append(entries, t.leisure()...)
		}
		return entries
	}
	n := t.between(g.profile.PerDay)
	for len(entries) < n {
		entries = append(entries, t.usual()...)
	}
	return append(entries, t.due()...)
}

// reversals are what comes back on a day: of its own Pix within the hour, of
// the day before's in the morning.
func (g *generator) reversals(d statement.Date) []Entry {
	var entries []Entry
	for _, from := range []statement.Date{d, d.AddDays(-1)} {
		t := g.today(from, "reversed")
		for _, e := range g.base(from) {
			if e.Type != "PIX" || e.Amount > 0 {
				continue
			}
			// One draw decides for both days, so that nothing comes back twice.
			u := t.Float64()
			late := e.BookedAt.In(statement.SaoPaulo).Hour() >= 22
			switch {
			case from == d && u < 0.04 && !late:
				entries = append(entries, t.reversal(e, e.BookedAt.Add(time.Duration(1+t.IntN(40))*time.Minute)))
			case from != d && u >= 0.04 && u < 0.07:
				entries = append(entries, t.reversal(e, At(d, 8, t.IntN(60), t.IntN(60), t.IntN(1000))))
			}
		}
	}
	return entries
}

// exact is a day of n entries.
func (g *generator) exact(d statement.Date, n int) []Entry {
	t := g.today(d, "exact")
	entries := make([]Entry, 0, n+1)
	for len(entries) < n {
		if bankday.IsBankingDay(d) {
			entries = append(entries, t.usual()...)
		} else {
			entries = append(entries, t.leisure()...)
		}
	}
	return entries[:n]
}

// Numbers of generated entries: nine digits in no order, as the bank's are
// since 2026, and below those that Add gives. Multiplication modulo a prime
// keeps them apart within the account.
const (
	numberPrime  = 899_999_963
	numbersADay  = 20_000
	numbersBegin = statement.Date("2000-01-01")
)

// numbered puts a day's entries in order of time, no two at the same
// millisecond, and numbers them.
func (g *generator) numbered(d statement.Date, entries []Entry) []Entry {
	slices.SortStableFunc(entries, func(x, y Entry) int { return x.BookedAt.Compare(y.BookedAt) })
	factor := 1 + stream(g.seed, g.number, "numbers").Int64N(numberPrime-1)
	ordinal := int64(d.DaysSince(numbersBegin))
	for i := range entries {
		if i > 0 && !entries[i].BookedAt.After(entries[i-1].BookedAt) {
			entries[i].BookedAt = entries[i-1].BookedAt.Add(time.Millisecond)
		}
		n := (ordinal*numbersADay + int64(i)) * factor % numberPrime
		entries[i].Number = fmt.Sprintf("%09d", n)
	}
	return entries
}

func (t *today) between(bounds [2]int) int { return bounds[0] + t.IntN(bounds[1]-bounds[0]+1) }

// amount is between two amounts in reais, small ones more often.
func (t *today) amount(least, most float64) statement.Cents {
	u := t.Float64()
	return statement.Cents(100 * (least + (most-least)*u*u))
}

// at is an instant of the day from an hour on and before another.
func (t *today) at(from, before int) time.Time {
	seconds := from*3600 + t.IntN((before-from)*3600)
	return At(t.date, 0, 0, seconds, t.IntN(1000))
}

// isDue reports whether a day of the month falls due today: on the day itself
// or, from a day off, on the next banking day.
func (t *today) isDue(dayOfMonth int) bool {
	for d := t.date; d > bankday.Before(t.date); d = d.AddDays(-1) {
		if d.Time().Day() == dayOfMonth {
			return true
		}
	}
	return false
}

// bankingDayOfMonth is 1 on the first banking day of a month.
func (t *today) bankingDayOfMonth() int {
	n := 0
	for d := t.date.AddDays(1 - t.date.Time().Day()); d <= t.date; d = d.AddDays(1) {
		if bankday.IsBankingDay(d) {
			n++
		}
	}
	return n
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

const (
	digits   = "0123456789"
	alphanum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

func text(r *rand.Rand, n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// weighted picks by weight.
type weighted[T any] struct {
	weight int
	value  T
}

func choose[T any](r *rand.Rand, from []weighted[T]) T {
	sum := 0
	for _, w := range from {
		sum += w.weight
	}
	n := r.IntN(sum)
	i := slices.IndexFunc(from, func(w weighted[T]) bool { n -= w.weight; return n < 0 })
	return from[i].value
}
