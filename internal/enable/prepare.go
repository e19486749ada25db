package enable

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"extrato/internal/bankday"
	"extrato/internal/cnpj"
	"extrato/internal/credential"
	"extrato/internal/statement"
)

// Limits of the live check.
const (
	checkLimit = 20 * time.Second // of the 29 s that the API has
	checkDays  = 30               // back from yesterday: enough to see a row, whose id names the account
	scope      = "extrato.read"
)

// Prepared is an upload that passed every check. It holds secrets and prints
// as [redacted].
type Prepared struct {
	cred        statement.Credential
	certificate statement.Certificate
	company     cnpj.CNPJ // in the certificate's subject, "" where it names none
	number      string    // of the bank account, "" where nothing told it
	selected    bool      // number goes out as x-conta-corrente
	warnings    []statement.Code
}

// String returns [redacted].
func (*Prepared) String() string { return "[redacted]" }

// Format writes [redacted] under every verb.
func (*Prepared) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[redacted]")) }

// Prepare checks an upload for an account, as it is stored or as it is about
// to be created. bankAccount is "" or the number of one of several accounts
// behind the integration. An account that has a statement is compared as in a
// renewal. Errors: credential.Faults for what the person can see in the files,
// *Refusal for what the bank said.
func (s *Service) Prepare(ctx context.Context, a statement.Account, u credential.Upload, bankAccount string) (_ *Prepared, err error) {
	defer func() { s.tally(err) }()
	p, err := onPaper(a, u, bankAccount, s.Now())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	err = s.live(ctx, p, a, a.Version > 0)
	if p.selected && s.notBehind(ctx, p, err, false) {
		err = &Refusal{Code: statement.BankAccountRequired, Err: errors.Join(errNotBehind, err)}
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// live asks the bank with the prepared credential, all by one token, which is
// one of the five a minute that the bank gives: token, statement and, where
// compare says so, whatever tells that this is the bank account of a. What is
// learnt goes into p.
func (s *Service) live(ctx context.Context, p *Prepared, a statement.Account, compare bool) error {
	header := ""
	if p.selected {
		header = p.number
	}
	bank, err := s.Open(p.cred, header)
	if err != nil {
		return refusal(err)
	}
	defer bank.Close()
	granted, err := bank.Authenticate(ctx)
	if err != nil {
		return refusal(err)
	}
	if p.warnings = nil; wider(granted) {
		p.warnings = append(p.warnings, statement.ScopeWiderThanNeeded)
	}
	yesterday := bankday.Through(statement.DateOf(s.Now()))
	recent, err := bank.Statement(ctx, yesterday.AddDays(-checkDays), yesterday)
	if err != nil {
		return refusal(err)
	}
	told := statement.AccountNumber(recent.Rows)
	// The claim on a typed number would protect nothing if the bank took no
	// notice of the header and answered for another account.
	if p.selected && told != "" && told != p.number {
		return different(errOtherNumber)
	}
	if compare {
		c := comparison{s: s, bank: bank, account: a, rows: recent.Rows}
		confirmed, err := c.same(ctx, recent.From)
		if err != nil {
			return err
		}
		if !confirmed {
			p.warnings = append(p.warnings, statement.AccountUnconfirmed)
		}
		told = statement.AccountNumber(c.rows)
	}
	if p.number == "" {
		p.number = told
	}
	return nil
}

// wider reports whether the bank granted more than was asked for.
func wider(granted string) bool {
	for _, g := range strings.Fields(granted) {
		if g != scope {
			return true
		}
	}
	return false
}
