package intertest

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"extrato/internal/statement"
)

// Account is one bank account. Its methods may be called at any time, also
// while the bank is answering: an answer sees a change whole or not at all.
type Account struct {
	bank   *Bank
	number string

	mu        sync.Mutex
	company   string
	opening   statement.Cents
	recorded  bool
	lines     []*line // newest first once sorted
	sorted    bool
	seqs      map[Seq]*line
	ids       map[string]bool // every id ever given, so that numbers are not given twice
	lastSeq   Seq
	lastAuto  int
	generated []Generation
	days      map[statement.Date]bool // days that Generate has filled
	scroll    *scroll
	distort   []*distortion
	after     []*hook
	emptyNext int // statement answers that are still to be empty
	offsets   []offset
	noBalance int // balance answers that are still to be 503; -1 for all
}

type offset struct {
	from   statement.Date
	amount statement.Cents
}

// Number returns the account's number, digits only.
func (a *Account) Number() string { return a.number }

// Company returns the name of the account's holder.
func (a *Account) Company() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.company
}

// SetCompany names the holder; it is the O of certificates issued afterwards.
func (a *Account) SetCompany(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.company = name
}

// SetOpening sets the balance before every entry.
func (a *Account) SetOpening(c statement.Cents) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opening = c
}

// Add books entries. An entry may lie anywhere in the past: one with an old
// BookedAt is a late inclusion.
func (a *Account) Add(entries ...Entry) []Seq {
	a.mu.Lock()
	defer a.mu.Unlock()
	seqs := make([]Seq, 0, len(entries))
	for _, e := range entries {
		seqs = append(seqs, a.add(e))
	}
	return seqs
}

func (a *Account) add(e Entry) Seq {
	a.lastSeq++
	l := newLine(e, a.lastSeq)
	if l.Number == "" {
		a.renumber(l)
	}
	a.ids[l.id(a.number)] = true
	a.lines, a.sorted = append(a.lines, l), false
	a.seqs[l.seq] = l
	return l.seq
}

// renumber gives the line the next number of the account, 900000001 and on as
// in the recordings, passing over those in use.
func (a *Account) renumber(l *line) {
	for {
		a.lastAuto++
		l.Number = strconv.Itoa(900_000_000 + a.lastAuto)
		if id := l.id(a.number); !a.ids[id] {
			a.ids[id] = true
			return
		}
	}
}

// sort puts the lines newest first; the caller holds the lock.
func (a *Account) sort() {
	if a.sorted {
		return
	}
	slices.SortFunc(a.lines, func(x, y *line) int {
		return cmp.Or(y.BookedAt.Compare(x.BookedAt), cmp.Compare(y.seq, x.seq))
	})
	a.sorted = true
}

// visible reports whether the bank has the entry now.
func (a *Account) visible(l *line) bool {
	return !l.withdrawn && !(a.bank.options.Realtime && l.BookedAt.After(a.bank.now()))
}

// period is what a statement request asks for, besides paging.
type period struct {
	from, to        statement.Date
	operation, kind string
}

// choose returns the lines that an answer to q is made of, in the order of
// the answer; the caller holds the lock.
func (a *Account) choose(q period, v Behaviour) []*line {
	a.sort()
	if v.CapDays > 0 {
		q.from = max(q.from, q.to.AddDays(1-v.CapDays))
	}
	if a.emptyNext > 0 {
		a.emptyNext--
		return nil
	}
	var chosen []*line
	for _, l := range a.lines {
		day := l.day
		if v.FilterByDate {
			day = l.Date
		}
		switch {
		case day < q.from || day > q.to || !a.visible(l):
		case q.operation != "" && q.operation != string(l.operation()):
		case q.kind != "" && q.kind != l.Type:
		case l.omit != 0:
			l.omit = max(l.omit-1, -1)
		default:
			chosen = append(chosen, l)
		}
	}
	switch v.Order {
	case OldestFirst:
		slices.Reverse(chosen)
	case Shuffled:
		seed := uint64(a.bank.options.Seed)
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	}
	return chosen
}

// Rows returns the truth: every entry whose inclusion date lies in from…to,
// newest first. Omission from answers and fields overridden on the wire do not
// show in it; withdrawn entries are gone. Counterparty is left empty: reading
// it out of detalhes is the client's business.
func (a *Account) Rows(from, to statement.Date) []statement.Row {
	return a.truth(func(l *line) bool { return l.day >= from && l.day <= to })
}

// Dated returns the truth of the entries whose date lies in from…to.
func (a *Account) Dated(from, to statement.Date) []statement.Row {
	return a.truth(func(l *line) bool { return l.Date >= from && l.Date <= to })
}

func (a *Account) truth(match func(*line) bool) []statement.Row {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sort()
	var rows []statement.Row
	for _, l := range a.lines {
		if a.visible(l) && match(l) {
			rows = append(rows, l.row(a.number))
		}
	}
	return rows
}

// Count returns how many entries the account has.
func (a *Account) Count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, l := range a.lines {
		if a.visible(l) {
			n++
		}
	}
	return n
}

// BalanceAt returns the true balance at the end of a day: the opening and
// every entry dated up to it. SetBalanceOffset does not show in it.
func (a *Account) BalanceAt(day statement.Date) statement.Cents {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balanceAt(day)
}

func (a *Account) balanceAt(day statement.Date) statement.Cents {
	sum := a.opening
	for _, l := range a.lines {
		if l.Date <= day && a.visible(l) {
			sum += l.Amount
		}
	}
	return sum
}

// Find returns the entry that carries an idTransacao now.
func (a *Account) Find(bankID string) (Seq, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, l := range a.lines {
		if !l.NoID && l.id(a.number) == bankID {
			return l.seq, true
		}
	}
	return 0, false
}

// BankID returns the idTransacao that an entry carries now.
func (a *Account) BankID(s Seq) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.line(s).id(a.number)
}

func (a *Account) line(s Seq) *line {
	l := a.seqs[s]
	if l == nil {
		panic("intertest: account " + a.number + " has no entry " + strconv.Itoa(int(s)))
	}
	return l
}

// At is an instant of a day in São Paulo, for entries of tests:
// At("2026-03-20", 18, 43, 34, 773).
func At(day statement.Date, hour, minute, second, millisecond int) time.Time {
	d := day.Time()
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, second, millisecond*int(time.Millisecond), statement.SaoPaulo)
}
