// Package bank is the bank that the local stack comes with: the simulator over
// real mTLS, with an account and an integration for whoever asks, and a
// plausible history up to the day that is being played. It limits no calls, so
// that days can be played one after another.
package bank

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sync"
	"time"

	"extrato/infra/local/controls"
	"extrato/internal/inter/intertest"
	"extrato/internal/statement"
)

// DemoAccount is the number of the account that the demo imports.
const DemoAccount = "407312956"

// seed makes the histories: the same account has the same one everywhere.
const seed = 2026

// history is how many days before today's histories begin: more than a first
// sync asks for, and quickly made.
const history = 180

// farthest is how many days after today the history can be played.
const farthest = 10 * 366

// Options says what to open. The zero value is a bank in memory.
type Options struct {
	Dir   string // of the CA and the integrations; "" keeps them in memory
	Clock func() time.Time
}

// Bank is the simulator and its history. Its methods may be called at any time.
type Bank struct {
	sim   *intertest.Bank
	dir   string
	clock func() time.Time

	mu   sync.Mutex
	from statement.Date // first day of every account's history
	to   statement.Date // last day; only moves on
}

// Open makes the bank, or brings back the one kept in Options.Dir.
func Open(o Options) (*Bank, error) {
	sim, err := intertest.New(intertest.Options{Seed: seed})
	if err != nil {
		return nil, fmt.Errorf("make the bank simulator: %w", err)
	}
	if o.Dir != "" {
		if err := sim.Load(o.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("load the bank simulator: %w", err)
		}
	}
	b := &Bank{sim: sim, dir: o.Dir, clock: o.Clock}
	today := statement.DateOf(o.Clock())
	b.from = today.AddDays(-history)
	if err := b.Extend(today); err != nil {
		return nil, err
	}
	return b, nil
}

// Listen serves on addr until Close.
func (b *Bank) Listen(addr string) error { return b.sim.Listen(addr) }

// URL returns where it listens.
func (b *Bank) URL() string { return b.sim.URL() }

// CAPEM returns the root to trust.
func (b *Bank) CAPEM() string { return b.sim.CAPEM() }

// Close ends the server.
func (b *Bank) Close() { b.sim.Close() }

// Extend has things happen on every account up to a day. What has happened
// stays as it is. controls.ErrTooFar where the day cannot be played.
func (b *Bank) Extend(to statement.Date) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if to.DaysSince(statement.DateOf(b.clock())) > farthest {
		return controls.ErrTooFar
	}
	if to <= b.to {
		return nil
	}
	b.to = to
	for _, a := range b.sim.Accounts() {
		a.Generate(intertest.Profile{}, b.from, to)
	}
	return b.save()
}

// save keeps what a restart must know. Called with the lock held.
func (b *Bank) save() error {
	if b.dir == "" {
		return nil
	}
	if err := b.sim.Save(b.dir); err != nil {
		return fmt.Errorf("save the bank simulator: %w", err)
	}
	return nil
}

var number = regexp.MustCompile(`^[1-9][0-9]{1,14}$`)

// Credentials returns what was issued for an account, opening it when it is
// new; "" is the demo account. controls.ErrBadAccount where it is no number.
func (b *Bank) Credentials(account string) (controls.Credentials, error) {
	if account == "" {
		account = DemoAccount
	}
	if !number.MatchString(account) {
		return controls.Credentials{}, controls.ErrBadAccount
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := b.integration(account)
	if i == nil {
		a := b.sim.AddAccount(account)
		a.Generate(intertest.Profile{}, b.from, b.to)
		i = b.sim.Issue(integrationName(account), a)
		if err := b.save(); err != nil {
			return controls.Credentials{}, err
		}
	}
	return controls.Credentials{
		Account: account, Certificate: i.Certificate(), Key: i.Key(),
		ClientID: i.ClientID(), ClientSecret: i.ClientSecret(), Zip: i.Zip(),
	}, nil
}

func integrationName(account string) string { return "Extrato " + account }

func (b *Bank) integration(account string) *intertest.Integration {
	for _, i := range b.sim.Integrations() {
		if i.Name() == integrationName(account) {
			return i
		}
	}
	return nil
}

// Truth returns every entry of an account that was included up to a day,
// newest first.
func (b *Bank) Truth(account string, through statement.Date) []statement.Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.sim.Account(account)
	if a == nil {
		return nil
	}
	return a.Rows(b.from, through)
}

// BalanceAt returns the balance of an account at the end of a day, 0 where the
// account is not known.
func (b *Bank) BalanceAt(account string, day statement.Date) statement.Cents {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.sim.Account(account)
	if a == nil {
		return 0
	}
	return a.BalanceAt(day)
}
